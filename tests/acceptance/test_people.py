"""Journey of somebody new: invited, a passkey enrolled, confirmed by a second officer, signed in, and refused with a reason."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import DESK, check_accessible, check_narrow, shot, sign_in
from tests.acceptance.test_sign_in import Device

pytestmark = pytest.mark.browser
PHRASE = "seven brown kettles under rain"


def looked_at(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, name)


def in_french(page: Page, name: str) -> None:
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    looked_at(page, name)
    page.get_by_role("button", name="English").click()


def fill_invitation(page: Page) -> None:
    page.fill("#f-name", "Ada Example")
    page.fill("#f-code", "wpa-9")


def test_somebody_new_comes_in_by_two_officers(browser_page: Page, chromium: Browser, live: str) -> None:
    page = browser_page
    sign_in(page, live, "swpa")
    page.get_by_role("link", name="People").first.click()
    looked_at(page, "people")
    page.get_by_role("link", name="Invite somebody").click()
    page.select_option("#f-preset", "wpa")
    page.get_by_role("button", name="Fill in").click()
    looked_at(page, "people-invite")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator("#f-name")).to_be_focused()  # the browser itself asks for what is required
    fill_invitation(page)
    page.fill("#f-until", "2031-01-01")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator(".error-summary")).to_contain_text("within a year")
    looked_at(page, "people-invite-mistake")
    until = page.evaluate("new Date(Date.now() + 90 * 864e5).toISOString().slice(0, 10)")
    page.fill("#f-until", until)
    page.get_by_role("button", name="Make the invitation").click()
    looked_at(page, "people-card")
    link = page.locator("#link").inner_text()

    context = chromium.new_context(viewport=DESK, locale="en-GB")
    newcomer = context.new_page()
    Device(newcomer)
    newcomer.goto(link)
    expect(newcomer.locator("h1")).to_have_text("Your invitation")
    looked_at(newcomer, "invitation")
    newcomer.fill("#f-phrase", "too short")
    newcomer.fill("#f-again", "too short")
    newcomer.get_by_role("button", name="Accept the invitation").click()
    expect(newcomer.locator(".error-summary")).to_be_visible()
    looked_at(newcomer, "invitation-mistake")
    newcomer.fill("#f-phrase", PHRASE)
    newcomer.fill("#f-again", PHRASE)
    newcomer.get_by_role("button", name="Accept the invitation").click()
    expect(newcomer.locator(".notice-warning")).to_contain_text("A pass phrase alone opens nothing")
    newcomer.get_by_role("link", name="Add a passkey").click()
    newcomer.click("#passkey-add")
    newcomer.wait_for_url("**/account/codes/")
    newcomer.goto(f"{live}/")
    expect(newcomer.locator("main")).to_contain_text("Waiting for a second officer")
    looked_at(newcomer, "invitation-waiting")
    newcomer.goto(link)
    expect(newcomer.locator("h1")).to_have_text("This link opens nothing")
    looked_at(newcomer, "invitation-dead")

    page.goto(f"{live}/m/carana/people/")
    expect(page.locator("#waiting")).to_contain_text("a second officer confirms it")
    page.context.clear_cookies()
    sign_in(page, live, "priv")
    expect(page.locator(".waiting")).to_contain_text("colleague to confirm")
    page.get_by_role("link", name=re.compile("colleague to confirm")).click()
    page.locator("#waiting").get_by_role("link", name="Look and decide").click()
    looked_at(page, "people-confirm")
    in_french(page, "people-confirm-fr")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".error-summary")).to_contain_text("seen or spoken")
    page.get_by_label("I have seen this person").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("[role=status]").first).to_contain_text("is confirmed")
    looked_at(page, "person")
    in_french(page, "person-fr")

    newcomer.goto(f"{live}/m/carana/")
    expect(newcomer.locator("h1")).to_have_text("What waits for you")
    newcomer.goto(f"{live}/m/carana/people/")
    expect(newcomer.locator("h1")).to_have_text("This was not done")
    expect(newcomer.locator("main")).to_contain_text("ask one of them")
    looked_at(newcomer, "refused-with-a-reason")
    context.close()


def test_somebody_goes_away_and_is_let_in_again(browser_page: Page, live: str) -> None:
    page = browser_page
    sign_in(page, live, "hr.1")
    page.get_by_role("link", name="hr.1").click()
    page.get_by_role("link", name="Your rights and going away").click()
    looked_at(page, "travel")
    in_french(page, "travel-fr")
    page.get_by_role("button", name="Close everything to me now").click()
    expect(page.locator("main")).to_contain_text("You have no role in any mission.")
    looked_at(page, "away")
    page.context.clear_cookies()
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/people/?state=travelling")
    page.locator("table.data").get_by_role("link").first.click()
    page.get_by_role("button", name="Let in again").click()
    expect(page.locator(".basis")).to_contain_text("Active")


def test_a_reset_is_asked_for_seen_by_the_person_and_stopped(browser_page: Page, live: str) -> None:
    page = browser_page
    sign_in(page, live, "admin")
    page.get_by_role("link", name="People").first.click()
    page.locator("table.data").last.get_by_role("link", name="hr.1", exact=True).click()
    page.get_by_role("link", name="A way back, with a second officer").click()
    looked_at(page, "way-back-ask")
    page.get_by_role("button", name="Ask for a reset").click()
    looked_at(page, "way-back")
    page.context.clear_cookies()
    sign_in(page, live, "hr.1")
    expect(page.locator(".notice-warning").first).to_contain_text("Somebody asked for a new way to sign in as you")
    shot(page, "way-back-notice")
    page.get_by_role("link", name="Look, and stop it if it was not you").click()
    looked_at(page, "way-back-own")
    in_french(page, "way-back-own-fr")
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator("main")).to_contain_text("Nobody has asked for a way into your account.")


def test_an_emergency_opening_goes_from_officer_to_officer_to_session(browser_page: Page, chromium: Browser, live: str) -> None:
    page = browser_page
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/people/")
    page.locator("table.data").last.get_by_role("link", name="hr.1", exact=True).click()
    page.get_by_role("link", name="A way back, with a second officer").click()
    page.get_by_role("button", name="Ask for an emergency opening").click()
    address = page.url
    page.context.clear_cookies()
    sign_in(page, live, "priv")
    page.goto(address)
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Make the link to hand over").click()
    looked_at(page, "way-back-card")
    context = chromium.new_context(viewport=DESK, locale="en-GB")
    person = context.new_page()
    person.goto(page.locator("#link").inner_text())
    looked_at(person, "emergency-door")
    person.get_by_role("button", name="Open the session").click()
    expect(person.locator("h1")).to_have_text("What waits for you")
    person.goto(f"{live}/account/passkeys/add/")
    expect(person.locator("main")).to_contain_text("This is an emergency session")
    looked_at(person, "emergency-refused")
    context.close()
