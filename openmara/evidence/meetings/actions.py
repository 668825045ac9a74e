"""Writes of meetings. Each verb: right, rule, write, audit, one transaction. On incidents, verification decides."""

import uuid
from collections.abc import Collection
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import facts, permissions, rules
from openmara.evidence.meetings.models import (
    ActionPoint,
    AgendaItem,
    ConflictOfInterest,
    Meeting,
    Outcome,
    OutcomeText,
    Participant,
)  # fmt: skip
from openmara.evidence.models import Decision, Incident
from openmara.evidence.verification import actions as verification
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person

LONGEST = 200
RELEASE = "release"  # an outcome beside the states of verification


def plan(*, by: Person, mission: Mission, held_on: date, starts_at: time | None = None, place: str = "", chair: Person | None = None, due: bool = True) -> Meeting:
    """Call a meeting of the working group, with its members and an agenda of what is due; without `due` it is filled by hand."""
    permissions.check_can_plan()
    if evidence_rules.pii_findings(place) or len(place) > 80:
        raise NotValid(problems={"place": _("A room or an office, in a few words. No names.")})
    rule = rules.arrangements()["quorum"]
    with transaction.atomic():
        meeting = Meeting(
            mission=mission, held_on=held_on, starts_at=starts_at, place=place.strip(), person=chair or by, quorum_least=rule["least"],
            quorum_functions=list(rule["functions"]), recorded_at=clock.now(),
        )  # fmt: skip
        meeting.save(force_insert=True)
        members = facts.members()
        Participant.objects.bulk_create(
            [Participant(mission=mission, meeting=meeting, person_id=person, function=function) for person, function in members.items()]
        )
        if due:
            _draw_up(meeting)
        record("evidence:meeting:plan", objects=[meeting.id], sensitivity="S2")
    return meeting


def _draw_up(meeting: Meeting) -> int:
    """What is due goes on the agenda after what stands there; nothing is taken off."""
    there = set(AgendaItem.objects.filter(meeting=meeting).values_list("incident_id", flat=True))
    due, _more = rules.agenda(facts.of_open_and_recent(meeting.held_on), meeting.held_on, rules.arrangements()["agenda"]["most"])
    new = [(one, why) for one, why in due if uuid.UUID(one.key) not in there]
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(mission_id=meeting.mission_id, meeting=meeting, incident_id=uuid.UUID(one.key), reasons=why, position=place)
            for place, (one, why) in enumerate(new, start=len(there) + 1)
        ]
    )
    return len(new)


def refresh_agenda(*, by: Person, meeting: Meeting) -> int:
    """Add what has become due since the agenda was drawn up."""
    _check_running(meeting)
    with transaction.atomic():
        added = _draw_up(meeting)
        record("evidence:meeting:agenda", objects=[meeting.id], sensitivity="S2", purpose="refresh")
    return added


def put_on(*, by: Person, meeting: Meeting, incident: Incident) -> AgendaItem:
    """Put an incident on the agenda by hand."""
    _check_running(meeting)
    if AgendaItem.objects.filter(meeting=meeting, incident=incident).exists():
        raise NotNow(_("This incident is on the agenda already."))
    last = AgendaItem.objects.filter(meeting=meeting).order_by("-position").first()
    with transaction.atomic():
        item = AgendaItem(mission_id=meeting.mission_id, meeting=meeting, incident=incident, reasons=["added"], position=(last.position if last else 0) + 1)
        item.save(force_insert=True)
        record("evidence:meeting:agenda", objects=[meeting.id, incident.id], sensitivity="S2", purpose="put_on")
    return item


def take_off(*, by: Person, item: AgendaItem) -> None:
    """Take an item off the agenda, as long as nothing was decided under it."""
    _check_running(item.meeting)
    if Outcome.objects.filter(item=item).exists() or ConflictOfInterest.objects.filter(item=item).exists():
        raise NotNow(_("Something was recorded under this item already. It stays on the agenda."))
    with transaction.atomic():
        record("evidence:meeting:agenda", objects=[item.meeting_id, item.incident_id], sensitivity="S2", purpose="take_off")
        item.delete()


def move_up(*, by: Person, item: AgendaItem) -> None:
    """One place towards the beginning."""
    _check_running(item.meeting)
    above = AgendaItem.objects.filter(meeting=item.meeting, position__lt=item.position).order_by("-position").first()
    if above is None:
        return
    with transaction.atomic():
        above.position, item.position = item.position, above.position
        above.save(update_fields=["position"])
        item.save(update_fields=["position"])
        record("evidence:meeting:agenda", objects=[item.meeting_id], sensitivity="S2", purpose="order")


def mark_present(*, by: Person, meeting: Meeting, present: Collection[uuid.UUID]) -> rules.Quorum:
    """Who is there now. The first presence opens a planned meeting."""
    _check_running(meeting)
    with transaction.atomic():
        Participant.objects.filter(meeting=meeting, person_id__in=list(present)).update(present=True)
        Participant.objects.filter(meeting=meeting).exclude(person_id__in=list(present)).update(present=False)
        if meeting.state == "planned" and present:
            meeting.state = "held"
            meeting.save(update_fields=["state"])
        record("evidence:meeting:present", objects=[meeting.id], sensitivity="S2", result=sorted(present))
    return rules.quorum(facts.present(meeting), meeting.quorum_least, meeting.quorum_functions)


def declare_conflict(*, by: Person, item: AgendaItem, person: Person) -> ConflictOfInterest:
    """A participant steps back from an item; a member may declare it for a colleague, nobody takes it back."""
    permissions.check_in_working_group()
    permissions.check_not_minuted(item.meeting)
    if person.id != by.id:
        permissions.check_can_run()
    if not Participant.objects.filter(meeting=item.meeting, person=person).exists():
        raise NotValid(problems={"person": _("Choose a participant of this meeting.")})
    found = ConflictOfInterest.objects.filter(item=item, person=person).first()
    if found:
        return found
    with transaction.atomic():
        found = ConflictOfInterest(mission_id=item.mission_id, item=item, person=person, declared_at=clock.now())
        found.save(force_insert=True)
        record("evidence:meeting:conflict", objects=[item.meeting_id, item.incident_id, person.id], sensitivity="S2")
    return found


def take_decision(*, by: Person, item: AgendaItem, to_status: str, standard: str, rationale: str) -> Outcome:
    """What the meeting takes of an item. Verification says who may decide: else the meeting recommends, and the verifier confirms.

    An empty status means: no decision today.
    """
    _check_may_take(by, item)
    if not to_status:
        return _write_outcome(by, item, "deferred")
    if to_status == RELEASE:
        with transaction.atomic():
            verification.release(by=by, incident=item.incident)
            return _write_outcome(by, item, "released")
    if problem := evidence_rules.check_step(item.incident.verification_status, to_status):
        raise NotNow(problem)
    with transaction.atomic():
        try:
            with transaction.atomic():
                decision = verification.decide(
                    by=by, incident=item.incident, to_status=to_status, rationale=rationale, standard_of_proof=standard if to_status == "verified" else "",
                )  # fmt: skip
        except NotAllowed:
            return _recommend(by, item, to_status, standard, rationale)
        return _write_outcome(by, item, "decision", to_status, standard, decision)


def note_decision(*, by: Person, item: AgendaItem, decision: Decision) -> Outcome:
    """A decision that its verifier recorded on the incident's own page is the meeting's too."""
    _check_may_take(by, item)
    if decision.incident_id != item.incident_id or decision.axis != "verification":
        raise NotValid(problems={"decision": _("Choose what to do.")})
    return _write_outcome(by, item, "decision", decision.to_status, decision.standard_of_proof, decision)


def _check_may_take(by: Person, item: AgendaItem) -> None:
    permissions.check_can_run()
    permissions.check_not_minuted(item.meeting)
    permissions.check_no_conflict(by, item.id)
    permissions.check_is_present(by, item.meeting)
    permissions.check_quorum(facts.present(item.meeting, without=item), item.meeting)


def _recommend(by: Person, item: AgendaItem, to_status: str, standard: str, rationale: str) -> Outcome:
    if not rationale.strip():
        raise NotValid(problems={"rationale": _("Say why the meeting recommends it.")})
    if to_status == "verified" and standard not in evidence_rules.STANDARDS:
        raise NotValid(problems={"standard_of_proof": _("Say which standard of proof was met.")})
    outcome = _write_outcome(by, item, "recommendation", to_status, standard if to_status == "verified" else "")
    text = OutcomeText(mission_id=item.mission_id, outcome=outcome, incident_id=item.incident_id, rationale=rationale.strip())
    OutcomeText.objects.bulk_create([text])
    return outcome


def _write_outcome(
    by: Person, item: AgendaItem, kind: str, to_status: str = "", standard: str = "", decision: Decision | None = None, confirms: Outcome | None = None
) -> Outcome:  # fmt: skip
    with transaction.atomic():
        outcome = Outcome(
            mission_id=item.mission_id, item=item, kind=kind, to_status=to_status, standard_of_proof=standard if to_status == "verified" else "",
            decision=decision, confirms=confirms, made_by_id=by.id, made_at=clock.now(),
        )  # fmt: skip
        outcome.save(force_insert=True)
        record("evidence:meeting:decide", objects=[item.meeting_id, item.incident_id], sensitivity="S2", purpose=kind)
    return outcome


def confirm(*, by: Person, outcome: Outcome) -> Outcome:
    """The verifier makes the meeting's recommendation their decision, with the meeting's reasons; verification checks everything anew."""
    item = outcome.item
    permissions.check_no_conflict(by, item.id)
    if outcome.kind != "recommendation" or Outcome.objects.filter(confirms=outcome).exists():
        raise NotNow(_("There is no open recommendation here."))
    text = OutcomeText.objects.filter(outcome=outcome).first()
    if text is None:
        raise NotAllowed(_("Only the assigned verifier confirms what a meeting recommends."))
    with transaction.atomic():
        decision = verification.decide(
            by=by, incident=item.incident, to_status=outcome.to_status, rationale=text.rationale, standard_of_proof=outcome.standard_of_proof,
        )  # fmt: skip
        return _write_outcome(by, item, "decision", outcome.to_status, outcome.standard_of_proof, decision, outcome)


def add_point(*, by: Person, meeting: Meeting, owner: Person, what: str, due_on: date) -> ActionPoint:
    """Who does what until when."""
    _check_running(meeting)
    _check_words(what)
    if due_on < meeting.held_on:
        raise NotValid(problems={"due_on": _("This date lies before the meeting.")})
    if not Participant.objects.filter(meeting=meeting, person=owner).exists():
        raise NotValid(problems={"person": _("Choose a participant of this meeting.")})
    with transaction.atomic():
        point = ActionPoint(mission_id=meeting.mission_id, meeting=meeting, person=owner, what=what.strip(), due_on=due_on)
        point.save(force_insert=True)
        record("evidence:meeting:point", objects=[meeting.id, point.id, owner.id], sensitivity="S2")
    return point


def _check_words(what: str) -> None:
    if not what.strip() or len(what) > LONGEST:
        raise NotValid(problems={"what": _("Say in one sentence what is to be done.")})
    if findings := evidence_rules.pii_findings(what):
        raise NotValid(problems={"what": _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(findings)}})


def settle_point(*, by: Person, point: ActionPoint) -> ActionPoint:
    """Done: by its owner, or said so at a meeting."""
    permissions.check_in_working_group()
    if point.person_id != by.id:
        permissions.check_can_run()
    if point.done_on is not None:
        raise NotNow(_("This is done already."))
    with transaction.atomic():
        point.done_on = clock.today()
        point.save(update_fields=["done_on"])
        record("evidence:meeting:point_done", objects=[point.meeting_id, point.id], sensitivity="S2")
    return point


def close_minutes(*, by: Person, meeting: Meeting) -> Meeting:
    """The chair closes the minutes; nothing of the meeting changes afterwards."""
    _check_running(meeting)
    if meeting.state != "held":
        raise NotNow(_("Mark first who is present."))
    if meeting.person_id != by.id:
        permissions.check_can_plan()
    with transaction.atomic():
        meeting.state = "minuted"
        meeting.save(update_fields=["state"])
        record("evidence:meeting:close", objects=[meeting.id], sensitivity="S2")
    return meeting


def note_minutes(*, by: Person, meeting: Meeting, sha256: str) -> None:
    """The minutes left as a file: who holds a copy, of which content."""
    permissions.check_in_working_group()
    record("evidence:meeting:minutes", objects=[meeting.id, by.id], sensitivity="S2", purpose=sha256)


def _check_running(meeting: Meeting) -> None:
    permissions.check_can_run()
    permissions.check_not_minuted(meeting)


