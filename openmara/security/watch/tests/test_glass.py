"""Break-glass: refusals first; recorded whether there is such a reference or not; reviewed by another person."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from openmara.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import actions as evidence_actions
from openmara.evidence import queries as evidence
from openmara.evidence.models import Incident, IncidentText, Report
from openmara.security import queries as home
from openmara.security.context import acting
from openmara.security.models import BreakGlass
from openmara.security.watch import actions, queries, rules
from openmara.security.watch.tests.world import Case, make_case, written
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")
FAR = "wpa.cr01"  # an adviser of another area


@pytest.fixture
def case(committed: None) -> Case:
    return make_case()


def ask(ref: str, minutes: int = 60, reason: str = "imminent_risk", note: str = "") -> rules.Ask:
    return rules.Ask(ref, reason, note, minutes)


def broken(ref: str, username: str = FAR, minutes: int = 60) -> uuid.UUID:
    with acting(username, "carana") as by:
        return actions.break_glass(by=by, ask=ask(ref, minutes)).id


@pytest.mark.parametrize("username", ["unpol.1", "gender", "priv", "admin", "auditor", "hom"])
def test_it_refuses_everybody_outside_the_working_group(username: str, case: Case) -> None:
    with acting(username, "carana") as by:
        with pytest.raises(NotAllowed):
            actions.break_glass(by=by, ask=ask(case.incident.ref))
        with pytest.raises(DatabaseError), transaction.atomic():
            now = queries.moment()
            BreakGlass(mission=by.active_mission, person=by, ref=case.incident.ref, reason_code="other", asked_at=now, told_at=now, until=now).save(force_insert=True)  # type: ignore[attr-defined]  # fmt: skip
    assert signed_in(username).get("/m/carana/break-glass/").status_code == 403


def test_it_refuses_what_is_incomplete_and_names_each_field() -> None:
    with acting(FAR, "carana") as by, pytest.raises(NotValid) as refusal:
        actions.break_glass(by=by, ask=rules.read_ask({"ref": "x", "minutes": "900", "note": "n" * 301}))
    assert set(refusal.value.problems) == {"ref", "reason", "minutes", "note"}
    with acting(FAR, "carana") as by, pytest.raises(NotValid) as refusal:
        actions.break_glass(by=by, ask=ask("4kq7m2zd", reason="other"))
    assert set(refusal.value.problems) == {"note"}
    assert rules.read_ask({"ref": " 4KQ7 m2zd "}).ref == "4kq7m2zd"


def test_it_refuses_a_sixth_reference_at_once() -> None:
    for number in range(rules.OPEN_AT_ONCE):
        broken(f"4kq7m2z{number}")
    with acting(FAR, "carana") as by, pytest.raises(NotNow):
        actions.break_glass(by=by, ask=ask("4kq7m2zz"))


def test_before_the_act_nothing_tells_whether_the_reference_exists(case: Case) -> None:
    client = signed_in(FAR)
    pages = [client.get(f"/m/carana/break-glass/?ref={ref}").content.decode().replace(ref, "R") for ref in (case.incident.ref, "zzzzzzzz")]
    assert pages[0].split("<main")[1].split("csrfmiddlewaretoken")[0] == pages[1].split("<main")[1].split("csrfmiddlewaretoken")[0]
    doors = [client.get(f"/m/carana/incidents/{ref}/") for ref in (case.incident.ref, "zzzzzzzz")]
    assert {door.status_code for door in doors} == {404} and all("break-glass/?ref=" in door.content.decode() for door in doors)
    assert "break-glass/?ref=" not in signed_in("unpol.1").get("/m/carana/reports/zzzzzzzz/").content.decode()


def test_an_unknown_reference_is_written_down_all_the_same(case: Case) -> None:
    client = signed_in(FAR)
    answer = client.post("/m/carana/break-glass/", {"ref": "zzzzzzzz", "reason": "imminent_risk", "minutes": "15"}, follow=True)
    assert "Under this reference nothing is open to you" in answer.content.decode()
    entry, = written("security:glass:break")
    assert len(entry.object_ids) == 1 and entry.purpose == "imminent_risk" and entry.role == "wpa"
    with acting("swpa", "carana") as officer:
        assert [one.count for one in home.waiting_for(for_user=officer) if one.href.endswith("/break-glass/reviews/")] == [1]


def test_it_opens_the_record_of_another_area_and_says_so_until_it_ends(case: Case) -> None:
    client, ref = signed_in(FAR), case.incident.ref
    assert client.get(f"/m/carana/incidents/{ref}/").status_code == 404
    answer = client.post("/m/carana/break-glass/", {"ref": ref, "reason": "imminent_risk", "minutes": "15"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/m/carana/incidents/{ref}/" and "Open to you by break-glass" in page
    entry, = written("security:glass:break")
    assert case.incident.id in entry.object_ids
    with acting(FAR, "carana") as by:
        assert evidence.incident(for_user=by, ref=ref).exact is not None
        assert IncidentText.objects.filter(incident=case.incident).count() == 0 or IncidentText.objects.get(incident=case.incident)
        glass = queries.glass_on(for_user=by, ref=ref)
        assert glass is not None
    ended = client.post(f"/m/carana/break-glass/{glass.id}/end/", follow=True)
    assert "is closed to you again" in ended.content.decode()
    assert client.get(f"/m/carana/incidents/{ref}/").status_code == 404
    assert len(written("security:glass:end")) == 1


def test_it_opens_nothing_else_nothing_above_the_clearance_and_to_nobody_else(case: Case) -> None:
    broken(case.incident.ref, "wpa.cr01")
    with acting("wpa.cr01", "carana"):
        assert Report.objects.count() == 0 and Incident.objects.count() == 1
    with acting("wpa", "carana"):  # clearance 3: the text is class 4
        assert IncidentText.objects.count() == 0
    broken(case.incident.ref, "wpa")
    with acting("wpa", "carana"):
        assert IncidentText.objects.count() == 0
    with acting("hr.nat", "carana"):
        assert queries.glass_on(for_user=Incident.objects.first().opened_by, ref=case.incident.ref) is None


def test_changing_what_was_opened_so_is_refused_and_not_an_error(case: Case) -> None:
    broken(case.incident.ref, FAR)
    client = signed_in(FAR, raise_request_exception=False)
    for page in ("coding", "text"):
        answer = client.post(f"/m/carana/incidents/{case.incident.ref}/{page}/", {"person": "x"})
        assert answer.status_code == 403, page
    answer = client.post(f"/m/carana/incidents/{case.incident.ref}/text/", {})
    assert "read it and change nothing" in answer.content.decode()
    with acting("hr.1", "carana"):
        assert Incident.objects.get(id=case.incident.id).version == case.incident.version


def test_only_who_broke_it_ends_it(case: Case) -> None:
    key = broken(case.incident.ref)
    for username in ("swpa", "hr.1"):
        assert signed_in(username).post(f"/m/carana/break-glass/{key}/end/").status_code == 404
    with acting("swpa", "carana") as by, pytest.raises(NotFound):
        actions.end_glass(by=by, glass=BreakGlass.objects.get(id=key))


def test_it_refuses_a_review_by_oneself_by_others_twice_and_without_a_reason(case: Case) -> None:
    key = broken(case.incident.ref, "swpa")
    with acting("swpa", "carana") as by:
        with pytest.raises(NotAllowed):
            actions.review_glass(by=by, glass=BreakGlass.objects.get(id=key), verdict="justified", note="")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update security_breakglass set verdict = 'justified', reviewed_by_id = %s, reviewed_at = now() where id = %s", [by.id, key])
    for username in ("hr.1", "hom", "auditor", "admin"):
        assert signed_in(username).post(f"/m/carana/break-glass/{key}/", {"verdict": "justified"}).status_code == 403
    client = signed_in("priv")
    assert client.post(f"/m/carana/break-glass/{key}/", {"verdict": "not_justified"}).status_code == 422
    assert client.post(f"/m/carana/break-glass/{key}/", {"verdict": "justified"}).status_code == 302
    with acting("priv", "carana") as by, pytest.raises(Conflict):
        actions.review_glass(by=by, glass=BreakGlass.objects.get(id=key), verdict="justified", note="")
    entry, = written("security:glass:review")
    assert entry.purpose == "justified" and entry.role == "priv"


@pytest.mark.parametrize("officer", ["swpa", "priv"])
def test_the_officer_sees_it_at_home_what_was_read_and_the_person_sees_the_result(case: Case, officer: str) -> None:
    client = signed_in(FAR)
    client.post("/m/carana/break-glass/", {"ref": case.incident.ref, "reason": "imminent_risk", "minutes": "15"}, follow=True)
    reviewer = signed_in(officer)
    assert "Broken glass to review" in reviewer.get("/m/carana/").content.decode()
    key = written("security:glass:break")[0].object_ids[0]
    assert str(key) in reviewer.get("/m/carana/break-glass/reviews/").content.decode()
    page = reviewer.get(f"/m/carana/break-glass/{key}/").content.decode()
    assert "Read an incident" in page and "evidence:incident:open_file" in page
    reviewer.post(f"/m/carana/break-glass/{key}/", {"verdict": "follow_up", "note": "Ask for area CR08."})
    assert "Broken glass to review" not in reviewer.get("/m/carana/").content.decode()
    own = client.get("/m/carana/break-glass/").content.decode()
    assert "Needs follow-up" in own and "Ask for area CR08." in own


def test_reviews_not_made_in_three_days_are_called_overdue(case: Case) -> None:
    from datetime import timedelta

    now = queries.moment()
    assert rules.is_overdue(now - timedelta(hours=73), now) and not rules.is_overdue(now - timedelta(hours=71), now)


def test_a_report_is_not_linked_to_an_incident_behind_broken_glass(case: Case) -> None:
    with acting("hr.1", "carana") as by:
        link = evidence_actions.Link.objects.get()
    broken(case.incident.ref, "swpa")
    with acting("swpa", "carana") as by, pytest.raises(NotAllowed):
        evidence_actions.link_report(by=by, report=link.report, incident=case.incident)
    page = signed_in("swpa").get(f"/m/carana/incidents/{case.incident.ref}/").content.decode()
    assert "Correct the coding" not in page and "you read it and change nothing" in page
