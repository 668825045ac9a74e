"""The sheet of one account and the report page: refused first, then works, then audited."""

from collections.abc import Iterator

import pytest
from django.test import Client

from openmara.evidence.models import Incident, Report, ReportText, SeaRouting
from openmara.evidence.triage.models import SeaDraft
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

from .desk import BASE, body, events, opened, received, signed_in

pytestmark = pytest.mark.django_db
NEW = BASE + "incidents/new/"


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def sheet(**changes: object) -> dict[str, object]:
    return {
        "their_reference": "S-1", "source_org_type": "un_civilian", "record_class": "crsv", "classification": "confidential",
        "date_from": "2026-07-03", "date_precision": "day", "date_reported": "2026-07-09", "adm1": "CR08", "adm2": "CR0801",
        "location_precision": "adm2", "forms": ["rape"], "women": "2", "adults_not_split": "1", "nexus_direct": ["causal"],
        "nexus_note": "Fighters present. Synthetic.", "alleged_parties": ["ICSC"], "source_category": "primary_victim",
        "number_estimated": "no", "consent_basis": "survivor_adult",
    } | changes  # fmt: skip


def stored() -> int:
    with acting("swpa", "carana"):
        return Report.objects.count()


def test_it_asks_for_sign_in_first(mission: Mission) -> None:
    for answer in (Client().get(NEW), Client().post(NEW, sheet()), Client().get(BASE + "reports/00000000/"), Client().post(BASE + "reports/00000000/")):
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    assert stored() == 0


def test_to_a_stranger_there_is_no_such_page(mission: Mission) -> None:
    ref = received(mission)
    client = signed_in("stranger")
    assert client.get(NEW).status_code == client.post(NEW, sheet()).status_code == 404
    for send in (client.get, client.post):
        there, absent = send(f"{BASE}reports/{ref}/"), send(BASE + "reports/00000000/")
        assert there.status_code == absent.status_code == 404 and body(there) == body(absent)


def test_it_refuses_a_role_that_does_not_report_and_says_why(mission: Mission) -> None:
    client = signed_in("gender")
    for answer in (client.get(NEW), client.post(NEW, sheet())):
        assert answer.status_code == 403 and "Your role does not include it" in answer.content.decode()
    assert client.get(f"{BASE}reports/{received(mission)}/").status_code == 403
    assert stored() == 1


def test_an_account_is_kept_and_can_open_an_incident_at_once(mission: Mission) -> None:
    client = signed_in("hr.1")
    page = client.get(NEW).content.decode()
    assert 'value="p-' in page and "Human rights office" in page and "CR0801 (CR08)" in page
    kept = client.post(NEW, sheet(then="keep"), follow=True).content.decode()
    assert "is kept." in kept and "Waits for triage" in kept
    both = client.post(NEW, sheet(their_reference="", then="open"), follow=True).content.decode()
    assert "opened." in both and "What is known" in both
    with acting("hr.1", "carana"):
        report = Report.objects.get(their_reference="S-1")
        assert (report.women, report.adult_unknown, report.total, report.nexus_types) == (2, 1, 3, ["causal:direct"])
        assert Incident.objects.count() == 1 and Report.objects.filter(their_reference__startswith="p-").count() == 1
    assert {"evidence:report:take_in", "evidence:incident:open"} <= set(events())


def test_the_police_record_an_account_and_are_not_offered_an_incident(mission: Mission) -> None:
    client = signed_in("unpol.1")
    assert "Record and open an incident" not in client.get(NEW).content.decode()
    assert client.post(NEW, sheet(then="open")).status_code == 403
    assert stored() == 0  # neither of the two
    assert client.post(NEW, sheet(source_org_type="un_police")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date_from": "2099-01-01", "date_reported": "2099-01-02"}, "This date lies in the future."),
        ({"date_from": "yesterday"}, "date"),
        ({"women": "-2"}, "between 0 and"),
        ({"women": "two"}, "number"),
        ({"women": "", "adults_not_split": ""}, "Say how many people"),
        ({"total": "9"}, "The groups add up to 3"),
        ({"forms": []}, "q-forms"),
        ({"forms": ["nonsense"]}, "q-forms"),
        ({"alleged_parties": []}, "q-alleged_parties"),
        ({"alleged_parties": ["XYZ"]}, "Not a party"),
        ({"nexus_direct": []}, "at least one link"),
        ({"girls": "1"}, "child protection must have been told first"),
        ({"adm1": "", "adm2": ""}, "q-adm1"),
        ({"adm1": "CR01"}, "does not lie in"),
        ({"settlement": "nowhere"}, "Not a settlement"),
        ({"narrative_shareable": "Reach me at a@example.org"}, "Seems to name or locate a person"),
        ({"nexus_note": "x" * 10_001}, "10"),
        ({"record_class": "merge"}, "q-record_class"),
    ],
)
def test_an_error_is_named_at_its_field_and_nothing_typed_is_lost(mission: Mission, changes: dict[str, object], said: str) -> None:
    answer = signed_in("hr.1").post(NEW, sheet(**{"narrative_confidential": "Typed words. Synthetic."} | changes))
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and "Typed words. Synthetic." in text and 'value="S-1"' in text
    first = text.index("error-summary")
    for name in changes:
        if name not in ("adm2", "adults_not_split", "date_reported", "girls"):
            assert f'href="#q-{name}"' in text[first:] or said in text[first:]
    assert stored() == 0


def test_the_province_follows_from_the_district(mission: Mission) -> None:
    assert signed_in("hr.1").post(NEW, sheet(adm1="")).status_code == 302


def test_the_same_reference_with_other_content_is_refused_and_keeps_what_was_typed(mission: Mission) -> None:
    client = signed_in("hr.1")
    client.post(NEW, sheet())
    for changes, said in (({}, "This account is kept already, as report"), ({"women": "5"}, "was sent before with other content")):
        answer = client.post(NEW, sheet(**changes))
        assert answer.status_code == 422 and said in answer.content.decode()
    assert stored() == 1


def test_with_sea_nothing_of_the_sheet_is_kept_but_a_draft_and_a_routing_notice(mission: Mission) -> None:
    client = signed_in("hr.1")
    assert "Nothing of this sheet becomes a report" in client.get(NEW).content.decode()
    answer = client.post(NEW, {"record_class": "sea_route", "narrative_confidential": "What came in. Synthetic."}, follow=True)
    assert "a draft that is yours alone" in answer.content.decode() and "What came in. Synthetic." in answer.content.decode()
    with acting("swpa", "carana"):
        assert SeaRouting.objects.count() == 1 and Report.objects.count() == 0 and ReportText.objects.count() == 0
        assert SeaDraft.objects.count() == 0  # somebody else's is not there
    assert "evidence:report:route_sea" in events()


def test_below_class_s4_the_notice_alone_is_kept_and_the_writer_is_sent_to_the_channel(mission: Mission) -> None:
    answer = signed_in("unpol.1").post(NEW, {"record_class": "sea_route", "narrative_confidential": "What came in."}, follow=True)
    assert "Go to the conduct channel yourself" in answer.content.decode()
    with acting("swpa", "carana"):
        assert SeaRouting.objects.count() == 1 and Report.objects.count() == 0


def report_page(ref: str) -> str:
    return f"{BASE}reports/{ref}/"


def test_triage_opens_links_and_sends_on(mission: Mission) -> None:
    client = signed_in("hr.1")
    first, second, third = received(mission, "A-1"), received(mission, "A-2"), received(mission, "A-3")
    page = client.get(report_page(first)).content.decode()
    assert "shown as context, never counted as conflict-related" in page and "3 Jul 2026" in page
    assert events()[-1] == "evidence:report:open_file"
    client.post(report_page(first), {"do": "open", "nexus_note": "Seen by two. Synthetic."})
    with acting("hr.1", "carana"):
        incident = Incident.objects.get()
    assert client.post(report_page(second), {"do": "link", "incident": incident.ref}).status_code == 302
    assert client.post(report_page(third), {"do": "route", "route": "gbv_context"}).status_code == 302
    with acting("hr.1", "carana"):
        assert dict(Report.objects.values_list("their_reference", "route")) == {"A-1": "crsv", "A-2": "crsv", "A-3": "gbv_context"}
        assert incident.links.count() == 2
    assert {"evidence:incident:open", "evidence:report:link", "evidence:report:route"} <= set(events())
    assert "This report belongs to an incident already." in client.get(report_page(first)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose one."),
        ({"do": "route"}, "Choose one."),
        ({"do": "route", "route": "untriaged"}, "The report is there already."),
        ({"do": "route", "route": "crsv"}, "Choose one."),
        ({"do": "link", "incident": "00000000"}, "There is no such incident"),
        ({"do": "link", "incident": "\0"}, "There is no such incident"),
    ],
)
def test_refused_triage_says_why_in_place(mission: Mission, sent: dict[str, str], said: str) -> None:
    ref = received(mission)
    answer = signed_in("hr.1").post(report_page(ref), sent)
    assert answer.status_code == 422 and said in answer.content.decode()
    with acting("hr.1", "carana"):
        assert Report.objects.get().route == "untriaged"


def test_sea_is_handed_over_by_the_advisers_alone_and_erases_the_report(mission: Mission) -> None:
    ref = received(mission)
    channel = report_page(ref) + "conduct/"
    assert "Only the women’s protection advisers" in signed_in("hr.1").get(report_page(ref)).content.decode()
    assert signed_in("hr.1").post(channel).status_code == 403
    assert "yours is lower" in signed_in("wpa").get(channel).content.decode() and signed_in("wpa").post(channel).status_code == 403
    assert stored() == 1
    adviser = signed_in("swpa")
    assert adviser.post(report_page(ref), {"do": "route", "route": "sea_route"})["Location"].endswith("/conduct/") and stored() == 1
    assert "You must report it yourself" in adviser.get(channel).content.decode()
    assert "The report is erased here." in adviser.post(channel, follow=True).content.decode()
    assert stored() == 0


def test_a_report_is_not_linked_to_a_closed_incident(mission: Mission) -> None:
    closed = opened(mission, "A-1", verifier="hr.1")
    signed_in("hr.1").post(f"{BASE}incidents/{closed}/verify/", {"do": "decide", "to_status": "did_not_occur", "rationale": "Checked.", "reason_code": "found_untrue"})
    answer = signed_in("hr.1").post(report_page(received(mission, "A-2")), {"do": "link", "incident": closed})
    assert answer.status_code == 422 and "That incident is closed." in answer.content.decode()


def test_the_police_read_their_own_report_without_exact_place_or_triage(mission: Mission) -> None:
    client = signed_in("unpol.1")
    client.post(NEW, sheet(source_org_type="un_police"))
    with acting("swpa", "carana"):
        ref = Report.objects.get().ref
    text = client.get(report_page(ref)).content.decode()
    assert "not open to your role" in text and "3 Jul 2026" not in text and "Open an incident from it" not in text
    assert client.post(report_page(ref), {"do": "open"}).status_code == 403
