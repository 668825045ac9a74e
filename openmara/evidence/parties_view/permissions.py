"""Who writes and reviews pattern assessments, who records steps of listing."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.parties_view.models import PatternAssessment
from openmara.security.models import Person
from openmara.security.permissions import check_role


def check_can_assess() -> None:
    check_role("pattern_authors", reason=_("Pattern assessments are written and reviewed by the senior adviser and by human rights."))


def check_can_review(by: Person, found: PatternAssessment) -> None:
    check_can_assess()
    if found.made_by_id == by.id:
        raise NotAllowed(_("Who wrote an assessment does not review it. Ask a colleague."))


def check_can_record_event() -> None:
    check_role("swpa", reason=_("Steps of listing are recorded by the senior adviser, from the published document."))
