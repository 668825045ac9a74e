"""Writes of verification and attribution. Each verb: right, rule, write, audit, one transaction."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import permissions, queries, rules
from openmara.evidence.holding import hold
from openmara.evidence.models import (
    AllegedPerpetrator,
    Decision,
    DecisionText,
    Incident,
    IncidentPlace,
    IncidentText,
    Report,
    Source,
)  # fmt: skip
from openmara.evidence.verification import quarters
from openmara.evidence.verification.models import QuarterChange, Release
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person


def attribute_by_rows(incident: Incident) -> None:
    """The incident's own attribution follows its parties'."""
    statuses = set(AllegedPerpetrator.objects.filter(incident=incident).values_list("attribution_status", flat=True))
    incident.attribution_status = rules.attribution_of(statuses)
    incident.save(update_fields=["attribution_status"])


def wall_reports(by: Person, incident: Incident) -> None:
    """Reports of an incident share its compartment: an open report must not tell what a closed incident holds."""
    if not incident.compartment:
        return
    for report in Report.objects.filter(links__incident=incident, links__undone_at=None):
        together = sorted({*report.compartment, *incident.compartment})
        if together != sorted(report.compartment):
            permissions.check_report_stays_open(by, report, together)
            report.compartment = together
            report.save(update_fields=["compartment"])


def assign(*, by: Person, incident: Incident, to: Person) -> Incident:
    """Name the verifier, who may then read what only the assigned verifier may read."""
    permissions.check_can_assign()
    permissions.check_may_be_named(to)
    permissions.check_has_not_stepped_back(to, incident)
    with transaction.atomic():
        incident.assigned_to = to
        incident.save(update_fields=["assigned_to"])
        record("evidence:incident:assign", objects=[incident.id, to.id], sensitivity="S2")
    return incident


def decide(
    *,
    by: Person,
    incident: Incident,
    to_status: str,
    rationale: str,
    stated_on: date | None = None,
    standard_of_proof: str = "",
    duplicate_of: Incident | None = None,
    reason_code: str = "",
) -> Decision:
    """One step of verification (V6). `stated_on` drives indicators, the time of recording drives audit.

    A step that closes, leaves unverified or takes back needs a reason: a code of `rules.reason_codes`, or words alone (`other`).
    """
    permissions.check_can_verify()
    hold(incident)
    permissions.check_is_assigned(by, incident)
    permissions.check_has_not_stepped_back(by, incident)
    day = stated_on or clock.day_in(incident.mission)
    code = reason_code or rules.reason_without_choice(incident.verification_status, to_status)
    check_step(incident, to_status, day, code, rationale)
    if to_status == "duplicate" and (duplicate_of is None or duplicate_of.id == incident.id):
        raise NotValid(problems={"duplicate_of": _("Say which incident this one repeats.")})
    primary, secondary = rules.count_sources(source_facts(incident), queries.same_origins(queries.origins(incident)))
    if to_status == "verified":
        _check_may_be_verified(by, incident, primary, secondary, standard_of_proof, rationale)
    with transaction.atomic():
        decision = write_step(
            by, incident, to_status, day, rationale, standard=standard_of_proof, duplicate_of=duplicate_of, reason_code=code,
            primary_sources=primary, secondary_sources=secondary, un_among_sources=_un_among_sources(incident),
        )  # fmt: skip
        record("evidence:incident:decide", objects=[incident.id, decision.id], sensitivity="S2", purpose=to_status)
    return decision


def check_step(incident: Incident, to_status: str, day: date, reason_code: str, words: str) -> None:
    """Whether the step may follow, on that day, for that reason."""
    problem = rules.check_step(incident.verification_status, to_status)
    if problem:
        raise NotNow(problem)
    _check_day(incident, day)
    problems = rules.check_reason(incident.verification_status, to_status, reason_code, words)
    if problems:
        raise NotValid(problems=problems)


def write_step(
    by: Person, incident: Incident, to_status: str, day: date, rationale: str, *, standard: str = "", duplicate_of: Incident | None = None,
    **facts: object,
) -> Decision:  # fmt: skip
    """The decision, the incident's new state, and what falls with a verification that is taken back. Inside the caller's transaction."""
    before = incident.verification_status
    if before == "verified":
        _take_back(by, incident, to_status)
    decision = _write_decision(by, incident, "verification", before, to_status, day, rationale, None, standard_of_proof=standard, **facts)
    incident.verification_status = to_status
    incident.verified_on = day if to_status == "verified" else None
    incident.standard_of_proof = standard if to_status == "verified" else ""
    incident.closed_on = day if to_status in rules.CLOSED else None
    incident.duplicate_of = duplicate_of if to_status == "duplicate" else None
    incident.version += 1
    incident.save()
    return decision


def _take_back(by: Person, incident: Incident, to_status: str) -> None:
    """The release falls; every quarter in which the incident counted as verified is marked as changed since."""
    Release.objects.filter(incident=incident, undone_at=None).update(undone_by=by, undone_at=clock.now())
    moved = quarters.touched(steps_of(incident), incident.month_to, to_status, clock.day_in(incident.mission))
    changed = [QuarterChange(mission_id=incident.mission_id, quarter=one.quarter, changed_at=clock.now()) for one in moved if one.is_published]
    QuarterChange.objects.bulk_create(changed)


def steps_of(incident: Incident, decisions: Iterable[Decision] | None = None) -> list[quarters.Step]:
    """The incident's states in order, the opening first: what the counting rule looks at. `decisions` where they are read already."""
    zone = ZoneInfo(incident.mission.zone)
    opened = quarters.Step("received", incident.recorded_at.astimezone(zone).date())
    made = Decision.objects.filter(incident=incident) if decisions is None else decisions
    order = {"received": 0, "under_verification": 1}  # steps recorded in one moment: as one leads to the other
    found = sorted((one for one in made if one.axis == "verification"), key=lambda one: (one.recorded_at, order.get(one.from_status, 2), str(one.id)))
    return [opened, *(quarters.Step(one.to_status, one.stated_on) for one in found)]


def retract(
    *, by: Person, incident: Incident, to_status: str, reason_code: str, rationale: str, duplicate_of: Incident | None = None
) -> Decision:
    """Take a verification back: under verification again, unfounded, or another incident's. The page shows first what that reaches."""
    if incident.verification_status != "verified":
        raise NotNow(_("Only what is verified can be taken back."))
    if not reason_code:
        raise NotValid(problems={"reason_code": _("Choose a reason that fits this decision.")})
    return decide(by=by, incident=incident, to_status=to_status, rationale=rationale, reason_code=reason_code, duplicate_of=duplicate_of)


def verification_of(incident: Incident) -> Decision | None:
    """The decision by which an incident is verified now."""
    if incident.verification_status != "verified":
        return None
    made = Decision.objects.filter(incident=incident, axis="verification", to_status="verified")
    return made.select_related("made_by__name").order_by("-recorded_at", "-id").first()


def release(*, by: Person, incident: Incident) -> Release:
    """Another than the verifier releases a verified incident for use at person level. Figures do not wait for it (decision 2)."""
    permissions.check_can_release()
    permissions.check_only_reads(by, incident.ref)
    permissions.check_has_not_stepped_back(by, incident)
    hold(incident)
    decision = verification_of(incident)
    if decision is None:
        raise NotNow(_("Only what is verified can be released."))
    if decision.made_by_id == by.id:
        raise NotAllowed(_("Whoever verified an incident does not release it. Ask another senior adviser."))
    if Release.objects.filter(incident=incident, undone_at=None).exists():
        raise NotNow(_("This incident is released already."))
    with transaction.atomic():
        made = Release(
            mission_id=incident.mission_id, incident=incident, decision=decision, verified_by_id=decision.made_by_id, made_by=by, made_at=clock.now()
        )
        made.save(force_insert=True)
        record("evidence:incident:release", objects=[incident.id, decision.id], sensitivity="S2")
    return made


def withdraw_release(*, by: Person, incident: Incident) -> Release:
    """Take a release back while the incident stays verified and counted."""
    permissions.check_can_release()
    hold(incident)
    made = Release.objects.filter(incident=incident, undone_at=None).first()
    if made is None:
        raise NotNow(_("This incident is not released."))
    with transaction.atomic():
        made.undone_by, made.undone_at = by, clock.now()
        made.save(update_fields=["undone_by", "undone_at"])
        record("evidence:incident:withdraw_release", objects=[incident.id], sensitivity="S2")
    return made


def attribute(*, by: Person, incident: Incident, party: Party | None, status: str, rationale: str, stated_on: date | None = None) -> Decision:
    """The second axis (V7): which party, alleged or verified, with reasons of its own."""
    permissions.check_can_verify()
    hold(incident)
    permissions.check_is_assigned(by, incident)
    permissions.check_has_not_stepped_back(by, incident)
    problems = rules.check_attribution(status, rationale, party is not None)
    if problems:
        raise NotValid(problems=problems)
    day = stated_on or clock.day_in(incident.mission)
    _check_day(incident, day)
    with transaction.atomic():
        decision = _write_decision(by, incident, "attribution", _attributed(incident, party), status, day, rationale, party)
        if party is not None:
            changed = AllegedPerpetrator.objects.filter(incident=incident, party=party).update(attribution_status=status)
            if not changed:
                AllegedPerpetrator.objects.bulk_create(
                    [AllegedPerpetrator(mission_id=incident.mission_id, incident=incident, party=party, category=party.category, attribution_status=status)]
                )
        attribute_by_rows(incident)
        incident.version += 1
        if party is not None:  # whoever decides is the assigned verifier, to whom the incident stays open
            facts = [(party.category, party.subtype, party.code)]
            incident.compartment = sorted({*incident.compartment, *rules.compartments(facts)})
        incident.save(update_fields=["version", "compartment"])
        wall_reports(by, incident)
        record("evidence:incident:attribute", objects=[incident.id, decision.id], sensitivity="S2", purpose=status)
    return decision


def _attributed(incident: Incident, party: Party | None) -> str:
    """What was held of this very party before: each party of an incident is attributed apart."""
    if party is None:
        return incident.attribution_status
    row = AllegedPerpetrator.objects.filter(incident=incident, party=party).values_list("attribution_status", flat=True).first()
    return row or "unknown"


def _check_day(incident: Incident, day: date) -> None:
    exact = IncidentPlace.objects.get(incident=incident)
    problem = rules.check_day(day, began=exact.date_from, reported=exact.date_reported, today=clock.day_in(incident.mission))
    if problem:
        raise NotValid(problems={"stated_on": problem})


def _un_among_sources(incident: Incident) -> bool:
    """Whether UN staff are among the sources (a field of the verification record)."""
    return Report.objects.filter(links__incident=incident, links__undone_at=None, source_org_type__startswith="un").exists()


def _write_decision(
    by: Person, incident: Incident, axis: str, before: str, after: str, day: date, rationale: str, party: Party | None = None,
    **sources: object,
) -> Decision:  # fmt: skip
    decision = Decision(
        mission_id=incident.mission_id, incident=incident, axis=axis, from_status=before, to_status=after, stated_on=day,
        made_by_id=by.id, recorded_at=clock.now(), party=party, **sources,
    )  # fmt: skip
    decision.save(force_insert=True)
    DecisionText.objects.bulk_create([DecisionText(mission_id=incident.mission_id, decision=decision, rationale=rationale)])
    return decision


def source_facts(incident: Incident) -> list[rules.SourceFacts]:
    """Each source behind the incident, with the report, the office and the day of reporting it came by."""
    rows = Source.objects.filter(report__links__incident=incident, report__links__undone_at=None)
    found = rows.values_list("source_category", "report__organisation_id", "report_id", "report__exact__date_reported")
    return [rules.SourceFacts(category, str(office), str(report), str(day or "")) for category, office, report, day in found]


def _check_may_be_verified(by: Person, incident: Incident, primary: int, secondary: int, standard: str, rationale: str) -> None:
    text = IncidentText.objects.filter(incident=incident).first()
    reporters = Report.objects.filter(links__incident=incident, links__undone_at=None).values_list("recorded_by_id", flat=True)
    problems = rules.check_verification(
        primary=primary, secondary=secondary, standard=standard, verifier=str(by.id), reporters={str(one) for one in reporters},
        nexus=incident.nexus_types, nexus_note=text.nexus_note if text else "",
    )  # fmt: skip
    if not rationale.strip():
        problems["rationale"] = _("Say why the standard of proof is met.")
    if problems:
        raise NotValid(_("This incident cannot be verified yet."), problems)
