"""Cases offered for section 5: never without consent to be told as a case, and only to those who write the report."""

import pytest

from openmara.evidence import actions as evidence
from openmara.evidence import queries as incidents
from openmara.evidence.models import Report
from openmara.evidence.verification import actions as verification
from openmara.publish import queries
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.django_db
TOLD = "aggregate_reporting", "advocacy_case_redacted"


def verified(mission: Mission, scope: tuple[str, ...], status: str = "verified") -> str:
    with acting("swpa", "carana"):
        make_areas_and_parties(mission)
    with acting("hr.2", "carana") as reporter:
        one = account("A-1", consent_scope=scope, narrative_shareable="Fighters left after elders spoke to them. Synthetic.")
        office = Organisation.objects.get(code="hr_office")
        taken = evidence.take_in(by=reporter, mission=mission, organisation=office, accounts=[one])
    with acting("swpa", "carana") as adviser:
        report = Report.objects.get(id=taken.added[0])
        incident = evidence.open_incident(by=adviser, report=report, nexus_note="Fighters present. Synthetic.")
        evidence.assign(by=adviser, incident=incident, to=Person.objects.get(username="hr.1"))
    with acting("hr.1", "carana") as verifier:
        for step in ("under_verification", "verified")[: 1 + (status == "verified")]:
            found = incidents.find_incident(for_user=verifier, ref=incident.ref)
            proof = {"standard_of_proof": "reasonable_grounds_to_believe"} if step == "verified" else {}
            evidence.decide(by=verifier, incident=found, to_status=step, rationale="Reliable account.", **proof)
    with acting("swpa", "carana") as adviser:
        found = incidents.find_incident(for_user=adviser, ref=incident.ref)
    return found.ref


@pytest.mark.parametrize(("scope", "status"), [(("aggregate_reporting",), "verified"), (TOLD, "under_verification")])
def test_it_offers_no_case_without_consent_to_tell_it_or_before_it_is_verified(scope: tuple[str, ...], status: str) -> None:
    with acting("swpa", "carana") as person:
        mission = person.active_mission
    verified(mission, scope, status)
    with acting("swpa", "carana") as person:
        assert list(queries.cases(for_user=person, quarter="2026Q3")) == []


def test_it_offers_nothing_to_who_does_not_write_the_report() -> None:
    with acting("swpa", "carana") as person:
        mission = person.active_mission
    verified(mission, TOLD)
    with acting("hom", "carana") as person:
        assert list(queries.cases(for_user=person, quarter="2026Q3")) == []


def released(ref: str) -> None:
    with acting("swpa", "carana") as adviser:
        found = incidents.find_incident(for_user=adviser, ref=ref)
        verification.release(by=adviser, incident=found)


def test_it_offers_no_case_before_its_verification_is_released() -> None:
    with acting("swpa", "carana") as person:
        mission = person.active_mission
    verified(mission, TOLD)
    with acting("swpa", "carana") as person:
        assert list(queries.cases(for_user=person, quarter="2026Q3")) == []


def test_a_case_that_may_be_told_is_offered_in_its_quarter_only() -> None:
    with acting("swpa", "carana") as person:
        mission = person.active_mission
    ref = verified(mission, TOLD)
    released(ref)
    with acting("swpa", "carana") as person:
        assert [one for one, _text in queries.cases(for_user=person, quarter="2026Q3")] == [ref]
        assert list(queries.cases(for_user=person, quarter="2026Q2")) == []
