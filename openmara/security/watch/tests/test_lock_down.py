"""Lock-down: two people, at once, everywhere, and back again. Real commits."""

import uuid

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence.models import Incident, Report
from openmara.security import actions as security
from openmara.security.context import NoContext, acting
from openmara.security.models import AuditEntry, Grant, LockDown, Mission
from openmara.security.queries import waiting_for
from openmara.security.sessions import dated_proof
from openmara.security.watch import actions, queries
from openmara.security.watch.tests.world import make_case
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
ROOMS = ("", "incidents/", "reports/", "duplicates/", "indicators/", "registers/", "inventory/", "releases/", "audit/", "break-glass/", "nowhere/")


def asked(username: str = "swpa") -> None:
    with acting(username, "carana") as by:
        actions.ask_lock_down(by=by, reason_code="exercise")


def confirmed(username: str = "priv") -> None:
    with acting(username, "carana") as by:
        found = queries.lock_down(for_user=by)
        assert found is not None
        actions.confirm_lock_down(by=by, lock=found)


def events(reader: str = "auditor") -> list[str]:
    with acting(reader, "carana"):
        return list(AuditEntry.objects.filter(event__startswith="security:lockdown:").order_by("id").values_list("event", flat=True))


@pytest.mark.parametrize("username", ["hr.1", "wpa", "gender", "auditor", "unpol.1"])
def test_it_refuses_who_may_not_ask(username: str) -> None:
    with acting(username, "carana") as by, pytest.raises(NotAllowed):
        actions.ask_lock_down(by=by, reason_code="exercise")
    asked()
    assert signed_in(username).post("/m/carana/lock-down/", {"step": "confirm"}).status_code == 403
    with acting(username, "carana") as by, connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("select sec.lock_down(%s)", [LockDown.objects.get().id])
    with acting("hr.1", "carana"):
        assert not queries.is_closed()


def test_it_refuses_one_person_for_both_parts_a_second_request_and_an_unknown_reason() -> None:
    with acting("swpa", "carana") as by, pytest.raises(NotValid):
        actions.ask_lock_down(by=by, reason_code="boredom")
    asked()
    with pytest.raises(NotNow):
        confirmed("swpa")
    with pytest.raises(NotNow):
        asked("priv")
    assert signed_in("swpa").post("/m/carana/lock-down/", {"step": "confirm"}).status_code == 422
    assert signed_in("swpa").post("/m/carana/lock-down/", {"step": "dance"}).status_code == 422


def test_it_refuses_a_row_that_claims_to_be_confirmed() -> None:
    with acting("swpa", "carana") as by:
        other = Grant.objects.exclude(person_id=by.id).first().person_id
        for changes in ({"confirmed_by_id": other, "confirmed_at": queries.moment()}, {"asked_by_id": other}, {"lift_asked_by_id": other}):
            with pytest.raises(DatabaseError), transaction.atomic():
                LockDown(**{"mission": by.active_mission, "reason_code": "exercise", "asked_by": by, "asked_at": queries.moment(), **changes}).save(force_insert=True)  # type: ignore[attr-defined]  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update security_lockdown set confirmed_at = now()")


def test_it_refuses_a_request_older_than_half_an_hour() -> None:
    from openmara.config import postgres

    asked()
    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        direct.execute("alter table security_lockdown disable trigger step")
        direct.execute("update security_lockdown set asked_at = now() - interval '31 minutes'")
        direct.execute("alter table security_lockdown enable trigger step")
    with acting("priv", "carana") as by:
        assert queries.lock_down(for_user=by) is None
        with pytest.raises(NotNow):
            actions.confirm_lock_down(by=by, lock=LockDown.objects.get())


def test_it_asks_for_a_proof_that_is_fresh() -> None:
    from openmara.config import postgres

    client = signed_in("swpa")
    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        direct.execute("update sec.session set proved_at = now() - interval '6 minutes'")
    answer = client.post("/m/carana/lock-down/", {"step": "ask", "reason": "exercise"})
    assert answer.status_code != 200 and "/account/prove" in answer.get("Location", "")
    with acting("swpa", "carana") as by:
        assert queries.lock_down(for_user=by) is None


def test_every_room_closes_at_once_and_everybody_is_signed_out_and_it_opens_as_it_was() -> None:
    make_case()
    readers = {name: signed_in(name) for name in ("hr.1", "swpa", "auditor", "gender")}
    assert readers["hr.1"].get("/m/carana/incidents/").status_code == 200
    second = signed_in("priv")
    assert readers["swpa"].post("/m/carana/lock-down/", {"step": "ask", "reason": "intrusion"}).status_code == 302
    with acting("priv", "carana") as by:
        assert any(one.href.endswith("/lock-down/") for one in waiting_for(for_user=by))
    answer = second.post("/m/carana/lock-down/", {"step": "confirm"})
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    for client in (*readers.values(), second):
        assert client.get("/m/carana/incidents/")["Location"].startswith("/sign-in/")
    check_closed()
    lifted_by("swpa", "hom")
    reader = signed_in("hr.1")
    assert reader.get("/m/carana/incidents/").status_code == 200
    with acting("hr.1", "carana"):
        assert Incident.objects.count() == 1
    assert events() == [f"security:lockdown:{step}" for step in ("ask", "confirm", "ask_lift", "lift")]
    assert "Earlier lock-downs" in signed_in("hom").get("/m/carana/lock-down/").content.decode()


def check_closed() -> None:
    for username in ("hr.1", "gender", "auditor", "unpol.1"):
        client = signed_in(username)
        for room in ROOMS:
            page = client.get(f"/m/carana/{room}")
            assert page.status_code in (403, 404) and "<h1>Closed for now</h1>" in page.content.decode().replace("\n", "") or room == "nowhere/", (room, page.status_code)
        assert "Closed for now" in client.get("/", follow=True).content.decode()
        with pytest.raises(NoContext), acting(username, "carana"):
            pass
    for username in ("swpa", "priv", "hom", "admin"):
        client = signed_in(username)
        for room in ROOMS[:-1]:
            assert client.get(f"/m/carana/{room}")["Location"] == "/m/carana/lock-down/", room
        assert "This mission is closed" in client.get("/", follow=True).content.decode()
        with acting(username, "carana"):
            assert Report.objects.count() == Incident.objects.count() == 0
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from evidence_report")
                assert cursor.fetchone()[0] == 0


def lifted_by(first: str, other: str) -> None:
    client = signed_in(first)
    assert client.post("/m/carana/lock-down/", {"step": "lift"}).status_code == 422
    client.post("/m/carana/lock-down/", {"step": "ask_lift"})
    assert client.post("/m/carana/lock-down/", {"step": "lift"}).status_code == 422
    answer = signed_in(other).post("/m/carana/lock-down/", {"step": "lift"}, follow=True)
    assert "The mission is open again." in answer.content.decode()


def test_the_other_mission_stays_open_and_learns_nothing() -> None:
    asked()
    confirmed()
    with acting("stranger", "other"):
        assert LockDown.objects.count() == 0
    assert signed_in("stranger").get("/m/other/incidents/").status_code == 200
    assert signed_in("stranger").get("/m/carana/").status_code == 404


def test_jobs_of_a_closed_mission_do_not_run() -> None:
    jobs: list[uuid.UUID] = []
    for username in ("swpa", "hr.1"):
        with acting(username, "carana"), connection.cursor() as cursor:
            cursor.execute("select sec.enqueue('test')")
            jobs.append(cursor.fetchone()[0])
    asked()
    confirmed()
    assert [entered(job) for job in jobs] == [None, None]
    call_command("lock-down", "carana", "--as", "swpa", "--and", "hom", "--lift")
    assert [entered(job) for job in jobs] == ["test", "test"]


def entered(job: uuid.UUID) -> str | None:
    """What the worker gets when it takes up a job."""
    from openmara.config import postgres

    with postgres.superuser(connection.settings_dict["NAME"]) as server, server.transaction():
        server.execute("set local role app_worker")
        row = server.execute("select sec.enter_job(%s, %s, %s)", [job, *dated_proof(f"job|{job}")]).fetchone()
        return row[0] if row else None


def test_the_command_closes_and_opens_with_two_people_only() -> None:
    with pytest.raises(NotNow):
        call_command("lock-down", "carana", "--as", "swpa", "--and", "swpa", "--reason", "exercise")
    call_command("lock-down", "carana", "--as", "swpa", "--and", "hom", "--reason", "exercise")
    with pytest.raises(NoContext), acting("hr.1", "carana"):
        pass
    with pytest.raises(NotNow):
        call_command("lock-down", "carana", "--as", "admin", "--and", "admin", "--lift")
    call_command("lock-down", "carana", "--as", "priv", "--and", "admin", "--lift")
    with acting("hr.1", "carana"):
        assert Mission.objects.get(code="carana")
    with pytest.raises(NotNow):
        call_command("lock-down", "carana", "--as", "priv", "--and", "admin", "--lift")


def test_those_who_can_open_a_closed_mission_read_no_grant_no_name_and_no_colleague_but_who_closed_it() -> None:
    asked()
    confirmed()
    for username in ("swpa", "priv", "hom", "admin"):
        with acting(username, "carana") as person, connection.cursor() as cursor:
            cursor.execute("select array_agg(username order by username) from security_person where id <> %s", [person.id])
            assert set(cursor.fetchone()[0] or []) <= {"swpa", "priv", "hom", "admin"}
            for table, own in (("grant", "person_id = %s"), ("personname", "person_id in (%s, (select asked_by_id from security_lockdown), (select confirmed_by_id from security_lockdown))")):
                cursor.execute(f"select count(*) from security_{table} where not ({own})", [person.id])
                assert cursor.fetchone()[0] == 0, (username, table)
            for statement in ("select count(*) from security_organisation", "select count(*) from parties_party", "select count(*) from security_recovery",
                              "select count(*) from sec.people_of_log()", "select count(*) from sec.left_out(array['state'], array['hr'])"):  # fmt: skip
                cursor.execute(statement)
                assert cursor.fetchone()[0] == 0, (username, statement)
            cursor.execute("update security_grant set revoked_at = now(), revoked_by_id = %s where person_id <> %s", [person.id, person.id])
            assert cursor.rowcount == 0


def test_a_grant_ended_while_closed_stays_ended() -> None:
    asked()
    confirmed()
    with security.installing():
        held = Grant.objects.using("owner").get(person__username="hr.2")
        held.revoked_at = timezone.now()
        held.save(using="owner")
    call_command("lock-down", "carana", "--as", "swpa", "--and", "hom", "--lift")
    with pytest.raises(NoContext), acting("hr.2", "carana"):
        pass
