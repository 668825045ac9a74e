"""Searching: refused first, then by codes, reference and words; what is not open is not found."""

from collections.abc import Iterator

import pytest
from django.db import connection

from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.evidence import actions
from openmara.evidence.models import Incident, Report
from openmara.evidence.search import actions as keeping
from openmara.evidence.search import queries, rules
from openmara.evidence.search.models import View
from openmara.evidence.tests.desk import opened, received
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def refs(username: str, **filters: str) -> set[str]:
    with acting(username, "carana") as person:
        return {row.ref for row in queries.search(for_user=person, filters=filters).page.rows}  # type: ignore[union-attr]  # incidents


@pytest.mark.parametrize("username", ["gender", "unpol.1", "hom", "auditor"])
def test_it_refuses_who_does_not_read_incidents(mission: Mission, username: str) -> None:
    opened(mission)
    with acting(username, "carana") as person, pytest.raises(NotAllowed):
        queries.search(for_user=person, filters={})


def test_a_stranger_finds_nothing(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    with acting("stranger", "other") as person:
        assert not queries.search(for_user=person, filters={}).page.rows
        assert not queries.search(for_user=person, filters={"words": "crossing"}).count
        assert queries.exact(for_user=person, ref=ref) == ("", "")


def test_words_find_nothing_in_texts_that_are_not_open(mission: Mission) -> None:
    opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    with acting("swpa", "carana"):
        assert Incident.objects.count() == 1
    for username in ("wpa", "cp.1", "wpa.cr01"):  # class 3; no case of children; another province
        assert not refs(username, words="crossing"), username


def test_the_function_behind_the_words_tells_of_open_rows_alone(mission: Mission) -> None:
    """It stands past row security, so it is asked in the name of everybody and compared with what the tables open."""
    opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    opened(mission, "A-2", alleged_parties=("CDF",), narrative_confidential="A second crossing. Synthetic.")
    received(mission, "A-3", narrative_confidential="A third crossing. Synthetic.")
    found = 0
    for username in ("swpa", "wpa", "hr.1", "hr.2", "cp.1", "hr.nat", "wpa.cr01", "gender", "unpol.1", "hom", "auditor", "priv", "admin"):
        with acting(username, "carana"), connection.cursor() as cursor:
            for table, column in (("evidence_incidenttext", "incident_id"), ("evidence_reporttext", "report_id")):
                cursor.execute(f"select * from sec.words_in_{table}('crossing', 10)")
                told = {key for (key,) in cursor.fetchall()}
                cursor.execute("savepoint s")
                try:
                    cursor.execute(f"select {column} from {table} where narrative_confidential like '%crossing%'")
                    seen = {key for (key,) in cursor.fetchall()}
                except Exception:
                    seen = set()
                    cursor.execute("rollback to savepoint s")
                assert told == seen, (username, table)
                found += len(told)
    assert found


def test_words_are_found_in_the_case_and_in_its_accounts(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    other = opened(mission, "A-2", narrative_confidential="At the market. Synthetic.")
    assert refs("swpa", words="crossing") == {ref}
    assert refs("swpa", words="crossing night") == {ref} and refs("swpa", words="crossing market") == set()
    assert refs("swpa", words="synthetic") == {ref, other}


def test_codes_narrow_and_a_reference_is_exact(mission: Mission) -> None:
    ref = opened(mission)
    other = opened(mission, "A-2", adm1="CR01", adm2="CR0101", forms=("forced_marriage",), date_precision="month")
    assert refs("swpa") == {ref, other}
    assert refs("swpa", adm1="CR01") == refs("swpa", precision="month") == refs("swpa", form="forced_marriage") == {other}
    assert refs("swpa", status="received", attribution="alleged", **{"class": "crsv"}) == {ref, other}
    assert refs("swpa", attribution="verified") == set() and refs("swpa", ref=ref.upper()) == {ref}
    assert refs("wpa.cr01") == {other}, "the area of the grant holds"
    with acting("swpa", "carana") as person:
        assert queries.exact(for_user=person, ref=f" {ref[:4]}-{ref[4:]} ") == ("incident", ref)
        report = Report.objects.first()
        assert report and queries.exact(for_user=person, ref=report.ref) == ("report", report.ref)
        assert queries.exact(for_user=person, ref="nothing!") == ("", "")


def test_the_count_is_exact_up_to_its_bound_and_equals_the_list(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        opened(mission, f"A-{number}")
    with acting("swpa", "carana") as person:
        found = queries.search(for_user=person, filters={"adm1": "CR08"})
        assert (found.count, found.more) == (len(found.page.rows), False) == (4, False)
        monkeypatch.setattr(rules, "COUNTED", 3)
        found = queries.search(for_user=person, filters={})
        assert (found.count, found.more) == (3, True)


def test_the_log_says_that_words_were_used_and_not_which(mission: Mission) -> None:
    opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    refs("swpa", words="crossing")
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event, row_to_json(e)::text from audit.entry e order by id desc limit 1")
        event, everything = cursor.fetchone()
    assert event == "evidence:incident:search" and "words" in everything and "crossing" not in everything


def test_too_common_words_are_refused_with_a_way_on(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(mission), opened(mission, "A-2")
    monkeypatch.setattr(queries, "MOST", 1)
    with acting("swpa", "carana") as person, pytest.raises(NotValid) as refusal:
        queries.search(for_user=person, filters={"words": "synthetic"})
    assert "rarer" in refusal.value.problems["words"]


def test_a_view_keeps_codes_and_never_words(mission: Mission) -> None:
    with acting("swpa", "carana") as person:
        for name, filters in (("", {"adm1": "CR08"}), ("Mine", {}), ("Mine", {"words": "crossing", "ref": "0own0ref"})):
            with pytest.raises(NotValid):
                keeping.keep_view(by=person, mission=mission, name=name, filters=filters)
        with pytest.raises(NotValid):
            keeping.keep_view(by=person, mission=mission, name="Mine", filters={"adm1": "CR08"}, shared_with=["pio"])
        view = keeping.keep_view(by=person, mission=mission, name="Mine", filters={"adm1": "CR08", "words": "crossing"}, shared_with=["hr"])
        assert view.filters == {"adm1": "CR08"}
        keeping.keep_view(by=person, mission=mission, name="Mine", filters={"adm1": "CR01"}, shared_with=["hr"])
        assert [one.filters for one in queries.views(for_user=person)] == [{"adm1": "CR01"}]
    with acting("gender", "carana") as person, pytest.raises(NotAllowed):
        keeping.keep_view(by=person, mission=mission, name="Mine", filters={"adm1": "CR08"})


def test_a_shared_view_is_read_by_its_roles_and_changed_by_its_owner(mission: Mission) -> None:
    with acting("swpa", "carana") as person:
        view = keeping.keep_view(by=person, mission=mission, name="Leppko", filters={"adm1": "CR08"}, shared_with=["hr"])
    for username, sees in (("hr.1", 1), ("cp.1", 0), ("gender", 0)):
        with acting(username, "carana") as person:
            assert len(queries.views(for_user=person)) == sees
            with pytest.raises(NotFound):
                queries.find_view(for_user=person, key=view.id)
            assert View.objects.filter(id=view.id).delete()[0] == 0
    with acting("swpa", "carana") as person:
        keeping.drop_view(by=person, view=queries.find_view(for_user=person, key=view.id))
        assert not queries.views(for_user=person)


def test_an_incident_with_a_second_account_is_found_once(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    second = received(mission, "A-2", narrative_confidential="The crossing again. Synthetic.")
    with acting("swpa", "carana") as adviser:
        actions.link_report(by=adviser, report=Report.objects.get(ref=second), incident=Incident.objects.get(ref=ref))
        found = queries.search(for_user=adviser, filters={"words": "crossing"})
        assert found.count == len(found.page.rows) == 1
