"""The routes of the policy file, checked before every view: known address, listed method, named role, proof fresh enough.

Closed by default: an address without a line is not there. The database checks each row again (ADR 0010).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.security import permissions, scope
from openmara.security.protect import policy, roles_of

OPEN = ("public", "signed_in", "anyone")
FEW = 10  # roles a reason can name one by one


@dataclass(frozen=True)
class Door:
    """Who may use one method of one address: an open word or roles, and the class of what lies behind."""

    word: str
    roles: frozenset[str] = frozenset()
    level: int = 0
    fresh: bool = False


@dataclass(frozen=True)
class Line:
    """One address of the policy file: a door for each method, and what its key names ('' = nothing)."""

    name: str
    doors: dict[str, Door]
    key: str = ""


@cache
def lines() -> dict[str, Line]:
    """Every line of the section, by the address's name."""
    return {name: _line(name, given) for name, given in policy()["routes"].items()}


def _line(name: str, given: dict[str, object]) -> Line:
    fresh = given.get("fresh", False)
    doors: dict[str, Door] = {}
    for method in ("get", "post"):
        if method in given:
            door = _door(given[method], fresh is True or (isinstance(fresh, list) and method in fresh))
            doors[method.upper()] = door
            if method == "get":
                doors["HEAD"] = door
    if not doors or set(given) - {"get", "post", "key", "fresh"}:
        raise ValueError(f"policy.yaml, route {name}: not understood")
    return Line(name, doors, str(given.get("key", "")))


def _door(who: object, fresh: bool) -> Door:
    if isinstance(who, list):
        return Door("", frozenset(roles_of(who)), 0, fresh)
    word = str(who)
    if word in OPEN:
        return Door(word, fresh=fresh)
    table, _dot, operation = word.partition(".")
    named = {role for right in policy()["tables"][table].get(operation, []) for role in right["roles"]}
    level = 0 if operation == "insert" else int(policy()["tables"][table]["class"][1])
    if "anyone" in named:
        return Door("anyone", level=level, fresh=fresh)
    return Door("", frozenset(roles_of(sorted(named))), level, fresh)


def check(request: HttpRequest) -> None:
    """Refuse what the line does not open to the running context, with a reason that says who may."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    door = lines()[name].doors[request.method or ""]
    if door.word in ("", "anyone"):
        _check_standing(door)
    if door.fresh:
        permissions.check_fresh()


def _check_standing(door: Door) -> None:
    standing = scope.now()
    if standing is None or (door.word == "" and not standing.roles & door.roles):
        raise NotAllowed(who_may(door.roles))
    if standing.clearance < door.level:
        reason = _("This page holds class S%(needed)d; you are signed in for S%(given)d. Sign in with a passkey, or ask for the clearance.")
        raise NotAllowed(reason % {"needed": door.level, "given": max(standing.clearance, 0)})


def may_get(name: str, roles: Collection[str], clearance: int) -> bool:
    """Whether somebody of this standing in a mission may open an address: what navigation offers."""
    door = lines()[name].doors.get("GET") if name in lines() else None
    if door is None or clearance < door.level:
        return False
    return door.word in OPEN or not door.roles.isdisjoint(roles)


def who_may(roles: frozenset[str]) -> str:
    """Whom a refused person can turn to."""
    if len(roles) > FEW:
        return _("This page is open to most roles of the mission, but not to yours. Ask your focal point.")
    titles = policy()["roles"]
    named = ", ".join(sorted(_(titles[role]) for role in roles))
    return _("This is for: %(roles)s. Your role does not include it; ask one of them.") % {"roles": named}


class KnownRoutes:
    """Before anything else of a request: an address without a line is not there, a method not listed is refused (B-51)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            line = lines().get(resolve(request.path_info).view_name)
        except Resolver404:
            line = None
        if line and request.method not in line.doors:
            return HttpResponseNotAllowed(sorted(line.doors))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.resolver_match is None or request.resolver_match.view_name not in lines():
            raise Http404


def table() -> Iterator[tuple[str, str, str, str, str]]:
    """Rows of the documentation: address, reads, sends, what it names, fresh."""
    for name, given in policy()["routes"].items():
        said = [_said(given.get(method)) for method in ("get", "post")]
        fresh = given.get("fresh", False)
        yield name, said[0], said[1], given.get("key", "–"), "–" if not fresh else "yes" if fresh is True else " ".join(fresh)


def _said(who: object) -> str:
    if who is None:
        return "–"
    return " ".join(who) if isinstance(who, list) else str(who).replace("_", " ") if who in OPEN else f"`{who}`"
