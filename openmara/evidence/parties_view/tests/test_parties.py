"""Parties: refused first; patterns by two people over verified incidents; steps of listing with their document."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from openmara.errors import NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence.models import Incident
from openmara.evidence.parties_view import actions, queries, rules
from openmara.evidence.parties_view.actions import Assessment
from openmara.evidence.parties_view.models import PatternAssessment
from openmara.evidence.tests.desk import BASE, events, opened, signed_in
from openmara.parties.models import Party
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
SPAN = (date(2026, 1, 1), date(2026, 12, 1))
WORDS = "Same district, same months, same way of acting. Synthetic."


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def verified(mission: Mission, reference: str, **changes: object) -> Incident:
    ref = opened(mission, reference, verifier="hr.1", **changes)
    with acting("hr.1", "carana") as person:
        incident = Incident.objects.get(ref=ref)
        evidence.decide(by=person, incident=incident, to_status="verified", rationale="Credible. Synthetic.", standard_of_proof="reasonable_grounds_to_believe")
    return incident


def written(*incidents: Incident, **changes: object) -> Assessment:
    values: dict[str, object] = {"finding": "pattern", "criteria": ("several_incidents", "over_time"), "month_from": SPAN[0], "month_to": SPAN[1],
                                 "incidents": [one.id for one in incidents], "rationale": WORDS}  # fmt: skip
    return Assessment(**(values | changes))  # type: ignore[arg-type]  # varied by name


def assessed(mission: Mission, by: str = "hr.1", party: str = "ICSC") -> PatternAssessment:
    chosen = [verified(mission, f"A-{number}", alleged_parties=(party,)) for number in (1, 2)]
    with acting(by, "carana") as person:
        return actions.assess(by=person, mission=mission, party=Party.objects.get(code=party), written=written(*chosen))


@pytest.mark.parametrize("username", ["unpol.1", "auditor"])
def test_it_refuses_who_has_no_part_in_it(mission: Mission, username: str) -> None:
    with acting(username, "carana") as person, pytest.raises(NotAllowed):
        queries.parties(for_user=person)
    assert signed_in(username).get(f"{BASE}parties/").status_code == 403


@pytest.mark.parametrize("username", ["wpa", "cp.1", "gender", "hom"])
def test_it_refuses_who_does_not_assess(mission: Mission, username: str) -> None:
    with acting(username, "carana") as person, pytest.raises(NotAllowed):
        actions.assess(by=person, mission=mission, party=Party.objects.get(code="ICSC"), written=written())


def test_it_refuses_what_is_no_pattern(mission: Mission) -> None:
    one, two = verified(mission, "A-1"), verified(mission, "A-2")
    ref = opened(mission, "A-3")
    with acting("swpa", "carana"):
        unverified = Incident.objects.get(ref=ref)
    other = verified(mission, "A-4", alleged_parties=("CDF",))
    cases = [
        ("incidents", written()), ("incidents", written(one)), ("incidents", written(one, two, unverified)), ("incidents", written(one, two, other)),
        ("criteria", written(one, two, criteria=("several_incidents",))), ("criteria", written(one, two, criteria=("x", "over_time"))),
        ("rationale", written(one, two, rationale="short")), ("finding", written(one, two, finding="guilty")),
        ("month_to", written(one, two, month_from=SPAN[1], month_to=SPAN[0])),
    ]  # fmt: skip
    with acting("hr.1", "carana") as person:
        for field, found in cases:
            with pytest.raises(NotValid) as refusal:
                actions.assess(by=person, mission=mission, party=Party.objects.get(code="ICSC"), written=found)
            assert field in refusal.value.problems, found
        assert not PatternAssessment.objects.exists()


def test_its_author_does_not_review_it_and_the_database_agrees(mission: Mission) -> None:
    found = assessed(mission)
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotAllowed):
            actions.review(by=person, found=queries.pattern(for_user=person, ref=found.ref).found, agrees=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            PatternAssessment.objects.filter(id=found.id).update(reviewed_by=person.id)


def test_a_second_person_reviews_it_once(mission: Mission) -> None:
    found = assessed(mission)
    with acting("swpa", "carana") as adviser:
        file = queries.pattern(for_user=adviser, ref=found.ref)
        assert len(file.incidents) == 2 and file.rationale == WORDS
        assert actions.review(by=adviser, found=file.found, agrees=True).state == "reviewed"
        with pytest.raises(NotNow):
            actions.review(by=adviser, found=file.found, agrees=False)
    assert {"evidence:pattern:assess", "evidence:pattern:open", "evidence:pattern:review"} <= set(events())


def test_the_narrative_lies_apart_and_a_pattern_of_state_forces_is_walled(mission: Mission) -> None:
    found = assessed(mission, party="CDF")
    with acting("cp.1", "carana") as person:
        file = queries.pattern(for_user=person, ref=found.ref)
        assert file.rationale is None and file.incidents == []
    with acting("hr.nat", "carana") as person, pytest.raises(NotFound):
        queries.pattern(for_user=person, ref=found.ref)


def test_counts_are_of_what_is_open_and_equal_the_rows(mission: Mission) -> None:
    verified(mission, "A-1", total=3, tally={"women": 2, "girls": 1}, child_protection_routed=True), verified(mission, "A-2"), opened(mission, "A-3")
    with acting("swpa", "carana") as adviser:
        found = queries.figures(for_user=adviser, party=Party.objects.get(code="ICSC"))
        assert found and found.incidents == sum(found.quarters.values()) == sum(found.areas.values()) == 2
        assert found.people["women"] == 4 and found.people["girls"] == 1 and found.forms == {"rape": 2} and found.attributed == 0
        assert len(found.quarters) == rules.QUARTERS
    with acting("cp.1", "carana") as person:
        theirs = queries.figures(for_user=person, party=Party.objects.get(code="ICSC"))
        assert theirs and theirs.incidents == 1, "cases of children"
    for username in ("gender", "hom"):
        with acting(username, "carana") as person:
            assert queries.figures(for_user=person, party=Party.objects.get(code="ICSC")) is None


def test_a_step_of_listing_needs_its_document_its_order_and_the_adviser(mission: Mission) -> None:
    def step(by: str, event: str, **changes: object) -> None:
        with acting(by, "carana") as person:
            values = {"decided_on": date(2025, 7, 15), "forms": ("rape",), "source_document": "S/2025/0001, annex (synthetic)"} | changes
            actions.record_event(by=person, mission=mission, party=Party.objects.get(code="ICSC"), event=event, **values)  # type: ignore[arg-type]  # varied by name

    with pytest.raises(NotAllowed):
        step("hr.1", "listed")
    for event, changes in (("delisted", {}), ("relisted", {}), ("listed", {"source_document": "report"}), ("listed", {"decided_on": date(2099, 1, 1)}), ("listed", {"forms": ("x",)})):
        with pytest.raises(NotValid):
            step("swpa", event, **changes)
    step("swpa", "on_notice")
    step("swpa", "listed", decided_on=date(2026, 4, 1))
    with pytest.raises(NotValid):
        step("swpa", "delisted", decided_on=date(2025, 1, 1))
    with pytest.raises(NotValid):
        step("swpa", "listed", decided_on=date(2026, 5, 1))
    step("swpa", "delisted", decided_on=date(2026, 6, 1))
    with acting("hom", "carana") as person:
        assert [one.event for one in queries.events(for_user=person, party=Party.objects.get(code="ICSC"))] == ["on_notice", "listed", "delisted"]


def test_the_pages_are_drawn_and_say_who_decides(mission: Mission) -> None:
    found = assessed(mission)
    client = signed_in("swpa")
    for page in ("parties/", "parties/ICSC/", "parties/ICSC/pattern/", f"patterns/{found.ref}/"):
        answer = client.get(BASE + page)
        assert answer.status_code == 200 and "Secretary-General" in answer.content.decode(), page
    assert "<svg" in client.get(BASE + "parties/ICSC/").content.decode()
    assert client.get(BASE + "parties/NONE/").status_code == 404
    assert client.post(BASE + "parties/ICSC/event/", {}).status_code == 422
    assert client.post(BASE + "parties/ICSC/pattern/", {}).status_code == 422
    assert client.post(f"{BASE}patterns/{found.ref}/review/", {"do": "agree"}).status_code == 302
    assert signed_in("gender").get(f"{BASE}patterns/{found.ref}/").status_code == 403
