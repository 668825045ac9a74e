"""Journeys of the page frame: the way in, home, language, keyboard, narrow screens, no script."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.acceptance.browser import PHONE, check_accessible, check_narrow, shot, sign_in

pytestmark = pytest.mark.browser


def enter(page: Page, live: str, username: str, password: str) -> None:
    """By the page, as a person would."""
    page.goto(f"{live}/sign-in/")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#phrase-sign-in")
    page.wait_for_load_state()


def test_it_refuses_a_wrong_password_before_it_lets_anybody_in(browser_page: Page, live: str) -> None:
    enter(browser_page, live, "hr.1", "wrong")
    expect(browser_page.locator(".error-summary")).to_contain_text("do not fit together")
    expect(browser_page.locator("#username")).to_have_value("hr.1")
    expect(browser_page.locator("#password")).to_have_value("")
    expect(browser_page.locator("body")).to_contain_text("Training use only, no real data yet.")
    check_accessible(browser_page)
    check_narrow(browser_page)
    shot(browser_page, "sign-in-refused")


def test_it_asks_for_sign_in_and_shows_home_to_whom_it_knows(browser_page: Page, live: str) -> None:
    browser_page.goto(f"{live}/m/carana/")
    expect(browser_page).to_have_url(f"{live}/sign-in/?next=/m/carana/")
    sign_in(browser_page, live, "swpa")
    expect(browser_page).to_have_url(f"{live}/m/carana/")
    expect(browser_page.locator(".strip")).to_contain_text("synthetic data of Carana")
    check_accessible(browser_page)
    check_narrow(browser_page)
    shot(browser_page, "home")
    browser_page.get_by_role("button", name="Sign out").click()
    browser_page.goto(f"{live}/m/carana/")
    expect(browser_page).to_have_url(f"{live}/sign-in/?next=/m/carana/")


def test_it_shows_nothing_of_a_mission_without_a_role_there(browser_page: Page, live: str) -> None:
    sign_in(browser_page, live, "hr.1")
    answer = browser_page.goto(f"{live}/m/other/")
    assert answer is not None and answer.status == 404
    expect(browser_page.locator("h1")).to_have_text("There is nothing at this address")
    shot(browser_page, "refused")
    check_accessible(browser_page)
    answer = browser_page.goto(f"{live}/no-such-page/")
    assert answer is not None and answer.status == 404
    check_accessible(browser_page)
    shot(browser_page, "not-found")
    browser_page.goto(f"{live}/sign-in/?next=https://elsewhere.example/")  # signed in already, and no way out
    expect(browser_page).to_have_url(f"{live}/m/carana/")


def test_it_speaks_french_after_one_press(browser_page: Page, live: str) -> None:
    browser_page.goto(f"{live}/sign-in/")
    browser_page.get_by_role("button", name="Français").click()
    expect(browser_page.locator("h1")).to_have_text("Se connecter")
    expect(browser_page.locator("html")).to_have_attribute("lang", "fr")
    check_accessible(browser_page)
    check_narrow(browser_page)
    shot(browser_page, "sign-in-fr")
    sign_in(browser_page, live, "hr.1")
    expect(browser_page.locator("h1")).to_have_text("Ce qui vous attend")
    check_accessible(browser_page)
    check_narrow(browser_page)
    shot(browser_page, "home-fr")


def test_it_can_be_used_by_keyboard(browser_page: Page, live: str) -> None:
    sign_in(browser_page, live, "swpa")
    browser_page.keyboard.press("Tab")
    expect(browser_page.locator(".skip")).to_be_focused()
    expect(browser_page.locator(".skip")).to_be_in_viewport()
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("main")).to_be_focused()


def test_it_works_without_script_on_a_phone(without_script: Page, live: str) -> None:
    without_script.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(without_script, live, "swpa")
    expect(without_script).to_have_url(f"{live}/m/carana/")
    shot(without_script, "home-phone")
    expect(without_script.locator(".rooms-wide")).to_be_hidden()
    without_script.get_by_text("Menu", exact=True).click()
    expect(without_script.locator(".rooms-narrow a").first).to_be_visible()
    shot(without_script, "home-phone-menu")
    without_script.get_by_role("button", name="Français").click()
    expect(without_script.locator("html")).to_have_attribute("lang", "fr")
    without_script.get_by_role("button", name="Se déconnecter").click()
    expect(without_script.locator("h1")).to_have_text("Se connecter")


def test_it_leaves_at_once_and_does_not_come_back(browser_page: Page, live: str) -> None:
    sign_in(browser_page, live, "swpa")
    home = browser_page.url
    page = f'<!doctype html><title>Case</title><script src="{live}/static/web/leave.js" defer></script><a data-leave href="/blank/">Leave quickly</a>'
    browser_page.route("**/with-a-way-out/", lambda route: route.fulfill(body=page, content_type="text/html"))
    for leave in ("click", "keys"):
        browser_page.goto(home)
        browser_page.goto(f"{live}/with-a-way-out/")
        if leave == "click":
            browser_page.get_by_text("Leave quickly").click()
        else:
            browser_page.keyboard.press("Escape")
            browser_page.keyboard.press("Escape")
        browser_page.wait_for_url(f"{live}/blank/")
        assert browser_page.locator("body").inner_text() == ""
        browser_page.go_back()
        assert "Leave quickly" not in browser_page.content()


def test_it_follows_long_work_in_place_until_it_is_done(browser_page: Page, live: str) -> None:
    turns = iter(("1 of 3", "2 of 3"))
    script = f'<script src="{live}/static/web/live.js" data-seconds="0.2" defer></script>'

    def answer(route: Route) -> None:
        step = next(turns, None)
        body = f"{script}<input id=note><p data-live>{step}</p>" if step else "<h1>Built</h1>"
        route.fulfill(body=f"<!doctype html><title>Work</title>{body}", content_type="text/html")

    browser_page.route("**/long-work/", answer)
    browser_page.goto(f"{live}/long-work/")
    browser_page.fill("#note", "typed while waiting")
    expect(browser_page.locator("[data-live]")).to_have_text("2 of 3")
    expect(browser_page.locator("#note")).to_have_value("typed while waiting")
    expect(browser_page.locator("h1")).to_have_text("Built")
