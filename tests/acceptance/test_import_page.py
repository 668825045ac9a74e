"""The journey of an import: a dry run with an error per cell, the corrected file checked, confirmed, sent again; on a phone; in French."""

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from openmara import ROOT
from openmara.evidence.models import Report
from openmara.interop import library
from openmara.interop.incident_sheet import write_template
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.acceptance.browser import DESK, PHONE, check_accessible, check_narrow, shot, sign_in

pytestmark = pytest.mark.browser
Sheet = Callable[..., Path]
LIBRARY = (
    ("boundaries", "places/adm1.geojson"),
    ("boundaries", "places/adm2.geojson"),
    ("parties", "parties.toml"),
)
SUBMISSIONS = ROOT / "openmara/interop/tests/files/odk_javarosa_instances.zip"
SOUND: dict[str, Any] = {
    "source_org_type": "un_civilian", "record_class": "crsv", "date_from": date(2026, 7, 3), "date_precision": "day",
    "date_reported": date(2026, 7, 9), "adm1": "CR08", "adm2": "CR0801", "location_precision": "adm2", "forms": "rape",
    "nexus_types": "temporal:direct", "nexus_note": "Synthetic.", "women": 2, "alleged_parties": "ICSC", "classification": "confidential",
    "number_estimated": "no", "source_category": "primary_witness", "consent_basis": "survivor_adult",
}  # fmt: skip


@pytest.fixture
def carana(live: str) -> str:
    """Carana with its provinces, districts and parties."""
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        for kind, name in LIBRARY:
            library.load(
                by=by, mission=mission, kind=kind, content=(ROOT / "openmara/carana" / name).read_bytes()
            )
    return live


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    """The template filled in, saved as a file to choose."""

    def make(name: str, *changes: dict[str, Any]) -> Path:
        stream = BytesIO()
        write_template(
            stream,
            [SOUND | {"their_reference": f"R-{number}"} | one for number, one in enumerate(changes, start=1)],
        )
        path = tmp_path / name
        path.write_bytes(stream.getvalue())
        return path

    yield make


def references() -> list[str]:
    with acting("swpa", "carana"):
        return sorted(Report.objects.values_list("their_reference", flat=True))


def send(page: Page, path: Path, button: str, kind: str = "") -> None:
    """Choose a file, and a kind where none is chosen yet, and press one of the two buttons."""
    if kind:
        page.select_option("#kind", kind)
    page.set_input_files("#file", str(path))
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def test_it_refuses_every_wrong_cell_then_takes_in_the_corrected_file_once(
    carana: str, browser_page: Page, sheet: Sheet
) -> None:
    page = browser_page
    wrong = sheet("july.xlsx", {}, {"women": -2, "forms": "arson"}, {"date_from": "2099-01-01"})
    right = sheet("july corrected.xlsx", {}, {}, {})
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/import/")
    check_accessible(page)
    shot(page, "import-empty")

    send(page, wrong, "Check", "reports")
    expect(page.get_by_role("heading", name="The file cannot be taken in as it is")).to_be_visible()
    cells = page.locator("table.data tbody tr")
    expect(cells).to_have_count(3)
    expect(cells.filter(has_text="women")).to_contain_text("Must be between 0 and")
    expect(cells.filter(has_text="date_from")).to_contain_text("future")
    expect(page.get_by_role("button", name="Take in", exact=True)).to_have_count(0)
    assert references() == []
    check_accessible(page)
    shot(page, "import-refused")

    send(page, right, "Check")
    expect(page.get_by_role("heading", name="The file can be taken in")).to_be_visible()
    assert references() == []
    check_accessible(page)
    shot(page, "import-checked")

    send(page, wrong, "Take in")
    expect(page.locator("main")).to_contain_text("This is not the file that was checked.")
    assert references() == []

    send(page, right, "Check")
    send(page, right, "Take in")
    expect(page.locator("body")).to_contain_text("3 reports added")
    assert references() == ["R-1", "R-2", "R-3"]
    shot(page, "import-taken")
    send(page, right, "Check and take in", "reports")
    expect(page.locator("body")).to_contain_text("Nothing changed.")
    assert references() == ["R-1", "R-2", "R-3"]


def test_submissions_of_odk_are_checked_by_the_page(carana: str, browser_page: Page) -> None:
    page = browser_page
    sign_in(page, carana, "swpa")
    page.goto(f"{carana}/m/carana/import/")
    send(page, SUBMISSIONS, "Check and take in", "partner_odk_export")
    expect(page.locator("body")).to_contain_text("4 reports added")
    assert len(references()) == 4


def test_the_page_holds_on_a_phone_in_french_and_without_script(
    carana: str, without_script: Page, sheet: Sheet
) -> None:
    page = without_script
    wrong = sheet("juillet.xlsx", {}, {"women": -2, "forms": "arson"}, {"adm2": "Atlantis"})
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/import/")
    send(page, wrong, "Check", "reports")
    expect(page.locator("table.data tbody tr")).to_have_count(3)
    page.goto(f"{carana}/m/carana/import/")
    page.get_by_role("button", name="Français").first.click()
    page.wait_for_load_state()
    page.goto(f"{carana}/m/carana/import/")
    send(page, wrong, "Vérifier", "reports")
    expect(page.get_by_role("heading", level=1)).to_have_text("Importer des signalements")
    expect(page.locator("table.data tbody tr")).to_have_count(3)
    shot(page, "import-french")
    page.set_viewport_size(PHONE)
    shot(page, "import-phone")
    page.set_viewport_size(DESK)


def test_no_state_of_the_page_is_wider_than_a_phone(carana: str, browser_page: Page, sheet: Sheet) -> None:
    page = browser_page
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/import/")
    check_narrow(page)
    send(
        page,
        sheet(
            "a-rather-long-name-of-a-file-as-offices-like-to-give-them-2026-07-final-final.xlsx",
            {"women": -2, "forms": "arson"},
        ),
        "Check",
        "reports",
    )
    check_narrow(page)
    send(page, sheet("good.xlsx", {}), "Check")
    check_narrow(page)


def test_the_template_is_fetched_from_the_page(carana: str, browser_page: Page, tmp_path: Path) -> None:
    page = browser_page
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/import/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Fetch the template (XLSX)").click()
    waiting.value.save_as(tmp_path / "template.xlsx")
    assert "reports" in load_workbook(tmp_path / "template.xlsx").sheetnames
