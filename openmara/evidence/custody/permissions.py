"""Who keeps custody, who asks for a hand-over, who decides it; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.custody.models import HandOver
from openmara.evidence.models import Report
from openmara.security.models import Person
from openmara.security.permissions import check_can, check_fresh, check_role
from openmara.security.watch.permissions import check_only_reads


def check_can_keep(by: Person, report: Report) -> None:
    check_can("evidence_exhibit", "insert", _("Custody is kept by the working group."))
    check_only_reads(by, report.ref)


def check_can_ask(by: Person, report: Report) -> None:
    check_can("evidence_handover", "insert", _("A hand-over is asked for by the senior adviser, by human rights or by child protection."))
    check_only_reads(by, report.ref)


def check_can_decide(by: Person, found: HandOver) -> None:
    check_role("hom", reason=_("A hand-over is decided by the head of mission."))
    _check_another(by, found)


def check_can_record_legal(by: Person, found: HandOver) -> None:
    check_role("hq", reason=_("The decision of headquarters’ legal office is recorded by headquarters."))
    _check_another(by, found)
    if found.decided_by_id == by.id:
        raise NotAllowed(_("You decided for the mission. Somebody else records the decision of the legal office."))


def check_can_hand_over(by: Person, found: HandOver) -> None:
    """Export: a proof of who acts, and not by those who decided."""
    check_role("swpa", "hr", reason=_("A hand-over is carried out by the senior adviser or by human rights."))
    if by.id in (found.decided_by_id, found.legal_by_id):
        raise NotAllowed(_("You decided this hand-over. Somebody else carries it out."))
    check_fresh()


def _check_another(by: Person, found: HandOver) -> None:
    if found.asked_by_id == by.id:
        raise NotAllowed(_("You asked for this hand-over. Somebody else decides it."))
