"""What a meeting takes of an incident: refusals first; verification's own rule decides who may."""

import pytest

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence.gathering import actions as gathering
from openmara.evidence.meetings import actions, queries
from openmara.evidence.meetings.models import AgendaItem, Outcome, OutcomeText
from openmara.evidence.meetings.tests import table
from openmara.evidence.models import Incident
from openmara.evidence.verification import actions as verification
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Person
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
WHY = "Two accounts agree. Synthetic."
GROUNDS = "reasonable_grounds_to_believe"


@pytest.fixture(autouse=True)
def library(carana: object) -> None:
    with acting("swpa", "carana"):
        make_areas_and_parties(carana)


def item_of(made, incident):
    return AgendaItem.objects.select_related("incident", "meeting").get(meeting=made, incident=incident)


def take(who: str, made, incident, to="verified", why=WHY, standard=GROUNDS):
    with acting(who, "carana") as by:
        return actions.take_decision(by=by, item=item_of(made, incident), to_status=to, standard=standard, rationale=why)


def test_it_refuses_a_decision_without_quorum_and_says_who_lacks() -> None:
    found = table.incident()
    made = table.meeting("swpa", "hr.1")
    with pytest.raises(NotNow, match="3 needed"):
        take("hr.1", made, found)
    made = table.meeting("swpa", "wpa", "hr.1")
    with acting("hr.1", "carana"):
        assert Outcome.objects.count() == 0
    assert take("hr.1", made, found).kind == "decision"


def test_it_refuses_where_no_verifying_office_is_present() -> None:
    found = table.incident()
    made = table.meeting("swpa", "wpa", "wpa.cr01")
    with pytest.raises(NotNow, match="Human rights or Child protection"):
        take("swpa", made, found)


def test_it_refuses_who_is_not_present_and_who_has_a_conflict_of_interest() -> None:
    found = table.incident()
    made = table.meeting("swpa", "hr.1", "cp.1", "wpa")
    with pytest.raises(NotAllowed, match="not marked as present"):
        take("hr.2", made, found)
    with acting("hr.1", "carana") as by:
        actions.declare_conflict(by=by, item=item_of(made, found), person=by)
    with pytest.raises(NotAllowed, match="conflict of interest"):
        take("hr.1", made, found)


def test_whoever_stepped_back_decides_attributes_and_releases_nowhere_and_is_not_named_again() -> None:
    found, other = table.incident(), table.incident("A-2")
    made = table.meeting("swpa", "hr.1", "cp.1", "wpa")
    for username in ("hr.1", "swpa"):
        with acting(username, "carana") as by:
            actions.declare_conflict(by=by, item=item_of(made, found), person=by)
    with acting("hr.1", "carana") as by:
        for step in (
            lambda one: evidence.decide(by=by, incident=one, to_status="verified", rationale=WHY, standard_of_proof=GROUNDS),
            lambda one: evidence.attribute(by=by, incident=one, party=None, status="unknown", rationale=WHY),
            lambda one: gathering.join_incident(by=by, incident=one, into=other, reason="same_event", rationale=WHY),
        ):
            with pytest.raises(NotAllowed, match="conflict of interest"):
                step(Incident.objects.get(id=found.id))
        verified = table.verify(other, clock.today())
    with acting("swpa", "carana") as by:
        with pytest.raises(NotAllowed, match="conflict of interest"):
            evidence.assign(by=by, incident=Incident.objects.get(id=found.id), to=Person.objects.get(username="hr.1"))
        with pytest.raises(NotAllowed, match="conflict of interest"):
            verification.release(by=by, incident=Incident.objects.get(id=found.id))
        assert verification.release(by=by, incident=Incident.objects.get(id=verified.id))


def test_whoever_steps_back_does_not_count_for_the_quorum_of_that_item() -> None:
    found = table.incident()
    made = table.meeting("swpa", "hr.1", "cp.1")
    with acting("cp.1", "carana") as by:
        with pytest.raises(AgendaItem.DoesNotExist):  # no child is concerned: the item is not open to child protection at all
            item_of(made, found)
    with acting("swpa", "carana") as by:
        actions.declare_conflict(by=by, item=item_of(made, found), person=table.participant(made, "cp.1"))
    with pytest.raises(NotNow, match="2 present, 3 needed"):
        take("hr.1", made, found)


def test_verifications_own_rule_holds_at_the_table() -> None:
    found = table.incident(by="hr.1")  # its only reporter is its verifier
    made = table.meeting(*table.PEOPLE)
    with pytest.raises(NotValid):
        take("hr.1", made, found)
    with acting("hr.1", "carana"):
        assert Incident.objects.get(id=found.id).verification_status == "under_verification"
        assert not Outcome.objects.exists()


def test_the_verifier_decides_and_the_decision_is_verifications() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    outcome = take("hr.1", made, found)
    with acting("hr.1", "carana"):
        assert outcome.kind == "decision" and outcome.decision.to_status == "verified"
        assert Incident.objects.get(id=found.id).standard_of_proof == GROUNDS


def test_who_may_not_decide_recommends_and_the_verifier_confirms_with_one_step() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    with pytest.raises(NotValid):
        take("swpa", made, found, why=" ")
    outcome = take("swpa", made, found)
    assert outcome.kind == "recommendation" and outcome.decision_id is None
    with acting("hr.2", "carana") as by, pytest.raises(NotAllowed):
        assert Incident.objects.get(id=found.id).verification_status == "under_verification"
        actions.confirm(by=by, outcome=queries.find_outcome(for_user=by, meeting=made, key=str(outcome.id)))
    with acting("hr.1", "carana") as by:
        assert OutcomeText.objects.get().rationale == WHY
        confirmed = actions.confirm(by=by, outcome=queries.find_outcome(for_user=by, meeting=made, key=str(outcome.id)))
        assert confirmed.decision.made_by_id == by.id
        assert Incident.objects.get(id=found.id).verification_status == "verified"
        with pytest.raises(NotNow):
            actions.confirm(by=by, outcome=queries.find_outcome(for_user=by, meeting=made, key=str(outcome.id)))


def test_nothing_is_changed_once_the_minutes_are_closed() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    with acting("swpa", "carana") as by:
        actions.close_minutes(by=by, meeting=made)
    with pytest.raises(NotNow):
        take("hr.1", made, found)


def test_deferring_keeps_the_incident_as_it_is() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    assert take("swpa", made, found, to="").kind == "deferred"


def test_conflicts_hide_the_item_from_the_page_of_the_meeting() -> None:
    found = table.incident()
    made = table.meeting(*table.PEOPLE)
    with acting("hr.2", "carana") as by:
        assert not queries.meeting(for_user=by, key=made.id).items[0].mine
        actions.declare_conflict(by=by, item=item_of(made, found), person=by)
        assert queries.meeting(for_user=by, key=made.id).items[0].mine
        assert queries.of_incident(for_user=by, incident=found) == []
