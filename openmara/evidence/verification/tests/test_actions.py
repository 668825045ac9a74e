"""Release, taking back, by reference, origins, reconciliation: refused, works, audited, rolled back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from openmara.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import actions, frames, queries, rules
from openmara.evidence.models import AllegedPerpetrator, Decision, Incident, Link, Report, Source
from openmara.evidence.tests.desk import opened, received
from openmara.evidence.verification import actions as verification
from openmara.evidence.verification import queries as reads
from openmara.evidence.verification.by_reference import actions as reference
from openmara.evidence.verification.by_reference import rules as lines
from openmara.evidence.verification.by_reference.rules import Row
from openmara.evidence.verification.models import BodyRecord, Reconciliation, Release, SameOrigin
from openmara.evidence.verification.origins import actions as origins
from openmara.evidence.verification.reconciliation import actions as sheets
from openmara.evidence.verification.reconciliation import queries as cells
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
STANDARD = "reasonable_grounds_to_believe"


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def verified(mission: Mission, reference: str = "A-1", **changes: object) -> str:
    ref = opened(mission, reference, verifier="hr.1", **changes)
    with acting("hr.1", "carana") as person:
        actions.decide(by=person, incident=incident(ref), to_status="verified", rationale="Accounts agree.", standard_of_proof=STANDARD)
    return ref


def incident(ref: str) -> Incident:
    return Incident.objects.get(ref=ref)


def events() -> list[str]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        return [event for (event,) in cursor.fetchall()]


def row(ref: str, outcome: str = "verified", **changes: object) -> Row:
    return Row(**{"line": 1, "our_reference": ref, "their_reference": "HR-2026-114", "verified_on": date(2026, 7, 20), "standard_of_proof": STANDARD, "outcome": outcome} | changes)


def test_it_refuses_a_release_by_the_verifier_by_others_and_of_what_is_not_verified(mission: Mission) -> None:
    ref, open_one = verified(mission), opened(mission, "A-2", verifier="hr.1")
    for who in ("hr.1", "wpa", "cp.1", "hom"):
        with acting(who, "carana") as person, pytest.raises((NotAllowed, Incident.DoesNotExist)):
            verification.release(by=person, incident=incident(ref))
    with acting("swpa", "carana") as adviser:
        with pytest.raises(NotNow):
            verification.release(by=adviser, incident=incident(open_one))
        decision = Decision.objects.get(incident__ref=ref, to_status="verified")
        with pytest.raises(IntegrityError), transaction.atomic():  # the database says it too
            Release.objects.create(mission=mission, incident=incident(ref), decision=decision, verified_by=adviser, made_by=adviser, made_at=clock.now())
        assert not reads.is_released(incident(ref))


def test_another_releases_once_and_takes_it_back_while_it_stays_counted(mission: Mission) -> None:
    ref = verified(mission)
    with acting("swpa", "carana") as adviser:
        made = verification.release(by=adviser, incident=incident(ref))
        assert reads.is_released(incident(ref)) and made.verified_by.username == "hr.1"
        with pytest.raises(NotNow):
            verification.release(by=adviser, incident=incident(ref))
        verification.withdraw_release(by=adviser, incident=incident(ref))
        assert not reads.is_released(incident(ref)) and incident(ref).verification_status == "verified"
    assert {"evidence:incident:release", "evidence:incident:withdraw_release"} <= set(events())


def test_it_refuses_to_close_without_a_reason_and_a_reason_that_does_not_fit(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    with acting("hr.1", "carana") as person:
        for code, words in (("", ""), ("other", " "), ("found_untrue", "Words."), ("no_such", "Words.")):
            with pytest.raises(NotValid):
                actions.decide(by=person, incident=incident(ref), to_status="reported_not_verified", rationale=words, reason_code=code)
        made = actions.decide(by=person, incident=incident(ref), to_status="reported_not_verified", rationale="", reason_code="no_access")
        assert made.reason_code == "no_access" and made.basis == "own"


def test_it_refuses_to_take_back_without_reason_by_another_or_what_is_not_verified(mission: Mission) -> None:
    ref = verified(mission)
    with acting("hr.2", "carana") as other, pytest.raises(NotAllowed):
        verification.retract(by=other, incident=incident(ref), to_status="did_not_occur", reason_code="found_untrue", rationale="")
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotValid):
            verification.retract(by=person, incident=incident(ref), to_status="did_not_occur", reason_code="", rationale="Words.")
        with pytest.raises(NotValid):  # simply taking it up again says nothing of why
            actions.decide(by=person, incident=incident(ref), to_status="under_verification", rationale="")
        assert incident(ref).verification_status == "verified"
    open_one = opened(mission, "A-2", verifier="hr.1")
    with acting("hr.1", "carana") as person, pytest.raises(NotNow):
        verification.retract(by=person, incident=incident(open_one), to_status="did_not_occur", reason_code="found_untrue", rationale="")


def test_taking_back_ends_the_release_and_marks_the_quarters_it_reached(mission: Mission) -> None:
    ref, before = verified(mission), datetime(2026, 1, 1, tzinfo=UTC)
    with acting("swpa", "carana") as adviser:
        verification.release(by=adviser, incident=incident(ref))
        assert frames.changed_since(before) == frozenset()
    with acting("hr.1", "carana") as person:
        person_sees = reads.reach(for_user=person, incident=incident(ref), to_status="did_not_occur")
        assert "2026Q3" in {one.quarter for one in person_sees.quarters}
        verification.retract(by=person, incident=incident(ref), to_status="did_not_occur", reason_code="found_untrue", rationale="")
        assert "2026Q3" in frames.changed_since(before) and frames.changed_since(clock.now()) == frozenset()
        assert Release.objects.get(incident__ref=ref).undone_by_id == person.id
        assert not reads.is_released(incident(ref))
    with acting("gender", "carana"):  # reads no incident, but may know that a quarter changed
        assert "2026Q3" in frames.changed_since(before)


def test_it_refuses_a_reference_of_another_body_of_the_sole_reporter_or_in_another_state(mission: Mission) -> None:
    ref = opened(mission)
    with acting("swpa", "carana") as adviser, pytest.raises(NotAllowed):
        reference.by_reference(by=adviser, incident=incident(ref), body="human_rights", row=row(ref))
    with acting("hr.1", "carana") as person, pytest.raises(NotAllowed):
        reference.by_reference(by=person, incident=incident(ref), body="child_protection", row=row(ref))
    with acting("hr.2", "carana") as reporter, pytest.raises(NotValid):  # hr.2 alone reported it
        reference.by_reference(by=reporter, incident=incident(ref), body="human_rights", row=row(ref))
    with acting("cp.1", "carana") as child_protection, pytest.raises(NotFound):  # no child: not even there
        queries.find_incident(for_user=child_protection, ref=ref)
    done = verified(mission, "A-2")
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotNow):
            reference.by_reference(by=person, incident=incident(done), body="human_rights", row=row(done, "did_not_occur"))
        with pytest.raises(NotValid):  # before it was reported
            reference.by_reference(by=person, incident=incident(ref), body="human_rights", row=row(ref, verified_on=date(2026, 7, 4)))
        assert incident(ref).verification_status == "received" and not BodyRecord.objects.exists()


def test_a_body_verifies_by_reference_without_sources_and_twice_changes_nothing(mission: Mission) -> None:
    ref = opened(mission, source_category="", consent_basis="", consent_scope=())
    with acting("hr.1", "carana") as person:
        assert not Source.objects.filter(report__links__incident__ref=ref).exists()
        made = reference.by_reference(by=person, incident=incident(ref), body="human_rights", row=row(ref))
        assert made is not None and made.basis == "by_reference" and incident(ref).verified_on == date(2026, 7, 20)
        assert BodyRecord.objects.get(decision=made).external_reference == "HR-2026-114"
        assert reference.by_reference(by=person, incident=incident(ref), body="human_rights", row=row(ref)) is None
        assert [one.to_status for one in verification.steps_of(incident(ref))] == ["received", "under_verification", "verified"]
    assert "evidence:incident:decide_by_reference" in events()


def test_child_protection_verifies_cases_of_children(mission: Mission) -> None:
    ref = opened(mission, tally={"girls": 1}, total=1, child_protection_routed=True)
    with acting("cp.1", "carana") as person:
        made = reference.by_reference(by=person, incident=incident(ref), body="child_protection", row=row(ref, their_reference="MRM/7"))
        assert made is not None and incident(ref).verification_status == "verified"


def test_a_list_is_taken_over_whole_or_not_at_all(mission: Mission) -> None:
    first, second = opened(mission, "A-1"), opened(mission, "A-2")
    with acting("hr.1", "carana") as person:
        good = [row(first), row(second, "reported_not_verified", line=2, standard_of_proof="")]
        assert [one.refused for one in reference.take_over(by=person, body="human_rights", rows=good, dry_run=True)] == [False, False]
        assert incident(first).verification_status == "received"
        bad = reference.take_over(by=person, body="human_rights", rows=[*good, row("zzzzzzzz", line=3)])
        assert [one.refused for one in bad] == [False, False, True] and incident(first).verification_status == "received"
        reference.take_over(by=person, body="human_rights", rows=good)
        assert (incident(first).verification_status, incident(second).verification_status) == ("verified", "reported_not_verified")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("0123abcd;HR-1;2026-03-31;verified", ""),
        ("short;HR-1;2026-03-31;reasonable_grounds_to_believe;verified", "our_reference"),
        ("0123abcd;a name of somebody;2026-03-31;reasonable_grounds_to_believe;verified", "their_reference"),
        ("0123abcd;HR-1;31/03/2026;reasonable_grounds_to_believe;verified", "verified_on"),
        ("0123abcd;HR-1;2026-03-31;;verified", "standard_of_proof"),
        ("0123abcd;HR-1;2026-03-31;reasonable_grounds_to_believe;guilty", "outcome"),
    ],
)
def test_it_says_per_line_and_column_what_does_not_fit(text: str, column: str) -> None:
    read, problems = lines.read(lines.split(text)[0], 1)
    assert read is None and column in problems


def test_a_pasted_list_is_read_with_labels_and_any_mark() -> None:
    text = "0123ABCD\tHR-1\t2026-03-31\tReasonable grounds to believe\tverified\n\n0123abce\tHR-2\t2026-04-01\t\tdid_not_occur"
    found = [lines.read(cells, number)[0] for number, cells in enumerate(lines.split(text), start=1)]
    assert [(one.our_reference, one.outcome) for one in found if one] == [("0123abcd", "verified"), ("0123abce", "did_not_occur")]


def test_accounts_of_one_office_on_one_day_or_of_one_origin_are_not_independent() -> None:
    facts = rules.SourceFacts
    day = [facts("secondary", "a", "1", "d"), facts("secondary", "a", "2", "d")]
    assert rules.count_sources(day) == (0, 1)
    two = [facts("secondary", "a", "1", "d"), facts("secondary", "b", "2", "e")]
    assert rules.count_sources(two) == (0, 2) and rules.count_sources(two, [("2", "1")]) == (0, 1)
    three = [*two, facts("secondary", "c", "3", "f")]
    assert rules.count_sources(three, [("1", "2"), ("3", "2")]) == (0, 1)
    first_hand = [facts("primary_victim", "a", "1", "d"), facts("primary_victim", "a", "2", "d"), facts("primary_witness", "a", "2", "d")]
    assert rules.count_sources(first_hand) == (2, 0)


def joined(mission: Mission) -> tuple[str, Report, Report]:
    """Two secondary accounts of two offices behind one incident."""
    ref = opened(mission, verifier="hr.1", source_category="secondary")
    other = received(mission, "A-2", source_category="secondary", date_reported=date(2026, 7, 10))
    with acting("swpa", "carana") as adviser:
        actions.link_report(by=adviser, report=Report.objects.get(ref=other), incident=incident(ref))
        first = Link.objects.get(incident__ref=ref, opened_incident=True).report
        return ref, first, Report.objects.get(ref=other)


def test_one_origin_is_judged_and_taken_back_with_author(mission: Mission) -> None:
    ref, one, other = joined(mission)
    with acting("unpol.1", "carana") as outsider, pytest.raises((NotAllowed, Incident.DoesNotExist)):
        origins.judge_same_origin(by=outsider, incident=incident(ref), report=one, other=other)
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotValid):
            origins.judge_same_origin(by=person, incident=incident(ref), report=one, other=one)
        made = origins.judge_same_origin(by=person, incident=incident(ref), report=other, other=one)
        with pytest.raises(NotNow):
            origins.judge_same_origin(by=person, incident=incident(ref), report=one, other=other)
        assert queries.incident(for_user=person, ref=ref).sources == (0, 1)
        origins.undo_same_origin(by=person, judgement=made)
        assert SameOrigin.objects.get().undone_by_id == person.id and queries.same_origins(queries.origins(incident(ref))) == []


def test_sources_are_corrected_by_office_or_verifier_and_the_earlier_judgement_is_kept(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    values = {"source_category": "primary_witness", "source_type": "oral_testimony", "source_reliability": "low", "source_credibility": "medium"}
    with acting("hr.1", "carana") as person:
        report = Report.objects.get(links__incident__ref=ref)
        source = Source.objects.get(report=report)
        with pytest.raises(NotValid):
            origins.correct_source(by=person, report=report, source=source, values={"source_category": "rumour"})
        origins.correct_source(by=person, report=report, source=source, values=values)
        origins.state_source(by=person, report=report, values={"source_category": "secondary"})
        assert Source.objects.filter(report=report).count() == 2
        with connection.cursor() as cursor:
            cursor.execute("select earlier ->> 'source_category' from evidence_source_history where id = %s", [source.id])
            assert cursor.fetchall() == [("primary_victim",)]
    assert {"evidence:source:correct", "evidence:source:state"} <= set(events())


def test_each_party_is_attributed_apart_and_a_new_decision_undoes_one(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1", alleged_parties=("ICSC", "CDF"))
    with acting("hr.1", "carana") as person:
        icsc, cdf = Party.objects.get(code="ICSC"), Party.objects.get(code="CDF")
        actions.attribute(by=person, incident=incident(ref), party=icsc, status="verified", rationale="Uniforms and commands heard.")
        assert {one.party.code: one.attribution_status for one in AllegedPerpetrator.objects.filter(incident__ref=ref).select_related("party")} == {
            "ICSC": "verified", "CDF": "alleged",
        }  # fmt: skip
        actions.attribute(by=person, incident=incident(ref), party=cdf, status="unknown", rationale="Not there at that time.")
        undone = actions.attribute(by=person, incident=incident(ref), party=icsc, status="alleged", rationale="One account was taken back.")
        assert (undone.from_status, undone.to_status) == ("verified", "alleged") and incident(ref).attribution_status == "alleged"
        assert Decision.objects.filter(incident__ref=ref, axis="attribution").count() == 3


def sheet(mission: Mission) -> Reconciliation:
    """The sheet of 2026Q3 with one case of two women."""
    with clock.set_to(datetime(2026, 9, 20, 10, tzinfo=UTC), mission):
        verified(mission)
    with clock.set_to(datetime(2026, 10, 5, 10, tzinfo=UTC), mission), acting("swpa", "carana") as adviser:
        return sheets.open_sheet(by=adviser, mission=mission, quarter="2026Q3")


def test_it_refuses_a_sheet_of_a_running_quarter_twice_or_by_who_sees_a_part(mission: Mission) -> None:
    made = sheet(mission)
    with clock.set_to(datetime(2026, 10, 5, 10, tzinfo=UTC), mission):
        with acting("swpa", "carana") as adviser:
            for quarter, refusal in (("2026Q4", NotValid), ("2026-9", NotValid), ("2026Q3", Conflict)):
                with pytest.raises(refusal):
                    sheets.open_sheet(by=adviser, mission=mission, quarter=quarter)
        for who in ("wpa.cr01", "hr.nat", "cp.1"):
            with acting(who, "carana") as person, pytest.raises(NotAllowed):
                sheets.count_again(by=person, sheet=Reconciliation.objects.get(id=made.id))
        with acting("gender", "carana") as person, pytest.raises(NotAllowed):
            cells.find_sheet(for_user=person, key=made.id)


def test_three_different_people_sign_explained_figures_and_then_nothing_changes(mission: Mission) -> None:
    made, key = sheet(mission), ("rape", "adm1", "CR08")
    with acting("hr.1", "carana") as human_rights:
        found = {cells.as_cell(one).key: cells.as_cell(one) for one in cells.cells(for_user=human_rights, sheet=made)}
        assert (found[key].incidents, found[key].mara, found[key].late) == (1, 2, 0)
        with pytest.raises(NotValid):  # a difference without a reason
            sheets.state_cell(by=human_rights, sheet=made, key=key, values={"human_rights": "3"})
        with pytest.raises(NotValid):  # the figure of another body
            sheets.state_cell(by=human_rights, sheet=made, key=key, values={"mrm": "1", "reason_code": "age_differs", "words": "One of them is a child."})
        sheets.state_cell(by=human_rights, sheet=made, key=key, values={"human_rights": "3", "reason_code": "not_yet_verified", "words": "One is still being checked."})
        with pytest.raises(NotAllowed):
            sheets.sign(by=human_rights, sheet=made, body="mara")
        sheets.sign(by=human_rights, sheet=made, body="human_rights")
    with acting("swpa", "carana") as adviser:
        with pytest.raises(NotNow):  # not under a signature
            sheets.state_cell(by=adviser, sheet=made, key=key, values={"human_rights": "2"})
        sheets.sign(by=adviser, sheet=made, body="mara")
        with pytest.raises(NotNow):
            sheets.sign(by=adviser, sheet=made, body="mara")
    with acting("hr.1", "carana") as human_rights:
        sheets.take_signature_back(by=human_rights, sheet=made)
        sheets.sign(by=human_rights, sheet=made, body="human_rights")
    with acting("cp.1", "carana") as child_protection:
        sheets.sign(by=child_protection, sheet=made, body="mrm")
        assert Reconciliation.objects.get(id=made.id).frozen_at is not None
    with acting("swpa", "carana") as adviser:
        for refused in (sheets.count_again, sheets.take_signature_back):
            with pytest.raises(NotNow):
                refused(by=adviser, sheet=made)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:  # the database says it too
            cursor.execute("update evidence_reconciliationcell set mara = 9 where mission_id = %s and sheet_id = %s", [mission.id, made.id])
    assert "evidence:reconciliation:freeze" in events()


def test_reminders_name_numbers_and_ages_and_nothing_else(mission: Mission) -> None:
    with clock.set_to(datetime(2026, 7, 20, 10, tzinfo=UTC), mission):
        ref = opened(mission, verifier="hr.1")
    with clock.set_to(datetime(2026, 8, 30, 10, tzinfo=UTC), mission):
        with acting("hr.1", "carana") as person:
            said = [line for line in reads.waiting_for(for_user=person) if line.count]
            assert [("30" in line.label, line.count) for line in said] == [(True, 1)] and not any(ref in line.href + line.label for line in said)
            found = reads.backlog(for_user=person, whose="me", band="30-89")
            assert [one.ref for one in found.page.rows] == [ref] and ("30-89", 0, 1) in found.bands
            actions.decide(by=person, incident=incident(ref), to_status="verified", rationale="Accounts agree.", standard_of_proof=STANDARD)
        with acting("swpa", "carana") as adviser:
            assert [line.count for line in reads.waiting_for(for_user=adviser) if "to_release" in line.href] == [1]
        with acting("wpa", "carana") as reporter:
            assert reads.waiting_for(for_user=reporter) == []
        with acting("gender", "carana") as outsider, pytest.raises(NotAllowed):
            reads.backlog(for_user=outsider)
