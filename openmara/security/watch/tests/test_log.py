"""The pages of the log: who may, what they show and what not, and that reading is itself in it."""

import csv
import io
import json
import uuid
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.evidence import actions as evidence_actions
from openmara.evidence import queries as evidence
from openmara.security.context import acting
from openmara.security.models import AuditEntry, Person
from openmara.security.sessions import dated_proof
from openmara.security.watch import entries, export, habits
from openmara.security.watch.tests.world import Case, make_case, written
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def case(committed: None) -> Case:
    made = make_case()
    with acting("hr.2", "carana") as by:
        evidence.incident(for_user=by, ref=made.incident.ref)
    return made


def log_of(username: str, **filters: str) -> list[AuditEntry]:
    with acting(username, "carana") as by:
        return list(entries.log(for_user=by, filters=entries.read_filters(filters, for_user=by)).rows)


@pytest.mark.parametrize("username", ["hr.1", "swpa", "hom", "admin", "gender", "unpol.1"])
def test_it_refuses_the_log_to_all_but_those_who_audit(username: str) -> None:
    client = signed_in(username)
    for page in ("", "export/", "person/hr.1/"):
        refused = client.get(f"/m/carana/audit/{page}")
        assert refused.status_code == 403 and "This is for: Auditor, Data protection officer." in refused.content.decode()
    assert 'href="/m/carana/audit/"' not in client.get("/m/carana/").content.decode()
    with acting(username, "carana") as by:
        for call in (lambda: entries.read_filters({}, for_user=by), lambda: habits.of_person(for_user=by, code="hr.1", period=30),
                     lambda: entries.log_state(for_user=by)):  # fmt: skip
            with pytest.raises(NotAllowed):
                call()
        assert AuditEntry.objects.count() == 0 and entries.people_of_log() == {}


def test_reading_the_log_is_in_the_log_once_for_each_page() -> None:
    client = signed_in("auditor")
    assert 'href="/m/carana/audit/"' in client.get("/m/carana/").content.decode()
    assert client.get("/m/carana/audit/?after=x").status_code == 422
    assert client.get("/m/carana/audit/").status_code == 200
    page = client.get("/m/carana/audit/", {"event": "security:log:list", "outcome": "done"}).content.decode()
    assert "Read this log<br>" in page and len(written("security:log:list")) == 2
    assert "No entry fits." in client.get("/m/carana/audit/", {"event": "no:such:thing"}).content.decode()


def test_filters_find_and_what_is_not_understood_is_said_at_its_field(case: Case) -> None:
    assert {one.event for one in log_of("auditor", group="incidents")} == {"evidence:incident:open", "evidence:incident:open_file"}
    assert [one.principal for one in log_of("auditor", group="reading", person="hr.2")] and not log_of("auditor", group="reading", person="cp.1")
    assert {one.sensitivity for one in log_of("auditor", **{"class": "S4"})} == {"S4"}
    today = date.today().isoformat()
    assert log_of("auditor", **{"from": today, "to": today}) and not log_of("auditor", to="2020-01-01")
    assert len(log_of("auditor", record=str(case.incident.id), group="reading")) == 1
    page = signed_in("priv").get("/m/carana/audit/", {"from": "soon", "person": "nobody.here", "record": "x'y"})
    text = page.content.decode()
    assert page.status_code == 422 and "Write a day as 2026-03-31." in text and "Nobody in this mission has this code." in text


def test_pages_follow_each_other_without_gap_or_repeat(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE", 2)
    with acting("priv", "carana") as by:
        everything = entries.read_filters({}, for_user=by)
        first = entries.log(for_user=by, filters=everything)
        second = entries.log(for_user=by, filters=everything, after=first.after)
        assert first.rows[-1].id > second.rows[0].id and len(first.rows) == 2
        back = entries.log(for_user=by, filters=everything, before=second.before)
        assert [one.id for one in back.rows] == [one.id for one in first.rows]


def test_auditors_see_codes_of_people_and_records_and_no_reference(case: Case) -> None:
    for page in ("", f"record/{case.incident.id}/", "person/hr.1/"):
        text = signed_in("auditor").get(f"/m/carana/audit/{page}").content.decode()
        assert case.incident.ref not in text and case.report.ref not in text, page
    assert signed_in("auditor").get(f"/m/carana/audit/record/{case.incident.ref}/").status_code == 404
    with acting("auditor", "carana") as by:
        filters = entries.read_filters({"record": case.incident.ref}, for_user=by)
        assert "record" in filters.problems


def test_an_export_is_whole_recorded_and_asks_for_a_fresh_proof(case: Case) -> None:
    from openmara.config import postgres

    client = signed_in("auditor")
    answer = client.get("/m/carana/audit/export/", {"kind": "csv", "group": "incidents"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["event"] for row in rows] == ["evidence:incident:open", "evidence:incident:open_file"] and rows[1]["person"] == "hr.2"
    answer = client.get("/m/carana/audit/export/", {"kind": "json", "person": "hr.2"})
    assert {row["person"] for row in json.loads(b"".join(answer.streaming_content))} == {"hr.2"}
    assert len(written("security:log:export")) == 2
    assert client.get("/m/carana/audit/export/", {"kind": "exe"}).status_code == 404
    assert client.get("/m/carana/audit/export/", {"from": "soon"}).status_code == 422
    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        direct.execute("update sec.session set proved_at = now() - interval '6 minutes'")
    assert client.get("/m/carana/audit/export/").status_code == 302


def test_a_cell_is_never_a_formula() -> None:
    assert export._cell("=1+1") == "'=1+1" and export._cell(["a", "b"]) == "a b"


@pytest.mark.parametrize("username", ["wpa.cr01", "gender", "hom", "admin"])
def test_who_looked_is_refused_to_those_who_do_not_watch_over_the_record(username: str, case: Case) -> None:
    answers = {key: signed_in(username).get(f"/m/carana/audit/record/{key}/").status_code for key in (case.incident.ref, str(case.incident.id), "zzzzzzzz")}
    assert set(answers.values()) <= {403, 404} and len(set(answers.values())) == 1, answers
    with acting(username, "carana") as by, pytest.raises((NotFound, NotAllowed)):
        entries.readers(for_user=by, key=str(case.incident.id))


def test_a_colleague_who_may_read_the_record_but_does_not_watch_over_it_is_refused(case: Case) -> None:
    client = signed_in("cp.1")
    page = client.get(f"/m/carana/incidents/{case.incident.ref}/").content.decode()
    assert "Who looked at this record" not in page
    assert client.get(f"/m/carana/audit/record/{case.incident.ref}/").status_code == 404


def test_the_database_alone_refuses_it_too(case: Case) -> None:
    with acting("cp.1", "carana") as by, connection.cursor() as cursor:
        proof = dated_proof(f"readers|{by.id}|{case.incident.id}")
        cursor.execute("select count(*) from sec.readers_of(%s, null, 10, %s, %s)", [case.incident.id, *proof])
        assert cursor.fetchone()[0] == 0
    with acting("hr.1", "carana") as by, connection.cursor() as cursor:
        for wrong in (dated_proof(f"readers|{by.id}|{uuid.uuid4()}"), ("2020-01-01T00:00:00+00:00", b"x" * 32)):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("select * from sec.entries_of(%s, null, 10, %s, %s)", [case.incident.id, *wrong])
    with acting("stranger", "other") as by, connection.cursor() as cursor:
        proof = dated_proof(f"readers|{by.id}|{case.incident.id}")
        cursor.execute("select count(*) from sec.entries_of(%s, null, 10, %s, %s)", [case.incident.id, *proof])
        assert cursor.fetchone()[0] == 0


def test_its_owners_read_who_looked(case: Case) -> None:
    with acting("hr.1", "carana") as by:
        evidence_actions.assign(by=by, incident=case.incident, to=Person.objects.get(username="cp.1"))
    for username in ("hr.1", "swpa", "cp.1"):  # opened it, senior adviser, verifier
        client = signed_in(username)
        assert "Who looked at this record" in client.get(f"/m/carana/incidents/{case.incident.ref}/").content.decode()
        page = client.get(f"/m/carana/audit/record/{case.incident.ref}/").content.decode()
        assert "hr.2" in page and "Read an incident" in page and "Human rights officer, verifier" in page, username
    page = signed_in("unpol.1").get(f"/m/carana/audit/record/{case.report.ref}/").content.decode()  # recorded the report
    assert "Created an incident" in page and case.report.ref in page
    assert "Read an incident" in signed_in("auditor").get(f"/m/carana/audit/record/{case.incident.id}/").content.decode()
    assert {str(case.incident.id)} == {str(key) for one in written("security:log:record") for key in one.object_ids if key != case.report.id}


def test_what_a_person_did_is_told_against_their_own_habit(case: Case) -> None:
    with acting("hr.2", "carana") as by:
        for _time in range(12):
            evidence.incident(for_user=by, ref=case.incident.ref)
    with acting("auditor", "carana") as by:
        found = habits.of_person(for_user=by, code="hr.2", period=30)
        with pytest.raises(NotFound):
            habits.of_person(for_user=by, code="stranger", period=30)
    day, = found.days
    assert day.opened == 13 and day.entries == 13 and found.median == 13 and not day.large
    page = signed_in("priv").get("/m/carana/audit/person/hr.2/?days=90").content.decode()
    assert "the median is 13" in page and signed_in("auditor").get("/m/carana/audit/person/stranger/").status_code == 404
    with acting("hr.2", "carana") as by:
        assert [one.object_ids for one in written("security:log:person")] == [[by.id]] * 2


def test_usual_hours_may_pass_midnight_and_a_large_day_stands_out() -> None:
    assert habits.usual_hours({}) is None
    assert habits.usual_hours({9: 50, 10: 50}) == (9, 10)
    assert habits.usual_hours({23: 45, 0: 45, 12: 9}) == (23, 0)
    assert habits.is_within(23, (22, 2)) and habits.is_within(1, (22, 2)) and not habits.is_within(12, (22, 2)) and habits.is_within(3, None)
    assert habits.stands_out(30, 10) and not habits.stands_out(29, 10) and not habits.stands_out(9, 1)


def test_the_page_says_where_the_log_itself_stands(case: Case) -> None:
    with acting("auditor", "carana") as by:
        state = entries.log_state(for_user=by)
    assert state.waiting > 0 and state.oldest is not None
    assert "Not yet in the tree" in signed_in("auditor").get("/m/carana/audit/").content.decode()


def test_a_wrong_filter_exports_nothing() -> None:
    with acting("auditor", "carana") as by, pytest.raises(NotValid):
        list(entries.export(for_user=by, filters=entries.read_filters({"to": "x"}, for_user=by)))
