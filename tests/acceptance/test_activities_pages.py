"""Journeys of registers and the inventory: refused first, typed once, found again; without script, in French, on a phone."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from openmara.activities import actions, registers
from openmara.activities.inventory import parse_pages
from openmara.activities.models import InventoryActivity, RegisterEntry
from openmara.security.context import acting
from tests.acceptance.browser import PHONE, check_accessible, check_narrow, shot, sign_in
from tests.pages import french, plain_static  # noqa: F401  # fixtures
from tests.people import signed_in

CARANA = Path(registers.__file__).parent.parent / "carana" / "inventory"
PATROL = {
    "force": "unpol", "mode": "foot", "day_night": "day", "start_date": "2026-09-11", "adm1": "CR01", "adm2": "CR0104",
    "purpose": ["displacement_site", "market"], "team_size": "5", "women_in_team": "1", "gender_briefed": "yes",
    "route_on_gendered_risk": "unknown", "women_consulted": "no", "observations": "Market closed early. Synthetic.",
}  # fmt: skip


def example(name: str) -> list[dict[str, str]]:
    with (registers.FOLDER / name / "example.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fill_registers() -> None:
    for name in registers.names():
        with acting({"ssr_institution": "ssr.1", "patrol": "unpol.1"}.get(name, "swpa"), "carana") as person:
            actions.record_entries(by=person, mission=person.active_mission, register=name, rows=example(name))  # type: ignore[attr-defined]


def fill_inventory() -> None:
    pages = {path.name: path.read_text("utf-8") for path in sorted(CARANA.glob("*.txt"))}
    with acting("swpa", "carana") as person:
        actions.record_inventory(by=person, mission=person.active_mission, records=parse_pages(pages))  # type: ignore[attr-defined]


@pytest.fixture
def here(committed: None) -> None:
    """Real commits, as the application makes them."""


def reader(username: str, language: str = "en") -> Client:
    return signed_in(username, headers={"accept-language": language})


def stored() -> list[RegisterEntry]:
    with acting("swpa", "carana"):
        return list(RegisterEntry.objects.all())


def key_of(answer: str) -> str:
    found = re.search(r'name="entry_key" value="([^"]+)"', answer)
    assert found
    return found[1]


# -- refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["registers/", "registers/patrol/", "registers/patrol/new/", "inventory/", "inventory/abc/"])
def test_it_asks_for_sign_in_and_for_a_role(here: None, place: str) -> None:
    assert Client().get(f"/m/carana/{place}").status_code == 302
    assert reader("auditor").get(f"/m/carana/{place}").status_code == 403
    assert reader("stranger").get(f"/m/carana/{place}").status_code == 404


def test_it_refuses_a_new_entry_to_a_role_that_does_not_record(here: None) -> None:
    client = reader("cp.1")
    assert "New entry" not in client.get("/m/carana/registers/patrol/").content.decode()
    assert client.get("/m/carana/registers/patrol/new/").status_code == 403
    assert client.post("/m/carana/registers/patrol/new/", PATROL).status_code == 403
    assert stored() == []


def test_it_refuses_a_register_an_entry_and_an_activity_that_do_not_exist(here: None) -> None:
    client = reader("swpa")
    for place in (
        "registers/weather/", "registers/weather/new/", "registers/tests/xform.xml", "registers/weather/template.xlsx",
        "registers/patrol/00000000-0000-4000-8000-000000000000/", "inventory/abc/",
    ):  # fmt: skip
        assert client.get(f"/m/carana/{place}").status_code == 404, place


@pytest.mark.parametrize(
    "address", ["registers/patrol/?after=x", "registers/patrol/?quarter=2026", "inventory/?before=1~2", "inventory/?period=x"]
)
def test_it_refuses_an_address_that_is_no_page_in_words(here: None, address: str) -> None:
    assert reader("swpa").get(f"/m/carana/{address}").status_code == 422


def test_wrong_answers_come_back_each_with_its_reason_and_nothing_typed_is_lost(here: None) -> None:
    client = reader("unpol.1", "fr")
    wrong = PATROL | {"mode": "", "start_date": "2099-01-01", "women_in_team": "9", "women_consulted_count": "3"}
    answer = client.post("/m/carana/registers/patrol/new/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and stored() == []
    for name in ("mode", "start_date", "women_in_team", "women_consulted_count"):
        assert f'href="#q-{name}"' in page and f'id="q-{name}-error"' in page
    assert 'href="#q-force"' not in page
    assert "La date ne peut pas être dans le futur." in page
    assert "Market closed early. Synthetic." in page and 'value="2099-01-01"' in page and 'value="9"' in page
    assert '<option value="unpol" selected>' in page
    assert page.count(" checked>") == 2
    assert key_of(client.post("/m/carana/registers/patrol/new/", wrong | {"entry_key": "page-" + "a" * 32}).content.decode()) == "page-" + "a" * 32


def test_a_second_entry_for_the_same_institution_and_quarter_is_refused(here: None) -> None:
    fill_registers()
    client = reader("ssr.1")
    row = {name: value for name, value in example("ssr_institution")[0].items() if value}
    before = len(stored())
    again = client.post("/m/carana/registers/ssr_institution/new/", row, follow=True)
    assert "recorded already" in again.content.decode()
    answer = client.post("/m/carana/registers/ssr_institution/new/", row | {"men_senior": "62"})
    assert answer.status_code == 422 and "There is an entry for this already" in answer.content.decode()
    assert len(stored()) == before and not any(entry.data.get("men_senior") == 62 for entry in stored())


# -- works -----------------------------------------------------------------------------------------------------


def test_an_entry_is_typed_once_even_when_it_is_sent_twice(here: None) -> None:
    client = reader("unpol.1")
    sent = PATROL | {"entry_key": key_of(client.get("/m/carana/registers/patrol/new/").content.decode())}
    assert "The entry is recorded." in client.post("/m/carana/registers/patrol/new/", sent, follow=True).content.decode()
    assert "nothing changed" in client.post("/m/carana/registers/patrol/new/", sent, follow=True).content.decode()
    (entry,) = stored()
    assert entry.data["purpose"] == ["market", "displacement_site"] and entry.data["gender_responsive"] == "yes"
    assert "observations" not in entry.data
    shown = client.get("/m/carana/registers/patrol/").content.decode()
    assert "11\u00a0September\u00a02026" in shown and "Market closed" not in shown


def test_an_unknown_number_is_ticked_and_shown_as_unknown_not_as_zero(here: None) -> None:
    client = reader("unpol.1")
    sent = PATROL | {"women_in_team": "", "women_in_team_unknown": "1"}
    assert client.post("/m/carana/registers/patrol/new/", sent).status_code == 302
    (entry,) = stored()
    assert entry.data["women_in_team"] == "unknown"
    page = client.get(f"/m/carana/registers/patrol/{entry.id}/").content.decode()
    assert "Not known" in page and "Market closed" not in page
    assert "Market closed early" in reader("swpa").get(f"/m/carana/registers/patrol/{entry.id}/").content.decode()


@pytest.mark.parametrize("name", registers.names())
def test_every_register_has_pages_and_downloads_in_both_languages(here: None, name: str) -> None:
    fill_registers()
    for language in ("en", "fr"):
        client = reader({"ssr_institution": "ssr.1", "patrol": "unpol.1"}.get(name, "swpa"), language)
        for place in ("", "new/", "?quarter=2026Q3&adm1=CR08"):
            answer = client.get(f"/m/carana/registers/{name}/{place}")
            assert answer.status_code == 200 and registers.find(name).title[language].split(" ")[0] in answer.content.decode()  # type: ignore[union-attr]
    book = load_workbook(io.BytesIO(client.get(f"/m/carana/registers/{name}/template.xlsx").content))
    assert [cell.value for cell in book["entries"][1]] == list(registers.columns(registers.find(name)))  # type: ignore[arg-type]
    assert load_workbook(io.BytesIO(client.get(f"/m/carana/registers/{name}/xlsform.xlsx").content)).sheetnames[0] == "survey"
    assert b"<h:html" in client.get(f"/m/carana/registers/{name}/xform.xml").content


def test_the_search_stays_as_typed_and_is_never_markup(here: None) -> None:
    fill_inventory()
    client = reader("hom")
    page = client.get("/m/carana/inventory/", {"q": '<b>"%_\\', "entity": "<i>", "measure": "x", "theme": "'"}).content.decode()
    assert "&lt;b&gt;&quot;%_\\" in page and "<b>" not in page and "<i>" not in page
    found = client.get("/m/carana/inventory/", {"q": "code cable"}).content.decode()
    assert "101_agency_unac.txt, line 25" in found and "synthetic pages" in found
    assert "fictives" in reader("hom", "fr").get("/m/carana/inventory/").content.decode()


# -- in a browser ----------------------------------------------------------------------------------------------


def look(page: Page, name: str) -> None:
    """Accessible, whole at 360 pixels, and kept as a picture at both sizes."""
    check_accessible(page)
    check_narrow(page)
    shot(page, f"activities-{name}")
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    shot(page, f"activities-{name}-phone")
    page.set_viewport_size(before)  # type: ignore[arg-type]


def type_patrol(page: Page) -> None:
    selects = {"force", "mode", "day_night", "gender_briefed", "route_on_gendered_risk", "women_consulted"}
    for name, value in PATROL.items():
        if isinstance(value, list):
            for code in value:
                page.locator(f"[name={name}][value={code}]").check()
        elif name in selects:
            page.locator(f"[name={name}]").select_option(value)
        else:
            page.locator(f"[name={name}]").fill(value)


@pytest.mark.browser
def test_a_police_officer_is_corrected_and_records_a_patrol(browser_page: Page, live: str) -> None:
    fill_registers()
    page = browser_page
    sign_in(page, live, "unpol.1")
    page.get_by_role("link", name="Registers").first.click()
    look(page, "registers")
    page.get_by_role("link", name="Patrol register").click()
    look(page, "register")
    page.get_by_role("link", name="New entry").click()
    look(page, "register-new")
    page.get_by_label("Who carried out the patrol?").select_option("unpol")
    page.get_by_label("Observations").fill("Synthetic remark that must stay.")
    page.get_by_role("button", name="Record the entry").click()
    expect(page.get_by_role("alert")).to_contain_text("How did the patrol move?")
    expect(page.get_by_label("Observations")).to_have_value("Synthetic remark that must stay.")
    look(page, "register-new-refused")
    type_patrol(page)
    page.get_by_role("button", name="Record the entry").click()
    expect(page.get_by_role("status")).to_contain_text("The entry is recorded.")
    page.get_by_role("link", name="11 September 2026").first.click()
    look(page, "register-entry")


@pytest.mark.browser
def test_an_entry_is_recorded_and_the_list_filtered_without_script(without_script: Page, live: str) -> None:
    page = without_script
    sign_in(page, live, "unpol.1")
    page.goto(f"{live}/m/carana/registers/patrol/new/")
    type_patrol(page)
    page.get_by_role("button", name="Record the entry").click()
    expect(page.get_by_role("status")).to_contain_text("The entry is recorded.")
    page.locator("[name=force]").select_option("military")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".empty")).to_contain_text("No entry fits these filters.")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("table.data tbody tr")).to_have_count(1)


@pytest.mark.browser
def test_a_reader_searches_the_inventory_in_french_and_opens_an_activity(browser_page: Page, live: str) -> None:
    fill_inventory()
    page = browser_page
    sign_in(page, live, "hom")
    page.get_by_role("button", name="Français").click()
    page.get_by_role("link", name="Inventaire").first.click()
    look(page, "inventory-fr")
    page.get_by_label("Mots du texte").fill("mobile court")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("ol.doors > li")).to_have_count(1)
    page.locator("ol.doors a").first.click()
    expect(page.get_by_role("heading", name="Parties de ce passage")).to_be_visible()
    look(page, "activity-fr")
    page.goto(f"{live}/m/carana/inventory/?q=nowhere+to+be+found")
    expect(page.locator(".empty")).to_contain_text("Aucun passage")
    with acting("hom", "carana"):
        assert InventoryActivity.objects.count() > 20
