"""Who records consent, who may erase; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.consent.models import ConsentAnswer
from openmara.evidence.models import Report
from openmara.security.models import Person
from openmara.security.permissions import check_can, check_fresh, check_role
from openmara.security.watch.permissions import check_only_reads


def check_can_record(by: Person, report: Report) -> None:
    """Whoever works with the report records what its person says; taking back must never wait for a role."""
    check_can("evidence_consentanswer", "insert", _("Consent is recorded by the working group. Tell it to your focal point at once."))
    check_only_reads(by, report.ref)


def check_can_erase(by: Person, asked: ConsentAnswer | None) -> None:
    """Erasing takes two people: one who recorded the withdrawal, another who carries it out (security.md 3.c; domain.md 9.3)."""
    check_role("swpa", reason=_("An account is erased by the senior women’s protection adviser, after a colleague has recorded the withdrawal."))
    if asked is not None and asked.recorded_by_id == by.id:
        raise NotAllowed(_("You recorded the withdrawal yourself. A second person carries out the erasure."))
    check_fresh()
