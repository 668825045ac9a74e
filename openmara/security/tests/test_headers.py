"""Every answer carries the headers of the security model, 3.g: pages, refusals, files, style sheets and what is broken."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from openmara.config.bench_requests import arena
from openmara.security.headers import ALWAYS
from openmara.security.matrix.http import Arena, cells
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def ring() -> Iterator[Arena]:
    with arena(connection.settings_dict["NAME"]) as (made, _owner):
        yield made


def test_every_address_answers_with_every_header(ring: Arena) -> None:
    for asker in ("anonymous", "role.swpa"):
        for cell in cells(ring.objects, asker, ("GET", "POST", "OPTIONS")):
            if cell.situation in ("own", "foreign", "malformed"):
                headers = ring.send(cell).headers
                assert ALWAYS.items() <= dict(headers.items()).items(), cell
                assert headers["Cache-Control"] == "no-store" and "Server" not in headers


@pytest.mark.parametrize(("path", "host", "status"), [("/", "evil.example", 400), ("/no/such/page/", "localhost", 404), ("/static/web/theme.css", "localhost", 200)])
def test_what_never_reaches_a_view_carries_them_too(path: str, host: str, status: int) -> None:
    answer = Client(SERVER_NAME=host).get(path)
    assert answer.status_code == status and ALWAYS.items() <= dict(answer.headers.items()).items()
    answer.close()
    assert ("no-store" in answer.headers["Cache-Control"]) == (status != 200)


def test_the_policy_lets_in_no_inline_code_and_no_scripts_made_of_strings() -> None:
    policy = ALWAYS["Content-Security-Policy"]
    for said in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
        assert said in policy
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy


def test_signing_out_takes_what_the_browser_kept_with_it() -> None:
    answer = signed_in("hr.1").post("/sign-out/")
    assert "cache" in answer["Clear-Site-Data"] and answer.status_code == 302


def test_it_asks_browsers_to_stay_with_https_where_there_is_https(settings: object) -> None:
    assert "Strict-Transport-Security" not in Client(SERVER_NAME="localhost").get("/health/", secure=True)
    settings.SECURE_HSTS_SECONDS = 600  # type: ignore[attr-defined]  # as OPENMARA_HTTPS sets it
    assert Client(SERVER_NAME="localhost").get("/health/", secure=True)["Strict-Transport-Security"].startswith("max-age=600")
