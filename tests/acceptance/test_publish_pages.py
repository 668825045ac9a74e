"""Journeys of the quarterly report: refused, asked for, cancelled, read, taken away, written; in English and French."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from openmara.publish import actions
from openmara.publish.models import ReportBuild
from openmara.publish.tests import figures_of_truth
from openmara.security.context import acting
from tests.acceptance.browser import check_accessible, check_narrow, shot, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def figures(committed: None, tmp_path: Path, settings: object) -> Path:
    """The mission with figures of one quarter, really committed, and a data folder of its own."""
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]  # Django's settings fixture
    with acting("swpa", "carana") as person:
        figures_of_truth.lay(person.active_mission, tmp_path)
    return tmp_path


def build(language: str = "en", audience: str = "forum") -> ReportBuild:
    with acting("swpa", "carana") as person:
        made = actions.build_now(by=person, mission=person.active_mission, quarter="2026Q3", language=language, audience=audience)
    assert made.state == "done", made.problem
    return made


def test_it_refuses_a_report_to_those_who_neither_write_nor_clear_it(figures: Path, browser_page: Page, live: str) -> None:
    made = build(audience="named")
    sign_in(browser_page, live, "unpol.1")
    assert browser_page.goto(f"{live}/m/carana/releases/").status == 403
    expect(browser_page.get_by_role("link", name="Releases")).to_have_count(0)
    browser_page.get_by_role("button", name="Sign out").click()
    sign_in(browser_page, live, "gender")
    assert browser_page.goto(f"{live}/m/carana/releases/{made.id}/").status == 404
    assert browser_page.goto(f"{live}/m/carana/releases/{made.id}/files/docx/").status == 404
    browser_page.goto(f"{live}/m/carana/releases/")
    expect(browser_page.get_by_role("button", name="Build the report")).to_have_count(0)
    expect(browser_page.locator("body")).to_contain_text("No report has been built yet.")


def test_it_asks_for_a_build_and_cancels_it_without_script(figures: Path, without_script: Page, live: str) -> None:
    page = without_script
    sign_in(page, live, "wpa")
    page.goto(f"{live}/m/carana/releases/")
    page.get_by_role("button", name="Build the report").click()
    expect(page.locator(".progress-line")).to_contain_text("Waiting for the worker")
    check_narrow(page)
    page.goto(f"{live}/m/carana/releases/")
    page.get_by_role("button", name="Build the report").click()
    expect(page.locator("body")).to_contain_text("being built already")
    page.goto(f"{live}/m/carana/releases/")
    page.get_by_role("link", name="Q3 2026, English").click()
    page.get_by_role("button", name="Cancel this build").click()
    expect(page.locator("body")).to_contain_text("This build was cancelled. Nothing of it is kept.")


def test_it_shows_the_report_its_protection_and_its_files(figures: Path, browser_page: Page, live: str) -> None:
    made = build()
    page = browser_page
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/releases/")
    check_accessible(page)
    check_narrow(page)
    shot(page, "releases")
    page.get_by_role("link", name="Q3 2026, English").click()
    expect(page.locator(".om-report .om-mark").first).to_have_text("NOT CLEARED – draft")
    expect(page.locator("body")).to_contain_text("The attacker tried to work out each of")
    rape = page.locator("[id='t-A.4'] tr", has=page.get_by_role("rowheader", name="Rape", exact=True)).locator("td")
    expect(rape.first).to_have_text("42")
    check_accessible(page)
    check_narrow(page)
    shot(page, "release")
    for kind, start in (("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype html>")):
        with page.expect_download() as download:
            page.locator(f"a[href$='/files/{kind}/']").click()
        assert download.value.suggested_filename == f"mara-carana-2026Q3-en-forum-DRAFT.{kind}"
        assert Path(download.value.path()).read_bytes().startswith(start)
    assert page.goto(f"{live}/m/carana/releases/{made.id}/files/exe/").status == 404


def test_a_writer_is_told_what_is_wrong_then_writes_in_french_and_rebuilds(figures: Path, browser_page: Page, live: str) -> None:
    build("fr")
    page = browser_page
    page.context.add_cookies([{"name": "language", "value": "fr", "url": live}])
    sign_in(page, live, "wpa")
    page.goto(f"{live}/m/carana/releases/text/2026Q3/fr/")
    check_accessible(page)
    check_narrow(page)
    page.get_by_role("link", name="Chiffres clefs").click()
    page.fill("#text", "Il y a eu 12 incidents, et {aucun.nom}.")
    page.get_by_role("button", name="Enregistrer ce texte").click()
    expect(page.get_by_role("alert")).to_contain_text("est un chiffre saisi")
    expect(page.get_by_role("alert")).to_contain_text("aucun.nom")
    expect(page.locator("#text")).to_have_value("Il y a eu 12 incidents, et {aucun.nom}.")
    check_accessible(page)
    page.fill("#text", "Le groupe de travail a vérifié {incidents.verified} incidents.")
    page.get_by_role("button", name="Vérifier et prévisualiser").click()
    expect(page.locator("[aria-labelledby=preview]")).to_contain_text("a vérifié 150 incidents")
    shot(page, "narrative")
    check_narrow(page)
    page.get_by_role("button", name="Enregistrer ce texte").click()
    expect(page.locator("tr", has_text="Chiffres clefs")).to_contain_text("Rédigé")
    made = build("fr")
    page.goto(f"{live}/m/carana/releases/{made.id}/")
    expect(page.locator(".om-report")).to_contain_text("Le groupe de travail a vérifié 150 incidents.")
    expect(page.locator("body")).to_contain_text("Aucun chiffre n’a été modifié.")
