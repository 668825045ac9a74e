"""Journeys of signing in with a real browser and a virtual passkey: refusals, enrolment, proof, sessions, time that runs out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import CDPSession, Page, expect

from openmara.config import postgres
from openmara.config.install import owner_connection
from openmara.config.scratch import session_of
from openmara.security import actions, demo_sign_in
from tests.acceptance.browser import check_accessible, check_narrow, shot, sign_in
from tests.people import PASSWORD, person

pytestmark = pytest.mark.browser


class Device:
    """A virtual authenticator inside the device, with a finger that is always right until told otherwise."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                   "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def finger(self, right: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": right})

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return found

    def put(self, credential: dict[str, Any]) -> None:
        for one in self.credentials():
            self.cdp.send("WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": one["credentialId"]})
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


@pytest.fixture
def device(browser_page: Page) -> Iterator[Device]:
    yield Device(browser_page)


def sql(statement: str) -> list[tuple[Any, ...]]:
    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        found = direct.execute(statement)
        return found.fetchall() if found.description else []


def with_app(username: str) -> str:
    with owner_connection(), actions.installing():
        return demo_sign_in.add_totp(person(username))


def looked_at(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, name)


def enrolled(page: Page, live: str, username: str) -> None:
    """By pass phrase alone to the page that asks for more, and there a passkey."""
    page.goto(f"{live}/sign-in/?next=/m/carana/")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("#phrase-sign-in")
    expect(page.locator(".notice-warning")).to_contain_text("A pass phrase alone opens nothing")
    page.get_by_role("link", name="Add a passkey").click()
    page.click("#passkey-add")
    page.wait_for_url("**/account/codes/")


def out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_somebody_enrols_a_passkey_and_signs_in_with_nothing_else(browser_page: Page, live: str, device: Device) -> None:
    page = browser_page
    enrolled(page, live, "hr.1")
    looked_at(page, "recovery-codes")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have written them down").click()
    expect(page.locator("#passkeys-title + .table-frame tbody tr")).to_have_count(1)
    looked_at(page, "your-sign-in")
    page.goto(f"{live}/m/carana/")
    expect(page.locator("h1")).to_have_text("What waits for you")
    out(page)
    page.goto(f"{live}/m/carana/incidents/")
    looked_at(page, "sign-in")
    page.click("#passkey-sign-in")
    expect(page).to_have_url(f"{live}/m/carana/incidents/")
    assert [row[0] for row in sql("select purpose from audit.entry where event = 'security:session:open' order by id")] == ["phrase", "passkey"]


def test_a_passkey_is_refused_without_a_finger_after_a_replay_when_copied_and_for_somebody_else(browser_page: Page, live: str, device: Device) -> None:
    page = browser_page
    enrolled(page, live, "hr.1")
    out(page)
    (mine,) = device.credentials()
    device.finger(False)
    page.click("#passkey-sign-in")
    expect(page.locator("#passkey-problem")).to_be_visible()
    looked_at(page, "sign-in-no-passkey")
    device.finger(True)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" and "passkey" in one.url else None)
    page.click("#passkey-sign-in")
    page.wait_for_url("**/m/carana/")
    out(page)
    page.evaluate("""(credential) => { const form = document.getElementById("passkey-form");
        document.getElementById("passkey-credential").value = credential; form.submit(); }""", _credential(sent[-1]))  # fmt: skip
    expect(page.locator(".notice-warning").first).to_contain_text("This was not accepted")
    device.put(mine | {"signCount": 1})  # a copy from before the last use
    _refused(page)
    assert sql("select count(*) from audit.entry where event = 'security:passkey:rollback'") == [(1,)]
    device.put(mine | {"signCount": 90, "userHandle": _handle("hr.2")})  # the right key for another person's account
    _refused(page)
    page.goto(f"{live}/m/carana/")
    expect(page).to_have_url(f"{live}/sign-in/?next=/m/carana/")


def _refused(page: Page) -> None:
    page.goto(page.url)  # without the message from before
    with page.expect_navigation():
        page.click("#passkey-sign-in")
    expect(page.locator(".notice-warning").first).to_contain_text("This was not accepted")


def _credential(body: str) -> str:
    from urllib.parse import parse_qs

    (found,) = parse_qs(body)["credential"]
    assert json.loads(found)["type"] == "public-key"
    return found


def _handle(username: str) -> str:
    import base64

    ((found,),) = sql(f"select id from security_person where username = '{username}'")
    return base64.b64encode(found.hex.encode()).decode()


def test_a_pass_phrase_and_a_code_sign_in_too_and_the_code_only_once(browser_page: Page, live: str) -> None:
    page, secret = browser_page, with_app("hr.1")
    for turn in range(2):
        page.goto(f"{live}/sign-in/?next=/m/carana/")
        page.fill("#username", "hr.1")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in/second/")
        if turn == 0:
            looked_at(page, "second-step")
            expect(page.locator("#passkey-use")).to_have_count(0)  # there is none to use
            page.fill("#code", "000000")
            page.click("#code-sign-in")
            expect(page.locator(".error-summary")).to_contain_text("This was not accepted")
            used = demo_sign_in.code_now(secret)
        page.fill("#code", used)
        page.click("#code-sign-in")
        if turn == 0:
            expect(page).to_have_url(f"{live}/m/carana/")
            out(page)
    expect(page.locator(".error-summary")).to_contain_text("This was not accepted")


def test_an_app_is_added_and_proof_is_asked_for_before_it_goes(browser_page: Page, live: str) -> None:
    page = browser_page
    sign_in(page, live, "hr.1", strength=0)
    expect(page).to_have_url(f"{live}/account/")
    page.get_by_role("link", name="Add an authenticator app").click()
    looked_at(page, "add-app")
    secret = page.locator(".secret").inner_text()
    page.fill("#code", demo_sign_in.code_now(secret))
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_url("**/account/codes/")
    codes = page.locator(".codes li").all_inner_texts()
    sql("update sec.session set proved_at = proved_at - interval '6 minutes'")
    page.goto(f"{live}/m/carana/")
    expect(page.locator("h1")).to_have_text("What waits for you")
    _older(live, page)
    page.goto(f"{live}/account/app/remove/")
    expect(page.locator("h1")).to_have_text("Show that it is you")
    looked_at(page, "prove")
    page.fill("#code", codes[0])
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("Remove the authenticator app")
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("#app-title + p")).to_contain_text("None")


def _older(live: str, page: Page) -> None:
    """Six minutes pass since the last proof."""
    from django.conf import settings

    from openmara.security.sessions import RECORDS, SessionStore

    (cookie,) = [one for one in page.context.cookies(live) if one["name"] == settings.SESSION_COOKIE_NAME]
    session = SessionStore(cookie["value"])
    session[RECORDS] = [one | {"at": one["at"] - 360} for one in session[RECORDS]]
    session.save()


def test_somebody_ends_their_other_session_from_here(browser_page: Page, live: str, chromium: Any) -> None:
    session_of("hr.1")
    sign_in(browser_page, live, "hr.1")
    browser_page.goto(f"{live}/account/")
    rows = browser_page.locator("#sessions-title + .table-frame tbody tr")
    expect(rows).to_have_count(2)
    rows.get_by_role("button", name="End").click()
    expect(rows).to_have_count(1)
    assert sql("select count(*) from sec.session where ended_why = 'owner'") == [(1,)]


def test_what_was_typed_when_the_time_ran_out_is_offered_again(browser_page: Page, live: str) -> None:
    page, secret = browser_page, with_app("hr.1")
    sign_in(page, live, "hr.1")
    page.goto(f"{live}/m/carana/incidents/new/")
    page.locator("textarea").first.fill("Typed words. Synthetic.")
    sql("update sec.session set last_seen_at = last_seen_at - interval '16 minutes'")
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator(".notice").first).to_contain_text("You were signed out after a while")
    looked_at(page, "time-ran-out")
    page.fill("#username", "hr.1")
    page.fill("#password", PASSWORD)
    page.click("#phrase-sign-in")
    page.fill("#code", demo_sign_in.code_now(secret))
    page.click("#code-sign-in")
    expect(page.locator("h1")).to_have_text("Kept for you")
    looked_at(page, "kept")
    page.get_by_role("button", name="Bring it back").click()
    expect(page).to_have_url(f"{live}/m/carana/incidents/new/")
    expect(page.locator("textarea").first).to_have_value("Typed words. Synthetic.")


def test_the_pages_of_signing_in_speak_french(browser_page: Page, live: str, device: Device) -> None:
    page = browser_page
    page.goto(f"{live}/sign-in/")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("#passkey-sign-in")).to_have_text("Se connecter avec une clé d’accès")
    looked_at(page, "sign-in-fr")
    sign_in(page, live, "hr.1", strength=0)
    looked_at(page, "your-sign-in-fr")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    looked_at(page, "add-passkey-fr")
    page.click("#passkey-add")
    expect(page.locator("h1")).to_have_text("Codes de secours")
