"""Triage in a browser: a route with the definition beside it, conduct of United Nations personnel, where interviewing stops."""

import pytest
from playwright.sync_api import Page

from openmara.evidence import actions
from openmara.evidence.models import Incident, Report, SeaRouting
from openmara.evidence.triage.models import SeaDraft
from openmara.places.actions import set_coverage
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation
from tests.acceptance.browser import PHONE, check_accessible, check_narrow, shot, sign_in
from tests.cases import account, make_areas_and_parties

BASE = "/m/carana/"


@pytest.fixture
def told(live: str) -> dict[str, str]:
    """Given three accounts of the office, the second of them an incident already."""
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
        office = Organisation.objects.get(code="hr_office")
        accounts = [account(f"A-{number}", narrative_confidential=f"Words {number}. Synthetic.") for number in (1, 2, 3)]
        actions.take_in(by=by, mission=mission, organisation=office, accounts=accounts)
        actions.open_incident(by=by, report=Report.objects.get(their_reference="A-2"))
        return dict(Report.objects.values_list("their_reference", "ref"))


def seen(page: Page) -> tuple[str, str]:
    """What the incident list and the dashboard say now."""
    words = []
    for address in ("incidents/", "dashboard/"):
        page.goto(page.url.split("/m/")[0] + BASE + address)
        words.append(page.locator("main").inner_text())
    return words[0], words[1]


def test_a_report_gets_its_route_in_four_taps_on_a_phone(browser_page: Page, live: str, told: dict[str, str]) -> None:
    page = browser_page
    # Given a WPA on a phone who begins at home
    page.set_viewport_size(PHONE)
    sign_in(page, live, "wpa")
    page.goto(f"{live}{BASE}")
    # When she sends one report on: three taps, the words of the account never loaded
    page.get_by_role("link", name="reports to triage").first.click()
    page.get_by_role("link", name=told["A-1"]).click()
    assert "Rape, sexual slavery" in page.content() and "Words 1" not in page.content()
    check_accessible(page)
    check_narrow(page)
    shot(page, "triage-phone")
    page.get_by_role("button", name="Gender-based violence, context only").click()
    # Then the decision stands with the wording and its author, and changes with a reason only
    assert "Current wording" in page.content() and "wpa" in page.locator("#triage-title ~ .notice").first.inner_text()
    page.get_by_role("button", name="Out of scope").click()
    assert "Say why the earlier decision changes" in page.content()
    page.get_by_label("Why the decision changes").fill("No link and no violence of this kind.")
    page.get_by_role("button", name="Out of scope").click()
    page.get_by_text("Decisions of triage (2)").click()
    assert "No link and no violence" in page.content()
    # And she is led to the next that waits; what belongs here opens an incident with the links ticked beside the definition
    page.get_by_role("link", name="Next report to triage").click()
    assert page.url.endswith(f"/reports/{told['A-3']}/")
    page.get_by_label("Temporal (direct)").check()
    page.get_by_role("button", name="Open an incident from it").click()
    with acting("swpa", "carana"):
        assert sorted(Incident.objects.order_by("-recorded_at").first().nexus_types) == ["causal:direct", "temporal:direct"]


def test_conduct_of_united_nations_personnel_leaves_everything_but_the_writers_draft(browser_page: Page, live: str, told: dict[str, str]) -> None:
    page = browser_page
    # Given the adviser halfway through triage of A-1, and the counts as they are
    sign_in(page, live, "swpa")
    before = seen(page)
    page.goto(f"{live}{BASE}reports/{told['A-1']}/")
    page.get_by_role("button", name="Open an incident from it").click()
    assert seen(page)[0] != before[0]
    # When it turns out that United Nations personnel is alleged
    page.goto(f"{live}{BASE}reports/{told['A-1']}/")
    page.get_by_role("link", name="United Nations personnel: to the conduct channel").click()
    assert "You must report it yourself, today." in page.content() and "Office of Internal Oversight" in page.content()
    assert "Services, whatever becomes of the allegation" in page.content()
    check_accessible(page)
    check_narrow(page)
    shot(page, "sea-before")
    page.get_by_role("button", name="Take it out and make the draft").click()
    # Then the draft is hers alone and nothing else is left
    assert "Words 1. Synthetic." in page.content()
    address = page.url
    check_accessible(page)
    check_narrow(page)
    shot(page, "sea-draft")
    assert page.goto(f"{live}{BASE}reports/{told['A-1']}/").status == 404
    page.goto(f"{live}{BASE}")
    assert "draft for the conduct channel waits" in page.content()
    sign_in(page, live, "hr.1")
    assert page.goto(address).status == 404
    page.goto(f"{live}{BASE}")
    assert "conduct channel" not in page.content()
    # And the counts are what they were: the emptied incident is out of scope, of no class that is counted
    with acting("swpa", "carana"):
        counted = Incident.objects.filter(record_class="crsv").count()
        assert (counted, SeaRouting.objects.count(), SeaDraft.objects.count()) == (1, 1, 1)
    sign_in(page, live, "swpa")
    assert seen(page) == before
    # And the receipt erases the draft; the notice alone remains
    page.goto(address)
    page.get_by_role("button", name="Record the receipt and erase").click()
    assert "Write the reference the channel gave you." in page.content()
    page.get_by_label("Reference the channel gave you").fill("CDT-26-0117")
    page.get_by_role("button", name="Record the receipt and erase").click()
    assert "the routing notice alone remains" in page.content()
    assert page.goto(address).status == 404
    with acting("swpa", "carana"):
        assert SeaDraft.objects.count() == 0 and SeaRouting.objects.get().receipt_reference == "CDT-26-0117"


def test_a_mixed_account_is_taken_apart(browser_page: Page, live: str, told: dict[str, str]) -> None:
    page = browser_page
    # Given an account of two people, of which one part concerns United Nations personnel
    sign_in(page, live, "swpa")
    page.goto(f"{live}{BASE}reports/{told['A-3']}/conduct/")
    page.get_by_role("link", name="Only a part of it concerns United Nations personnel").click()
    check_accessible(page)
    check_narrow(page)
    # When the part that stays is coded again
    page.locator("#q-women").fill("1")
    page.locator("#q-total").fill("1")
    page.get_by_role("button", name="Keep this part, make the rest a draft").click()
    # Then it is a report that waits for triage, without the words, and the account is the draft
    assert "keeps the part that belongs here" in page.content() and "Words 3. Synthetic." in page.content()
    with acting("swpa", "carana") as by:
        assert by and not Report.objects.filter(ref=told["A-3"]).exists()
        kept = Report.objects.exclude(their_reference__in=["A-1", "A-2"]).get()
        assert (kept.total, kept.women, kept.route, kept.organisation.code) == (1, 1, "untriaged", "hr_office")


def test_where_nobody_can_be_referred_interviewing_stops_and_recording_does_not(browser_page: Page, live: str, told: dict[str, str]) -> None:
    page = browser_page
    # Given a district without a clinic, and a writer who has not taken the modules
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        set_coverage(by=by, mission=mission, adm2="CR0101", health="no", psychosocial="yes", as_of=clock.today())
    sign_in(page, live, "wpa.cr01")
    page.goto(f"{live}{BASE}incidents/new/?adm2=CR0101")
    # Then the full sheet is closed, with the reasons and what to do
    text = page.locator("main").inner_text()
    assert "Do not interview" in text and "No health care" in text and "Module not completed: Murad Code." in text
    assert page.get_by_role("button", name="Record and open an incident").count() == 0
    check_accessible(page)
    check_narrow(page)
    shot(page, "gate-stopped")
    # When what came in is handed over on the short form
    page.get_by_role("link", name="Hand over what came in: short form").click()
    check_accessible(page)
    check_narrow(page)
    page.get_by_role("button", name="Hand over").click()
    assert "Something needs your attention" in page.content()
    page.locator("#q-date_from").fill("2026-07-03")
    page.locator("#q-adm1").select_option("CR01")
    page.locator("#q-adm2").select_option("CR0101")
    page.locator("input[name=forms][value=rape]").check()
    page.locator("#q-women").fill("30")
    page.locator("input[name=alleged_parties][value=ICSC]").check()
    page.locator("#q-source_org_type").select_option("local_ngo") if page.locator("#q-source_org_type option[value=local_ngo]").count() else page.locator("#q-source_org_type").select_option(index=1)
    page.locator("#q-information").select_option("yes")
    page.locator("#q-referral").select_option("not_asked")
    shot(page, "short-form")
    page.get_by_role("button", name="Hand over").click()
    # Then it is a report: accepted, without words or typed consent, and opened as an incident by its links
    assert "is kept." in page.content() and "Taken in on the short form" in page.content()
    shot(page, "short-report")
    with acting("swpa", "carana") as by:
        kept = Report.objects.get(short_form=True)
        assert (kept.total, kept.consent.basis, kept.consent.scope) == (30, "not_obtainable_no_interview", [])
        assert actions.open_incident(by=by, report=kept, nexus_types=["causal:direct"]).total == 30


def test_coverage_and_modules_are_set_on_their_pages(browser_page: Page, live: str, told: dict[str, str]) -> None:
    page = browser_page
    # Given a reader who may not set it, then the adviser
    sign_in(page, live, "hr.1")
    page.goto(f"{live}{BASE}coverage/")
    assert page.get_by_role("button", name="Set").count() == 0
    sign_in(page, live, "swpa")
    page.goto(f"{live}{BASE}coverage/")
    check_accessible(page)
    check_narrow(page)
    page.locator("#q-adm2").select_option("CR0801")
    page.locator("#q-health").select_option("no")
    page.locator("#q-psychosocial").select_option("yes")
    page.get_by_role("button", name="Set").click()
    assert "The coverage of CR0801 is set." in page.content()
    page.get_by_role("link", name="CR0801").click()
    assert "now and before" in page.content()
    shot(page, "coverage")
