"""Who may break the glass, review it, close a mission and read its log; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.security import permissions
from openmara.security.models import BreakGlass, Person
from openmara.security.permissions import check_role, has_role
from openmara.security.watch import queries

LOG_READERS = ("audit", "priv")  # as the policy `read_log` of sql/audit.sql has it


def check_can_break() -> None:
    check_role("working_group", reason=_("Only the working group can open a record in an emergency. Turn to your senior women’s protection adviser."))


def check_only_reads(by: Person, ref: str) -> None:
    """What was opened by breaking the glass is read and not written; the database refuses it too (protect._glass)."""
    if has_role("working_group") and queries.glass_on(for_user=by, ref=ref) is not None:
        raise NotAllowed(_("You opened this by break-glass: you read it and change nothing. Ask the colleague in charge, or close it first."))


def check_can_review() -> None:
    check_role(*queries.REVIEWERS, reason=_("Reviews are made by the senior adviser and the data protection officer."))


def check_may_review(by: Person, glass: BreakGlass) -> None:
    check_can_review()
    if glass.person_id == by.id:
        raise NotAllowed(_("You broke this glass yourself: another officer reviews it."))


def check_can_lock() -> None:
    check_role("rights_officers", reason=_("A mission is closed by two of: head of mission, senior adviser, data protection officer, administrator."))
    check_fresh()


def check_can_read_log() -> None:
    check_role(*LOG_READERS, reason=_("The log is read by the auditor and by the data protection officer."))


def reads_log() -> bool:
    return has_role(*LOG_READERS)


def check_fresh() -> None:
    """Proved again within five minutes; sec.fresh() asks the same of every step in the database."""
    getattr(permissions, "check_fresh", lambda: None)()
