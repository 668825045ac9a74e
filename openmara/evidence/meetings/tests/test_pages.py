"""Pages of meetings, as they answer: refusals first."""

from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document

from openmara.evidence.meetings import actions
from openmara.evidence.meetings.models import ActionPoint, AgendaItem, ForumPack, Outcome
from openmara.evidence.meetings.tests import table
from openmara.security import clock
from openmara.security.context import acting
from tests.cases import make_areas_and_parties
from tests.people import signed_in

pytestmark = pytest.mark.django_db
BASE = "/m/carana/meetings/"


@pytest.fixture(autouse=True)
def library(committed: None) -> None:
    from openmara.security.models import Mission

    with acting("swpa", "carana"):
        make_areas_and_parties(Mission.objects.get(code="carana"))


def page(made) -> str:
    return f"{BASE}{made.id}/"


def test_it_refuses_meetings_to_whom_no_case_is_open() -> None:
    made = table.meeting(*table.PEOPLE)
    assert signed_in("unpol.1").get(page(made)).status_code == 403
    assert signed_in("gender").get(page(made)).status_code == 403
    assert signed_in("gender").get(BASE).status_code == 200
    assert signed_in("unpol.1").get(f"{page(made)}minutes/").status_code == 403


def test_it_refuses_an_empty_step_and_says_so() -> None:
    made = table.meeting(*table.PEOPLE)
    assert signed_in("swpa").post(page(made), {}).status_code == 422


def test_without_quorum_the_form_is_not_offered_and_the_step_is_refused() -> None:
    found = table.incident()
    made = table.meeting("hr.1")
    client = signed_in("hr.1")
    shown = client.get(page(made)).content.decode()
    assert "No quorum" in shown and "Wherever" not in shown and 'value="decide"' not in shown
    with acting("hr.1", "carana"):
        item = AgendaItem.objects.get(incident=found)
    answer = client.post(page(made), {"do": "decide", "item": item.id, "to_status": "verified", "rationale": "x", "standard_of_proof": "reasonable_grounds_to_believe"})
    assert answer.status_code == 422 and "no quorum" in answer.content.decode()


def test_whoever_steps_back_sees_nothing_of_the_item() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    client = signed_in("hr.2")
    assert found.ref in client.get(page(made)).content.decode()
    with acting("hr.2", "carana"):
        item = AgendaItem.objects.get(incident=found)
    client.post(page(made), {"do": "conflict", "item": item.id})
    shown = client.get(f"{page(made)}?item={item.id}").content.decode()
    assert found.ref not in shown and "stepped back" in shown
    copy = minutes(client, made)
    assert found.ref not in copy and "hr.2" in copy


def minutes(client, made) -> str:
    answer = client.get(f"{page(made)}minutes/")
    assert answer.status_code == 200 and answer["Content-Disposition"].endswith('.docx"')
    document = Document(BytesIO(answer.content))
    parts = [one.text for one in document.paragraphs]
    parts += [cell.text for made_table in document.tables for row in made_table.rows for cell in row.cells]
    for section in document.sections:
        parts += [one.text for one in (*section.header.paragraphs, *section.footer.paragraphs)]
    return "\n".join(parts)


def test_minutes_hold_references_roles_and_codes_and_no_reasons() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    with acting("hr.1", "carana") as by:
        item = AgendaItem.objects.select_related("incident", "meeting").get(incident=found)
        actions.take_decision(by=by, item=item, to_status="verified", standard="reasonable_grounds_to_believe", rationale="Secret reasons.")
        actions.add_point(by=by, meeting=made, owner=by, what="Ask the clinic for its figures", due_on=clock.today())
    text = minutes(signed_in("cp.1"), made)
    assert "Secret reasons" not in text and "RESTRICTED" in text and "Synthetic data" in text and "Copy for cp.1" in text
    text = minutes(signed_in("swpa"), made)
    assert found.ref in text and "Verified" in text and "Ask the clinic" in text and "Fighters" not in text


def test_an_action_point_waits_for_its_owner_and_is_carried_over() -> None:
    made = table.meeting(*table.PEOPLE, on=clock.today() - timedelta(days=40))
    client = signed_in("swpa")
    with acting("hr.2", "carana") as hr:
        owner = hr.id
    sent = {"do": "point", "what": "Call +41 79 123 45 67", "due_on": str(clock.today()), "owner": owner}
    assert client.post(page(made), sent).status_code == 422
    assert client.post(page(made), sent | {"what": "Cross-check with the MRM"}).status_code == 302
    assert "action point of yours" in signed_in("hr.2").get("/m/carana/").content.decode()
    following = table.meeting(*table.PEOPLE)
    shown = signed_in("hr.2").get(page(following)).content.decode()
    assert "carried over from" in shown
    with acting("hr.2", "carana"):
        point = ActionPoint.objects.get()
    assert signed_in("hr.2").post(page(following), {"do": "done", "point": point.id}).status_code == 302
    assert "action point of yours" not in signed_in("hr.2").get("/m/carana/").content.decode()


def test_the_verifier_confirms_a_recommendation_from_the_incidents_page() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    client = signed_in("swpa")
    with acting("swpa", "carana"):
        item = AgendaItem.objects.get(incident=found)
    sent = {"do": "decide", "item": item.id, "to_status": "verified", "standard_of_proof": "reasonable_grounds_to_believe", "rationale": "Accounts agree."}
    assert client.post(page(made), sent).status_code == 302
    assert "Confirm as the decision" not in client.get(f"/m/carana/incidents/{found.ref}/").content.decode()
    verifier = signed_in("hr.1")
    assert "for you to confirm" in verifier.get("/m/carana/").content.decode()
    assert "Confirm as the decision" in verifier.get(f"/m/carana/incidents/{found.ref}/").content.decode()
    with acting("hr.1", "carana"):
        outcome = Outcome.objects.get()
    assert verifier.post(page(made), {"do": "confirm", "outcome": outcome.id}).status_code == 302
    with acting("hr.1", "carana"):
        found.refresh_from_db()
        assert found.verification_status == "verified"


def test_the_forum_sees_figures_and_no_reference() -> None:
    found = table.incident()
    client = signed_in("swpa")
    answer = client.post(BASE, {"kind": "forum", "held_on": str(clock.today()), "place": "Town hall"})
    assert answer.status_code == 302
    forum = answer["Location"]
    assert signed_in("wpa.cr01").post(forum, {"do": "pack"}).status_code == 403
    assert client.post(forum, {"do": "pack"}).status_code == 302
    assert client.post(forum, {"do": "pack"}).status_code == 302
    with acting("gender", "carana"):
        assert ForumPack.objects.count() == 1
    shown = signed_in("gender").get(forum)
    assert shown.status_code == 200 and found.ref not in shown.content.decode()
    assert signed_in("gender").get(f"{forum}?as=docx").status_code == 200
    assert signed_in("gender").post(forum, {"do": "pack"}).status_code == 403
    assert client.post(forum, {"do": "measure", "what": "Open a clinic", "function": "service_provider", "due_on": "2027-01-31"}).status_code == 302
    assert client.post(forum, {"do": "hold", "functions": ["swpa", "gbv_subcluster"]}).status_code == 302
    assert "Open a clinic" in signed_in("gender").get(forum).content.decode()


def test_versions_of_the_self_assessment_stay() -> None:
    client, here = signed_in("swpa"), f"{BASE}self-assessment/"
    quarter = f"{clock.today().year}Q{(clock.today().month - 1) // 3 + 1}"
    assert signed_in("hr.1").post(here, {"do": "assess", "quarter": quarter, "a-monthly": "yes"}).status_code == 403
    assert client.post(here, {"do": "assess", "quarter": quarter}).status_code == 422
    for answer in ("partly", "yes"):
        assert client.post(here, {"do": "assess", "quarter": quarter, "a-monthly": answer, "a-no_such": "yes"}).status_code == 302
    assert client.post(here, {"do": "measure", "quarter": quarter, "what": "Meet every month", "function": "swpa", "due_on": "2027-01-31"}).status_code == 302
    shown = signed_in("gender").get(here).content.decode()
    assert shown.count("1 point answered") == 2 and "Meet every month" in shown
