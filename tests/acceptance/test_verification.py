"""Journeys of verification: two sources, a second person, a third who releases; by reference; taken back; three signatures; a late case."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from openmara.evidence import actions as evidence
from openmara.evidence.models import Incident, Report
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.acceptance.browser import check_accessible, check_narrow, shot, sign_in
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.browser
HOME = "/m/carana/"


def take(mission: Mission, username: str, office: str, reference: str, **changes: object) -> str:
    with acting(username, "carana") as person:
        said = account(reference, **changes)
        done = evidence.take_in(by=person, mission=mission, organisation=Organisation.objects.get(code=office), accounts=[said])
        return Report.objects.get(id=done.added[0]).ref


def open_from(*reports: str, verifier: str = "hr.1") -> str:
    with acting("swpa", "carana") as adviser:
        incident = evidence.open_incident(by=adviser, report=Report.objects.get(ref=reports[0]))
        for ref in reports[1:]:
            evidence.link_report(by=adviser, report=Report.objects.get(ref=ref), incident=incident)
        if verifier:
            evidence.assign(by=adviser, incident=incident, to=Person.objects.get(username=verifier))
        return incident.ref


def decide(ref: str, *steps: str) -> None:
    with acting("hr.1", "carana") as person:
        for step in steps:
            standard = "reasonable_grounds_to_believe" if step == "verified" else ""
            evidence.decide(by=person, incident=Incident.objects.get(ref=ref), to_status=step, rationale="Accounts agree. Synthetic.", standard_of_proof=standard)


@pytest.fixture
def mission(live: str) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        found = Mission.objects.get(code="carana")
        make_areas_and_parties(found)
    yield found


def looked_at(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, f"verification-{name}")


def as_person(page: Page, live: str, username: str, path: str) -> None:
    page.context.clear_cookies()
    sign_in(page, live, username)
    page.goto(f"{live}{HOME}{path}")


def test_two_sources_a_second_person_and_a_third_who_releases(live: str, mission: Mission, browser_page: Page) -> None:
    """Given two second-hand accounts of two offices, when one origin is judged, then nobody verifies; undone, a second person does, a third releases."""
    page = browser_page
    ref = open_from(
        take(mission, "hr.2", "hr_office", "A-1", source_category="secondary", source_reliability="high"),
        take(mission, "unpol.1", "police", "B-1", source_category="secondary", source_org_type="un_police"),
    )
    decide(ref, "under_verification")
    as_person(page, live, "hr.2", f"incidents/{ref}/verify/")  # who alone reported may not, and is not the verifier
    expect(page.get_by_role("button", name="Record the decision")).to_have_count(0)
    as_person(page, live, "hr.1", f"incidents/{ref}/")
    page.get_by_text("Accounts of one origin").click()
    page.get_by_role("button", name="Are of one origin").click()
    expect(page.get_by_text("The two accounts count as one source now.")).to_be_visible()
    page.goto(f"{live}{HOME}incidents/{ref}/verify/")
    fill_verified(page)
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_be_visible()
    page.goto(f"{live}{HOME}incidents/{ref}/")
    page.get_by_role("button", name="Take back", exact=False).first.click()
    page.goto(f"{live}{HOME}incidents/{ref}/verify/")
    looked_at(page, "decide")
    fill_verified(page)
    expect(page.get_by_text("The decision is recorded.")).to_be_visible()
    expect(page.get_by_role("button", name="Release", exact=True)).to_have_count(0)  # not by the verifier
    as_person(page, live, "swpa", f"incidents/{ref}/")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("Released for use at person level by")).to_be_visible()
    looked_at(page, "released")


def fill_verified(page: Page) -> None:
    page.locator("input[name=to_status][value=verified]").check()
    page.locator("input[name=standard_of_proof][value=reasonable_grounds_to_believe]").check()
    page.locator("textarea[name=rationale]").first.fill("Both accounts agree in what matters. Synthetic.")
    page.get_by_role("button", name="Record the decision").click()


def test_human_rights_verifies_by_reference_and_types_nothing_twice(live: str, mission: Mission, browser_page: Page) -> None:
    """Given incidents known on the short form, when a list of the body's decisions is pasted, then wrong lines are named and nothing is half recorded."""
    page = browser_page
    plain = {"source_category": "", "consent_basis": "", "consent_scope": (), "narrative_shareable": ""}
    refs = [open_from(take(mission, "hr.2", "hr_office", f"A-{number}", **plain), verifier="") for number in (1, 2)]
    as_person(page, live, "unpol.1", "incidents/by-reference/")
    expect(page.get_by_role("heading", name="Verification by reference")).to_have_count(0)
    as_person(page, live, "hr.1", "incidents/by-reference/")
    good = "\n".join(f"{ref};HR-2026-{number};2026-07-20;reasonable_grounds_to_believe;verified" for number, ref in enumerate(refs, start=1))
    page.locator("#rows").fill(good + "\nzzzzzzzz;HR-2026-3;2026-07-20;reasonable_grounds_to_believe;verified")
    page.get_by_role("button", name="Check, record nothing").click()
    expect(page.get_by_text("Nothing is recorded: some lines do not fit.")).to_be_visible()
    expect(page.get_by_role("button", name="Record all lines")).to_have_count(0)
    looked_at(page, "by-reference-refused")
    page.locator("#rows").fill(good)
    page.get_by_role("button", name="Check, record nothing").click()
    page.get_by_role("button", name="Record all lines").click()
    expect(page.get_by_text("Taken over: 2.")).to_be_visible()
    page.goto(f"{live}{HOME}incidents/{refs[0]}/")
    expect(page.get_by_text("HR-2026-1")).to_be_visible()


def test_taking_back_shows_first_what_it_reaches(live: str, mission: Mission, browser_page: Page) -> None:
    """Given a late case, when its verification is to be taken back, then quarters and accounts are shown, a reason is required, and it is marked."""
    page = browser_page
    with clock.set_to(datetime(2026, 3, 31, 12, tzinfo=UTC), mission):
        day = date(2026, 3, 31)
        ref = open_from(take(mission, "hr.2", "hr_office", "A-1", date_from=day, date_to=day, date_reported=day))
        decide(ref, "under_verification")
    with clock.set_to(datetime(2026, 4, 1, 9, tzinfo=UTC), mission):
        decide(ref, "verified")
    as_person(page, live, "hr.1", f"incidents/{ref}/")
    expect(page.get_by_role("row", name="2026").filter(has_text="verified late").first).to_be_visible()
    looked_at(page, "late")
    page.get_by_role("link", name="Take the verification back").click()
    expect(page.get_by_role("heading", name="What it reaches")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="verified late")).to_have_count(1)
    looked_at(page, "retract")
    page.locator("main").get_by_role("button", name="Take the verification back").click()
    expect(page.get_by_text("Choose a reason that fits this decision.").first).to_be_visible()
    page.locator("input[name=to_status][value=did_not_occur]").check()
    page.locator("select[name=reason_code]").select_option("found_untrue")
    page.locator("main").get_by_role("button", name="Take the verification back").click()
    expect(page.get_by_text("The verification is taken back.", exact=False)).to_be_visible()
    expect(page.get_by_text("Only what is verified can be released.")).to_be_visible()


def test_three_people_sign_one_quarter(live: str, mission: Mission, browser_page: Page) -> None:
    """Given verified cases of a quarter, when figures differ, then nobody signs before each is explained; three sign; it is closed."""
    page = browser_page
    with clock.set_to(datetime(2026, 9, 20, 9, tzinfo=UTC), mission):
        ref = open_from(take(mission, "hr.2", "hr_office", "A-1", tally={"women": 1, "girls": 1}, child_protection_routed=True))
        decide(ref, "under_verification", "verified")
    as_person(page, live, "gender", "reconciliation/")
    expect(page.get_by_role("button", name="Open a sheet")).to_have_count(0)
    as_person(page, live, "swpa", "reconciliation/")
    page.locator("#q-quarter").fill("2026Q3")
    page.get_by_role("button", name="Open a sheet").click()
    expect(page.get_by_role("heading", name="By province")).to_be_visible()
    page.get_by_role("link", name="Rape and attempts, CR08").click()
    page.locator("#q-human_rights").fill("1")
    page.get_by_role("button", name="Keep this cell").click()
    expect(page.get_by_text("A difference needs a reason and a few words.").first).to_be_visible()
    page.locator("#q-reason_code").select_option("not_yet_verified")
    page.locator("#q-words").fill("One of the two is still being checked there.")
    page.get_by_role("button", name="Keep this cell").click()
    expect(page.get_by_text("The cell is kept.")).to_be_visible()
    looked_at(page, "reconciliation")
    address = page.url.removeprefix(f"{live}{HOME}").partition("?")[0]
    for who, body in (("swpa", "Senior"), ("hr.1", "Human rights"), ("cp.1", "Child protection")):
        as_person(page, live, who, address)
        page.get_by_role("button", name=f"Sign for: {body}", exact=False).click()
    expect(page.get_by_text("signed by three, closed").first).to_be_visible()
    expect(page.get_by_role("button", name="Take my signature back")).to_have_count(0)
    looked_at(page, "signed")
    as_person(page, live, "hr.1", "incidents/backlog/")
    looked_at(page, "backlog")
