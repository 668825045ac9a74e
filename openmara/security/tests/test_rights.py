"""Grants take only the steps two people may take, names stay apart, and proofs pass: refusals first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from openmara.security import actions, context
from openmara.security.context import NoContext, acting
from openmara.security.models import BreakGlass, Grant, LockDown, Mission, Organisation, Person
from openmara.security.sessions import dated_proof, proof

pytestmark = pytest.mark.usefixtures("committed")


def proposal(by: Person, username: str, **changes: Any) -> Grant:
    person = Person.objects.get(username=username)
    today = timezone.now().date()
    fields: dict[str, Any] = {
        "mission": Mission.objects.get(code="carana"), "person": person, "roles": ["hr"], "clearance": 5, "status": "proposed",
        "valid_from": today, "valid_to": today + timedelta(days=90), "proposed_by": by, "granted_by": by.code,
        "organisation": Organisation.objects.get(code="hr_office"),
    }  # fmt: skip
    made = Grant(**(fields | changes))
    made.save(force_insert=True)
    return made


def refused(step: Callable[[], object]) -> None:
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        step()


def test_a_grant_is_proposed_by_whom_it_may_be_and_never_as_confirmed() -> None:
    with acting("swpa", "carana") as swpa:
        refused(lambda: proposal(swpa, "gender", status="confirmed"))
        refused(lambda: proposal(swpa, "gender", status="confirmed", confirmed_by=swpa))
        refused(lambda: proposal(swpa, "swpa"))
        refused(lambda: proposal(swpa, "gender", proposed_by=Person.objects.get(username="hr.1")))
        refused(lambda: proposal(swpa, "gender", valid_to=timezone.now().date() + timedelta(days=400)))
        refused(lambda: proposal(swpa, "gender", roles=["admin", "hr"], clearance=1))
        refused(lambda: proposal(swpa, "gender", roles=["admin"], clearance=3))
    for username in ("hr.1", "unpol.1", "auditor", "wpa"):
        with acting(username, "carana") as person:
            refused(lambda person=person: proposal(person, "gender"))


def test_a_proposed_grant_opens_nothing_until_another_confirms_it() -> None:
    with acting("admin", "carana") as admin:
        made = proposal(admin, "gender")
        refused(lambda: Grant.objects.filter(id=made.id).update(status="confirmed", confirmed_by=admin))
    with acting("gender", "carana"), connection.cursor() as cursor:
        cursor.execute("select sec.clearance(), sec.roles()")
        assert cursor.fetchone() == (1, ["gender"])
    with acting("hom", "carana") as hom:
        refused(lambda: Grant.objects.filter(id=made.id).update(status="confirmed", confirmed_by=hom, clearance=6))
        refused(lambda: Grant.objects.filter(id=made.id).update(status="confirmed", confirmed_by=admin))
        Grant.objects.filter(person=made.person, status="confirmed").update(revoked_at=timezone.now(), revoked_by=hom)
        assert Grant.objects.filter(id=made.id).update(status="confirmed", confirmed_by=hom) == 1
    with acting("gender", "carana"), connection.cursor() as cursor:
        cursor.execute("select sec.clearance(), sec.roles()")
        assert cursor.fetchone() == (5, ["hr"])


def test_a_revoked_grant_stays_revoked_and_opens_nothing() -> None:
    with acting("priv", "carana") as priv:
        held = Grant.objects.filter(person__username="gender")
        held.update(revoked_at=timezone.now(), revoked_by=priv)
        refused(lambda: Grant.objects.filter(person__username="gender").update(revoked_at=None, revoked_by=None))
        refused(lambda: Grant.objects.filter(person__username="priv").update(revoked_at=timezone.now(), revoked_by=priv) or _nothing())
    with pytest.raises(NoContext), acting("gender", "carana"):
        pass


def _nothing() -> None:
    raise ProgrammingError("no row was changed")


def test_whoever_travels_reads_nothing_and_does_not_restore_themselves() -> None:
    with acting("hr.1", "carana"):
        assert Grant.objects.filter(person__username="hr.1").update(status="travelling") == 1
    with pytest.raises(NoContext), acting("hr.1", "carana"):
        pass
    with acting("wpa", "carana"):
        refused(lambda: Grant.objects.filter(person__username="hr.1").update(status="confirmed") or _nothing())
    with acting("swpa", "carana"):
        assert Grant.objects.filter(person__username="hr.1").update(status="confirmed") == 1
    with acting("hr.1", "carana"):
        pass


def test_a_name_is_seen_by_its_bearer_and_by_user_administration() -> None:
    for reader, name in (("hr.1", "colleague.x"), ("gender", "colleague.x"), ("admin", "The Name"), ("priv", "The Name")):
        with actions.installing():
            person = Person.objects.using("owner").get(username="wpa")
            person.code = "colleague.x"
            person.save(using="owner")
            person.name.display_name = "The Name"
            person.name.save(using="owner")
        with acting(reader, "carana"):
            assert Person.objects.get(username="wpa").shown_name == name, reader


def test_breaking_the_glass_is_for_oneself_and_for_four_hours_at_most() -> None:
    now = timezone.now()
    with acting("hr.nat", "carana") as me:
        mission = Mission.objects.get(code="carana")
        common: dict[str, Any] = {"mission": mission, "ref": "abcdefgh", "reason_code": "other", "reason": "", "asked_at": now, "told_at": now}
        refused(lambda: BreakGlass(**common, person=me, until=now + timedelta(hours=5)).save(force_insert=True))
        refused(lambda: BreakGlass(**common, person=Person.objects.get(username="hr.1"), until=now + timedelta(hours=1)).save(force_insert=True))
        refused(
            lambda: BreakGlass(**common, person=me, until=now + timedelta(hours=1), verdict="justified", reviewed_by=me).save(force_insert=True)
        )
        held = BreakGlass(**common, person=me, until=now + timedelta(hours=1))
        held.save(force_insert=True)
        refused(lambda: BreakGlass.objects.filter(id=held.id).update(until=now + timedelta(hours=3)))
        refused(lambda: BreakGlass.objects.filter(id=held.id).update(verdict="justified", reviewed_by=me, reviewed_at=now))


def test_a_locked_mission_opens_for_those_who_can_lift_it_and_shows_them_no_case() -> None:
    with actions.installing():
        mission = Mission.objects.using("owner").get(code="carana")
        people = {one.username: one for one in Person.objects.using("owner")}
        LockDown(
            mission=mission, reason_code="seizure", asked_by=people["swpa"], asked_at=timezone.now(), confirmed_by=people["priv"],
            confirmed_at=timezone.now(),
        ).save(using="owner", force_insert=True)  # fmt: skip
    with pytest.raises(NoContext), acting("hr.1", "carana"):
        pass
    with acting("swpa", "carana"), connection.cursor() as cursor:
        cursor.execute("select sec.clearance(), (select count(*) from security_organisation), (select count(*) from security_grant)")
        clearance, organisations, _grants = cursor.fetchone()
        assert (clearance, organisations) == (0, 0)


def test_a_proof_holds_two_minutes_and_for_its_own_message() -> None:
    with acting("swpa") as person:
        pass
    message = f"command|{person.id}|"
    old = (timezone.now() - timedelta(minutes=3)).isoformat()
    moment, signed = dated_proof(message)
    wrong = [
        (old, proof(f"{message}|{old}".encode())), (moment, signed[:-1] + bytes([signed[-1] ^ 1])), (moment, b""),
        (timezone.now().isoformat(), signed), ("never", proof(f"{message}|never".encode())), (moment, dated_proof(message + "x")[1]),
    ]  # fmt: skip
    for at, mac in wrong:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    assert context._call("select sec.enter_as(%s, null, %s, %s)", [person.id, at, mac]) is False
            except Exception as error:  # a moment that is none
                assert at == "never", error
            assert context._call("select sec.person()", []) is None


def test_a_purpose_cannot_shift_what_the_claim_says() -> None:
    from openmara.config import postgres

    with acting("hr.nat", "carana"), connection.cursor() as cursor:
        cursor.execute("select sec.enqueue('x||||||')")
        held = cursor.fetchone()[0]
    with pytest.raises(ProgrammingError), transaction.atomic():
        context._call("select sec.enter_job(%s, %s, %s)", [held, *dated_proof(f"job|{held}")])  # the web role takes no jobs
    with postgres.superuser(connection.settings_dict["NAME"]) as server, server.transaction():
        server.execute("set local role app_worker")
        assert server.execute("select sec.enter_job(%s, %s, %s)", [held, *dated_proof("job|another")]).fetchone() == (None,)
        assert server.execute("select sec.enter_job(%s, %s, %s)", [held, *dated_proof(f"job|{held}")]).fetchone() == ("x||||||",)
        assert server.execute("select sec.walled(), sec.way()").fetchone() == (["state", "contingent"], "job:x")
        for message, ended in (("job", False), ("finish", True), ("finish", False)):  # asks for a proof of its own; ends once
            assert server.execute("select sec.finish_job(%s, %s, %s)", [held, *dated_proof(f"{message}|{held}")]).fetchone() == (ended,)


def test_no_account_is_opened_while_the_log_is_behind() -> None:
    from openmara.config import postgres
    from tests.people import signed_in

    reader = signed_in("hr.1")
    with acting("hr.1", "carana") as person:
        mission = person.active_mission.id  # type: ignore[attr-defined]  # carried

    def clearance() -> object:
        with transaction.atomic():
            context.enter_session(reader.cookies["mara"].value, mission)
            return context._call("select sec.clearance()", [])

    assert clearance() == 5
    assert "The log is behind" not in reader.get("/m/carana/").content.decode()
    with postgres.superuser(connection.settings_dict["NAME"]) as server:
        server.execute("set session_replication_role = replica")  # no trigger sets the time
        server.execute(
            "insert into audit.entry (id, at, event) overriding system value"
            " values (nextval(pg_get_serial_sequence('audit.entry', 'id')), now() - interval '3 minutes', 'test:log:late')"
        )
        server.execute("delete from audit.entry where at > now() - interval '2 minutes'")
    assert clearance() == 3
    assert "The log is behind" in reader.get("/m/carana/").content.decode()
