"""Answers, withdrawal in its grades, erasure by two people, and counting that ends with the next revision. Refusals first."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from openmara.errors import Conflict, NotAllowed, NotNow, NotValid, Refusal
from openmara.evidence import actions as evidence
from openmara.evidence import frames
from openmara.evidence import queries as reading
from openmara.evidence.consent import actions, queries
from openmara.evidence.consent.models import ConsentAnswer, Tombstone
from openmara.evidence.consent.tests.people import AFTER_Q4, IN_Q4, case, mission, received, report
from openmara.evidence.gathering import actions as gathering
from openmara.evidence.gathering.models import EditConflict, Gathering, GatheringText
from openmara.evidence.models import Consent, Incident, IncidentPlace, IncidentText, Report, ReportText
from openmara.indicators.calculation import compute
from openmara.security import clock
from openmara.security.context import acting
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
FRAMES = ("incidents", "verification_steps")


def counted(quarter: str, basis: str, on: datetime, by: str = "hr.1") -> tuple[int, int]:
    """Incidents documented and verified among those first reported (PROT-01, PROT-09), as a snapshot of this day counts them."""
    with acting(by, "carana"):
        found = {"incidents": frames.incidents(), "verification_steps": frames.verification_steps("UTC")}
    out = []
    for indicator in ("IND-PROT-01", "IND-PROT-09"):
        rows = compute(indicator, found, (quarter,), basis, on.date()).rows
        whole = next(row for row in rows if not row.breakdown)
        out.append(whole.numerator + (whole.excluded if indicator == "IND-PROT-09" else 0))
    return out[0], out[1]


def said(by: str, ref: str, at: datetime = IN_Q4, **what: object) -> None:
    with clock.set_to(at, mission()), acting(by, "carana") as person:
        act = actions.withdraw if "scopes" in what or "everything" in what else actions.answer
        act(by=person, report=report(ref), **what)


def why(incident: str, use: str = "case", recipient: str = "") -> str:
    with acting("swpa", "carana") as person:
        return queries.gate(for_user=person, incident=Incident.objects.get(ref=incident), use=use, recipient=recipient)


def test_it_refuses_answers_that_say_nothing_or_name_a_person() -> None:
    ref, _incident = case()
    with acting("hr.1", "carana") as person:
        for wrong, field in (
            ({"scope": "referral", "answer": "given"}, "recipient"), ({"scope": "nothing", "answer": "given"}, "scope"),
            ({"scope": "aggregate_reporting", "answer": "withdrawn"}, "answer"), ({"scope": "aggregate_reporting", "answer": "given", "limits": "Call +41 79 123 45 67"}, "limits"),
            ({"scope": "aggregate_reporting", "answer": "given", "answered_on": date(2099, 1, 1)}, "answered_on"),
        ):  # fmt: skip
            with pytest.raises(NotValid) as refused:
                actions.answer(by=person, report=report(ref), **wrong)
            assert field in refused.value.problems
        with pytest.raises(NotValid):
            actions.withdraw(by=person, report=report(ref))
        with pytest.raises(NotValid) as refused:
            actions.correct_basis(by=person, report=report(ref), basis="survivor_child_assent_caregiver", recontact="", explained=None, given_on=None)
        assert "basis" in refused.value.problems
        assert not ConsentAnswer.objects.exists()


def test_it_refuses_whoever_does_not_work_with_reports() -> None:
    ref, _incident = case()
    with acting("swpa", "carana"):
        found = report(ref)
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.withdraw(by=person, report=found, everything=True)


def test_an_answer_is_never_changed_or_taken_out() -> None:
    ref, _incident = case()
    said("hr.1", ref, scope="accountability", recipient="national_court", answer="given", limits="Not to the police.")
    with acting("swpa", "carana"):
        for statement in ("update evidence_consentanswer set answer = 'refused'", "delete from evidence_consentanswer"):
            with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
                cursor.execute("savepoint s")
                try:
                    cursor.execute(statement)
                finally:
                    cursor.execute("rollback to s")


def test_one_use_withdrawn_stops_at_once_and_leaves_the_others() -> None:
    ref, incident = case()
    assert why(incident) == ""
    said("wpa", ref, scopes=[("advocacy_case_redacted", "")])
    assert "withdrawn" in why(incident)
    assert why(incident, "meeting_pack") == ""
    with acting("swpa", "carana") as person:
        assert list(reading.cleared_for_release(for_user=person, quarter_months=(date(2026, 7, 1), date(2026, 9, 1)))) == []
    said("wpa", ref, at=AFTER_Q4, scope="advocacy_case_redacted", answer="given")
    assert why(incident) == ""


def test_a_basis_corrected_keeps_its_earlier_version() -> None:
    ref, incident = case()
    with acting("hr.1", "carana") as person:
        actions.correct_basis(by=person, report=report(ref), basis="not_obtainable_no_interview", recontact="no", explained=True, given_on=None)
        assert Consent.objects.get(report__ref=ref).recontact == "no"
        with connection.cursor() as cursor:
            cursor.execute("select earlier ->> 'basis' from evidence_consent_history")
            assert cursor.fetchall() == [("survivor_adult",)]
    assert "without an interview" in why(incident)


@pytest.mark.parametrize("what", [{"scopes": [("aggregate_reporting", "")]}, {"scope": "aggregate_reporting", "answer": "refused"}, {"everything": True}])
def test_counting_ends_with_the_next_revision_and_never_in_a_quarter_already_reported(what: dict[str, object]) -> None:
    ref, _incident = case()
    before = counted("2026Q3", "as_reported", AFTER_Q4)
    assert before == counted("2026Q3", "as_known", IN_Q4) == (1, 1)
    said("hr.1", ref, IN_Q4, **what)
    assert counted("2026Q3", "as_reported", IN_Q4) == before
    assert counted("2026Q3", "as_known", IN_Q4) == before  # a snapshot on the day after shows no minus one
    assert counted("2026Q3", "as_reported", AFTER_Q4) == before  # reported is reported
    assert counted("2026Q3", "as_known", AFTER_Q4) == (0, 0)


def test_refused_before_the_incident_was_opened_it_is_never_counted() -> None:
    here = mission()
    with acting("swpa", "carana"):
        make_areas_and_parties(here)
    ref = received("B-1")
    said("hr.1", ref, at=datetime(2026, 8, 10, 9, tzinfo=IN_Q4.tzinfo), scope="aggregate_reporting", answer="refused")
    with clock.set_to(IN_Q4, mission()), acting("swpa", "carana") as person:
        evidence.open_incident(by=person, report=report(ref), nexus_note="Fighters present. Synthetic.")
    assert counted("2026Q3", "as_known", IN_Q4) == (0, 0)


def test_an_incident_that_another_account_carries_stays_counted() -> None:
    ref, incident = case()
    other = received("A-2")
    with acting("swpa", "carana") as person:
        evidence.link_report(by=person, report=report(other), incident=Incident.objects.get(ref=incident))
    said("hr.1", ref, scopes=[("aggregate_reporting", "")])
    assert counted("2026Q3", "as_known", AFTER_Q4)[0] == 1
    said("hr.1", other, scopes=[("aggregate_reporting", "")])
    assert counted("2026Q3", "as_known", AFTER_Q4)[0] == 0
    assert counted("2026Q3", "as_reported", AFTER_Q4)[0] == 1


def test_it_refuses_to_erase_before_everything_is_withdrawn_by_the_same_person_or_by_another_role() -> None:
    ref, _incident = case()
    with acting("swpa", "carana") as person, pytest.raises(NotNow):
        actions.erase(by=person, report=report(ref))
    said("swpa", ref, everything=True)
    for username in ("swpa", "hr.1", "wpa"):
        with acting(username, "carana") as person, pytest.raises(NotAllowed):
            actions.erase(by=person, report=report(ref))
    said("hr.1", ref, at=AFTER_Q4, scope="aggregate_reporting", answer="given")
    with acting("swpa", "carana") as person, pytest.raises(Refusal):
        actions.erase(by=person, report=report(ref))
    with acting("swpa", "carana"):
        assert ReportText.objects.filter(report__ref=ref).exists() or report(ref).id


def test_erased_it_leaves_a_tombstone_no_text_no_earlier_version_and_the_figures_reported() -> None:
    ref, incident = case()
    before = counted("2026Q3", "as_reported", AFTER_Q4)
    said("hr.1", ref, everything=True)
    with clock.set_to(IN_Q4, mission()), acting("swpa", "carana") as person:
        stone = actions.erase(by=person, report=report(ref))
        found = Incident.objects.get(ref=incident)
        assert (stone.adm1, stone.quarter, stone.status, stone.alone) == ("CR08", "2026Q3", "verified", True)
        assert not Report.objects.filter(ref=ref).exists() and not IncidentPlace.objects.filter(incident=found).exists()
        assert (found.adm2, found.nexus_types, IncidentText.objects.get(incident=found).narrative_shareable) == ("", [], "")
    with acting("swpa", "carana"), connection.cursor() as cursor:
        for table in ("evidence_report", "evidence_reporttext", "evidence_reportplace", "evidence_source", "evidence_consent"):
            cursor.execute(f"select (select count(*) from {table}), (select count(*) from {table}_history)")
            assert cursor.fetchone() == (0, 0), table
        for table in ("evidence_incident_history", "evidence_incidentplace_history", "evidence_incidenttext_history", "evidence_decisiontext", "evidence_custody", "evidence_consentanswer"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
    assert counted("2026Q3", "as_reported", AFTER_Q4) == before == counted("2026Q3", "as_known", IN_Q4)
    assert counted("2026Q3", "as_known", AFTER_Q4) == (0, 0)
    assert "no account" in why(incident)


def test_reasons_and_edits_that_may_retell_it_go_too_and_nobody_takes_them_out_otherwise() -> None:
    ref, incident = case()
    other = received("A-2")
    with acting("swpa", "carana") as person:
        found = Incident.objects.get(ref=incident)
        evidence.link_report(by=person, report=report(other), incident=found)
    with acting("hr.1", "carana") as person:
        split = gathering.split_incident(
            by=person, incident=Incident.objects.get(ref=incident), reports=[report(other).id], base=report(other).id, reason="different_events", rationale="Two events. Synthetic."
        )
        gathering.keep_edit(by=person, incident=Incident.objects.get(ref=incident), base_version=1, typed={"mine": {"women": "9"}, "base": None})
        assert split and GatheringText.objects.count() == 1 and EditConflict.objects.count() == 1
    with acting("swpa", "carana"), pytest.raises(DatabaseError, match="not erased"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select sec.retold_forget(%s)", [found.id])
    said("hr.1", ref, everything=True)
    with acting("swpa", "carana") as person:
        actions.erase(by=person, report=report(ref))
    with acting("hr.1", "carana"):
        assert not GatheringText.objects.exists() and not EditConflict.objects.exists() and Gathering.objects.count() == 1


def test_what_was_erased_does_not_come_in_again() -> None:
    ref, _incident = case()
    said("hr.1", ref, everything=True)
    with acting("swpa", "carana") as person:
        actions.erase(by=person, report=report(ref))
        assert Tombstone.objects.count() == 1
    with pytest.raises(Conflict):
        received("A-1")
