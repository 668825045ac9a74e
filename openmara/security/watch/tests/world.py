"""What the tests of this part look at: one incident from one report, in CR08, opened by human rights."""

from dataclasses import dataclass

from openmara.evidence import actions
from openmara.evidence.models import Incident, Report
from openmara.security.context import acting
from openmara.security.models import AuditEntry, Mission, Organisation
from tests.cases import account, make_areas_and_parties


@dataclass(frozen=True)
class Case:
    incident: Incident
    report: Report


def make_case() -> Case:
    """Recorded by unpol.1 for the police, opened as an incident by hr.1."""
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    with acting("unpol.1", "carana") as by:
        police = Organisation.objects.get(code="police")
        done = actions.take_in(by=by, mission=mission, organisation=police, accounts=[account()])
    with acting("hr.1", "carana") as by:
        report = Report.objects.get(id=done.added[0])
        incident = actions.open_incident(by=by, report=report)
    return Case(incident, report)


def written(event: str, reader: str = "priv") -> list[AuditEntry]:
    """Entries of one event, the oldest first, as a reader of the log sees them."""
    with acting(reader, "carana"):
        return list(AuditEntry.objects.filter(event=event).order_by("id"))
