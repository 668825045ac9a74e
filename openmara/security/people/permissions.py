"""Who may propose, confirm, end and restore rights; each refusal says who may. The database checks again (sql/rights.sql)."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotNow
from openmara.security import permissions
from openmara.security.models import Grant, Person, Recovery
from openmara.security.people import rules


def check_fresh() -> None:
    """Nobody's rights change without a proof, five minutes old at most, of who asks."""
    permissions.check_fresh()


def check_can_read() -> None:
    reason = _("Who holds which rights is read by those who propose, confirm and audit them.")
    permissions.check_role(*rules.READERS, reason=reason)


def check_can_propose() -> None:
    reason = _("Colleagues are proposed by the senior women’s protection adviser, the gender adviser or the administrator.")
    permissions.check_role(*rules.PROPOSERS, reason=reason)


def check_can_change(by: Person, person_id: object) -> None:
    if person_id == by.id:
        raise NotAllowed(_("Nobody ends or changes their own rights. Ask another officer; until then, “Going away” closes everything to you."))


def check_can_end(person_id: object, by: Person) -> None:
    reason = _("Rights are ended by the senior women’s protection adviser, the data protection officer, the head of mission or the administrator.")
    permissions.check_role(*rules.OFFICERS, reason=reason)
    check_can_change(by, person_id)


def check_is_confirmer() -> None:
    if permissions.has_role("admin"):
        raise NotAllowed(_("The administrator proposes, but never confirms: otherwise one person could let in anybody. Ask the senior women’s protection adviser, the data protection officer or the head of mission."))  # fmt: skip
    reason = _("Rights are confirmed by the senior women’s protection adviser, the data protection officer or the head of mission.")
    permissions.check_role(*rules.CONFIRMERS, reason=reason)


def check_can_confirm(by: Person, grant: Grant) -> None:
    """Two people, neither of them the one concerned."""
    check_is_confirmer()
    if by.id == grant.person_id:
        raise NotAllowed(_("Nobody confirms their own rights. Ask a colleague who confirms."))
    if by.id == grant.proposed_by_id:
        raise NotAllowed(_("You proposed this yourself; a second officer confirms it. Ask another colleague who confirms."))


def check_can_restore(by: Person, grant: Grant) -> None:
    check_is_confirmer()
    if by.id == grant.person_id:
        raise NotAllowed(_("Whoever went away is let in again by another officer, who has seen or heard them."))


def check_can_ask(by: Person, person_id: object) -> None:
    reason = _("Ask the senior women’s protection adviser, the data protection officer, the head of mission or the administrator: two of them act together.")
    permissions.check_role(*rules.OFFICERS, reason=reason)
    if person_id == by.id:
        raise NotAllowed(_("For yourself, ask two other officers."))


def check_can_approve(by: Person, recovery: Recovery) -> None:
    check_is_confirmer()
    if by.id == recovery.person_id:
        raise NotAllowed(_("This concerns yourself; two other officers decide."))
    if by.id == recovery.asked_by_id:
        raise NotAllowed(_("You asked for this yourself; a second officer approves it."))
    if recovery.approved_at or recovery.cancelled_at or recovery.used_at:
        raise NotNow(_("This was decided meanwhile."))


def check_can_review(by: Person, recovery: Recovery) -> None:
    check_is_confirmer()
    if by.id in (recovery.person_id, recovery.asked_by_id, recovery.approved_by_id):
        raise NotAllowed(_("An emergency opening is reviewed by an officer who had no part in it."))


def check_can_name() -> None:
    reason = _("Who is named for a closed case is decided by the senior women’s protection adviser and the verifiers of human rights.")
    permissions.check_role("swpa", "hr", reason=reason)
