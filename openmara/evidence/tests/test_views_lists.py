"""The lists of incidents and reports: refused first, then works, then audited, and cheap."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openmara.evidence import actions, queries
from openmara.evidence.models import Incident
from openmara.evidence.search import narrowing
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties
from tests.people import signed_in

pytestmark = pytest.mark.django_db
INCIDENTS, REPORTS = "/m/carana/incidents/", "/m/carana/reports/"


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def opened(mission: Mission, reference: str, **changes: object) -> str:
    """An incident opened from one report of hr.2."""
    with acting("hr.2", "carana") as person:
        office = Organisation.objects.get(code="hr_office")
        actions.take_in(by=person, mission=mission, organisation=office, accounts=[account(reference, **changes)])
    with acting("swpa", "carana") as adviser:
        page = queries.reports(for_user=adviser, filters={"route": "untriaged"})
        return actions.open_incident(by=adviser, report=page.rows[0]).ref


def events() -> list[tuple[str, str]]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event, outcome from audit.entry order by id")
        return list(cursor.fetchall())


def body(answer: object) -> str:
    """A page without what changes from one answer to the next."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", answer.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", [INCIDENTS, REPORTS])
def test_it_asks_for_sign_in_first(mission: Mission, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", [INCIDENTS, REPORTS])
def test_to_a_stranger_and_to_somebody_without_a_role_there_is_no_such_page(mission: Mission, address: str) -> None:
    for username in ("stranger", "nobody"):
        assert signed_in(username).get(address).status_code == 404


@pytest.mark.parametrize("address", [INCIDENTS, REPORTS])
def test_it_refuses_a_role_without_the_right_and_says_why(mission: Mission, address: str) -> None:
    answer = signed_in("gender").get(address)
    assert answer.status_code == 403
    assert "Your role does not include it" in answer.content.decode()


def test_the_police_see_their_own_reports_and_no_incident(mission: Mission) -> None:
    opened(mission, "A-1")
    client = signed_in("unpol.1")
    assert client.get(INCIDENTS).status_code == 403
    answer = client.get(REPORTS)
    assert answer.status_code == 200 and "There are no reports yet." in answer.content.decode()


def test_an_empty_list_says_what_comes_next(mission: Mission) -> None:
    text = signed_in("hr.1").get(INCIDENTS).content.decode()
    assert "There are no incidents yet." in text and REPORTS in text


def test_it_shows_months_and_districts_only(mission: Mission) -> None:
    ref = opened(mission, "A-1", number_estimated=True)
    text = signed_in("hr.1").get(INCIDENTS).content.decode()
    assert ref in text and "Jul 2026" in text and "CR0801" in text and "ICSC" in text and "≈ 2" in text
    assert "3 Jul" not in text and "2026-07-03" not in text


def test_filters_stay_in_the_address_and_narrow_the_list(mission: Mission) -> None:
    ref = opened(mission, "A-1")
    client = signed_in("hr.1")
    fits = ("status=received", "status=open", "adm1=CR08", "adm2=CR0801", "form=rape", "party=ICSC", "month_from=2026-07", "month_to=2026-07", "assigned=nobody")
    fails = ("status=verified", "status=late", "adm1=CR01", "form=gang_rape", "party=CDF", "month_from=2026-08", "month_to=2026-06", "assigned=me")
    for query in fits:
        text = client.get(f"{INCIDENTS}?{query}").content.decode()
        assert ref in text, query
        assert query.partition("=")[2] in text
    for query in fails:
        text = client.get(f"{INCIDENTS}?{query}").content.decode()
        assert ref not in text and "No incident fits these filters." in text, query


def test_a_party_with_many_incidents_is_found_as_one_with_few(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = {opened(mission, "A-1"), opened(mission, "A-2", alleged_parties=("CDF", "ICSC"))}
    other = opened(mission, "A-3", alleged_parties=("CDF",))
    for most in (narrowing.FEW, -1):  # the second takes every party for one with many
        monkeypatch.setattr(narrowing, "FEW", most)
        text = signed_in("hr.1").get(f"{INCIDENTS}?party=ICSC").content.decode()
        assert all(ref in text for ref in refs) and other not in text


@pytest.mark.parametrize("query", ["status=%00", "adm1=%27", "month_from=2026-13", "form=x", "party=%F0", "assigned=all"])
def test_a_filter_that_is_not_offered_is_passed_over(mission: Mission, query: str) -> None:
    ref = opened(mission, "A-1")
    answer = signed_in("hr.1").get(f"{INCIDENTS}?{query}")
    assert answer.status_code == 200 and ref in answer.content.decode()


@pytest.mark.parametrize("query", ["after=x", "after=x~00000000-0000-0000-0000-000000000000", "before=2026-07-01~y"])
@pytest.mark.parametrize("address", [INCIDENTS, REPORTS])
def test_an_address_that_is_no_page_of_the_list_is_refused(mission: Mission, address: str, query: str) -> None:
    assert signed_in("hr.1").get(f"{address}?{query}").status_code == 422


@pytest.mark.parametrize("address", [INCIDENTS, REPORTS])
def test_it_goes_from_page_to_page_both_ways(mission: Mission, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(5):
        opened(mission, f"A-{number}", date_from=date(2026, number + 1, 3), date_to=date(2026, number + 1, 3))
    client = signed_in("hr.1")

    def page(query: str) -> tuple[list[str], str, str]:
        text = client.get(address + query).content.decode()
        rows = re.findall(r'<th scope="row"><a href="[^"]*"><code>(\w{8})</code>', text)
        after = re.search(r'href="([^"]*)" rel="next"', text)
        before = re.search(r'href="([^"]*)" rel="prev"', text)
        return rows, after[1] if after else "", before[1] if before else ""

    first, after, none = page("")
    second, after_second, before = page(after)
    third, nothing, before_third = page(after_second)
    assert not none and not nothing and [len(one) for one in (first, second, third)] == [2, 2, 1]
    assert len({*first, *second, *third}) == 5
    assert page(before_third)[0] == second and page(before)[0] == first


@pytest.mark.parametrize(("address", "event"), [(INCIDENTS, "evidence:incident:list"), (REPORTS, "evidence:report:list")])
def test_a_list_is_one_row_of_the_log_and_few_statements(mission: Mission, address: str, event: str) -> None:
    for number in range(3):
        opened(mission, f"A-{number}")
    client = signed_in("hr.1")
    client.get(address)
    before = events()
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    assert events()[len(before) :] == [(event, "done")]
    outside = [one["sql"] for one in found.captured_queries if not re.search(r"SAVEPOINT|sec\.(enter|session)|security_", one["sql"])]
    assert len(outside) <= 9, outside
    assert not [one for one in outside if "count(" in one.lower()]


def test_a_refused_list_is_in_the_log_too(mission: Mission) -> None:
    signed_in("gender").get(INCIDENTS)
    assert ("security:request:refuse", "refused") in events()


def test_home_says_what_waits(mission: Mission) -> None:
    ref = opened(mission, "A-1")
    with acting("hr.2", "carana") as person:
        actions.take_in(by=person, mission=mission, organisation=Organisation.objects.get(code="hr_office"), accounts=[account("A-2")])
    with acting("swpa", "carana") as adviser:
        actions.assign(by=adviser, incident=Incident.objects.get(ref=ref), to=Person.objects.get(username="hr.1"))
    with acting("hr.1", "carana") as person:
        waiting = queries.waiting_for(for_user=person)
    assert [(line.count, line.href.partition("?")[2]) for line in waiting] == [(1, "route=untriaged"), (1, "assigned=me&status=open")]
    for line in waiting:
        assert signed_in("hr.1").get(line.href).status_code == 200
    with acting("gender", "carana") as person:
        assert queries.waiting_for(for_user=person) == []
