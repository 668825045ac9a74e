"""Ways back for somebody locked out: never by one person alone, never behind the person's back, never twice."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from openmara.config.install import owner_connection
from openmara.errors import NotAllowed, NotNow
from openmara.security.actions import give_grant, installing
from openmara.security.context import NoContext, acting
from openmara.security.models import AuditEntry, Mission, Person, Recovery
from openmara.security.people import queries, tokens
from openmara.security.people.recovery import actions
from openmara.security.tests.people_cases import PHRASE, confirmed, grant_of
from openmara.security.tests.test_people import refused_sql, run_as_keeper
from tests.people import PASSWORD, signed_in

pytestmark = pytest.mark.usefixtures("committed")


def asked(username: str = "hr.1", kind: str = "reset", by: str = "admin") -> Recovery:
    with acting(by, "carana") as officer:
        grant = next(one for one in queries.people(for_user=officer).rows if one.person.code == username)
        return actions.ask(by=officer, grant=grant, kind=kind)


def approved(username: str = "hr.1", kind: str = "reset", by: str = "admin", second: str = "priv") -> Recovery:
    wish = asked(username, kind, by)
    with acting(second, "carana") as officer:
        actions.approve(by=officer, recovery=queries.find_recovery(for_user=officer, key=wish.id))
        return queries.find_recovery(for_user=officer, key=wish.id)


def link(wish: Recovery, by: str = "admin") -> str:
    with acting(by, "carana") as officer:
        return actions.make_link(by=officer, recovery=queries.find_recovery(for_user=officer, key=wish.id))


def wait() -> None:
    """The delay passes."""
    run_as_keeper("update security_recovery set not_before = clock_timestamp() - interval '1 second' where kind = 'reset'")


def refused(kind: type[Exception], step: Callable[[], object]) -> None:
    with pytest.raises(kind):
        step()


def test_nobody_asks_without_the_role_or_for_themselves() -> None:
    for username in ("hr.2", "gender", "auditor"):
        refused(NotAllowed, lambda username=username: asked(by=username))
    refused(NotAllowed, lambda: asked("swpa", by="swpa"))


def test_one_officer_alone_and_the_person_do_not_approve() -> None:
    wish = asked(by="swpa")
    for username in ("swpa", "admin", "hr.1", "gender"):
        with acting(username, "carana") as officer, pytest.raises(NotAllowed):
            actions.approve(by=officer, recovery=wish)
    for username in ("swpa", "admin", "hr.1"):
        with acting(username, "carana"):
            assert refused_sql("select sec.approve_recovery(%s)", wish.id)
    about_priv = asked("priv", by="hom")
    with acting("priv", "carana") as officer:
        refused(NotAllowed, lambda: actions.approve(by=officer, recovery=about_priv))
        assert refused_sql("select sec.approve_recovery(%s)", about_priv.id)


def test_a_wish_put_in_by_hand_carries_no_approval() -> None:
    with acting("swpa", "carana") as officer:
        person = next(one.person for one in queries.people(for_user=officer).rows if one.person.code == "hr.1")
        forged = Recovery(
            mission=Mission.objects.get(code="carana"), person=person, kind="reset", asked_by=officer, asked_at="2020-01-01T00:00:00Z",
            approved_at="2020-01-01T00:00:00Z", not_before="2020-01-01T00:00:00Z", expires_at="2030-01-01T00:00:00Z",
        )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            forged.save(force_insert=True)
        wish = asked_here(officer, person)
        for statement in ("update security_recovery set approved_at = now() where id = %s", "delete from security_recovery where id = %s"):
            assert refused_sql(statement, wish)


def asked_here(officer: object, person: object) -> object:
    wish = Recovery(mission=Mission.objects.get(code="carana"), person=person, kind="reset", asked_by=officer, asked_at="2020-01-01T00:00:00Z")
    wish.save(force_insert=True)
    return wish.id


def test_no_link_before_the_delay_is_over_nor_for_a_third_officer() -> None:
    wish = approved()
    refused(NotNow, lambda: link(wish))
    wait()
    refused(NotNow, lambda: link(wish, by="hom"))
    first = link(wish)
    second = link(wish, by="priv")
    assert tokens.find(first) is None and tokens.find(second)


def test_the_delay_is_never_below_an_hour() -> None:
    run_as_keeper("update sec.setting set value = 1 where name = 'recovery_delay_minutes'")
    assert actions.delay_hours() == 1


def test_the_person_sees_it_and_stops_it_and_the_link_dies() -> None:
    wish = approved()
    wait()
    secret = link(wish)
    client = signed_in("hr.1")
    assert "asked for a new way to sign in as you" in client.get("/m/carana/").content.decode()
    page = client.get("/way-back/").content.decode()
    assert "admin" in page
    assert "asked for a new way" not in signed_in("hr.2").get("/m/carana/").content.decode()
    signed_in("hr.2").post("/way-back/", {"id": str(wish.id)})
    assert tokens.find(secret)
    client.post("/way-back/", {"id": str(wish.id)})
    assert tokens.find(secret) is None
    assert "Nobody has asked" in client.get("/way-back/").content.decode()
    with acting("priv", "carana") as officer:
        refused(NotNow, lambda: actions.make_link(by=officer, recovery=queries.find_recovery(for_user=officer, key=wish.id)))


def test_it_is_said_and_can_be_stopped_with_a_pass_phrase_alone() -> None:
    approved()
    client = signed_in("hr.1", strength=0)
    assert "asked for a new way to sign in as you" in client.get("/account/").content.decode()
    assert client.get("/way-back/").status_code == 200


def test_a_reset_ends_everything_of_before_and_the_highest_classes_wait_again() -> None:
    old = signed_in("hr.1")
    assert old.get("/m/carana/").status_code == 200
    wish = approved()
    wait()
    secret = link(wish)
    client = Client()
    page = client.get(f"/way-back/{secret}/")
    assert "A new pass phrase" in page.content.decode()
    assert client.post(f"/way-back/{secret}/", {"phrase": "short", "again": "short"}).status_code == 422
    answer = client.post(f"/way-back/{secret}/", {"phrase": PHRASE, "again": PHRASE})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get("/account/").status_code == 200
    assert client.get("/m/carana/").status_code in (302, 404)
    assert old.get("/m/carana/").status_code == 302
    refused(NoContext, lambda: enter("hr.1"))  # class 5: waits for two officers again
    with acting("auditor", "carana"):
        events = set(AuditEntry.objects.filter(event__startswith="security:reset").values_list("event", flat=True))
    assert {"security:reset:ask", "security:reset:approve", "security:reset:link"} <= events
    assert Client().get(f"/way-back/{secret}/").status_code == 404


def enter(username: str) -> None:
    with acting(username, "carana"):
        pass


def test_after_a_reset_another_than_the_one_who_asked_confirms_again() -> None:
    wish = approved(by="swpa", second="priv")
    wait()
    secret = link(wish, by="swpa")
    token = tokens.find(secret)
    assert token and actions.use_reset(token=token, phrase=PHRASE, again=PHRASE)
    assert actions.use_reset(token=token, phrase=PHRASE, again=PHRASE) is None
    from openmara.security.people import actions as people

    with acting("swpa", "carana") as officer:
        waiting = [one for one in queries.waiting_grants(for_user=officer) if one.person.code == "hr.1"]
        refused(NotAllowed, lambda: people.confirm(by=officer, grant=waiting[0], seen=True))
    with acting("hom", "carana") as officer:
        people.confirm(by=officer, grant=queries.find_grant(for_user=officer, key=waiting[0].id), seen=True)
    enter("hr.1")


def test_a_class_below_the_highest_two_stays_in_this_mission_and_waits_in_others() -> None:
    made = confirmed()
    with owner_connection(), installing():
        someone = Person.objects.using("owner").get(username=made.username)
        there = give_grant(person=someone, mission=Mission.objects.using("owner").get(code="other"), roles=["wpa"], clearance=1)
    wish = approved("wpa-9")
    wait()
    token = tokens.find(link(wish))
    assert token and actions.use_reset(token=token, phrase=PHRASE + " x", again=PHRASE + " x")
    assert grant_of(made.grant).status == "confirmed"
    assert grant_of(there.id).status == "accepted"


def test_an_emergency_is_approved_within_ten_minutes_or_not_at_all() -> None:
    wish = asked(kind="emergency")
    run_as_keeper("update security_recovery set asked_at = clock_timestamp() - interval '11 minutes'")
    with acting("priv", "carana") as officer:
        refused(NotNow, lambda: actions.approve(by=officer, recovery=wish))


def opened(username: str = "hr.1") -> tuple[Client, Recovery]:
    wish = approved(username, "emergency")
    secret = link(wish)
    client = Client()
    assert "Emergency opening" in client.get(f"/way-back/{secret}/").content.decode()
    assert client.post(f"/way-back/{secret}/")["Location"] == "/"
    assert Client().post(f"/way-back/{secret}/").status_code == 404
    return client, wish


def test_an_emergency_session_works_in_one_mission_and_changes_no_sign_in() -> None:
    client, _wish = opened()
    assert client.get("/m/carana/incidents/").status_code == 200
    assert client.get("/m/other/").status_code == 404
    for address in ("/account/passkeys/add/", "/account/app/add/", "/account/codes/new/"):
        answer = client.get(address)
        assert answer.status_code == 403 and "emergency session" in answer.content.decode(), address
    run_as_keeper("update sec.session set emergency_until = clock_timestamp() - interval '1 second' where emergency_until is not null")
    assert client.get("/m/carana/incidents/").status_code == 302


def test_an_emergency_session_of_an_officer_is_never_fresh() -> None:
    client, _wish = opened("swpa")
    assert client.get("/m/carana/people/").status_code == 200
    answer = client.get("/m/carana/people/invite/")
    assert answer.status_code == 403 and "emergency session" in answer.content.decode()
    session = client.cookies["mara"].value
    from openmara.security import context

    with transaction.atomic():
        assert context.enter_session(session, None)
        with connection.cursor() as cursor:
            cursor.execute("select sec.fresh(), sec.way()")
            assert cursor.fetchone() == (False, "emergency")


def test_an_emergency_is_told_to_officers_and_reviewed_by_one_without_a_part() -> None:
    _client, wish = opened()
    with acting("hom", "carana") as officer:
        assert [line.count for line in queries.waiting_for(for_user=officer) if "emergency" in line.label] == [1]
    with acting("priv", "carana") as officer:
        refused(NotAllowed, lambda: actions.review(by=officer, recovery=queries.find_recovery(for_user=officer, key=wish.id)))
        assert refused_sql("select sec.review_recovery(%s)", wish.id)
    with acting("hom", "carana") as officer:
        actions.review(by=officer, recovery=queries.find_recovery(for_user=officer, key=wish.id))
        assert [line.count for line in queries.waiting_for(for_user=officer) if "emergency" in line.label] == [0]


def test_the_pass_phrase_of_before_opens_nothing_after_a_reset() -> None:
    wish = approved()
    wait()
    token = tokens.find(link(wish))
    assert token and actions.use_reset(token=token, phrase=PHRASE, again=PHRASE)
    assert Client().post("/sign-in/", {"username": "hr.1", "password": PASSWORD, "login": "hr.1"}).status_code != 302
