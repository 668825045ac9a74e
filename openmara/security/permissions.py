"""What a person may do in the mission of the running context, from the policy file's roles. The database checks again."""

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, ProveAgain
from openmara.security import scope
from openmara.security.protect import policy, roles_of


def my_roles() -> frozenset[str]:
    """Roles of the running context, as the database signed them when it opened; none without one."""
    standing = scope.now()
    return standing.roles if standing else frozenset()


def can(table: str, operation: str) -> bool:
    """Whether the running context's roles are named for an operation on a table (rows are the database's matter)."""
    named = {role for right in policy()["tables"][table].get(operation, []) for role in right["roles"]}
    if "anyone" in named:
        return True
    return bool(my_roles() & set(roles_of(sorted(named))))


def check_can(table: str, operation: str, reason: str) -> None:
    """Refuse with a reason people can read."""
    if not can(table, operation):
        raise NotAllowed(reason)


def check_role(*roles: str, reason: str = "") -> None:
    if not my_roles() & set(roles_of(list(roles))):
        raise NotAllowed(reason or _("Your role does not include this. Ask your focal point who may do it."))


def has_role(*roles: str) -> bool:
    return bool(my_roles() & set(roles_of(list(roles))))


def check_fresh() -> None:
    """Export, grant, unseal and erase ask for a proof of who acts that is at most five minutes old."""
    check_ordinary()
    with connection.cursor() as cursor:
        cursor.execute("select sec.fresh()")
        if not cursor.fetchone()[0]:
            raise ProveAgain(_("Show once more that it is you: what you asked for needs a proof from the last five minutes."))


def check_ordinary() -> None:
    """In an emergency session nothing is proved anew: no rights, no sign-in and no export change hands in it."""
    standing = scope.now()
    if standing is not None and standing.way == "emergency":
        raise NotAllowed(_("This is an emergency session: it reads and works, but changes no rights and no sign-in, and exports nothing. Ask for a reset of your sign-in."))
