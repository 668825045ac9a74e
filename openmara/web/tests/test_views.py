"""The way in and out: refusals first."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from openmara.security.context import acting
from openmara.security.models import AuditEntry
from openmara.web import frame, waiting
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")


def written(event: str, outcome: str) -> int:
    """How many entries of the log, read by its superuser because nobody's entries lie outside every mission."""
    from openmara.config import postgres

    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        return direct.execute("select count(*) from audit.entry where event = %s and outcome = %s", [event, outcome]).fetchone()[0]


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\\\elsewhere.example"])
def test_it_never_leads_outside(target: str) -> None:
    assert Client().post("/language/", {"language": "fr", "next": target})["Location"] == "/"


def test_it_lets_a_person_out_and_writes_it_down() -> None:
    client = signed_in("hr.1")
    assert "What waits for you" in client.get("/m/carana/").content.decode()
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/m/carana/").status_code == 302
    assert written("security:session:close", "done") == 1


def test_it_hides_a_mission_without_a_role_as_if_it_were_not_there() -> None:
    client = signed_in("hr.1")
    other, none = client.get("/m/other/"), client.get("/m/nowhere/")
    assert other.status_code == none.status_code == 404
    token = re.compile(rb'value="[^"]{64}"')
    assert token.sub(b"", other.content).replace(b"/m/other/", b"") == token.sub(b"", none.content).replace(b"/m/nowhere/", b"")
    with acting("auditor", "carana"):
        assert not AuditEntry.objects.filter(mission_id=None).exists()


def test_it_says_what_to_do_to_somebody_without_any_role() -> None:
    client = signed_in("nobody")
    assert "You have no role in any mission." in client.get("/").content.decode()


def test_it_ignores_a_language_that_is_not_offered() -> None:
    client = Client()
    assert "language" not in client.post("/language/", {"language": "xx", "next": "/sign-in/"}).cookies
    client.post("/language/", {"language": "fr", "next": "/sign-in/"})
    assert '<html lang="fr"' in client.get("/sign-in/").content.decode()


def test_it_says_plainly_when_it_breaks_and_keeps_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(person: object) -> list[object]:
        raise RuntimeError("secret words")

    client = signed_in("hr.1", raise_request_exception=False)
    monkeypatch.setattr(waiting, "gather", broken)
    answer = client.get("/m/carana/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert "secret words" not in answer.content.decode()


def test_it_shows_each_person_only_the_rooms_they_work_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from openmara.security.models import Mission
    from openmara.security.queries import may, standing_in

    with acting("hr.1", "carana") as person:
        standing = standing_in(Mission.objects.get(code="carana"), for_user=person)
        assert standing and may("evidence_incident", "select", standing) and may("linkage_candidatepair", "select", standing)
        assert not may("no_such_table", "select", standing)
    with acting("gender", "carana") as person:
        standing = standing_in(Mission.objects.get(code="carana"), for_user=person)
        assert standing and may("publish_reportbuild", "select", standing)
        assert not may("evidence_incident", "select", standing) and not may("evidence_report", "select", standing)
    with acting("auditor", "carana") as person:
        assert standing_in(Mission.objects.get(code="other"), for_user=person) is None


def test_it_answers_health_and_the_empty_page_without_sign_in() -> None:
    client = Client()
    assert client.get("/health/").content == b"ok\n"
    assert client.get("/blank/").status_code == 200


def test_home_promises_only_what_the_role_may_do() -> None:
    client = signed_in("hom")
    page = client.get("/m/carana/").content.decode()
    assert "Read the quarterly report." in page and "write, build" not in page and "/m/carana/import/" not in page
    page = signed_in("hr.1").get("/m/carana/").content.decode()
    assert "write, build, download" in page and 'href="/m/carana/import/"' in page


@pytest.mark.parametrize("username", ["hom", "swpa", "gender", "unpol.1", "priv", "admin", "auditor", "cp.1", "ssr.1"])
def test_navigation_offers_exactly_the_pages_that_open(username: str) -> None:
    client = signed_in(username)
    shown = client.get("/m/carana/").content.decode()
    navigation = shown[shown.index("rooms-narrow") : shown.index("</details>")]  # the menu of a phone has every room
    for entry in frame.ENTRIES:
        href = reverse(entry.page, args=["carana"])
        assert (f'href="{href}"' in navigation) == (client.get(href).status_code == 200), (username, href)


def test_a_new_account_belongs_to_reports_in_the_navigation() -> None:
    client = signed_in("hr.1")
    page = client.get("/m/carana/incidents/new/").content.decode()
    assert '<a href="/m/carana/reports/" aria-current="page">' in page and '<a href="/m/carana/incidents/">' in page
