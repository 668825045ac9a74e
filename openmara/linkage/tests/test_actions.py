"""Looking for, judging and undoing possible duplicates: refused, works, audited, rolled back."""

import io
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence.models import Incident, Link, Report
from openmara.linkage import actions, queries
from openmara.linkage.models import CandidatePair, PairJudgement
from openmara.linkage.rules import Outcome
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    """Two reports of one event by two offices, and one of another event."""
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    for username, office, reference, changes in (
        ("hr.1", "hr_office", "A-1", {}),
        ("unpol.1", "police", "B-1", {"date_from": date(2026, 7, 4), "date_to": date(2026, 7, 4), "source_org_type": "un_police"}),
        ("hr.1", "hr_office", "A-2", {"date_from": date(2026, 2, 1), "date_to": date(2026, 2, 1), "adm1": "CR01", "adm2": "CR0101", "total": 9, "tally": {"men": 9}}),
    ):
        with acting(username, "carana") as person:
            where = Organisation.objects.get(code=office)
            evidence.take_in(by=person, mission=mission, organisation=where, accounts=[account(reference, **changes)])
    yield mission


def searched(mission: Mission) -> CandidatePair:
    with acting("swpa", "carana") as person:
        actions.find_candidates(by=person, mission=mission)
        return CandidatePair.objects.select_related("report_a", "report_b").get()


def events() -> list[str]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        return [event for (event,) in cursor.fetchall()]


def test_it_refuses_to_search_for_a_role_outside_the_working_group(mission: Mission) -> None:
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.find_candidates(by=person, mission=mission)


def test_it_finds_the_pair_and_says_why_and_nothing_on_disk_changes_by_a_second_search(mission: Mission) -> None:
    pair = searched(mission)
    assert {pair.report_a.their_reference, pair.report_b.their_reference} == {"A-1", "B-1"}
    assert pair.features["features"]["date"] == "one_day"
    with acting("swpa", "carana") as person:
        seen: list[tuple[int, int]] = []
        again = actions.find_candidates(by=person, mission=mission, progress=lambda done, total: seen.append((done, total)))
        assert (again.pairs, again.added, again.dropped) == (1, 0, 0) and seen == [(1, 1)]
        assert CandidatePair.objects.get().id == pair.id
    assert events().count("linkage:pair:find") == 2


def test_a_pair_that_is_no_candidate_any_more_goes_unless_it_was_judged(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = searched(mission)
    none = actions.scoring.Scoring((), False, 0, 0, {})
    monkeypatch.setattr(actions.scoring, "score", lambda reports: none)
    with acting("hr.1", "carana") as person:
        actions.judge_pair(by=person, pair=pair, verdict="different")
        assert actions.find_candidates(by=person, mission=mission).dropped == 0
        PairJudgement.objects.all()
        other = CandidatePair.objects.create(
            mission=mission, report_a=pair.report_a, report_b=Report.objects.get(their_reference="A-2"), weight=1, probability=0.6,
            features={}, found_at=pair.found_at,
        )  # fmt: skip
        assert actions.find_candidates(by=person, mission=mission).dropped == 1
        assert not CandidatePair.objects.filter(id=other.id).exists() and CandidatePair.objects.filter(id=pair.id).exists()


def test_it_refuses_a_judgement_from_the_police_and_one_that_is_no_verdict(mission: Mission) -> None:
    pair = searched(mission)
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.judge_pair(by=person, pair=pair, verdict="same")
    with acting("hr.1", "carana") as person, pytest.raises(NotValid):
        actions.judge_pair(by=person, pair=pair, verdict="merge")
    with acting("hr.1", "carana"):
        assert PairJudgement.objects.count() == 0


def test_the_second_report_joins_the_incident_of_the_first_and_leaves_it_when_undone(mission: Mission) -> None:
    pair = searched(mission)
    with acting("swpa", "carana") as adviser:
        incident = evidence.open_incident(by=adviser, report=pair.report_a)
    with acting("hr.1", "carana") as person:
        judged = actions.judge_pair(by=person, pair=pair, verdict="same")
        assert (judged.outcome, judged.incident) == (Outcome.JOINS_FIRST, incident)
        assert Link.objects.filter(incident=incident, undone_at=None).count() == 2 and Report.objects.count() == 3
        with pytest.raises(NotNow):
            actions.judge_pair(by=person, pair=pair, verdict="different")
    with acting("hr.2", "carana") as colleague:
        actions.undo_judgement(by=colleague, judgement=judged.judgement)
        assert Link.objects.filter(incident=incident, undone_at=None).count() == 1
        assert PairJudgement.objects.get().undone_by_id == colleague.id
        with pytest.raises(NotNow):
            actions.undo_judgement(by=colleague, judgement=PairJudgement.objects.get())
    assert {"linkage:pair:judge", "evidence:report:link", "linkage:pair:undo", "evidence:report:unlink"} <= set(events())


def test_undoing_leaves_alone_a_link_that_the_judgement_did_not_make(mission: Mission) -> None:
    pair = searched(mission)
    with acting("swpa", "carana") as adviser:
        incident = evidence.open_incident(by=adviser, report=pair.report_a)
        evidence.link_report(by=adviser, report=pair.report_b, incident=incident)
        judged = actions.judge_pair(by=adviser, pair=pair, verdict="same")
        assert judged.outcome is Outcome.ALREADY_TOGETHER
        actions.undo_judgement(by=adviser, judgement=judged.judgement)
        assert Link.objects.filter(incident=incident, undone_at=None).count() == 2


def test_two_incidents_are_never_merged_away(mission: Mission) -> None:
    pair = searched(mission)
    with acting("swpa", "carana") as adviser:
        evidence.open_incident(by=adviser, report=pair.report_a)
        evidence.open_incident(by=adviser, report=pair.report_b)
        assert actions.judge_pair(by=adviser, pair=pair, verdict="same").outcome is Outcome.TWO_INCIDENTS
        assert Incident.objects.count() == 2 and Link.objects.filter(undone_at=None).count() == 2


def test_one_incident_may_be_opened_from_two_reports_judged_the_same_and_not_before(mission: Mission) -> None:
    pair = searched(mission)
    with acting("swpa", "carana") as adviser:
        with pytest.raises(NotNow):
            actions.open_from_pair(by=adviser, pair=pair)
        assert actions.judge_pair(by=adviser, pair=pair, verdict="same").outcome is Outcome.NO_INCIDENT
        incident = actions.open_from_pair(by=adviser, pair=pair)
        assert Link.objects.filter(incident=incident, undone_at=None).count() == 2
        with pytest.raises(NotNow):
            actions.open_from_pair(by=adviser, pair=pair)


def test_nothing_remains_when_the_last_step_fails(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = searched(mission)
    with acting("swpa", "carana") as adviser:
        evidence.open_incident(by=adviser, report=pair.report_a)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions, "record", broken)
    with acting("hr.1", "carana") as person:
        with pytest.raises(RuntimeError):
            actions.judge_pair(by=person, pair=pair, verdict="same")
        assert PairJudgement.objects.count() == 0 and Link.objects.filter(undone_at=None).count() == 1


def test_home_speaks_of_likely_pairs_to_those_who_may_judge(mission: Mission) -> None:
    pair = searched(mission)
    with acting("hr.1", "carana") as person:
        CandidatePair.objects.filter(id=pair.id).update(probability=0.9)
        assert [line.count for line in queries.waiting_for(for_user=person)] == [1]
        actions.judge_pair(by=person, pair=pair, verdict="different")
        assert queries.waiting_for(for_user=person) == []
    with acting("unpol.1", "carana") as person:
        assert queries.waiting_for(for_user=person) == []


def test_the_command_says_what_it_found_and_refuses_in_words(mission: Mission) -> None:
    out = io.StringIO()
    call_command("link", mission="carana", person="swpa", stdout=out, stderr=io.StringIO())
    assert "3 reports, 1 pairs to look at (1 new, 0 dropped)" in out.getvalue()
    with pytest.raises(CommandError, match="working group"):
        call_command("link", mission="carana", person="unpol.1", stdout=out, stderr=io.StringIO())
    with pytest.raises(CommandError, match="no live grant"):
        call_command("link", mission="other", person="swpa", stdout=out, stderr=io.StringIO())
