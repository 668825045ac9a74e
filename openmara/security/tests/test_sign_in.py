"""The way in by pass phrase and code: refusals first. Passkeys are tried in a real browser (tests/acceptance/test_sign_in.py)."""

import contextlib
import dataclasses
import re
import threading
import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from openmara.config import postgres
from openmara.config.install import owner_connection
from openmara.security import actions, context, demo_sign_in, routes
from openmara.security.context import acting
from openmara.security.models import Person
from openmara.security.sessions import proof
from tests.people import PASSWORD, person, signed_in

pytestmark = pytest.mark.usefixtures("committed")
TOKEN = re.compile(r'value="[^"]{64}"')


def sql(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """As the server's superuser, who alone sees these tables."""
    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        found = direct.execute(statement, values or [])
        return found.fetchall() if found.description else []


def written(event: str, outcome: str = "done") -> int:
    return sql("select count(*) from audit.entry where event = %s and outcome = %s", [event, outcome])[0][0]


def with_app(username: str) -> str:
    """The secret of a new authenticator app of this person."""
    with owner_connection(), actions.installing():
        return demo_sign_in.add_totp(person(username))


def phrase(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": username, "password": password, **more})


def enter(username: str, secret: str, code: str = "", **more: str) -> tuple[Client, Any]:
    """Both steps, as a person does them."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert phrase(client, username, **more)["Location"] == "/sign-in/second/"
    return client, client.post("/sign-in/second/", {"code": code or demo_sign_in.code_now(secret)})


def secret_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_unknown_invited_suspended_and_wrong_get_the_same_answer_to_the_byte() -> None:
    sql("update security_person set is_active = false where username = 'hr.2'")
    sql("delete from sec.account where person_id = (select id from security_person where username = 'wpa')")
    sql("delete from sec.cache")
    pairs = [("hr.1", "wrong pass phrase"), ("no.such", PASSWORD), ("hr.2", PASSWORD), ("wpa", PASSWORD), ("hr.1\x01", PASSWORD),
             *((f"guess.{number}", PASSWORD) for number in range(6))]  # fmt: skip
    seen = set()
    for username, password in pairs:
        answer = phrase(Client(), username, password)
        body = TOKEN.sub("", answer.content.decode()).replace(f'value="{username}"', "")
        headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in ("Expires", "Content-Length")))
        seen.add((answer.status_code, body, headers))
    assert len(seen) == 1 and "do not fit together" in seen.pop()[1]
    assert written("security:session:refuse", "refused") == len(pairs)


def test_it_refuses_a_form_without_its_token() -> None:
    assert phrase(Client(enforce_csrf_checks=True), "hr.1").status_code == 403


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\elsewhere.example", "http://localhost:9/"])
def test_it_never_leads_outside(target: str) -> None:
    _client, answer = enter("hr.1", with_app("hr.1"), next=target)
    assert answer["Location"] == "/"


def test_after_five_failures_it_refuses_even_the_right_pass_phrase_for_a_while() -> None:
    for _attempt in range(5):
        assert "do not fit together" in phrase(Client(), "hr.1", "wrong").content.decode()
    assert "Too many attempts" in phrase(Client(), "hr.1").content.decode()
    assert phrase(Client(), "hr.2").status_code == 302  # somebody else is not kept out


def test_sign_up_does_not_exist() -> None:
    assert Client().get("/sign-up/").status_code == Client().get("/account/signup/").status_code == 404


def test_a_pass_phrase_alone_opens_nothing_but_ones_own_sign_in() -> None:
    client = Client()
    assert phrase(client, "hr.1", next="/m/carana/")["Location"] == "/m/carana/"
    for address in ("/", "/m/carana/", "/m/carana/incidents/"):
        assert client.get(address)["Location"] == "/account/"
    assert "A pass phrase alone opens nothing" in client.get("/account/").content.decode()
    assert written("security:session:open") == 1


def test_a_code_opens_the_mission_and_is_refused_the_second_time() -> None:
    secret = with_app("hr.1")
    code = demo_sign_in.code_now(secret)
    client, answer = enter("hr.1", secret, code, next="/m/carana/")
    assert answer["Location"] == "/m/carana/" and client.get("/m/carana/").status_code == 200
    again, answer = enter("hr.1", secret, code)
    assert answer.status_code == 200 and again.get("/m/carana/").status_code == 302
    sql("update sec.cache set expires_at = expires_at - interval '80 seconds'")  # as long as it would be taken
    assert enter("hr.1", secret, code)[1].status_code == 200
    assert sql("select purpose from audit.entry where event = 'security:session:open'") == [("code",)]


def test_between_the_steps_nothing_is_open() -> None:
    with_app("hr.1")
    client = Client()
    phrase(client, "hr.1")
    for address in ("/", "/account/", "/m/carana/", "/account/passkeys/add/", "/account/codes/"):
        assert client.get(address)["Location"].startswith("/sign-in/")


def test_the_secret_of_the_session_changes_at_every_step() -> None:
    secret, client = with_app("hr.1"), Client()
    client.get("/sign-in/")
    phrase(client, "hr.1")
    first = secret_of(client)
    client.post("/sign-in/second/", {"code": demo_sign_in.code_now(secret)})
    assert secret_of(client) != first
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = first
    assert old.get("/m/carana/").status_code == 302 and client.get("/m/carana/").status_code == 200


def test_a_recovery_code_works_once() -> None:
    with_app("hr.1")
    client = signed_in("hr.1", strength=1)
    assert client.post("/account/codes/new/").status_code == 302
    codes = re.findall(r'<li class="ref">(\d{8})</li>', client.get("/account/codes/").content.decode())
    assert len(codes) == 10
    assert "not shown again" in client.get("/account/codes/").content.decode()
    for expected in (302, 200):
        other = Client()
        phrase(other, "hr.1")
        assert other.post("/sign-in/second/", {"code": codes[3]}).status_code == expected


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_at_the_same_moment_one_code_lets_exactly_one_in(kind: str) -> None:
    secret = with_app("hr.1")
    code = demo_sign_in.code_now(secret)
    if kind == "recovery":
        client = signed_in("hr.1", strength=1)
        client.post("/account/codes/new/")
        code = re.findall(r'<li class="ref">(\d{8})</li>', client.get("/account/codes/").content.decode())[0]
    clients = [Client() for _number in range(4)]
    for one in clients:
        phrase(one, "hr.1")
    start, statuses = threading.Barrier(len(clients)), []

    def press(one: Client) -> None:
        start.wait()
        statuses.append(one.post("/sign-in/second/", {"code": code}).status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=[one]) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 302]


def test_a_code_is_capped_at_statistics_where_the_mission_is_real() -> None:
    assert signed_in("hr.1", strength=1).get("/m/carana/incidents/").status_code == 200
    sql("update security_mission set synthetic = false")
    client = signed_in("hr.1", strength=1)
    refused = client.get("/m/carana/incidents/")
    assert refused.status_code == 403 and "passkey" in refused.content.decode()
    assert "Your role needs a passkey: add one here" in client.get("/account/").content.decode()
    assert enter("hr.1", with_app("hr.1"), next="/m/carana/")[1]["Location"] == "/account/"
    assert signed_in("hr.1").get("/m/carana/incidents/").status_code == 200


def test_the_third_session_ends_the_oldest_and_both_are_told() -> None:
    secret = with_app("hr.1")
    first, second = signed_in("hr.1"), signed_in("hr.1")
    third, _answer = enter("hr.1", secret)
    assert "You were signed in elsewhere too" in third.get("/m/carana/").content.decode()
    assert first.get("/m/carana/")["Location"] == "/sign-in/?next=%2Fm%2Fcarana%2F&why=limit"
    assert second.get("/m/carana/").status_code == 200


@pytest.mark.parametrize(("change", "why"), [("last_seen_at = last_seen_at - interval '16 minutes'", "idle"), ("signed_in_at = signed_in_at - interval '11 hours'", "absolute")])
def test_a_session_ends_when_idle_and_after_a_working_day(change: str, why: str) -> None:
    client = signed_in("hr.1")
    assert client.get("/m/carana/").status_code == 200
    sql(f"update sec.session set {change}")
    assert client.get("/m/carana/")["Location"].endswith(f"why={why}")


def test_a_person_sees_and_ends_their_own_sessions_and_nobody_elses() -> None:
    mine, other, hers = signed_in("hr.1"), signed_in("hr.1"), signed_in("hr.2")
    page = mine.get("/account/").content.decode()
    handles = {str(row[0]) for row in sql("select s.id from sec.session s join security_person p on p.id = s.person_id where p.username = 'hr.1'")}
    (shown,) = re.findall(r'name="session" value="([0-9a-f-]{36})"', page)
    assert shown in handles
    (foreign,) = sql("select s.id from sec.session s join security_person p on p.id = s.person_id where p.username = 'hr.2'")
    mine.post("/account/sessions/end/", {"session": str(foreign[0])})
    assert hers.get("/m/carana/").status_code == 200
    mine.post("/account/sessions/end/", {"session": shown})
    assert other.get("/m/carana/").status_code == 302 and mine.get("/account/").status_code == 200


def test_a_proof_older_than_five_minutes_is_asked_for_again_and_leads_back() -> None:
    secret = with_app("hr.1")
    client, _answer = enter("hr.1", secret)
    assert client.get("/account/app/remove/").status_code == 200
    before = secret_of(client)
    _age(client, 301)
    asked = client.get("/account/app/remove/")
    assert asked["Location"] == "/account/prove/code/?next=%2Faccount%2Fapp%2Fremove%2F"
    assert client.post(asked["Location"], {"code": "000000"}).status_code == 200
    sql("delete from sec.cache")  # the code of this half minute was used for signing in
    answer = client.post(asked["Location"], {"code": demo_sign_in.code_now(secret), "next": "/account/app/remove/"})
    assert answer["Location"] == "/account/app/remove/"
    assert client.get("/account/app/remove/").status_code == 200
    assert secret_of(client) != before and written("security:session:prove") == 1


def _age(client: Client, seconds: int) -> None:
    """Let the proofs of a session be older."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [one | {"at": one["at"] - seconds} for one in records]
    session.save()


def test_an_address_that_asks_for_proof_keeps_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = routes.lines()["incident-new"].doors
    monkeypatch.setitem(doors, "POST", dataclasses.replace(doors["POST"], fresh=True))
    client = signed_in("hr.1")
    with_app("hr.1")
    assert client.post("/m/carana/incidents/new/", ACCOUNT).status_code != 302
    _age(client, 301)
    answer = client.post("/m/carana/incidents/new/", ACCOUNT)
    assert answer["Location"].startswith("/account/prove/code/?next=%2Faccount%2Fkept%2F")
    assert sql("select count(*) from sec.kept") == [(1,)]
    assert sql("select purpose from audit.entry where event = 'security:request:refuse' and outcome = 'refused'")[-1] == ("302",)


ACCOUNT = {"their_reference": "A-1", "narrative_confidential": "Typed words. Synthetic.", "csrfmiddlewaretoken": "x"}


def test_what_was_sent_too_late_waits_for_the_same_person_only() -> None:
    secret, late = with_app("hr.1"), signed_in("hr.1")
    sql("update sec.session set last_seen_at = last_seen_at - interval '16 minutes'")
    answer = late.post("/m/carana/incidents/new/", ACCOUNT)
    assert answer["Location"].endswith("why=idle")
    ((kept_id, sealed),) = sql("select id, sealed from sec.kept")
    assert b"Typed words" not in bytes(sealed)
    assert signed_in("hr.2").get(f"/account/kept/{kept_id}/").status_code == 404
    client, answer = enter("hr.1", secret, next="/m/carana/")
    assert answer["Location"] == f"/account/kept/{kept_id}/"
    page = client.get(answer["Location"]).content.decode()
    assert "is kept: open it again" in page and 'value="Typed words. Synthetic."' in page
    again = client.post(answer["Location"], ACCOUNT)
    assert again.status_code == 307 and again["Location"] == "/m/carana/incidents/new/"
    assert sql("select count(*) from sec.kept") == [(0,)]


def test_a_form_of_a_session_somebody_ended_is_not_kept() -> None:
    client = signed_in("hr.1")
    sql("update sec.session set ended_at = now(), ended_why = 'owner'")
    assert client.post("/m/carana/incidents/new/", ACCOUNT)["Location"].endswith("why=owner")
    assert sql("select count(*) from sec.kept") == [(0,)]


def test_without_a_context_nobody_reads_or_makes_an_authenticator() -> None:
    with_app("hr.1")
    with acting("hr.1") as me:
        mine = me.id
    with transaction.atomic():
        assert Authenticator.objects.count() == 0
    for ways in ((), ("hr.2",)):
        with pytest.raises(ProgrammingError), transaction.atomic():
            if ways:
                with acting(*ways):
                    Authenticator(user_id=mine, type="webauthn", data={}).save()
            else:
                Authenticator(user_id=mine, type="webauthn", data={}).save()
    with acting("hr.2"):
        assert Authenticator.objects.count() == 0
    with acting("hr.1"), connection.cursor() as cursor:
        assert Authenticator.objects.count() == 1
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("update mfa_authenticator set user_id = %s", [uuid.uuid4()])


def test_without_proof_just_given_an_authenticator_is_only_used() -> None:
    with_app("hr.1")
    client = signed_in("hr.1")
    with transaction.atomic():
        assert context.enter_session(secret_of(client), None)
        mine = Person.objects.get(username="hr.1").id
        Authenticator(user_id=mine, type="webauthn", data={"name": "key", "credential": {}, "counter": 5}).save()
        Authenticator(user_id=mine, type="recovery_codes", data={"seed": "x", "used_mask": 5}).save()
    refused = (
        ("totp", """type = 'webauthn', data = '{"name": "mine", "credential": {}}'"""), ("totp", """data = '{"secret": "x"}'"""),
        ("totp", "data = data || '{\"counter\": 9}'"), ("totp", "created_at = now()"), ("totp", "id = 9999"),
        ("webauthn", "data = jsonb_set(data, '{credential}', '{\"id\": 1}')"), ("webauthn", "data = jsonb_set(data, '{counter}', '4')"),
        ("webauthn", "data = data - 'counter'"), ("webauthn", "data = jsonb_set(data, '{name}', '\"x\"')"),
        ("recovery_codes", "data = jsonb_set(data, '{used_mask}', '4')"), ("recovery_codes", "data = jsonb_set(data, '{seed}', '\"y\"')"),
    )  # fmt: skip
    taken = (
        ("totp", "last_used_at = now()"), ("webauthn", "data = jsonb_set(data, '{counter}', '6'), last_used_at = now()"),
        ("recovery_codes", "data = jsonb_set(data, '{used_mask}', '7')"), ("recovery_codes", "data = data || '{\"viewed_at\": 1.5}'"),
    )  # fmt: skip
    for kind, change in refused:
        with pytest.raises(ProgrammingError, match="not open"), transaction.atomic():
            assert context.enter_sign_in(mine)
            with connection.cursor() as cursor:
                cursor.execute(f"update mfa_authenticator set {change} where type = %s", [kind])
    for kind, change in taken:
        with transaction.atomic(), connection.cursor() as cursor:
            assert context.enter_sign_in(mine)
            cursor.execute(f"update mfa_authenticator set {change} where type = %s", [kind])
            assert cursor.rowcount == 1, change
    for seconds, works in ((0, True), (360, False)):
        sql("update sec.session set proved_at = proved_at - make_interval(secs => %s) where person_id = %s", [seconds, mine])
        with contextlib.nullcontext() if works else pytest.raises(ProgrammingError, match="not open"), transaction.atomic(), connection.cursor() as cursor:
            assert context.enter_session(secret_of(client), None)
            cursor.execute("update mfa_authenticator set data = jsonb_set(data, '{name}', to_jsonb(%s::int)) where type = 'webauthn'", [seconds])
            assert cursor.rowcount == 1


def test_secrets_and_sessions_lie_encrypted() -> None:
    secret = with_app("hr.1")
    signed_in("hr.1", strength=1).post("/account/codes/new/")
    stored = " ".join(str(row) for row in sql("select data::text from mfa_authenticator") + sql("select data from sec.session"))
    assert secret not in stored and "account_authentication" not in stored and "seed" in stored


def test_a_new_pass_phrase_ends_every_session_and_must_be_long() -> None:
    from openmara.errors import NotValid
    from openmara.security import signin

    client = signed_in("hr.1")
    with acting("hr.1") as who:
        pass
    with pytest.raises(NotValid):
        signin.set_password(who, "short")
    signin.set_password(who, "another long pass phrase")
    assert client.get("/m/carana/").status_code == 302
    assert phrase(Client(), "hr.1").status_code == 200 and phrase(Client(), "hr.1", "another long pass phrase").status_code == 302


def test_the_cookie_is_named_and_bound_as_strictly_as_it_can_be() -> None:
    client, _answer = enter("hr.1", with_app("hr.1"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["samesite"] == "Strict" and cookie["httponly"] and not cookie["expires"]


def test_a_link_from_another_site_takes_one_step_of_our_own() -> None:
    answer = Client().get("/m/carana/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert answer.status_code == 200 and 'http-equiv="refresh"' in answer.content.decode()


def test_a_stolen_password_of_the_web_role_calls_no_function_of_sign_in() -> None:
    """Each asks for a proof of the process key, and an old one is worth nothing."""
    signed_in("hr.1")
    ((hashed, whose),) = sql("select hash, person_id from sec.session where person_id is not null")
    old = "2026-01-01T00:00:00+00:00"
    calls = [
        ("select sec.session_load(%s, %s, %s)", [hashed], f"load|{bytes(hashed).hex()}", None),
        ("select sec.enter(%s, null, %s, %s)", [hashed], f"enter|{bytes(hashed).hex()}|", False),
        ("select sec.set_password(%s, 'x', %s, %s)", [whose], f"password|{whose}|x", False),
        ("select sec.cache_put(%s, '1', 9, false, %s, %s)", [b"k"], f"cache|put|{b'k'.hex()}|1", False),
        ("select sec.keep(%s, %s, 'x', %s, %s)", [whose, whose], f"keep|{whose}|{whose}", False),
        ("select sec.password_mark(%s, %s, %s)", [whose], f"mark|{whose}", None),
        ("select count(*) = 0 from sec.session_fate(%s, %s, %s)", [hashed], f"fate|{bytes(hashed).hex()}", True),
    ]
    for statement, values, message, refused in calls:
        for moment, signed in ((old, proof(f"{message}|{old}".encode())), (timezone.now().isoformat(), b"\x00" * 32)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [*values, moment, signed])
                assert cursor.fetchone()[0] is refused, statement
