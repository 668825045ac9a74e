"""Consent, withdrawal, custody and hand-over, by page: what is refused first, then what is done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from openmara.evidence import frames
from openmara.evidence.consent.tests.people import case, received
from openmara.evidence.custody import actions as custody
from openmara.evidence.custody import manifest
from openmara.indicators.calculation import compute
from openmara.security.actions import enrol, give_grant, installing
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.acceptance.browser import check_accessible, check_narrow, shot, sign_in
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
NEXT_REVISION = datetime(2027, 1, 5, tzinfo=UTC)


def looked_at(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, name)


def documented(quarter: str, basis: str, on: datetime) -> int:
    with acting("hr.1", "carana"):
        found = {"incidents": frames.incidents(), "verification_steps": frames.verification_steps("UTC")}
    rows = compute("IND-PROT-01", found, (quarter,), basis, on.date()).rows
    return next(row.numerator for row in rows if not row.breakdown)


@pytest.fixture
def headquarters(live: str) -> str:
    with installing():
        person = enrol(username="hq.legal", code="hq.legal", display_name="hq.legal", password=PASSWORD)
        give_grant(person=person, mission=Mission.objects.using("owner").get(code="carana"), roles=["hq"], clearance=1)
    return live


def test_consent_is_asked_withdrawn_in_part_and_then_erased_without_a_minus_one(browser_page: Page, live: str) -> None:
    page = browser_page
    # Given a verified and released case whose person agreed to be told of, and an account known without an interview.
    ref, incident = case()
    silent = received("B-1", consent_basis="not_obtainable_no_interview", source_category="secondary")
    before = documented("2026Q3", "as_reported", NEXT_REVISION)
    sign_in(page, live, "hr.1")

    # When an answer names nobody it could hold for, it is refused beside its field, and nothing is kept.
    page.goto(f"{live}/m/carana/reports/{ref}/consent/")
    page.get_by_label("Limits the person set").fill("Call +41 79 123 45 67")
    page.get_by_label("Use", exact=True).select_option("accountability:national_court")
    page.locator("input[name=answer][value=given]").check()
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Seems to name or locate")
    looked_at(page, "consent-refused")
    # Then without the number it is recorded, with the limit.
    page.get_by_label("Limits the person set").fill("Not to the police.")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("table").first).to_contain_text("Not to the police.")
    looked_at(page, "consent")

    # An account without an interview may not be told, and its incident page says why.
    page.goto(f"{live}/m/carana/reports/{silent}/consent/")
    expect(page.locator("body")).to_contain_text("Not asked: no")

    # When one use is withdrawn, that one is closed at once and the others stay.
    page.goto(f"{live}/m/carana/reports/{ref}/withdraw/")
    page.get_by_role("button", name="Withdraw these").click()
    expect(page.locator(".error-summary")).to_contain_text("Choose what is withdrawn")
    page.get_by_label("Advocacy case, redacted").check()
    looked_at(page, "withdraw")
    page.get_by_role("button", name="Withdraw these").click()
    page.goto(f"{live}/m/carana/incidents/{incident}/")
    expect(page.get_by_role("region", name="What may leave").or_(page.locator("section[aria-labelledby=leave-title]"))).to_contain_text("Consent to this was withdrawn.")

    # When everything is withdrawn, the same person cannot erase; another senior adviser can.
    page.goto(f"{live}/m/carana/reports/{ref}/withdraw/")
    page.get_by_role("button", name="Withdraw everything").click()
    expect(page.locator("body")).to_contain_text("An account is erased by the senior women’s protection adviser")
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/reports/{ref}/withdraw/")
    looked_at(page, "erasure-owed")
    page.get_by_role("button", name="Erase the account").click()
    expect(page.locator("body")).to_contain_text("The account is erased")
    # Then the report is not there for anybody, the quarter reported is as it was, and the next revision holds it no longer.
    assert page.goto(f"{live}/m/carana/reports/{ref}/").status == 404  # type: ignore[union-attr]
    page.goto(f"{live}/m/carana/incidents/{incident}/")
    expect(page.locator("section[aria-labelledby=leave-title]")).to_contain_text("was erased at the request")
    assert documented("2026Q3", "as_reported", NEXT_REVISION) == before == 1
    assert documented("2026Q3", "as_known", NEXT_REVISION) == 0


def test_a_hand_over_needs_consent_two_decisions_and_ends_in_a_manifest_that_holds(browser_page: Page, headquarters: str, tmp_path: Path) -> None:
    page, live = browser_page, headquarters
    # Given a released case whose person has not been asked about a court.
    ref, _incident = case()
    sign_in(page, live, "hr.1")
    page.goto(f"{live}/m/carana/reports/{ref}/custody/")
    expect(page.locator(".notice-warning")).to_contain_text("Do not collect physical evidence")
    expect(page.get_by_role("table", name="Events, the oldest first")).to_contain_text("Received")

    def ask() -> None:
        page.get_by_label("To which body").select_option("national_court")
        page.locator("section[aria-labelledby=ask-title]").get_by_label("To what end").select_option("proceedings")
        page.get_by_role("button", name="Ask for the hand-over").click()

    # When it is asked for, it is refused for want of consent.
    ask()
    expect(page.locator("body")).to_contain_text("Missing means no")
    # When the person has agreed to this court, and an exhibit is noted by hash and code, it can be asked for.
    page.goto(f"{live}/m/carana/reports/{ref}/consent/")
    page.get_by_label("Use", exact=True).select_option("accountability:national_court")
    page.locator("input[name=answer][value=given]").check()
    page.get_by_role("button", name="Record", exact=True).click()
    page.goto(f"{live}/m/carana/reports/{ref}/custody/")
    page.get_by_label("Kind").select_option("document")
    page.get_by_label("What it is, as a code").fill("DOC-1")
    page.get_by_label("Where it is kept, as a code").fill("safe.2")
    page.get_by_label("SHA-256 of the file").fill("12")
    page.get_by_role("button", name="Note the exhibit").click()
    expect(page.locator(".error-summary")).to_contain_text("64 characters")
    page.get_by_label("SHA-256 of the file").fill("ab" * 32)
    page.get_by_role("button", name="Note the exhibit").click()
    looked_at(page, "custody")
    ask()
    address = page.url
    expect(page.locator("body")).to_contain_text("The head of mission has not decided yet.")
    assert page.get_by_role("button", name="Hand over and download").count() == 0
    looked_at(page, "hand-over-asked")

    # When the head of mission and headquarters have recorded their decisions,
    for username, reference in (("hom", "SRSG-2026-17"), ("hq.legal", "OLA-2026-3")):
        sign_in(page, live, username)
        page.goto(address)
        page.locator("input[name=answer][value=agreed]").check()
        page.get_by_role("button", name="Record the decision").click()
        expect(page.locator(".error-summary")).to_be_visible()
        page.get_by_label("Reference of the written decision").fill(reference)
        if username == "hq.legal":
            page.get_by_label("Day of the written decision").fill("2026-08-20")
        page.get_by_role("button", name="Record the decision").click()
        expect(page.locator("body")).to_contain_text(reference)
        expect(page.locator("body")).not_to_contain_text(ref)  # those who decide see no reference of a report
    # then it is handed over with a manifest that the receiving body can check.
    sign_in(page, live, "swpa")
    page.goto(address)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Hand over and download").click()
    package = tmp_path / "package.zip"
    coming.value.save_as(package)
    assert manifest.problems(package.read_bytes(), custody.key().verifier.vkey()) == []
    page.goto(address)
    expect(page.locator("body")).to_contain_text("Make the same package again")
    looked_at(page, "hand-over-done")
    page.goto(f"{live}/m/carana/hand-overs/")
    looked_at(page, "hand-overs")
    page.goto(f"{live}/m/carana/reports/{ref}/custody/")
    expect(page.get_by_role("table", name="Events, the oldest first")).to_contain_text("Handed over")
