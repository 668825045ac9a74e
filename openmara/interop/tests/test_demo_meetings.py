"""The demonstration's meetings go through the same actions as people's, and note what was decided."""

from datetime import date

import pytest

from openmara.evidence.meetings.models import ActionPoint, Forum, ForumPack, Meeting, Outcome, SelfAssessment
from openmara.evidence.meetings.tests import table
from openmara.interop import demo_meetings
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties


@pytest.mark.django_db
def test_a_meeting_a_month_notes_what_was_verified_and_the_next_one_is_called(carana: Mission) -> None:
    with acting("swpa", "carana"):
        make_areas_and_parties(carana)
    with clock.set_to(table.moment(date(2026, 7, 10)), carana):
        found = table.incident()
    with clock.set_to(table.moment(date(2026, 7, 12)), carana):
        table.verify(found, date(2026, 7, 12))
    demo_meetings.hold("carana", ("2026Q2", "2026Q3"), date(2026, 11, 21), lambda _done, _all: None)
    with acting("hr.1", "carana"):
        assert Meeting.objects.filter(state="minuted").count() == 6 and Meeting.objects.filter(state="planned").count() == 1
        assert [one.decision.incident_id for one in Outcome.objects.select_related("decision")] == [found.id]
        assert ActionPoint.objects.count() == 6
    with acting("gender", "carana"):
        assert (Forum.objects.count(), ForumPack.objects.count(), SelfAssessment.objects.count()) == (1, 1, 1)
