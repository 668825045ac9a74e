"""Who may look for and judge possible duplicates; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.security.permissions import check_can, check_role


def check_can_read() -> None:
    check_can("linkage_candidatepair", "select", _("Possible duplicates are open to the working group. Your role does not include it."))


def check_can_judge() -> None:
    """A judgement may link a report, so whoever judges must be able to do both."""
    check_role("working_group", reason=_("Possible duplicates are judged by the working group. Your role does not include it."))
    check_can("evidence_report", "update", _("Your role reads with the working group, but does not judge duplicates."))
