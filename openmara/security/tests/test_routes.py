"""Every address has its line in the policy file, and the line is kept: refusals first."""

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLResolver, get_resolver

from openmara.config import translations
from openmara.errors import NotAllowed
from openmara.security import permissions, routes
from openmara.security.context import acting
from openmara.security.protect import policy
from tests.people import signed_in


def addresses(resolver: URLResolver | None = None) -> list[tuple[str, object]]:
    """(name, view) of every address there is."""
    out: list[tuple[str, object]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        out += addresses(entry) if isinstance(entry, URLResolver) else [(entry.name or str(entry.pattern), entry.callback)]
    return out


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert {name for name, _view in addresses()} == set(routes.lines())


def test_what_is_public_here_is_what_asks_for_no_sign_in() -> None:
    open_views = {name for name, view in addresses() if not getattr(view, "login_required", True)}
    public = {name for name, line in routes.lines().items() if any(door.word == "public" for door in line.doors.values())}
    assert public == open_views


def test_a_line_that_is_not_understood_stops_the_start() -> None:
    for wrong in ({}, {"put": "anyone"}, {"get": ["no_such_role"]}):
        with pytest.raises(ValueError):
            routes._line("x", wrong)
    with pytest.raises(KeyError):
        routes._line("x", {"get": "no_such_table.select"})


def test_every_role_has_a_french_title() -> None:
    assert set(policy()["roles"].values()) <= {text for _context, text in translations._catalogue("security")}


@pytest.mark.usefixtures("committed")
def test_it_refuses_an_address_without_a_line_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(routes.lines(), "incidents")
    assert Client().get("/m/carana/incidents/").status_code == 404
    assert signed_in("swpa").get("/m/carana/incidents/").status_code == 404


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "POST"])
def test_it_refuses_a_method_that_is_not_listed_before_it_asks_who(method: str) -> None:
    for client in (Client(enforce_csrf_checks=True), signed_in("swpa")):
        answer = client.generic(method, "/m/carana/incidents/", headers={"x-http-method-override": "GET"})
        assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD"


@pytest.mark.usefixtures("committed")
def test_a_role_that_is_not_named_gets_one_page_for_every_object_and_reads_who_may() -> None:
    client = signed_in("gender")
    pages = {client.get(f"/m/carana/incidents/{ref}/").content for ref in ("aaaaaaaa", "bbbbbbbb")}
    assert len({page.replace(b"aaaaaaaa", b"").replace(b"bbbbbbbb", b"").split(b'csrfmiddlewaretoken')[0] for page in pages}) == 1
    assert b"Human rights officer" in pages.pop()


@pytest.mark.django_db
def test_it_refuses_a_class_above_the_clearance_and_says_which() -> None:
    with acting("hr.1", "carana"), pytest.raises(NotAllowed, match="S6"):
        routes._check_standing(routes.Door("anyone", level=6))


@pytest.mark.django_db
def test_a_fresh_route_asks_for_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(permissions, "check_fresh", lambda: asked.append(True), raising=False)
    request = HttpRequest()
    request.method = "GET"
    for name, wanted in (("releases", 0), ("release-file", 1)):
        request.resolver_match = type("Match", (), {"view_name": name})()  # type: ignore[assignment]
        with acting("swpa", "carana"):
            routes.check(request)
        assert len(asked) == wanted
