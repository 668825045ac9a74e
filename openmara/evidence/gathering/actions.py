"""Writes of gathering: split, join, undo, and what a stale form had in it. Each verb: right, rule, write, audit, one transaction."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence import permissions
from openmara.evidence.gathering import queries, rules
from openmara.evidence.gathering.models import EditConflict, Gathering, GatheringMove, GatheringText
from openmara.evidence.holding import hold
from openmara.evidence.models import Decision, Incident, IncidentText, Link, Report, ReportText
from openmara.evidence.triage.actions import first_reported
from openmara.evidence.verification import actions as verification
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import has_role

Move = tuple[Link, Link]  # the link that ended, the link that was made


def split_incident(
    *, by: Person, incident: Incident, reports: Sequence[uuid.UUID], base: uuid.UUID | None, reason: str, rationale: str
) -> Incident:
    """Reports that speak of another event go into an incident of their own, coded from one of them until its verifier decides.

    A verified incident loses what its verification rests on, so it goes back to verification: its verifier's step.
    """
    permissions.check_can_triage()
    hold(incident)
    live = queries.live_links(incident)
    problems = rules.check_reason("split", reason, rationale)
    problems |= rules.check_split({str(one) for one in live}, {str(one) for one in reports}, str(base))
    if problems:
        raise NotValid(problems=problems)
    reopens = incident.verification_status == "verified"
    if reopens:
        _check_decides(by, incident)
    before = rules.standing(incident)
    first, *others = sorted((live[one] for one in reports), key=lambda link: link.report_id != base)
    with transaction.atomic():
        text = ReportText.objects.filter(report=first.report).first()  # no longer open to the verifier once its report has gone
        _end(by, [first, *others])
        made = evidence.open_incident(by=by, report=first.report)
        _pass_on(made, incident, text)
        moves = [(first, Link.objects.get(report=first.report, undone_at=None))]
        moves += [(link, evidence.link_report(by=by, report=link.report, incident=made)) for link in others]
        first_reported(incident)
        decisions = [_stand(by, incident, rules.of_reopened(), rationale)] if reopens else []
        state = {"incident": before if reopens else None, "other": None, "decisions": decisions}
        judgement = _write(by, "split", incident, made, moves, state, reason, rationale)
        record("evidence:incident:split", objects=[incident.id, made.id, judgement.id], sensitivity="S2", purpose=reason)
    return made


def _pass_on(made: Incident, origin: Incident, text: ReportText | None) -> None:
    """The new incident keeps the verifier, and the words that came with the report it was coded from."""
    if origin.assigned_to_id and has_role("swpa", "verifiers"):
        Incident.objects.filter(id=made.id).update(assigned_to=origin.assigned_to_id)
    if text is not None:
        IncidentText.objects.filter(incident=made).update(nexus_note=text.nexus_note, narrative_shareable=text.narrative_shareable)
    made.refresh_from_db()


def join_incident(*, by: Person, incident: Incident, into: Incident, reason: str, rationale: str) -> Gathering:
    """`incident` repeats `into`: its reports speak of the one that stays. It is closed as a duplicate, a decision of its verifier; all it was stays."""
    permissions.check_can_verify()
    hold(incident, into)
    _check_decides(by, incident)
    problems = rules.check_reason("join", reason, rationale)
    if problems:
        raise NotValid(problems=problems)
    problem = rules.check_join(incident.verification_status, into.verification_status, incident.id == into.id)
    if problem:
        raise NotNow(problem)
    links = list(queries.live_links(incident).values())
    if queries.how_many(incident) != len(links):
        raise NotAllowed(_("Reports that are not open to you belong to this incident. Hand this step to a colleague."))
    before = rules.standing(incident)
    with transaction.atomic():
        _end(by, links)
        moves = [(link, evidence.link_report(by=by, report=link.report, incident=into)) for link in links]
        evidence.put_in_compartment(by, into, incident.compartment)
        decision = _stand(by, incident, rules.of_duplicate(clock.today().isoformat(), str(into.id)), rationale)
        state = {"incident": before, "other": None, "decisions": [decision]}
        judgement = _write(by, "join", incident, into, moves, state, reason, rationale)
        record("evidence:incident:join", objects=[incident.id, into.id, judgement.id], sensitivity="S2", purpose=reason)
    return judgement


def undo_gathering(*, by: Person, judgement: Gathering, reason: str, rationale: str) -> Gathering:
    """Take a split, a join or an undoing back: every report returns, every standing is as before. Refused where later judgements rest on it."""
    permissions.check_can_triage()
    pair = {"incident": judgement.incident, "other": judgement.other}
    hold(*pair.values())
    problems = rules.check_reason("undo", reason, rationale)
    if problems:
        raise NotValid(problems=problems)
    wanted = queries.restored(judgement)
    for side in wanted:
        _check_decides(by, pair[side])
    if found := queries.in_the_way(for_user=by, judgement=judgement):
        raise NotNow(_("Later judgements rest on this: %(which)s.") % {"which": "; ".join(found)})
    before = {side: rules.standing(pair[side]) for side in wanted}
    with transaction.atomic():
        moves = _return(by, judgement, {one.id: one for one in pair.values()})
        decisions = [_stand(by, pair[side], standing, rationale) for side, standing in wanted.items()]
        for one in pair.values():
            first_reported(one)
        state = {"incident": before.get("incident"), "other": before.get("other"), "decisions": decisions}
        undone = _write(by, "undo", judgement.incident, judgement.other, moves, state, reason, rationale, undoes=judgement)
        record("evidence:incident:undo_gathering", objects=[judgement.incident_id, judgement.other_id, undone.id], sensitivity="S2", purpose=reason)
    return undone


def _check_decides(by: Person, incident: Incident) -> None:
    """Closing and reopening is verification: the assigned verifier's."""
    permissions.check_can_verify()
    permissions.check_is_assigned(by, incident)
    permissions.check_has_not_stepped_back(by, incident)


def _end(by: Person, links: Sequence[Link]) -> None:
    """The links end, signed; the rows stay."""
    now = clock.now()
    for link in links:
        permissions.check_only_reads(by, link.report.ref)
        link.undone_by, link.undone_at = by, now
        link.save(update_fields=["undone_by", "undone_at"])


def _return(by: Person, judgement: Gathering, held_now: Mapping[uuid.UUID, Incident]) -> list[Move]:
    """Every report goes back to the incident it came from, as it belonged to it; both are changed as they are held."""
    pairs = queries.places(judgement)
    _end(by, [held for held, _ended in pairs])
    back = [(held, evidence.write_link(by, held.report, held_now[ended.incident_id], opened=ended.opened_incident)) for held, ended in pairs]
    for held, link in back:
        evidence.put_in_compartment(by, link.incident, held.report.compartment)
    return back


def _stand(by: Person, incident: Incident, standing: Mapping[str, Any], rationale: str) -> str:
    """Bring an incident to a standing, as a step of verification of its own. A verification that returns keeps its day and its sources."""
    day = next((date.fromisoformat(standing[name]) for name in ("verified_on", "closed_on") if standing[name]), clock.today())
    original = Incident.objects.filter(id=standing["duplicate_of"]).first() if standing["duplicate_of"] else None
    facts: dict[str, Any] = {}
    if standing["verified_on"]:
        _check_not_alone(by, incident)
        made = Decision.objects.filter(incident=incident, axis="verification", to_status="verified").order_by("-recorded_at", "-id")
        facts = dict(made.values("primary_sources", "secondary_sources", "un_among_sources").first() or {})
    step = verification.write_step(
        by, incident, standing["verification_status"], day, rationale, standard=standing["standard_of_proof"], duplicate_of=original,
        reason_code="other", **facts,
    )  # fmt: skip
    return str(step.id)


def _check_not_alone(by: Person, incident: Incident) -> None:
    """Nobody brings a verification back that rests on their own reports alone (V6)."""
    people = Report.objects.filter(links__incident=incident, links__undone_at=None).values_list("recorded_by_id", flat=True)
    if set(people) == {by.id}:
        raise NotAllowed(_("You recorded every report of this incident. A colleague has to bring its verification back."))


def _write(
    by: Person, kind: str, incident: Incident, other: Incident, moves: Sequence[Move], state: Mapping[str, Any], reason: str, rationale: str,
    undoes: Gathering | None = None,
) -> Gathering:  # fmt: skip
    found = Gathering(
        mission_id=incident.mission_id, kind=kind, incident=incident, other=other, undoes=undoes, reason=reason, state=state, made_by=by,
        made_at=clock.now(),
    )  # fmt: skip
    found.save(force_insert=True)
    common = {"mission_id": incident.mission_id, "gathering": found}
    GatheringMove.objects.bulk_create([GatheringMove(**common, report_id=made.report_id, ended=ended, made=made) for ended, made in moves])
    GatheringText.objects.bulk_create([GatheringText(**common, incident=incident, rationale=rationale.strip())])
    return found


def keep_edit(*, by: Person, incident: Incident, base_version: int, typed: Mapping[str, Any]) -> EditConflict:
    """What somebody typed over a version that is no longer the newest: kept as typed, beside what it met."""
    permissions.check_can_triage()
    kept = EditConflict(
        mission_id=incident.mission_id, incident=incident, person=by, base_version=base_version, met_version=incident.version, typed=dict(typed),
        kept_at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        kept.save(force_insert=True)
        record("evidence:edit:keep", objects=[incident.id, kept.id], sensitivity="S3")
    return kept


def settle_edit(*, by: Person, kept: EditConflict, changes: Mapping[str, object] | None, version: int) -> Incident:
    """Both sides have been looked at: what was chosen becomes the coding (None: the current one stays). The kept row remains."""
    permissions.check_can_triage()
    if kept.person_id != by.id:
        raise NotFound(_("There is no such edit, or it is not yours."))
    if kept.settled_at is not None:
        raise NotNow(_("These two versions have been settled already."))
    incident = kept.incident
    with transaction.atomic():
        if changes is not None:
            incident = evidence.recode_incident(by=by, incident=incident, changes=changes, version=version)
        kept.settled_at = clock.now()
        kept.save(update_fields=["settled_at"])
        record("evidence:edit:settle", objects=[incident.id, kept.id], sensitivity="S3", purpose="merged" if changes is not None else "theirs")
    return incident
