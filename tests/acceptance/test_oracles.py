"""What somebody asks for by a foreign name answers as what does not exist: lists, filters, search, import, errors."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from openmara.config.bench_requests import arena
from openmara.evidence import actions
from openmara.evidence.models import Report
from openmara.security.context import acting
from openmara.security.matrix.http import Arena, Cell, looks
from openmara.security.matrix.tales import ABSENT_REF, FOREIGN_REF, MARK, OTHER_OFFICE
from openmara.security.models import Mission, Organisation
from openmara.web import waiting
from tests.cases import account, make_areas_and_parties
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
UNKNOWN = "zzabsent"
ASKED = [
    ("/m/here/incidents/", "party", MARK, UNKNOWN), ("/m/here/incidents/", "adm1", MARK, UNKNOWN), ("/m/here/incidents/", "after", MARK, UNKNOWN),
    ("/m/here/reports/", "organisation", str(OTHER_OFFICE), "00000000-0000-4000-8000-000000000000"), ("/m/here/reports/", "route", MARK, UNKNOWN),
    ("/m/here/duplicates/", "report", FOREIGN_REF, ABSENT_REF), ("/m/here/inventory/", "q", MARK, UNKNOWN),
    ("/m/here/inventory/", "entity", MARK, UNKNOWN), ("/m/here/registers/patrol/", "adm1", MARK, UNKNOWN), ("/m/here/break-glass/", "ref", FOREIGN_REF, ABSENT_REF),
]  # fmt: skip


@pytest.fixture
def ring() -> Iterator[Arena]:
    with arena(connection.settings_dict["NAME"]) as (made, _owner):
        yield made


def said(ring: Arena, path: str, name: str, value: str) -> tuple[Any, ...]:
    cell = Cell("", "GET", "role.hr", "own", f"{path}?{name}={quote(value)}")
    status, headers, body = looks(cell, ring.send(cell))
    return status, headers, str(body).replace(value, "VALUE")


def test_a_foreign_name_in_a_filter_answers_as_one_that_does_not_exist(ring: Arena) -> None:
    for path, name, foreign, absent in ASKED:
        assert said(ring, path, name, foreign) == said(ring, path, name, absent), (path, name)


def test_breaking_the_glass_over_a_foreign_reference_says_what_it_says_over_none(ring: Arena) -> None:
    answers = []
    for ref in (FOREIGN_REF, ABSENT_REF):
        client: Client = ring.client("role.hr")
        answer = client.post("/m/here/break-glass/", {"ref": ref, "reason_code": "threat_to_life", "reason": "Synthetic.", "hours": "1"})
        answers.append((answer.status_code, answer.headers.get("Location", "").replace(ref, "REF")))
    assert answers[0] == answers[1]


@pytest.fixture
def mission() -> Mission:
    with acting("swpa", "carana"):
        found = Mission.objects.get(code="carana")
        make_areas_and_parties(found)
    return found


def test_a_reference_another_office_uses_is_free_for_oneself(mission: Mission) -> None:
    for username, office in (("hr.1", "hr_office"), ("unpol.1", "police")):
        with acting(username, "carana") as person:
            ours = Organisation.objects.get(code=office)
            taken = actions.take_in(by=person, mission=mission, organisation=ours, accounts=[account("SAME-1")])
            assert len(taken.added) == 1
    with acting("unpol.1", "carana"):
        assert [report.their_reference for report in Report.objects.all()] == ["SAME-1"]


def test_an_error_of_the_database_never_reaches_a_page(monkeypatch: pytest.MonkeyPatch, mission: Mission) -> None:
    def broken(person: object) -> list[object]:
        raise IntegrityError('duplicate key value violates unique constraint "report_key" DETAIL: Key (their_reference)=(zz-1) already exists')

    client = signed_in("hr.1", raise_request_exception=False)
    monkeypatch.setattr(waiting, "gather", broken)
    answer = client.get("/m/carana/")
    assert answer.status_code == 500
    for word in ("report_key", "zz-1", "duplicate key", "DETAIL"):
        assert word not in answer.content.decode()
