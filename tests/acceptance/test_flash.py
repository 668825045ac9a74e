"""Friday 17:40, a phone call: alert and flash report from a phone in French over a poor line; then search and parties at a desk."""

import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from openmara.evidence import actions as evidence
from openmara.evidence.flash.models import Alert, Flash
from openmara.evidence.models import Incident, Report
from openmara.places.models import Settlement
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation
from tests.acceptance.browser import PHONE, _watched, check_accessible, check_narrow, keep, shot, sign_in
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.browser
POOR = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}  # a weak 2G/3G line


@pytest.fixture
def mission(committed: None) -> Mission:
    with acting("swpa", "carana"):
        found = Mission.objects.get(code="carana")
        make_areas_and_parties(found)
        Settlement.objects.create(mission=found, code="S01", name="Sureen", adm1="CR08", adm2="CR0801", adm3="")
        return found


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone of 360 pixels, in French, over a poor line."""
    context = chromium.new_context(viewport=PHONE, locale="fr-FR")  # type: ignore[arg-type]
    for page in _watched(context):
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", POOR)
        yield page


def opened(mission: Mission, reference: str, by: str = "swpa", **changes: object) -> tuple[str, str]:
    """(report, incident) of one account."""
    with acting(by, "carana") as person:
        office = Organisation.objects.get(code="hr_office")
        taken = evidence.take_in(by=person, mission=mission, organisation=office, accounts=[replace(account(reference), **changes)])  # type: ignore[arg-type]
        report = Report.objects.get(id=taken.added[0])
        return report.ref, evidence.open_incident(by=person, report=report).ref


def received(mission: Mission, reference: str, by: str) -> str:
    with acting(by, "carana") as person:
        taken = evidence.take_in(by=person, mission=mission, organisation=Organisation.objects.get(code="hr_office"), accounts=[account(reference)])
        return Report.objects.get(id=taken.added[0]).ref


def test_friday_evening_on_a_phone_in_french(live: str, phone: Page, mission: Mission) -> None:
    """Given a call at 17:40, when the adviser warns and reports, then no survivor detail, village, age or name leaves, and nobody is doubled."""
    sign_in(phone, live, "wpa")
    began = time.monotonic()
    phone.goto(f"{live}/m/carana/alerts/new/")
    # Refused first: what was suffered, and how many.
    phone.get_by_label("District").select_option("CR0801")
    phone.get_by_label("Attaque redoutée").check()
    phone.get_by_label("Dans les 24 heures").check()
    phone.get_by_label("Une phrase de plus").fill("Deux femmes ont été agressées près de Sureen")
    phone.get_by_role("button", name="Envoyer l’alerte").click()
    expect(phone.get_by_text("À retirer").first).to_be_visible()
    check_narrow(phone)
    shot(phone, "flash-alerte-refusee-360")
    phone.get_by_label("Une phrase de plus").fill("Des hommes armés se rassemblent au bord de la route.")
    phone.get_by_role("button", name="Envoyer l’alerte").click()
    expect(phone.get_by_role("heading", name="Attaque redoutée")).to_be_visible()
    assert time.monotonic() - began < 300, "five minutes of work"
    check_narrow(phone)
    check_accessible(phone)
    shot(phone, "flash-alerte-360")
    # The flash report: exact small counts; village and age are refused.
    phone.get_by_role("link", name="Rédiger le rapport éclair").click()
    phone.get_by_label("District").select_option("CR0801")
    phone.get_by_label("Viol", exact=True).check()
    phone.get_by_label("Femmes", exact=True).fill("2")
    phone.get_by_label("Filles", exact=True).fill("1")
    phone.get_by_label("Groupe armé").check()
    phone.get_by_label("Risque actuel").fill("Une fille de 14 ans a été vue à Sureen")
    phone.get_by_role("button", name="Enregistrer le projet").click()
    expect(phone.get_by_text("un âge").first).to_be_visible()
    shot(phone, "flash-projet-refuse-360")
    phone.get_by_label("Risque actuel").fill("La menace continue dans le district.")
    phone.get_by_role("button", name="Enregistrer le projet").click()
    expect(phone.get_by_role("heading", name="Rapport éclair")).to_be_visible()
    body = phone.content()
    assert "femmes 2" in body and "filles 1" in body and "Sureen" not in body and "14 ans" not in body
    expect(phone.get_by_text("L’auteur d’un rapport éclair ne le valide pas").or_(phone.get_by_text("est validé par la conseillère")).first).to_be_visible()
    check_narrow(phone)
    check_accessible(phone)
    shot(phone, "flash-projet-360")
    with acting("unpol.1", "carana"):
        assert Alert.objects.get().note and not Flash.objects.exists()


def test_it_is_cleared_by_another_sent_and_a_second_report_is_linked_not_doubled(live: str, browser_page: Page, mission: Mission) -> None:
    """Given an incident, when a second account comes in, then it is linked, and the flash report still counts the same people."""
    _report, ref = opened(mission, "A-1", by="wpa")
    second = received(mission, "A-2", by="hr.1")
    page = browser_page
    sign_in(page, live, "wpa")
    page.goto(f"{live}/m/carana/incidents/{ref}/")
    page.get_by_role("link", name="Flash report").last.click()
    expect(page.get_by_label("Women", exact=True)).to_have_value("2")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_text("The draft is kept")).to_be_visible()
    here = page.url
    assert not page.get_by_role("button", name="Clear").count(), "its author does not clear it"
    page.goto(f"{live}/m/carana/reports/?route=untriaged")
    page.get_by_role("link", name=second).click()
    shot(page, "report-near")
    page.get_by_role("button", name=f"Link to incident {ref}").click()
    expect(page.get_by_text(f"belongs to incident {ref} now")).to_be_visible()
    page.goto(f"{live}/m/carana/flash/new/?incident={ref}")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_text("speaks of this event already").first).to_be_visible()
    sign_in(page, live, "swpa")
    page.goto(here)
    expect(page.get_by_text("2 accounts speak of it; people are counted once")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Send to the addressees").click()
    shot(page, "flash-sent")
    check_accessible(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take my copy").click()
    content = taken.value.path().read_bytes()
    keep("flash.docx", content)
    made = Document(BytesIO(content))
    text = " ".join(cell.text for row in made.tables[0].rows for cell in row.cells)
    assert "women 2" in text and "Copy for swpa" in made.sections[0].header.paragraphs[0].text
    with acting("swpa", "carana"):
        assert Flash.objects.count() == 1 and Incident.objects.get(ref=ref).total == 2


def test_an_incident_is_found_by_words_and_the_question_is_kept(live: str, browser_page: Page, mission: Mission) -> None:
    """Given two incidents, when words are looked for, then they are in no address; and a view keeps codes."""
    _report, ref = opened(mission, "A-1", narrative_confidential="A crossing by night. Synthetic.")
    opened(mission, "A-2")
    page = browser_page
    sign_in(page, live, "gender")
    page.goto(f"{live}/m/carana/search/")
    expect(page.get_by_text(ref)).to_have_count(0)
    sign_in(page, live, "swpa")
    page.goto(f"{live}/m/carana/incidents/")
    shot(page, "search-box")
    page.get_by_label("Words in texts open to you").fill("crossing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="1 incident")).to_be_visible()
    assert "crossing" not in page.url
    page.get_by_label("Province").select_option("CR08")
    page.locator("form.filters").get_by_role("button", name="Search").click()
    check_accessible(page)
    check_narrow(page)
    page.get_by_text("Keep this question as a view").click()
    page.get_by_label("Name of the view").fill("The south")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="The south").click()
    assert "adm1=CR08" in page.url and "crossing" not in page.url
    expect(page.get_by_role("heading", name="2 incidents")).to_be_visible()
    shot(page, "search")


def test_a_party_is_looked_at_without_ranking_and_a_pattern_needs_two_people(live: str, browser_page: Page, mission: Mission) -> None:
    for number in (1, 2):
        _report, ref = opened(mission, f"A-{number}")
        with acting("swpa", "carana") as adviser:
            incident = Incident.objects.get(ref=ref)
            evidence.assign(by=adviser, incident=incident, to=type(adviser).objects.get(username="hr.2"))
        with acting("hr.2", "carana") as person:
            for status in ("under_verification", "verified"):
                evidence.decide(by=person, incident=Incident.objects.get(ref=ref), to_status=status, rationale="Credible. Synthetic.", standard_of_proof="reasonable_grounds_to_believe")
    page = browser_page
    sign_in(page, live, "unpol.1")
    page.goto(f"{live}/m/carana/parties/")
    expect(page.get_by_text("ICSC")).to_have_count(0)
    sign_in(page, live, "hr.1")
    page.goto(f"{live}/m/carana/parties/ICSC/")
    check_accessible(page)
    check_narrow(page)
    shot(page, "party")
    page.get_by_role("link", name="Assess a pattern").click()
    page.get_by_role("button", name="Keep the assessment").click()
    expect(page.get_by_text("Choose the verified incidents").first).to_be_visible()
    for box in page.locator("input[name=incidents]").all():
        box.check()
    page.get_by_label("Over time").check()
    page.get_by_label("Credible information on a pattern").check()
    page.get_by_label("Narrative").fill("The same district, within months, in the same way. Synthetic.")
    shot(page, "pattern-form")
    page.get_by_role("button", name="Keep the assessment").click()
    expect(page.get_by_text("Who wrote an assessment does not review it")).to_be_visible()
    here = page.url
    sign_in(page, live, "swpa")
    page.goto(here)
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_text("Reviewed").first).to_be_visible()
    expect(page.get_by_text("The decision rests with the Secretary-General.").first).to_be_visible()
    check_accessible(page)
    shot(page, "pattern")
