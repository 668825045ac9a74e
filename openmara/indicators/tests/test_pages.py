"""Figures as people read them: refused, protected or exact by role, with basis, period and coverage on every page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from openmara.errors import NotAllowed, NotFound
from openmara.indicators import queries
from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.people import signed_in

pytestmark = pytest.mark.django_db
QUARTERS = ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> None:
    settings.DATA_FOLDER = tmp_path


@pytest.fixture
def figures(db: None) -> Snapshot:
    """A snapshot with some cells of the last quarter. Synthetic."""
    cover = {"areas": 8, "heard_from": 7, "patrol": 30, "training": 4, "ssr_institution": 5}
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        taken = Snapshot.objects.create(
            mission=mission, as_of=NOW, taken_at=NOW, fingerprint="f" * 64,
            rows={"frames": {}, "quarters": QUARTERS, "coverage": dict.fromkeys(QUARTERS, cover)},
        )  # fmt: skip
        for indicator, breakdown, code, above, below in (
            ("IND-PROT-01", "", "", 49, None), ("IND-PROT-01", "status", "verified", 37, None), ("IND-PROT-01", "status", "late", 3, None),
            ("IND-PROT-01", "status", "under_verification", 12, None), ("IND-PROT-01", "status", "reported_not_verified", 0, None),
            ("IND-PROT-01", "status", "older_open", 6, None), ("IND-PROT-01", "adm1", "CR01", 2, None), ("IND-PROT-01", "adm1", "CR08", 47, None),
            ("IND-PREV-01", "", "", 2, 19), ("IND-SSR-01", "", "", 0, 0),
        ):  # fmt: skip
            for basis in ("as_reported", "as_known"):
                extra = 1 if basis == "as_known" and code == "verified" else 0
                IndicatorValue.objects.create(
                    mission=mission, snapshot=taken, indicator=indicator, quarter="2026Q3", basis=basis, breakdown=breakdown, code=code,
                    numerator=above + extra, denominator=below, value=above + extra if below is None else None, fingerprint="f" * 64,
                )  # fmt: skip
    return taken


def shown(username: str, **options: str) -> queries.Dashboard:
    with acting(username, "carana") as person:
        return queries.dashboard(for_user=person, lang="en", **options)


def last_line(found: queries.Dashboard, indicator: str) -> tuple[str, ...]:
    return next(tile.grid.lines[-1].cells for pillar in found.pillars for tile in pillar.tiles if tile.id == indicator)


def test_it_refuses_figures_to_roles_outside_statistics(figures: Snapshot) -> None:
    with acting("auditor", "carana") as person:
        with pytest.raises(NotAllowed):
            queries.dashboard(for_user=person, lang="en")
        with pytest.raises(NotAllowed):
            queries.values(for_user=person, indicator="IND-PROT-01", basis="as_known")


def test_another_mission_has_none_of_these_figures(figures: Snapshot) -> None:
    with acting("stranger", "other") as person:
        assert queries.dashboard(for_user=person, lang="en").moment is None


def test_it_refuses_a_basis_a_quarter_and_an_indicator_that_are_none(figures: Snapshot) -> None:
    with acting("swpa", "carana") as person:
        for options in ({"basis": "as_wished"}, {"quarter": "2020Q1"}, {"name": "IND-PROT-99"}):
            with pytest.raises(NotFound):
                queries.indicator(**{"for_user": person, "name": "IND-PROT-01", "lang": "en", **options})


def test_who_may_open_the_incidents_sees_exact_counts_and_others_do_not(figures: Snapshot) -> None:
    assert last_line(shown("swpa"), "IND-PROT-01") == ("37", "3", "12", "6", "0")
    assert last_line(shown("hom"), "IND-PROT-01") == ("37", "c", "12", "6", "0")
    assert last_line(shown("gender"), "IND-PROT-01") == ("37", "c", "12", "6", "0")


def test_a_province_with_few_incidents_is_not_worked_out_from_the_total(figures: Snapshot) -> None:
    def by_province(username: str) -> list[tuple[str, ...]]:
        with acting(username, "carana") as person:
            page = queries.indicator(for_user=person, name="IND-PROT-01", lang="en")
        return [line.cells for line in next(grid for grid in page.grids if grid.id == "by-adm1").lines]

    assert by_province("hr.1") == [("2",), ("47",), ("49",)]
    assert by_province("gender") == [("c",), ("c",), ("49",)]


def test_what_does_not_speak_of_survivors_is_exact_for_all_and_says_why_there_is_no_percentage(figures: Snapshot) -> None:
    assert last_line(shown("hom"), "IND-PREV-01") == ("2", "19", "–")
    assert last_line(shown("hom"), "IND-SSR-01") == ("0", "0", "not applicable")


def test_the_basis_is_chosen_in_the_address(figures: Snapshot) -> None:
    assert last_line(shown("swpa", basis="as_known"), "IND-PROT-01")[0] == "38"


def test_the_difference_between_two_bases_is_not_offered_to_who_sees_statistics_only(figures: Snapshot) -> None:
    for username in ("gender", "hom"):
        with acting(username, "carana") as person:
            with pytest.raises(NotAllowed):
                queries.dashboard(for_user=person, lang="en", basis="as_known")
            with pytest.raises(NotAllowed):
                queries.indicator(for_user=person, name="IND-PROT-01", lang="en", basis="as_known")
    text = client("gender").get(reverse("dashboard", args=["carana"])).content.decode()
    assert "basis=as_known" not in text and "not offered to your role" in text
    assert "basis=as_known" in client("swpa").get(reverse("dashboard", args=["carana"])).content.decode()


def test_values_are_exact_for_the_rooms_to_the_right(figures: Snapshot) -> None:
    with acting("hom", "carana") as person:
        found = queries.values(for_user=person, indicator="IND-PROT-01", basis="as_reported", quarter="2026Q3", breakdown="status")
    assert {row.code: row.numerator for row in found}["late"] == 3


def client(username: str, language: str = "en") -> Client:
    return signed_in(username, headers={"accept-language": language})


@pytest.mark.parametrize("address", ["dashboard", "indicator"])
def test_every_page_says_mission_period_basis_coverage_and_caution(figures: Snapshot, address: str) -> None:
    path = reverse(address, args=["carana"] if address == "dashboard" else ["carana", "IND-PROT-01"])
    text = client("gender").get(path).content.decode()
    for words in ("UNAC, Carana", "Q3 2026", "as reported", "reports from 7 of 8 provinces", "No target, no ranking", "<svg", "late"):
        assert words in text, words
    assert "<script" not in text.split("<main")[1] and "style=" not in text


def test_the_pages_are_in_french_too(figures: Snapshot) -> None:
    text = client("gender", "fr").get(reverse("indicator", args=["carana", "IND-PROT-01"])).content.decode()
    for words in ("Incidents documentés", "tels que communiqués", "7 provinces sur 8", "T3 2026", "Ni cible"):
        assert words in text, words


def test_a_page_without_figures_says_so(db: None) -> None:
    text = client("hom").get(reverse("dashboard", args=["carana"])).content.decode()
    assert "No figures have been computed yet." in text


def test_a_role_without_figures_gets_a_refusal_page(figures: Snapshot) -> None:
    assert client("auditor").get(reverse("dashboard", args=["carana"])).status_code == 403
    assert client("stranger").get(reverse("dashboard", args=["carana"])).status_code == 404


def test_home_says_that_a_quarter_has_no_figures_to_who_may_compute_them(db: None) -> None:
    def waiting(username: str) -> list[int]:
        with acting(username, "carana") as person, clock.set_to(NOW, person.active_mission):
            return [line.count for line in queries.waiting_for(for_user=person)]

    assert (waiting("swpa"), waiting("hom")) == ([1], [])


def test_home_is_silent_once_the_quarter_has_its_figures(figures: Snapshot) -> None:
    with acting("swpa", "carana") as person, clock.set_to(NOW, person.active_mission):
        assert queries.waiting_for(for_user=person) == []


def test_the_command_prints_the_table(figures: Snapshot, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("indicators", "IND-PROT-01", "--mission", "carana", "--as", "swpa")
    out = capsys.readouterr().out
    assert "IND-PROT-01 CRSV incidents documented" in out and "37" in out and "No target" in out and "IND-PREV-01" not in out
