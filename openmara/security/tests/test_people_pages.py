"""Pages about people: the same answer for every dead link, a reason for every closed door, and the whole way in."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Grant
from openmara.security.people import actions, queries
from openmara.security.tests.people_cases import PHRASE, accepted, confirmed, grant_of, invited
from openmara.security.tests.test_people import run_as_keeper
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
FORM = {
    "name": "Ada Example", "code": "wpa-9", "language": "fr", "roles": ["wpa"], "clearance": "3", "staff": "international", "contingent": "",
    "organisation": "hr_office", "until": str(clock.today() + timedelta(days=90)),
}  # fmt: skip


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def link_in(answer: object) -> str:
    found = re.search(r"http://testserver(/(?:invitation|way-back)/[\w-]+/)", text(answer))
    assert found, text(answer)
    return found[1]


def test_every_dead_link_gets_the_same_bytes() -> None:
    used, refused, expired = accepted(code="w-1"), invited(code="w-2"), invited(code="w-3")
    with acting("priv", "carana") as officer:
        actions.refuse(by=officer, grant=queries.find_grant(for_user=officer, key=refused.grant), reason="other")
    run_as_keeper(f"update sec.token set expires_at = clock_timestamp() where subject_id = '{expired.grant}'")
    secrets = [used.secret, refused.secret, expired.secret, "x" * 43, "é", "' or 1=1"]
    answers = [Client().get(f"/{door}/{secret}/") for secret in secrets for door in ("invitation", "way-back")]
    answers += [Client().post(f"/invitation/{secret}/", {"phrase": PHRASE, "again": PHRASE}) for secret in secrets]
    assert {one.status_code for one in answers} == {404}
    assert len({TOKEN.sub(b"", one.content) for one in answers}) == 1
    kept = [sorted((name, value) for name, value in one.headers.items() if name != "Content-Length") for one in answers]
    assert all(one == kept[0] for one in kept)


def test_the_list_is_closed_to_those_who_neither_give_nor_audit_rights() -> None:
    for username in ("hr.1", "wpa", "unpol.1"):
        assert signed_in(username).get("/m/carana/people/").status_code == 403
    for username in ("swpa", "admin", "priv", "hom", "auditor", "gender"):
        answer = signed_in(username).get("/m/carana/people/")
        assert answer.status_code == 200
        assert ("Invite somebody" in text(answer)) == (username in ("swpa", "admin", "gender"))


def test_a_foreign_an_absent_and_a_malformed_person_look_the_same() -> None:
    client = signed_in("swpa")
    with acting("stranger", "other") as stranger:
        theirs = queries.own_grant(for_user=stranger).id
    pages = [client.get(f"/m/carana/people/{key}/") for key in (theirs, "00000000-0000-4000-8000-000000000000")]
    assert {one.status_code for one in pages} == {404}
    assert client.get("/m/carana/people/nonsense/").status_code == 404


def test_a_form_with_mistakes_keeps_what_was_typed_and_says_where() -> None:
    client = signed_in("swpa")
    assert 'value="5" selected' in text(client.get("/m/carana/people/invite/?preset=hr"))
    answer = client.post("/m/carana/people/invite/", FORM | {"until": "2030-01-01", "roles": ["admin", "hr"], "clearance": "9", "staff": "contingent"})
    page = text(answer)
    assert answer.status_code == 422 and 'value="Ada Example"' in page
    for words in ("holds no other role", "within a year", "Choose a class", "Name the contributing country"):
        assert words in page, words


def test_somebody_is_invited_accepts_and_is_confirmed_by_another() -> None:
    officer = signed_in("swpa")
    made = officer.post("/m/carana/people/invite/", FORM)
    door = link_in(made)
    assert "carana" not in door and "UNAC" not in re.sub(r"(?s).*<main", "", text(made)).split("</main>")[0]
    newcomer = Client()
    page = text(newcomer.get(door))
    assert "swpa has invited you" in page and "works on incidents of their own area" in page
    answer = newcomer.post(door, {"phrase": PHRASE, "again": PHRASE})
    assert answer.status_code == 302
    assert "A pass phrase alone opens nothing" in text(newcomer.get("/", follow=True))
    assert newcomer.get("/m/carana/").status_code in (302, 404)
    with acting("swpa", "carana") as person:
        grant = Grant.objects.get(person__code="wpa-9")
        username = grant.person.username
        assert person.code == "swpa"
    waiting = signed_in(username)
    assert "Waiting for a second officer" in text(waiting.get("/"))
    assert waiting.get("/m/carana/").status_code == 404
    assert "proposed this yourself" in text(officer.get("/m/carana/people/"))
    assert officer.get(f"/m/carana/people/{grant.id}/confirm/").status_code == 403
    refused = signed_in("admin").get(f"/m/carana/people/{grant.id}/confirm/")
    assert refused.status_code == 403 and "Ask one of them" in text(refused) or "ask one of them" in text(refused)
    second = signed_in("priv")
    address = f"/m/carana/people/{grant.id}/confirm/"
    assert "Ada Example" in text(second.get(address))
    assert second.post(address, {}).status_code == 422
    assert second.post(address, {"seen": "yes"})["Location"] == f"/m/carana/people/{grant.id}/"
    assert waiting.get("/m/carana/").status_code == 200
    assert waiting.get("/m/carana/releases/").status_code in (200, 403)


def test_a_proof_that_is_too_old_is_asked_for_again() -> None:
    client = signed_in("swpa")
    run_as_keeper("update sec.session set proved_at = clock_timestamp() - interval '6 minutes'")
    answer = client.get("/m/carana/people/invite/")
    assert answer.status_code == 302 and "/account/prove/" in answer["Location"]


def test_rights_are_changed_renewed_and_ended_from_the_page() -> None:
    made = confirmed()
    client = signed_in("admin")
    page = text(client.get(f"/m/carana/people/{made.grant}/"))
    assert "Renew or change" in page and "End now" in page
    form = {"roles": ["hr"], "clearance": "5", "staff": "national", "until": str(clock.today() + timedelta(days=90))}
    answer = client.post(f"/m/carana/people/{made.grant}/change/", form)
    new = answer["Location"]
    assert "waits for a second officer" in text(client.get(new))
    second = signed_in("hom")
    assert "present rights end in the same act" in text(second.get(f"{new}confirm/"))
    assert second.post(f"{new}confirm/", {"seen": "yes"}).status_code == 302
    assert grant_of(made.grant).revoked_at is not None
    colleague = signed_in(made.username)
    assert colleague.get("/m/carana/").status_code == 200
    assert client.post(f"{new}end/", {"reason": "misuse_suspected"}).status_code == 302
    assert colleague.get("/m/carana/").status_code == 404


def test_whoever_goes_away_sees_the_page_of_somebody_without_a_mission() -> None:
    client = signed_in("hr.1")
    assert "Going away" in text(client.get("/m/carana/people/travel/"))
    assert client.post("/m/carana/people/travel/")["Location"] == "/"
    away, none = client.get("/"), signed_in("nobody").get("/")
    plain = [TOKEN.sub(b"", one.content).replace(b"hr.1", b"").replace(b"nobody", b"") for one in (away, none)]
    assert plain[0] == plain[1]
    assert client.get("/m/carana/").status_code == client.get("/m/nowhere/").status_code == 404
    with acting("swpa", "carana") as officer:
        grant = queries.people(for_user=officer, state="travelling").rows[0]
    assert signed_in("swpa").post(f"/m/carana/people/{grant.id}/back/").status_code == 302
    assert client.get("/m/carana/").status_code == 200


def test_a_reset_goes_its_way_over_the_pages() -> None:
    with acting("swpa", "carana") as officer:
        grant = next(one for one in queries.people(for_user=officer).rows if one.person.code == "hr.1")
    first, second = signed_in("admin"), signed_in("priv")
    assert "A way back" in text(first.get(f"/m/carana/people/{grant.id}/way-back/"))
    address = first.post(f"/m/carana/people/{grant.id}/way-back/", {"kind": "emergency"})["Location"]
    assert "You asked for this yourself" in text(signed_in("admin").get(address)) or "never confirms" in text(first.get(address))
    assert "Approve only if you have seen" in text(second.get(address))
    assert second.post(f"{address}approve/").status_code == 302
    door = link_in(second.post(f"{address}link/"))
    client = Client()
    assert client.post(door)["Location"] == "/"
    assert client.get("/m/carana/incidents/").status_code == 200
    third = signed_in("hom")
    assert "emergency opening to review" in text(third.get("/m/carana/"))
    assert third.post(f"{address}review/").status_code == 302
    assert "Used and reviewed" in text(third.get(address))


def test_an_officer_stops_a_way_back() -> None:
    with acting("swpa", "carana") as officer:
        grant = next(one for one in queries.people(for_user=officer).rows if one.person.code == "hr.1")
    first = signed_in("swpa")
    address = first.post(f"/m/carana/people/{grant.id}/way-back/", {"kind": "reset"})["Location"]
    assert first.post(f"/m/carana/people/{grant.id}/way-back/", {"kind": "reset"}).status_code == 409
    assert first.post(f"{address}cancel/").status_code == 302
    assert "Cancelled" in text(first.get(address))


def test_the_pages_are_there_in_french() -> None:
    client = signed_in("swpa")
    client.cookies["language"] = "fr"
    made = invited()
    for address in ("", "invite/", f"{made.grant}/", "travel/", f"{made.grant}/change/"):
        page = text(client.get(f"/m/carana/people/{address}"))
        assert '<html lang="fr"' in page
        assert not re.search(r"What can be done|Everybody|Highest class|Going away", page), address
