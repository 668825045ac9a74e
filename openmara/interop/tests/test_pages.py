"""The import page: refused, checked, taken in, with the same file only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openmara.config.scratch import session_of
from openmara.interop import uploads
from openmara.interop.tests.conftest import stored
from openmara.security.models import Mission

Sheet = Callable[..., bytes]
pytestmark = pytest.mark.django_db
ADDRESS = "/m/carana/import/"


@pytest.fixture
def client(mission: Mission) -> Client:
    return Client(headers={"host": "localhost"})


def signed_in(client: Client, username: str = "hr.1") -> Client:
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(username)
    return client


def send(client: Client, content: bytes | None, **values: Any) -> Any:
    fields = {"kind": "reports", "act": "check"} | values
    if content is not None:
        fields["file"] = SimpleUploadedFile("reports.xlsx", content)
    return client.post(ADDRESS, fields)


def test_it_asks_for_sign_in_and_refuses_roles_that_do_not_report(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert signed_in(client, "gender").get(ADDRESS).status_code == 403
    assert client.get(ADDRESS + "template/").status_code == 403


def test_it_refuses_a_form_without_token(mission: Mission, sheet: Sheet) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    signed_in(strict)
    before = stored()
    assert send(strict, sheet({}), act="take").status_code == 403
    assert stored() == before


def test_it_refuses_by_the_stated_size_before_reading(client: Client) -> None:
    signed_in(client)
    for size, words in ((200_000_000, "less than 200 MB"), (uploads.LIMIT + 1, "25 MB")):
        answer = client.generic("POST", ADDRESS, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(size))
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_it_refuses_packed_uploads(client: Client) -> None:
    answer = signed_in(client).post(ADDRESS, {"kind": "reports"}, headers={"content-encoding": "gzip"})
    assert answer.status_code == 422


def test_it_names_what_is_missing_in_the_form(client: Client) -> None:
    answer = send(signed_in(client), None, kind="")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the kind of file." in text and "Choose a file." in text


def test_it_shows_every_cell_at_fault_and_stores_nothing(client: Client, sheet: Sheet) -> None:
    before = stored()
    for act in ("check", "take"):
        answer = send(signed_in(client), sheet({"women": -1}), act=act)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Must be between 0 and" in text and "Nothing was stored" in text
    assert stored() == before


def test_it_refuses_another_file_than_the_one_checked(client: Client, sheet: Sheet) -> None:
    before = stored()
    answer = send(signed_in(client), sheet({}), act="take", sha256="0" * 64)
    assert answer.status_code == 422
    assert "not the file that was checked" in answer.content.decode()
    assert stored() == before


def test_it_checks_then_takes_in_the_same_file(client: Client, sheet: Sheet) -> None:
    content = sheet({}, {})
    checked = send(signed_in(client), content)
    text = checked.content.decode()
    assert checked.status_code == 200
    mark = text.partition('name="sha256" value="')[2][:64]
    assert len(mark) == 64 and "Would be added" in text
    answer = send(client, content, act="take", sha256=mark)
    assert answer.status_code == 302
    assert "2 reports added" in client.get(ADDRESS).content.decode()
    send(client, content, act="take")
    assert "already" in client.get(ADDRESS).content.decode()


def test_the_page_and_the_template_come_in_french_too(client: Client) -> None:
    signed_in(client)
    client.post("/language/", {"language": "fr"})
    assert "Importer des signalements" in client.get(ADDRESS).content.decode()
    answer = client.get(ADDRESS + "template/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")


def test_it_says_that_a_matter_of_conduct_was_routed(client: Client, sheet: Sheet) -> None:
    signed_in(client)
    send(client, sheet({}, {"record_class": "sea_route"}), act="take")
    page = client.get(ADDRESS).content.decode()
    assert "1 report added" in page and "1 routed to conduct and discipline; nothing of it is kept." in page


def test_the_reports_page_leads_here_for_those_who_report(client: Client) -> None:
    assert f'href="{ADDRESS}"' in signed_in(client).get("/m/carana/reports/").content.decode()
