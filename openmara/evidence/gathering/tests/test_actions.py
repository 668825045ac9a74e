"""Split, join and undo: refused first, then works, then audited and rolled back."""

from collections.abc import Iterator
from datetime import date

import pytest

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence.gathering import actions, queries
from openmara.evidence.gathering.models import Gathering, GatheringText
from openmara.evidence.models import Decision, Incident, Link, Report
from openmara.evidence.tests.desk import events, opened, received
from openmara.parties.models import Party
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

from .cases import LATER, WHY, gathered, lie, named, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def split(ref: str, *references: str, by: str = "hr.1", base: str = "", reason: str = "different_events", why: str = WHY) -> str:
    with acting(by, "carana") as person:
        made = actions.split_incident(
            by=person, incident=Incident.objects.get(ref=ref), reports=[named(one) for one in references],
            base=named(base or references[0]) if references else None, reason=reason, rationale=why,
        )  # fmt: skip
        return made.ref


def join(ref: str, into: str, by: str = "hr.1", reason: str = "same_event", why: str = WHY) -> Gathering:
    with acting(by, "carana") as person:
        return actions.join_incident(
            by=person, incident=Incident.objects.get(ref=ref), into=Incident.objects.get(ref=into), reason=reason, rationale=why
        )  # fmt: skip


def undo(ref: str, by: str = "hr.1", which: int = -1) -> Gathering:
    with acting(by, "carana") as person:
        found = queries.judgements(for_user=person, incident=Incident.objects.get(ref=ref))[which].row
        return actions.undo_gathering(by=person, judgement=found, reason="new_information", rationale=LATER)


def standing(ref: str) -> tuple[object, ...]:
    with acting("swpa", "carana"):
        one = Incident.objects.get(ref=ref)
        return one.verification_status, one.verified_on, one.standard_of_proof, one.closed_on, one.duplicate_of_id, frozenset(lie(ref))


def test_a_role_without_the_right_splits_and_joins_nothing(mission: Mission) -> None:
    first, second = gathered(mission, "A-1", "A-2"), gathered(mission, "B-1")
    for username in ("gender", "unpol.1"):
        with acting("swpa", "carana"):
            incident, other = Incident.objects.get(ref=first), Incident.objects.get(ref=second)
            key = named("A-2")
        with acting(username, "carana") as person:
            with pytest.raises(NotAllowed):
                actions.split_incident(by=person, incident=incident, reports=[key], base=key, reason="other", rationale=WHY)
            with pytest.raises(NotAllowed):
                actions.join_incident(by=person, incident=incident, into=other, reason="other", rationale=WHY)


@pytest.mark.parametrize(("references", "base", "problem"), [
    ((), "", "reports"), (("A-1", "A-2"), "", "reports"), (("A-2",), "A-1", "base"), (("B-1",), "", "reports"),
])  # fmt: skip
def test_a_split_leaves_one_report_and_is_coded_from_one_that_goes(mission: Mission, references: tuple[str, ...], base: str, problem: str) -> None:
    ref = gathered(mission, "A-1", "A-2")
    gathered(mission, "B-1")
    with pytest.raises(NotValid) as refused:
        split(ref, *references, base=base)
    assert set(refused.value.problems) == {problem}
    with acting("swpa", "carana"):
        assert lie(ref) == {"A-1", "A-2"}


def test_every_judgement_says_why(mission: Mission) -> None:
    ref, second = gathered(mission, "A-1", "A-2"), gathered(mission, "B-1")
    with pytest.raises(NotValid) as refused:
        split(ref, "A-2", reason="same_event", why="no")
    assert set(refused.value.problems) == {"reason", "rationale"}
    with pytest.raises(NotValid) as refused:
        join(ref, second, reason="different_events", why="")
    assert set(refused.value.problems) == {"reason", "rationale"}


def test_a_verified_incident_is_split_by_its_verifier_alone(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    for username in ("swpa", "hr.2"):
        with pytest.raises(NotAllowed):
            split(ref, "A-2", by=username)
    assert standing(ref)[0] == "verified"


def test_a_join_is_the_verifiers_and_never_of_what_is_closed(mission: Mission) -> None:
    first, second, third = gathered(mission, "A-1"), gathered(mission, "B-1"), gathered(mission, "C-1")
    with pytest.raises(NotAllowed):
        join(first, second, by="swpa")
    with pytest.raises(NotAllowed):
        join(first, second, by="hr.2")
    with pytest.raises(NotNow, match="itself"):
        join(first, first)
    join(first, second)
    with pytest.raises(NotNow, match="taken up again|takes it up again"):
        join(first, third)
    with pytest.raises(NotNow, match="Join the one that stays"):
        join(third, first)


def test_a_split_moves_reports_and_keeps_every_row(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", "A-3")
    made = split(ref, "A-2", "A-3", base="A-3", by="swpa")
    with acting("swpa", "carana"):
        assert (lie(ref), lie(made)) == ({"A-1"}, {"A-2", "A-3"})
        new = Incident.objects.select_related("assigned_to").get(ref=made)
        assert new.verification_status == "received" and new.assigned_to.username == "hr.1"
        assert Link.objects.get(incident=new, opened_incident=True).report.their_reference == "A-3"
        assert Link.objects.filter(incident__ref=ref).count() == 3 and new.text.nexus_note == "Fighters present. Synthetic."
        judgement = Gathering.objects.get()
        assert (judgement.kind, judgement.reason, judgement.made_by.username, judgement.moves.count()) == ("split", "different_events", "swpa", 2)
        assert GatheringText.objects.get().rationale == WHY
    assert "evidence:incident:split" in events()
    assert standing(ref)[0] == "under_verification"


def test_a_split_sends_a_verified_incident_back_and_undoing_restores_it_exactly(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    before = standing(ref)
    made = split(ref, "A-2")
    assert standing(ref)[:2] == ("under_verification", None)
    with acting("swpa", "carana"):
        step = Decision.objects.filter(incident__ref=ref).latest("recorded_at")
        assert (step.from_status, step.to_status, step.text.rationale) == ("verified", "under_verification", WHY)
    split_standings = standing(ref), standing(made)
    undo(ref)
    assert standing(ref) == before and standing(made)[0] == "duplicate" and standing(made)[5] == frozenset()
    undo(ref)  # the undoing is undone
    assert (standing(ref), standing(made)) == split_standings
    undo(ref)
    assert standing(ref) == before
    assert events().count("evidence:incident:undo_gathering") == 3


def test_a_join_closes_one_incident_keeps_its_history_and_is_undone_exactly(mission: Mission) -> None:
    first, second = gathered(mission, "A-1", "A-2", verified=True), gathered(mission, "B-1")
    before = standing(first), standing(second)
    with acting("swpa", "carana"):
        steps = Decision.objects.filter(incident__ref=first).count()
    join(first, second)
    with acting("swpa", "carana"):
        kept = Incident.objects.select_related("duplicate_of").get(ref=first)
        assert (kept.verification_status, kept.duplicate_of.ref) == ("duplicate", second)
        assert (lie(first), lie(second)) == (set(), {"A-1", "A-2", "B-1"})
        assert Decision.objects.filter(incident=kept).count() == steps + 1
    assert standing(second)[0] == "under_verification"
    undo(second)
    assert (standing(first), standing(second)) == before
    with acting("swpa", "carana"):
        assert Link.objects.get(incident__ref=first, report__their_reference="A-1", undone_at=None).opened_incident


def test_a_join_of_an_incident_that_has_come_into_a_compartment_is_undone_too(mission: Mission) -> None:
    first, second = gathered(mission, "A-1", "A-2"), gathered(mission, "B-1")
    with acting("hr.1", "carana") as person:
        evidence.attribute(by=person, incident=Incident.objects.get(ref=first), party=Party.objects.get(code="CDF"), status="alleged", rationale=WHY)
    join(first, second)
    undo(second)
    with acting("swpa", "carana"):
        assert "state" in Incident.objects.get(ref=first).compartment
        assert (lie(first), lie(second)) == ({"A-1", "A-2"}, {"B-1"})


def test_undoing_is_refused_where_a_later_judgement_rests_on_it_and_says_which(mission: Mission) -> None:
    first, second = gathered(mission, "A-1"), gathered(mission, "B-1")
    join(first, second)
    verify(second)
    with pytest.raises(NotNow, match=f"a decision on incident {second}"):
        undo(second)
    ref = gathered(mission, "C-1", "C-2")
    made = split(ref, "C-2")
    late = received(mission, "C-3")
    with acting("swpa", "carana") as adviser:
        evidence.link_report(by=adviser, report=Report.objects.get(ref=late), incident=Incident.objects.get(ref=made))
    with pytest.raises(NotNow, match=f"report {late} belongs to incident {made} since"):
        undo(ref)


def test_undoing_is_refused_where_a_report_has_moved_on(mission: Mission) -> None:
    first, second, third = gathered(mission, "A-1"), gathered(mission, "B-1"), gathered(mission, "C-1")
    join(first, second)
    join(second, third)
    with pytest.raises(NotNow, match="has been moved again"):
        undo(first, which=0)
    before = standing(first)
    undo(third)  # the later join is taken back, so nothing stands in the way of the earlier one
    undo(first, which=0)
    assert standing(first)[0] == "under_verification" and before[0] == "duplicate"
    assert [standing(one)[5] for one in (first, second, third)] == [{"A-1"}, {"B-1"}, {"C-1"}]


def test_a_verification_does_not_come_back_over_other_accounts(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", "A-3", verified=True)
    split(ref, "A-3")
    with acting("swpa", "carana") as adviser:
        evidence.unlink_report(by=adviser, link=Link.objects.get(incident__ref=ref, report__their_reference="A-2", undone_at=None))
    with pytest.raises(NotNow, match="was taken out of incident"):
        undo(ref)


def test_it_is_undone_once(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2")
    split(ref, "A-2")
    undo(ref)
    with pytest.raises(NotNow, match="undone already"):
        undo(ref, which=0)


def test_nothing_is_left_behind_where_a_step_fails(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    before = standing(ref)

    def fail(*_values: object, **_named: object) -> None:
        raise RuntimeError("the log is full")

    with acting("hr.1", "carana") as person:
        incident, key = Incident.objects.get(ref=ref), named("A-2")
        with monkeypatch.context() as broken, pytest.raises(RuntimeError):
            broken.setattr(actions, "_write", fail)
            actions.split_incident(by=person, incident=incident, reports=[key], base=key, reason="other", rationale=WHY)
    assert standing(ref) == before
    with acting("swpa", "carana"):
        assert not Gathering.objects.exists() and Incident.objects.count() == 1


def test_no_account_is_taken_from_under_a_verification(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    with acting("swpa", "carana") as adviser, pytest.raises(NotNow, match="takes it up again first"):
        evidence.unlink_report(by=adviser, link=Link.objects.get(incident__ref=ref, report__their_reference="A-2"))


def test_an_account_that_came_after_the_verification_may_go_again(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    third = received(mission, "A-3")
    with acting("swpa", "carana") as adviser:
        link = evidence.link_report(by=adviser, report=Report.objects.get(ref=third), incident=Incident.objects.get(ref=ref))
        evidence.unlink_report(by=adviser, link=link)
        assert Link.objects.filter(incident__ref=ref, undone_at=None).count() == 2
        assert Incident.objects.get(ref=ref).verification_status == "verified"


def test_what_came_back_with_the_verification_is_what_it_rests_on(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    split(ref, "A-2")
    undo(ref)
    assert standing(ref)[0] == "verified"
    with acting("swpa", "carana") as adviser, pytest.raises(NotNow, match="takes it up again first"):
        evidence.unlink_report(by=adviser, link=Link.objects.get(incident__ref=ref, report__their_reference="A-2", undone_at=None))


def test_an_unassigned_split_is_taken_back_once_a_verifier_is_named(mission: Mission) -> None:
    ref = opened(mission, "A-1")
    second = received(mission, "A-2")
    with acting("wpa", "carana") as adviser:
        evidence.link_report(by=adviser, report=Report.objects.get(ref=second), incident=Incident.objects.get(ref=ref))
    made = split(ref, "A-2", by="wpa")
    with pytest.raises(NotAllowed):
        undo(ref, by="wpa")
    with pytest.raises(NotAllowed):
        undo(ref, by="hr.1")
    with acting("hr.1", "carana") as person:
        evidence.assign(by=person, incident=Incident.objects.get(ref=made), to=person)
    undo(ref, by="hr.1")
    assert standing(made)[0] == "duplicate" and standing(ref)[5] == {"A-1", "A-2"}
    assert standing(made)[3] is not None and isinstance(standing(made)[3], date)
