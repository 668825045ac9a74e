"""Journeys through reports, incidents and possible duplicates: by page, on a phone, in French, without script."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openmara import ROOT
from openmara.evidence import actions as evidence
from openmara.evidence.accounts import Account
from openmara.evidence.models import Incident, Link, Report
from openmara.interop import library
from openmara.linkage import actions as linkage
from openmara.places.actions import set_coverage
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.acceptance.browser import PHONE, check_accessible, check_narrow, shot, sign_in
from tests.cases import account

pytestmark = pytest.mark.browser
FILES = {"boundaries": ("places/adm1.geojson", "places/adm2.geojson"), "areas": ("places/adm3.csv",), "settlements": ("places/settlements.csv",), "parties": ("parties.toml",)}
PLACES = (("CR01", "CR0101"), ("CR01", "CR0103"), ("CR03", "CR0302"), ("CR05", "CR0501"), ("CR08", "CR0801"))
FORMS = (("rape",), ("gang_rape", "rape"), ("sexual_slavery",), ("attempted_rape", "forced_nudity"), ("threat_sv",))
BASES = ("survivor_adult", "not_required_aggregate")


def accounts(draw: random.Random, reference: str) -> Account:
    """One synthetic account of Carana."""
    first, second = draw.choice(PLACES)
    day = date(2026, 1, 5) + timedelta(days=draw.randrange(230))
    women, girls = draw.randrange(1, 6), draw.choice((0, 0, 1))
    return account(
        reference, date_from=day, date_to=day + timedelta(days=draw.choice((0, 0, 3))), date_reported=day + timedelta(days=draw.randrange(3, 30)),
        adm1=first, adm2=second, forms=draw.choice(FORMS), tally={"women": women, "girls": girls}, total=women + girls,
        number_estimated=draw.random() < 0.3, alleged_parties=draw.choice((("ICSC",), ("MPC",), ("CDF",), ())), child_protection_routed=True,
        source_category=draw.choice(("primary_victim", "primary_witness", "secondary")), source_type="oral_testimony", source_reliability="high",
        source_credibility="medium", place_type=draw.choice(("road", "market", "cultivated_field", "")), consent_basis=draw.choice(BASES),
        narrative_confidential="An account as the source gave it. Synthetic.",
    )  # fmt: skip


def retold(one: Account, reference: str) -> Account:
    """The same event as another office heard of it."""
    return replace(
        one, their_reference=reference, source_org_type="un_police", date_from=one.date_from + timedelta(days=1), date_to=one.date_to + timedelta(days=1),
        total=one.total + 1, tally=dict(one.tally) | {"women": (one.tally.get("women") or 0) + 1}, source_category="secondary",
        date_reported=one.date_reported + timedelta(days=2),
    )  # fmt: skip


def take(username: str, office: str, found: list[Account], mission: Mission) -> list[Report]:
    with acting(username, "carana") as person:
        taken = evidence.take_in(by=person, mission=mission, organisation=Organisation.objects.get(code=office), accounts=found)
        return list(Report.objects.filter(id__in=taken.added).order_by("their_reference"))


def verify(ref: str, number: int) -> None:
    with acting("hr.1", "carana") as person:
        found = Incident.objects.get(ref=ref)
        evidence.decide(by=person, incident=found, to_status="under_verification", rationale="")
        to = {0: "did_not_occur", 1: "reported_not_verified"}.get(number % 7)
        primary = Link.objects.filter(incident=found, report__sources__source_category__startswith="primary").exists()
        if number % 5 == 4 or (to is None and not primary):
            return
        evidence.decide(
            by=person, incident=found, to_status=to or "verified", rationale="Consistent accounts. Synthetic.", stated_on=date(2026, 10, 5),
            standard_of_proof="" if to else "reasonable_grounds_to_believe",
        )  # fmt: skip
        if not to and number % 2:
            party = found.perpetrators.first().party
            evidence.attribute(by=person, incident=found, party=party, status="verified" if party else "unknown", rationale="Uniforms and command known. Synthetic.")


@pytest.fixture
def carana(live: str) -> Iterator[str]:
    """Seventy incidents of Carana made through actions, some verified; reports of two offices; pairs looked for."""
    draw = random.Random(7)
    with acting("swpa", "carana") as adviser:
        mission = Mission.objects.get(code="carana")
        for kind, names in FILES.items():
            for name in names:
                library.load(by=adviser, mission=mission, kind=kind, content=(ROOT / "openmara/carana" / name).read_bytes())
    told = [accounts(draw, f"HR-{number:03}") for number in range(74)]
    with clock.set_to(datetime(2026, 10, 5, 9, 30, tzinfo=UTC), mission):
        reports = take("hr.2", "hr_office", told, mission)
        again = take("unpol.1", "police", [retold(one, f"POL-{number:03}") for number, one in enumerate(told[:30])], mission)
        with acting("swpa", "carana") as adviser:
            verifier = Person.objects.get(username="hr.1")
            opened = [evidence.open_incident(by=adviser, report=report) for report in reports[:70]]
            for number, incident in enumerate(opened):
                if number < 8:
                    evidence.link_report(by=adviser, report=again[number], incident=incident)
                if number < 55:
                    evidence.assign(by=adviser, incident=incident, to=verifier)
        for number, incident in enumerate(opened[:50]):
            verify(incident.ref, number)
        with acting("swpa", "carana") as adviser:
            linkage.find_candidates(by=adviser, mission=mission)
    yield live


def looked_at(page: Page, name: str) -> None:
    check_accessible(page)
    check_narrow(page)
    shot(page, name)


def on_phone(page: Page, name: str) -> None:
    before: Any = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    shot(page, name)
    page.set_viewport_size(before)


def test_a_verifier_finds_opens_and_decides_an_incident(browser_page: Page, carana: str) -> None:
    page = browser_page
    sign_in(page, carana, "hr.1")
    expect(page.locator("main")).to_contain_text("incidents for you to verify")
    page.get_by_role("link", name="Incidents", exact=True).first.click()
    expect(page.locator("table.data tbody tr")).to_have_count(50)
    looked_at(page, "incidents")
    on_phone(page, "incidents-phone")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("table.data tbody tr")).to_have_count(20)
    page.get_by_role("link", name="Previous").click()
    page.get_by_label("Status").select_option("open")
    page.get_by_label("Verifier").select_option("me")
    page.get_by_role("button", name="Show").click()
    assert "status=open" in page.url and "assigned=me" in page.url
    looked_at(page, "incidents-mine")
    page.goto(f"{carana}/m/carana/incidents/?party=UIAM&status=late")
    expect(page.locator("main")).to_contain_text("No incident fits these filters.")
    looked_at(page, "incidents-empty")
    page.goto(f"{carana}/m/carana/incidents/?assigned=me&status=under_verification")
    page.locator("table.data tbody a").first.click()
    looked_at(page, "incident")
    on_phone(page, "incident-phone")
    page.get_by_role("link", name="Evidence, decision and attribution").click()
    looked_at(page, "verify")
    page.get_by_role("radio", name="Found not to have occurred").check()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a reason that fits this decision.")
    looked_at(page, "verify-refused")
    on_phone(page, "verify-refused-phone")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.locator("#q-reason_code")).to_be_in_viewport()
    page.locator("[name=reason_code]").select_option("found_untrue")
    page.locator("#q-rationale").fill("The place was empty at that time. Synthetic.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator("main")).to_contain_text("The decision is recorded.")
    looked_at(page, "incident-decided")


def test_an_adviser_sees_accounts_side_by_side_and_corrects_the_coding(browser_page: Page, carana: str) -> None:
    page = browser_page
    sign_in(page, carana, "swpa")
    with acting("swpa", "carana"):
        link = Link.objects.filter(opened_incident=False, undone_at=None).select_related("incident").order_by("made_at").first()
        assert link is not None
        ref = link.incident.ref
    page.goto(f"{carana}/m/carana/incidents/{ref}/")
    expect(page.locator("main")).to_contain_text("differs")
    looked_at(page, "incident-accounts")
    page.get_by_role("link", name="Correct the coding").click()
    looked_at(page, "coding")
    on_phone(page, "coding-phone")
    page.get_by_label("Women").fill("1")
    page.get_by_label("Total", exact=True).fill("9")
    page.get_by_role("button", name="Correct the coding").click()
    expect(page.get_by_role("alert")).to_contain_text("The groups add up to")
    looked_at(page, "coding-refused")
    page.goto(f"{carana}/m/carana/incidents/{ref}/text/")
    looked_at(page, "text")


def test_an_account_is_written_on_a_sheet_without_script(without_script: Page, carana: str) -> None:
    page = without_script
    with acting("swpa", "carana") as person:
        set_coverage(by=person, mission=person.active_mission, adm2="CR0103", health="yes", psychosocial="yes", as_of=date(2026, 9, 1))  # type: ignore[attr-defined]  # carried
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/incidents/new/")
    shot(page, "new")
    check_narrow(page)
    on_phone(page, "new-phone")
    page.get_by_label("What it concerns").select_option("crsv")
    page.get_by_label("The link in words").fill("Kept while errors are mended. Synthetic.")
    page.get_by_role("button", name="Record and open an incident").click()
    expect(page.get_by_role("alert")).to_contain_text("Forms of violence")
    expect(page.locator("#q-nexus_note")).to_have_value("Kept while errors are mended. Synthetic.")
    shot(page, "new-refused")
    page.get_by_label("Kind of organisation").select_option("un_civilian")
    page.get_by_label("First day").fill("2026-09-02")
    page.get_by_label("How exact", exact=False).first.select_option("day")
    page.get_by_label("Day it was reported").fill("2026-09-10")
    page.get_by_label("District", exact=False).first.select_option("CR0103")
    page.get_by_label("How exact is the place").select_option("adm2")
    page.get_by_label("Women").fill("2")
    page.get_by_role("checkbox", name="Rape", exact=True).check()
    page.locator("#q-nexus_direct").get_by_role("checkbox", name="Causal").check()
    page.locator("#q-alleged_parties").get_by_role("checkbox", name="Unknown").check()
    page.locator("select[name=number_estimated]").select_option("no")
    page.locator("select[name=source_category]").select_option("primary_witness")
    page.locator("select[name=consent_basis]").select_option("not_obtainable_no_interview")
    page.get_by_role("button", name="Record and open an incident").click()
    expect(page.locator("main")).to_contain_text("opened.")
    expect(page.locator("h1")).to_contain_text("Incident")


def test_the_sheet_is_accessible_with_its_errors(browser_page: Page, carana: str) -> None:
    sign_in(browser_page, carana, "hr.1")
    browser_page.goto(f"{carana}/m/carana/incidents/new/")
    check_accessible(browser_page)
    browser_page.get_by_role("button", name="Record", exact=True).click()
    looked_at(browser_page, "new-errors")


def test_triage_on_the_report_page(browser_page: Page, carana: str) -> None:
    page = browser_page
    sign_in(page, carana, "swpa")
    page.goto(f"{carana}/m/carana/reports/?route=untriaged")
    looked_at(page, "reports")
    on_phone(page, "reports-phone")
    page.locator("table.data tbody a").first.click()
    looked_at(page, "report")
    on_phone(page, "report-phone")
    page.get_by_role("button", name="Gender-based violence, context only").click()
    expect(page.locator("main")).to_contain_text("Gender-based violence, context only")
    looked_at(page, "report-routed")
    expect(page.locator("main")).to_contain_text("Change the decision")


def test_possible_duplicates_are_judged_by_keyboard_and_undone(browser_page: Page, carana: str) -> None:
    page = browser_page
    sign_in(page, carana, "hr.1")
    page.goto(f"{carana}/m/carana/duplicates/")
    looked_at(page, "duplicates")
    on_phone(page, "duplicates-phone")
    page.get_by_role("button", name="Yes, one incident").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The judgement is recorded")
    looked_at(page, "duplicate-judged")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("The judgement is undone")


def test_every_page_speaks_french(browser_page: Page, carana: str) -> None:
    page = browser_page
    sign_in(page, carana, "hr.1")
    page.get_by_role("button", name="Français").click()
    with acting("hr.1", "carana"):
        incident = Incident.objects.filter(verification_status="under_verification", assigned_to__username="hr.1").first()
        report = Report.objects.filter(route="untriaged").first()
        assert incident is not None and report is not None
    for path, name in (
        ("incidents/", "incidents-fr"), (f"incidents/{incident.ref}/", "incident-fr"), (f"incidents/{incident.ref}/verify/", "verify-fr"),
        (f"incidents/{incident.ref}/coding/", "coding-fr"), ("incidents/new/", "new-fr"), ("reports/", "reports-fr"),
        (f"reports/{report.ref}/", "report-fr"), ("duplicates/", "duplicates-fr"),
    ):  # fmt: skip
        page.goto(f"{carana}/m/carana/{path}")
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        looked_at(page, name)
