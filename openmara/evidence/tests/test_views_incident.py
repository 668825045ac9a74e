"""The incident, verify, coding and text pages: refused first, then works, then audited."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from openmara.evidence import actions
from openmara.evidence.models import Incident, Link, Report
from openmara.security.context import acting
from openmara.security.models import Mission, Person
from tests.cases import make_areas_and_parties

from .desk import BASE, body, events, opened, received, signed_in, status_of

pytestmark = pytest.mark.django_db
PAGES = ("", "verify/", "coding/", "text/")
VERBS = ("assign/", "start/", "unlink/", "verify/", "coding/", "text/")
VERIFIED = {"do": "decide", "to_status": "verified", "standard_of_proof": "reasonable_grounds_to_believe", "stated_on": "2026-09-01", "rationale": "Primary source and pattern. Synthetic."}


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def at(ref: str, page: str = "") -> str:
    return f"{BASE}incidents/{ref}/{page}"


def test_it_asks_for_sign_in_first(mission: Mission) -> None:
    ref = opened(mission)
    for answer in [*(Client().get(at(ref, page)) for page in PAGES), *(Client().post(at(ref, verb)) for verb in VERBS)]:
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_to_a_stranger_an_incident_looks_as_if_it_were_not_there(mission: Mission) -> None:
    ref = opened(mission)
    client = signed_in("stranger")
    for page in PAGES:
        there, absent = client.get(at(ref, page)), client.get(at("00000000", page))
        assert there.status_code == absent.status_code == 404 and body(there) == body(absent)
    for verb in VERBS:
        there, absent = client.post(at(ref, verb)), client.post(at("00000000", verb))
        assert there.status_code == absent.status_code == 404 and body(there) == body(absent)


def test_it_refuses_a_role_without_the_right_and_says_why(mission: Mission) -> None:
    ref = opened(mission)
    for username in ("gender", "unpol.1"):
        client = signed_in(username)
        for answer in [*(client.get(at(ref, page)) for page in PAGES), *(client.post(at(ref, verb)) for verb in VERBS)]:
            assert answer.status_code == 403 and "ask one of them" in answer.content.decode()


def test_it_shows_what_is_known_and_who_may_go_on(mission: Mission) -> None:
    ref = opened(mission)
    text = signed_in("swpa").get(at(ref)).content.decode()
    for said in ("3 Jul 2026", "CR0801", "Women", "ICSC", "1 primary source", "Open the text", "Nobody yet", "Name the verifier"):
        assert said in text, said
    assert "Incidents are verified by human rights and child protection." in text
    assert events()[-1] == "evidence:incident:open_file"


def test_what_is_not_open_is_said_and_not_shown(mission: Mission) -> None:
    ref = opened(mission)
    text = signed_in("hr.2").get(at(ref)).content.decode()
    assert "Fighters present" not in text and "Not open to you: the working text" in text


def test_a_differing_account_is_marked_by_a_word(mission: Mission) -> None:
    ref = opened(mission)
    second = received(mission, "A-2", total=5, tally={"women": 5}, adm2="CR0802")
    with acting("swpa", "carana") as adviser:
        actions.link_report(by=adviser, report=Report.objects.get(ref=second), incident=Incident.objects.get(ref=ref))
    text = signed_in("swpa").get(at(ref)).content.decode()
    assert text.count("<em") == 3  # place, people, of whom
    assert signed_in("swpa").post(at(ref, "unlink/"), {"report": second}).status_code == 302
    with acting("swpa", "carana"):
        assert Link.objects.filter(incident__ref=ref, undone_at=None).count() == 1
    assert events()[-1] == "evidence:report:unlink"


def test_the_report_that_opened_an_incident_stays_with_it(mission: Mission) -> None:
    ref = opened(mission)
    with acting("swpa", "carana"):
        first = Link.objects.get(incident__ref=ref).report.ref
    answer = signed_in("swpa").post(at(ref, "unlink/"), {"report": first})
    assert answer.status_code == 409 and "as a duplicate instead" in answer.content.decode()
    assert signed_in("swpa").post(at(ref, "unlink/"), {"report": "00000000"}).status_code == 404


def test_a_verifier_is_named_by_those_who_may(mission: Mission) -> None:
    ref = opened(mission)
    with acting("swpa", "carana"):
        verifier = Person.objects.get(username="hr.1")
    assert signed_in("wpa").post(at(ref, "assign/"), {"person": str(verifier.id)}).status_code == 403
    assert signed_in("swpa").post(at(ref, "assign/"), {"person": "x"}).status_code == 422
    answer = signed_in("swpa").post(at(ref, "assign/"), {"person": str(verifier.id)}, follow=True)
    assert "hr.1 is the verifier now." in answer.content.decode()
    assert "evidence:incident:assign" in events()


def test_only_the_assigned_verifier_begins(mission: Mission) -> None:
    ref = opened(mission)
    answer = signed_in("hr.1").post(at(ref, "start/"))
    assert answer.status_code == 403 and "Only the assigned verifier decides" in answer.content.decode()
    assert status_of(ref)[0] == "received"


def test_it_verifies_and_the_page_says_so(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    client = signed_in("hr.1")
    page = client.get(at(ref, "verify/")).content.decode()
    assert "would lead an ordinarily prudent person" in page and "What still stands in the way" not in page
    done = client.post(at(ref, "verify/"), VERIFIED, follow=True).content.decode()
    assert status_of(ref)[0] == "verified" and "1 September 2026" in done and "Primary source and pattern." in done
    assert "evidence:incident:decide" in events()


def test_late_verification_is_stated(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1", date_from=date(2026, 2, 3), date_to=date(2026, 2, 3), date_reported=date(2026, 2, 9))
    done = signed_in("hr.1").post(at(ref, "verify/"), VERIFIED, follow=True).content.decode()
    assert "late: verified after the quarter" in done
    assert ref in signed_in("hr.1").get(BASE + "incidents/?status=late").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rationale": ""}, "Say why the standard of proof is met."),
        ({"standard_of_proof": ""}, "Say which standard of proof was met."),
        ({"standard_of_proof": "beyond_reasonable_doubt"}, "Say which standard of proof was met."),
        ({"stated_on": "2099-01-01"}, "This date lies in the future."),
        ({"stated_on": "1 May"}, "Not a date."),
        ({"to_status": ""}, "Choose one."),
        ({"to_status": "did_not_occur"}, "Choose a reason that fits this decision."),
        ({"to_status": "did_not_occur", "reason_code": "same_event"}, "Choose a reason that fits this decision."),
        ({"to_status": "did_not_occur", "reason_code": "other", "rationale": " "}, "Say why."),
        ({"to_status": "duplicate"}, "Say which incident this one repeats."),
        ({"to_status": "duplicate", "duplicate_of": "00000000"}, "There is no such incident"),
        ({"to_status": "received"}, "cannot take that step"),
    ],
)
def test_a_refused_decision_says_why_in_place_and_loses_nothing(mission: Mission, changes: dict[str, str], said: str) -> None:
    ref = opened(mission, verifier="hr.1")
    answer = signed_in("hr.1").post(at(ref, "verify/"), VERIFIED | {"rationale": "Kept words."} | changes)
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and status_of(ref)[0] == "under_verification"
    assert "rationale" in changes or "Kept words." in text


def test_obstacles_are_named_before_anything_is_tried(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1", source_category="secondary", nexus_note="")
    client = signed_in("hr.1")
    page = client.get(at(ref, "verify/")).content.decode()
    assert "What still stands in the way" in page and "two independent secondary ones" in page and "must be ticked and explained" in page
    answer = client.post(at(ref, "verify/"), VERIFIED)
    assert answer.status_code == 422 and 'href="#evidence"' in answer.content.decode()


def test_who_alone_reported_it_cannot_verify_it(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.2")
    answer = signed_in("hr.2").post(at(ref, "verify/"), VERIFIED)
    assert answer.status_code == 422 and "Ask a colleague." in answer.content.decode()


def test_it_closes_a_duplicate_and_points_to_the_one_that_stays(mission: Mission) -> None:
    stays, ref = opened(mission, "A-1"), opened(mission, "A-2", verifier="hr.1")
    sent = {"do": "decide", "to_status": "duplicate", "duplicate_of": stays.upper(), "rationale": "Same event. Synthetic."}
    text = signed_in("hr.1").post(at(ref, "verify/"), sent, follow=True).content.decode()
    assert status_of(ref)[0] == "duplicate" and at(stays) in text


def test_attribution_is_its_own_axis_with_its_own_reasons(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    client = signed_in("hr.1")
    sent = {"do": "attribute", "party": "ICSC", "attribution": "verified", "rationale": "", "stated_on": "2026-09-01"}
    for changes, said in (({}, "An attribution needs its own reasons"), ({"party": "XX"}, "Not a party"), ({"attribution": "sure"}, "Choose one.")):
        answer = client.post(at(ref, "verify/"), sent | changes)
        assert answer.status_code == 422 and said in answer.content.decode()
    assert client.post(at(ref, "verify/"), sent | {"rationale": "Uniforms and command. Synthetic."}).status_code == 302
    assert status_of(ref) == ("under_verification", "verified")
    assert events()[-1] == "evidence:incident:attribute"


def coded(**changes: object) -> dict[str, object]:
    return {
        "version": "1", "date_from": "2026-07-03", "date_to": "2026-07-04", "date_precision": "day", "adm1": "CR08", "adm2": "CR0802",
        "location_precision": "adm2", "forms": ["rape", "gang_rape"], "women": "3", "nexus_direct": ["causal"], "alleged_parties": ["CDF"],
    } | changes  # fmt: skip


def test_the_coding_is_corrected_and_the_report_stays_as_it_was(mission: Mission) -> None:
    ref = opened(mission)
    client = signed_in("hr.1")
    assert 'value="2026-07-03"' in client.get(at(ref, "coding/")).content.decode()
    assert client.post(at(ref, "coding/"), coded()).status_code == 302
    with acting("swpa", "carana"):
        found, report = Incident.objects.get(ref=ref), Report.objects.get()
        assert (found.adm2, found.women, found.total, found.principal_form, found.version) == ("CR0802", 3, 3, "gang_rape", 2)
        assert [one.party.code for one in found.perpetrators.select_related("party")] == ["CDF"]
        assert (report.adm2, report.women, report.total) == ("CR0801", 2, 2)
    assert events()[-1] == "evidence:incident:recode"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date_to": "2026-07-01"}, "The end lies before the beginning."),
        ({"women": "-1"}, "between 0 and 100000"),
        ({"forms": []}, "#q-forms"),
        ({"girls": "1"}, "child protection must have been told first"),
        ({"adm2": "CR0101"}, "does not lie in the one named beside it"),
    ],
)
def test_a_refused_coding_says_why_and_loses_nothing(mission: Mission, changes: dict[str, object], said: str) -> None:
    ref = opened(mission)
    answer = signed_in("hr.1").post(at(ref, "coding/"), coded() | changes)
    text = answer.content.decode()
    assert answer.status_code == 422 and said.lower() in text.lower(), text
    with acting("swpa", "carana"):
        assert Incident.objects.get(ref=ref).version == 1


def test_the_working_text_is_changed_by_those_to_whom_it_is_open(mission: Mission) -> None:
    ref = opened(mission)
    assert "Not open to you" in signed_in("hr.2").get(at(ref, "text/")).content.decode()
    assert signed_in("hr.2").post(at(ref, "text/"), {"nexus_note": "x"}).status_code == 403
    client = signed_in("swpa")
    answer = client.post(at(ref, "text/"), {"nexus_note": "New words.", "narrative_shareable": "Call +236 70 12 34 56"})
    assert answer.status_code == 422 and "Seems to name or locate a person" in answer.content.decode() and "New words." in answer.content.decode()
    assert client.post(at(ref, "text/"), {"nexus_note": "New words. Synthetic."}).status_code == 302
    assert "New words. Synthetic." not in client.get(at(ref)).content.decode()
    assert "New words. Synthetic." in client.get(at(ref, "?open=text")).content.decode()
    assert {"evidence:incident:word", "evidence:incident:open_text"} <= set(events())
