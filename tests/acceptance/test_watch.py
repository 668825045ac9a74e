"""Journeys of watching: refused, break the glass, reviewed; who looked at a record; a mission closed and opened by two people."""

import pytest
from playwright.sync_api import Browser, Page, expect

from openmara.security.watch.tests.world import Case, make_case
from tests.acceptance.browser import check_accessible, check_narrow, shot, sign_in
from tests.pages import french, plain_static  # noqa: F401  # fixtures


@pytest.fixture
def case(committed: None) -> Case:
    return make_case()


def checked(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, name)


def in_french(page: Page, title: str) -> None:
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.get_by_role("button", name="English").click()


def test_refused_she_breaks_the_glass_reads_and_an_officer_reviews_it(case: Case, live: str, browser_page: Page) -> None:
    page = browser_page
    # Given an adviser of another area, whom the page of the incident refuses like a mistyped one
    sign_in(page, live, "wpa.cr01")
    page.goto(f"{live}/m/carana/incidents/{case.incident.ref}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    page.get_by_role("link", name="Open it in an emergency").click()
    expect(page.get_by_label("Reference of the incident or report")).to_have_value(case.incident.ref)
    # When she leaves the reason out, the page says so; when she gives it, the record opens
    page.get_by_role("button", name="Break the glass").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the reason.")
    checked(page, "watch-break-glass")
    page.get_by_label("Somebody is at risk now").check()
    page.get_by_label("For how long").select_option("15")
    page.get_by_role("button", name="Break the glass").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Incident {case.incident.ref}")
    expect(page.get_by_text("Open to you by break-glass")).to_be_visible()
    checked(page, "watch-banner")
    # Then the senior adviser sees it on her home, sees what was read, and reviews it
    sign_in(page, live, "swpa")
    page.get_by_role("link", name="Broken glass to review").click()
    checked(page, "watch-reviews")
    in_french(page, "Examens des bris de glace")
    page.get_by_role("link", name=f"Review {case.incident.ref}").click()
    expect(page.get_by_text("evidence:incident:open_file")).to_be_visible()
    checked(page, "watch-review")
    page.get_by_label("Justified", exact=True).check()
    page.get_by_role("button", name="Keep the review").click()
    expect(page.get_by_text("Nothing waits for a review.")).to_be_visible()
    # And she who broke it reads the result, and closes the record before its time
    sign_in(page, live, "wpa.cr01")
    page.goto(f"{live}/m/carana/break-glass/")
    expect(page.get_by_role("cell", name="Justified")).to_be_visible()
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_text("is closed to you again")).to_be_visible()
    page.goto(f"{live}/m/carana/incidents/{case.incident.ref}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")


def test_its_owner_and_the_auditor_see_who_looked(case: Case, live: str, browser_page: Page) -> None:
    page = browser_page
    sign_in(page, live, "hr.2")
    page.goto(f"{live}/m/carana/incidents/{case.incident.ref}/")
    # Given a colleague who read the incident, its owner sees who looked
    sign_in(page, live, "hr.1")
    page.goto(f"{live}/m/carana/incidents/{case.incident.ref}/")
    page.get_by_role("link", name="Who looked at this record").click()
    expect(page.get_by_role("cell", name="hr.2")).to_be_visible()
    checked(page, "watch-record")
    in_french(page, "Qui a consulté ce dossier")
    # And the auditor finds the same by codes, without the reference, and what that person did
    sign_in(page, live, "auditor")
    page.get_by_role("link", name="Log", exact=True).first.click()
    page.get_by_label("What", exact=True).select_option("reading")
    page.get_by_role("button", name="Filter").click()
    assert case.incident.ref not in page.content()
    checked(page, "watch-log")
    in_french(page, "Journal")
    page.get_by_role("link", name="hr.2").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What hr.2 did")
    checked(page, "watch-person")
    page.get_by_role("link", name="Entries and export").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename.startswith("log-carana-")


def test_two_people_close_the_mission_and_two_open_it(case: Case, live: str, chromium: Browser, browser_page: Page) -> None:
    page = browser_page
    reader = chromium.new_context().new_page()
    sign_in(reader, live, "hr.1")
    # Given a request by the senior adviser, which the data protection officer finds at home
    sign_in(page, live, "swpa")
    page.get_by_role("link", name="Lock-down", exact=True).first.click()
    checked(page, "watch-lock-ask")
    in_french(page, "Fermeture d’urgence")
    page.get_by_label("Exercise").check()
    page.get_by_role("button", name="Ask to close the mission").click()
    expect(page.get_by_text("You asked.")).to_be_visible()
    sign_in(page, live, "priv")
    page.get_by_role("link", name="A request to close the mission waits").click()
    checked(page, "watch-lock-confirm")
    page.get_by_role("button", name="Confirm: close the mission now").click()
    page.wait_for_url("**/sign-in/**")
    # Then nobody reads anything, and a reader who signs in again finds a plain page
    reader.goto(f"{live}/m/carana/incidents/")
    assert "/sign-in/" in reader.url
    sign_in(reader, live, "hr.1")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Closed for now")
    checked(reader, "watch-closed")
    # When two officers open it, it is as before
    sign_in(page, live, "swpa")
    expect(page.get_by_role("heading", level=1)).to_have_text("This mission is closed")
    checked(page, "watch-locked")
    page.get_by_role("button", name="Ask to open the mission").click()
    sign_in(page, live, "hom")
    page.get_by_role("button", name="Confirm: open the mission").click()
    expect(page.get_by_text("The mission is open again.")).to_be_visible()
    sign_in(reader, live, "hr.1")
    reader.goto(f"{live}/m/carana/incidents/{case.incident.ref}/")
    expect(reader.get_by_role("heading", level=1)).to_have_text(f"Incident {case.incident.ref}")
    reader.context.close()
