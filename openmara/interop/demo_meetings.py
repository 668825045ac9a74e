"""Meetings of the demonstration: one a month over two quarters, a forum, a self-assessment, and the next meeting. Synthetic throughout.

Everything enters through the actions that people use; a meeting notes what the replay decided.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from openmara.evidence.meetings import actions
from openmara.evidence.meetings.assessment import actions as assessment
from openmara.evidence.meetings.forum import actions as forum
from openmara.evidence.meetings.models import AgendaItem, Meeting, Participant
from openmara.evidence.models import Decision
from openmara.indicators.actions import quarter_end
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission

PRESENT = ("swpa", "hr.1", "hr.2", "cp.1")
PLACE = "Meeting room 2"
ITEMS = 5
POINTS = (
    "Ask the clinic network for its monthly figures", "Cross-check the cases of children with the MRM", "Visit the districts from which nothing was heard",
    "Name a verifier for each open incident", "Send the note of the month to the components", "Prepare the figures for the forum",
)  # fmt: skip
ANSWERS = {
    "convened": "yes", "monthly": "yes", "members": "partly", "forum": "yes", "existing": "yes", "isp": "no", "referral": "partly", "standard": "yes",
    "two_people": "yes", "mrm": "partly", "trained": "partly", "outreach": "no", "feedback": "partly",
}  # fmt: skip


def hold(mission_code: str, quarters: Sequence[str], as_of: date, done: Callable[[int, int], None]) -> None:
    """Six meetings, a forum with its pack, an assessment with its plan, and the next meeting with what is due."""
    days = [_twentieth(quarter, month) for quarter in quarters[-2:] for month in (1, 2, 3)]
    for number, day in enumerate(days):
        _meeting(mission_code, day, POINTS[number])
        done(number + 1, len(days) + 1)
    with acting("swpa", mission_code) as by:
        mission = Mission.objects.get(code=mission_code)
        with clock.set_to(_morning(as_of), mission):
            called = forum.plan_forum(by=by, mission=mission, held_on=as_of, place="Town hall", quarter=quarters[-1])
            forum.make_pack(by=by, forum=called)
            forum.hold(by=by, forum=called, functions=("swpa", "gender", "gbv_subcluster", "service_provider"))
            due = as_of + timedelta(days=60)
            forum.add_measure(by=by, mission=mission, origin="forum", quarter=quarters[-1], what="Open care within 72 hours in one more district", function="service_provider", due_on=due)
            assessment.assess(by=by, mission=mission, quarter=quarters[-1], answers=ANSWERS)
            forum.add_measure(by=by, mission=mission, origin="assessment", quarter=quarters[-1], what="Agree a protocol with the service providers", function="swpa", due_on=due)
            actions.plan(by=by, mission=mission, held_on=as_of + timedelta(days=5), starts_at=time(10, 0), place=PLACE)
    done(len(days) + 1, len(days) + 1)


def _twentieth(quarter: str, month: int) -> date:
    last = quarter_end(quarter)
    return date(last.year, last.month - 3 + month, 20)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(10, 0), tzinfo=UTC)


def _meeting(mission_code: str, day: date, point: str) -> None:
    """Called, held, closed: the incidents that were verified in the weeks before."""
    with acting("swpa", mission_code) as by:
        mission = Mission.objects.get(code=mission_code)
        with clock.set_to(_morning(day), mission):
            made = actions.plan(by=by, mission=mission, held_on=day, starts_at=time(10, 0), place=PLACE, due=False)
            there = Participant.objects.filter(meeting=made, person__username__in=PRESENT)
            actions.mark_present(by=by, meeting=made, present=list(there.values_list("person_id", flat=True)))
            for decision in _verified_before(day):
                if not AgendaItem.objects.filter(meeting=made, incident_id=decision.incident_id).exists():
                    actions.put_on(by=by, meeting=made, incident=decision.incident)
            owner = there.select_related("person").get(person__username="hr.1").person
            actions.add_point(by=by, meeting=made, owner=owner, what=point, due_on=day + timedelta(days=30))
    _note(mission_code, made, day)
    with acting("swpa", mission_code) as by, clock.set_to(_morning(day), mission):
        actions.close_minutes(by=by, meeting=Meeting.objects.get(id=made.id))


def _verified_before(day: date) -> list[Decision]:
    rows = Decision.objects.filter(axis="verification", to_status="verified", stated_on__range=(day - timedelta(days=27), day))
    return list(rows.select_related("incident").order_by("stated_on", "id")[:ITEMS])


def _note(mission_code: str, made: Meeting, day: date) -> None:
    with acting("hr.1", mission_code) as by:
        mission = Mission.objects.get(code=mission_code)
        with clock.set_to(_morning(day), mission):
            for item in AgendaItem.objects.filter(meeting=made).select_related("incident", "meeting"):
                decision = Decision.objects.filter(incident=item.incident, axis="verification", to_status="verified", stated_on__lte=day).first()
                if decision is not None:
                    actions.note_decision(by=by, item=item, decision=decision)
