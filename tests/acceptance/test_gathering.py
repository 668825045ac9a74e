"""Journeys of gathering: given an incident with accounts that differ, when it is split, joined, taken back, or edited by two at once."""

import pytest
from playwright.sync_api import Browser, Page

from openmara.evidence.gathering.tests.cases import gathered
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.acceptance.browser import DESK, check_accessible, check_narrow, shot, sign_in
from tests.cases import make_areas_and_parties

WHY = "The accounts name different places. Synthetic."


def made(*references: str, verified: bool = False) -> str:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        if references[0].endswith("1") and references[0].startswith("A"):
            make_areas_and_parties(mission)
    return gathered(mission, *references, verified=verified)


@pytest.mark.usefixtures("committed")
def test_a_verified_incident_is_split_by_its_verifier_and_the_split_taken_back(live: str, browser_page: Page) -> None:
    # Given an incident that hr.1 verified on two accounts
    ref, page = made("A-1", "A-2", verified=True), browser_page
    at = f"{live}/m/carana/incidents/{ref}/"
    # When somebody else tries to split it, then it is refused with the reason
    sign_in(page, live, "hr.2")
    page.goto(at + "split/")
    page.locator("input[name=reports]").nth(1).check()
    page.locator("input[name=base]").nth(1).check()
    page.get_by_label("The reports speak of different events").check()
    page.locator("#q-rationale").fill(WHY)
    page.get_by_role("button", name="Split").click()
    assert "Only the assigned verifier decides" in page.content()
    # When the verifier splits it, then a new incident holds the second account and the first goes back to verification
    sign_in(page, live, "hr.1")
    page.goto(at)
    page.get_by_role("link", name="Split").click()
    check_accessible(page)
    check_narrow(page)
    shot(page, "gathering-split")
    page.get_by_role("button", name="Split").click()
    assert "Choose the reports that speak of the other event." in page.content()
    page.locator("input[name=reports]").nth(1).check()
    page.locator("input[name=base]").nth(1).check()
    page.get_by_label("The reports speak of different events").check()
    page.locator("#q-rationale").fill(WHY)
    page.get_by_role("button", name="Split").click()
    assert "is opened with the reports you chose" in page.content() and "Made by a split" in page.content()
    page.goto(at)
    assert "Under verification" in page.locator(".basis").inner_text()
    shot(page, "gathering-history")
    # When the split is taken back, then the incident is verified as before and both steps stay in the history
    page.get_by_role("link", name="Take back").click()
    check_accessible(page)
    check_narrow(page)
    page.get_by_label("Entered by mistake").check()
    page.locator("#q-rationale").fill("A slip of the hand. Synthetic.")
    page.get_by_role("button", name="Take back").click()
    assert "every report is where it was before" in page.content()
    assert "Verified" in page.locator(".basis").inner_text()
    assert page.locator("#gathered-title + ol > li").count() == 2


@pytest.mark.usefixtures("committed")
def test_two_incidents_of_one_event_are_joined_and_nothing_is_merged_away(live: str, browser_page: Page) -> None:
    # Given two incidents that speak of one event
    first, second, page = made("A-1", "A-2"), made("B-1"), browser_page
    # When an adviser looks, then the page says whose step it is
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/incidents/{first}/join/")
    assert "Incidents are verified by human rights and child protection." in page.content()
    # When the verifier joins them, then both stand side by side first
    sign_in(page, live, "hr.1")
    page.goto(f"{live}/m/carana/incidents/{first}/join/")
    page.get_by_label("The incident that stays").fill(second)
    page.get_by_role("button", name="Show side by side").click()
    check_accessible(page)
    check_narrow(page)
    shot(page, "gathering-join")
    page.get_by_label("Both speak of the same event").check()
    page.locator("#q-rationale").fill("Same night, same place. Synthetic.")
    page.get_by_role("button", name=f"Join to {second}").click()
    assert "is kept as its duplicate" in page.content()
    # Then the one that joined is a duplicate that leads to the one that stays, and keeps its decisions
    page.goto(f"{live}/m/carana/incidents/{first}/")
    assert page.get_by_role("link", name=second).count() and "Duplicate" in page.locator(".basis").inner_text()
    page.get_by_role("link", name="Take back").click()
    page.get_by_label("New information").check()
    page.locator("#q-rationale").fill("They were two nights. Synthetic.")
    page.get_by_role("button", name="Take back").click()
    assert "Under verification" in page.locator(".basis").inner_text()


@pytest.mark.usefixtures("committed")
def test_two_browsers_editing_at_once_lose_nothing(live: str, browser_page: Page, chromium: Browser) -> None:
    # Given two colleagues with the same coding open
    ref, page = made("A-1"), browser_page
    other = chromium.new_context(viewport=DESK, locale="en-GB").new_page()
    sign_in(page, live, "hr.1")
    sign_in(other, live, "swpa")
    for one in (page, other):
        one.goto(f"{live}/m/carana/incidents/{ref}/coding/")
    # When the first saves three women and the second four and another precision
    for one, women in ((page, "3"), (other, "4")):
        one.locator("[name=women]").fill(women)
        one.locator("[name=total]").fill("")
        if one is other:
            one.locator("[name=date_precision]").select_option("week") if one.locator("select[name=date_precision]").count() else one.locator("input[name=date_precision][value=week]").check()
        one.get_by_role("button", name="Correct the coding").click()
    assert "The coding is corrected" in page.content()
    # Then the second sees both versions: what both changed is theirs to choose, what they alone changed is proposed
    assert "/both/" in other.url and "What you typed is kept" in other.content()
    check_accessible(other)
    check_narrow(other)
    shot(other, "gathering-both")
    other.get_by_role("button", name="Settle").click()
    assert "Not yet settled" in other.content()
    other.locator("#take-women input[value=theirs]").check()
    other.get_by_role("button", name="Settle").click()
    assert "Settled." in other.content()
    text = other.content()
    assert "Week" in text or "week" in text
    other.context.close()
