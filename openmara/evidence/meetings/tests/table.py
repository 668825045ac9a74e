"""A working group around a table: incidents in several states, a meeting, who is present."""

from datetime import date, datetime
from typing import Any

from openmara.evidence import actions as evidence
from openmara.evidence import queries
from openmara.evidence.meetings import actions
from openmara.evidence.meetings.models import Meeting, Participant
from openmara.evidence.models import Incident, Report
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Person
from tests.cases import account

PEOPLE = ("swpa", "hr.1", "hr.2", "cp.1")


def incident(reference: str = "A-1", verifier: str = "hr.1", by: str = "hr.2", **changes: Any) -> Incident:
    """An incident under verification by `verifier`, recorded by a colleague; changes are of the account."""
    opened = received(reference, by, **changes)
    with acting("swpa", "carana") as swpa:
        evidence.assign(by=swpa, incident=opened, to=Person.objects.get(username=verifier))
    with acting(verifier, "carana") as who:
        return evidence.decide(by=who, incident=opened, to_status="under_verification", rationale="").incident


def report(by: Person, reference: str, **changes: Any) -> Report:
    mission = Mission.objects.get(code="carana")
    office = queries.own_organisation(for_user=by)
    evidence.take_in(by=by, mission=mission, organisation=office, accounts=[account(reference, **changes)])
    return Report.objects.get(their_reference=reference)


def received(reference: str = "A-1", by: str = "hr.2", **changes: Any) -> Incident:
    with acting(by, "carana") as who:
        return evidence.open_incident(by=who, report=report(who, reference, **changes), nexus_note="Fighters present. Synthetic.")


def verify(found: Incident, on: date, verifier: str = "hr.1") -> Incident:
    with acting(verifier, "carana") as who:
        fresh = Incident.objects.get(id=found.id)
        evidence.decide(by=who, incident=fresh, to_status="verified", rationale="Accounts agree. Synthetic.", stated_on=on, standard_of_proof="reasonable_grounds_to_believe")
        return fresh


def meeting(*present: str, on: date | None = None) -> Meeting:
    """A meeting called by the senior adviser; these are there."""
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        made = actions.plan(by=by, mission=mission, held_on=on or clock.today(), place="Room 4")
        if present:
            ids = Person.objects.filter(username__in=present).values_list("id", flat=True)
            actions.mark_present(by=by, meeting=made, present=list(ids))
        return made


def moment(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+00:00")


def participant(made: Meeting, username: str) -> Person:
    return Participant.objects.select_related("person").get(meeting=made, person__username=username).person
