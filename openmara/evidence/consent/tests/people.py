"""One verified and released case of Carana, and who says what about it. Synthetic."""

from datetime import UTC, date, datetime
from typing import Any

from openmara.evidence import actions
from openmara.evidence.models import Incident, Report
from openmara.evidence.verification import actions as verification
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties

GIVEN = ("aggregate_reporting", "advocacy_case_redacted", "wg_deidentified")
IN_Q3, IN_Q4, AFTER_Q4 = datetime(2026, 8, 10, 9, tzinfo=UTC), datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2027, 1, 5, 9, tzinfo=UTC)


def mission() -> Mission:
    with acting("swpa", "carana"):
        return Mission.objects.get(code="carana")


def received(reference: str = "A-1", *, by: str = "hr.2", at: datetime = IN_Q3, **changes: Any) -> str:
    """The reference of one report, taken in on a day."""
    here = mission()
    with clock.set_to(at, here), acting(by, "carana") as person:
        one = account(reference, **{"consent_scope": GIVEN, "narrative_confidential": "As the source gave it. Synthetic.", **changes})
        taken = actions.take_in(by=person, mission=here, organisation=Organisation.objects.get(code="hr_office"), accounts=[one])
        return Report.objects.get(id=taken.added[0]).ref


def case(reference: str = "A-1", *, areas: bool = True, released: bool = True, at: datetime = IN_Q3, **changes: Any) -> tuple[str, str]:
    """(report, incident), verified by hr.1 and released."""
    here = mission()
    if areas:
        with acting("swpa", "carana"):
            make_areas_and_parties(here)
    ref = received(reference, at=at, **changes)
    with clock.set_to(at, here):
        with acting("swpa", "carana") as adviser:
            incident = actions.open_incident(by=adviser, report=Report.objects.get(ref=ref), nexus_note="Fighters present. Synthetic.")
            actions.assign(by=adviser, incident=incident, to=Person.objects.get(username="hr.1"))
        with acting("hr.1", "carana") as verifier:
            proof = {"standard_of_proof": "reasonable_grounds_to_believe", "stated_on": date(2026, 8, 10)}
            for step in ("under_verification", "verified"):
                found = Incident.objects.get(id=incident.id)
                actions.decide(by=verifier, incident=found, to_status=step, rationale="Consistent. Synthetic.", **(proof if step == "verified" else {}))
        if released:
            with acting("swpa", "carana") as adviser:
                verification.release(by=adviser, incident=Incident.objects.get(id=incident.id))
    return ref, incident.ref


def report(ref: str) -> Report:
    return Report.objects.get(ref=ref)
