"""The page of possible duplicates: refused first, then works, then audited."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from openmara.evidence.models import Incident, Link
from openmara.linkage import queries
from openmara.linkage.models import CandidatePair
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.people import signed_in

from .test_actions import events, mission, searched  # noqa: F401  # fixture and helpers

pytestmark = pytest.mark.django_db
LIST = "/m/carana/duplicates/"


@pytest.fixture
def pair(mission: Mission) -> Iterator[CandidatePair]:  # noqa: F811  # pytest's way
    yield searched(mission)


def body(answer: object) -> str:
    return re.sub(r'(csrfmiddlewaretoken|name="next")"? value="[^"]*"', "", answer.content.decode())  # type: ignore[attr-defined]


def addresses(key: object) -> list[str]:
    return [f"{LIST}{key}/", f"{LIST}{key}/judge/", f"{LIST}{key}/undo/", f"{LIST}{key}/open/"]


def test_it_asks_for_sign_in_first(pair: CandidatePair) -> None:
    first, *others = addresses(pair.id)
    for answer in [Client().get(LIST), Client().get(first), *[Client().post(one) for one in others]]:
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_to_a_stranger_a_pair_looks_as_if_it_were_not_there(pair: CandidatePair) -> None:
    client = signed_in("stranger")
    assert client.get(LIST).status_code == 404
    there, absent = client.get(addresses(pair.id)[0]), client.get(addresses(uuid.uuid4())[0])
    assert there.status_code == absent.status_code == 404 and body(there) == body(absent)
    for one, other in zip(addresses(pair.id)[1:], addresses(uuid.uuid4())[1:], strict=True):
        there, absent = client.post(one), client.post(other)
        assert there.status_code == absent.status_code == 404 and body(there) == body(absent)


def test_it_refuses_a_role_without_the_right_and_says_why(pair: CandidatePair) -> None:
    client = signed_in("unpol.1")
    for answer in (client.get(LIST), client.post(addresses(pair.id)[1], {"verdict": "same"})):
        assert answer.status_code == 403 and "Child protection adviser" in answer.content.decode()


def test_it_shows_two_reports_side_by_side_with_reasons_in_words(pair: CandidatePair) -> None:
    text = signed_in("hr.1").get(LIST).content.decode()
    assert pair.report_a.ref in text and pair.report_b.ref in text
    assert "One day apart (both to the day)" in text and "3 Jul 2026" in text and "differs" in text
    assert "Different offices" not in text and "Human rights office" in text
    assert events()[-1] == "linkage:pair:list"


def test_it_shows_the_reasons_in_french(pair: CandidatePair) -> None:
    client = signed_in("hr.1")
    client.post("/language/", {"language": "fr"})
    assert "Un jour d’écart" in client.get(LIST).content.decode()


def test_a_judgement_is_made_opened_from_and_undone(pair: CandidatePair) -> None:
    client = signed_in("hr.1")
    judged = client.post(addresses(pair.id)[1], {"verdict": "same"}, follow=True)
    assert "Neither belongs to an incident yet" in judged.content.decode() and "Open an incident from these two" in judged.content.decode()
    assert pair.report_a.ref not in client.get(LIST).content.decode()
    assert pair.report_a.ref in client.get(LIST + "?judged=1").content.decode()
    opened = client.post(addresses(pair.id)[3], follow=True)
    assert "is opened from both reports" in opened.content.decode()
    undone = client.post(addresses(pair.id)[2], follow=True)
    assert "The judgement is undone. It had made no link." in undone.content.decode()
    with acting("hr.1", "carana"):
        assert Incident.objects.count() == 1 and Link.objects.filter(undone_at=None).count() == 2
    assert {"linkage:pair:judge", "linkage:pair:open_incident", "linkage:pair:undo"} <= set(events())


def test_it_refuses_what_is_no_verdict_and_a_second_judgement(pair: CandidatePair) -> None:
    client = signed_in("hr.1")
    assert client.post(addresses(pair.id)[1], {"verdict": "merge"}).status_code == 422
    assert client.post(addresses(pair.id)[2]).status_code == 404
    assert client.post(addresses(pair.id)[1], {"verdict": "different"}).status_code == 302
    assert client.post(addresses(pair.id)[1], {"verdict": "same"}).status_code == 409


def test_the_list_can_be_narrowed_to_one_report(pair: CandidatePair) -> None:
    client = signed_in("hr.1")
    assert pair.report_b.ref in client.get(f"{LIST}?report={pair.report_a.ref}").content.decode()
    assert pair.report_b.ref not in client.get(f"{LIST}?report=00000000").content.decode()
    assert client.get(f"{LIST}?report=%00&judged=%00").status_code == 200


@pytest.mark.parametrize("query", ["after=x", "after=nan~00000000-0000-0000-0000-000000000000", "before=0.5~y"])
def test_an_address_that_is_no_page_of_the_list_is_refused(pair: CandidatePair, query: str) -> None:
    assert signed_in("hr.1").get(f"{LIST}?{query}").status_code == 422


def test_it_goes_from_page_to_page_both_ways(pair: CandidatePair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    with acting("swpa", "carana") as person:
        from openmara.evidence.models import Report

        other = Report.objects.get(their_reference="A-2")
        for number, one in enumerate((pair.report_a, pair.report_b)):
            CandidatePair.objects.create(
                mission_id=pair.mission_id, report_a=one, report_b=other, weight=1, probability=0.1 + number / 10,
                features={"features": {}, "contributions": {}}, found_at=pair.found_at,
            )  # fmt: skip
        first = queries.pairs(for_user=person, filters={})
        second = queries.pairs(for_user=person, filters={}, after=first.after)
        third = queries.pairs(for_user=person, filters={}, after=second.after)
        back = queries.pairs(for_user=person, filters={}, before=third.before)
    found = [page.rows[0].pair.id for page in (first, second, third, back)]
    assert len(set(found)) == 3 and found[3] == found[1] and not third.after and not first.before


def test_a_list_is_one_row_of_the_log(pair: CandidatePair) -> None:
    client = signed_in("hr.1")
    before = len(events())
    client.get(LIST)
    assert events()[before:] == ["linkage:pair:list"] and connection.vendor == "postgresql"
