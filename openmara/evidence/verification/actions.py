"""Writes of verification and attribution. Each verb: right, rule, write, audit, one transaction."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotNow, NotValid
from openmara.evidence import permissions, rules
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
) -> Decision:
    """One step of verification (V6). `stated_on` drives indicators, the time of recording drives audit."""
    permissions.check_can_verify()
    hold(incident)
    permissions.check_is_assigned(by, incident)
    day = stated_on or clock.today()
    problem = rules.check_step(incident.verification_status, to_status)
    if problem:
        raise NotNow(problem)
    _check_day(incident, day)
    if to_status in rules.NEEDS_REASON and not rationale.strip():
        raise NotValid(problems={"rationale": _("Say why.")})
    if to_status == "duplicate" and (duplicate_of is None or duplicate_of.id == incident.id):
        raise NotValid(problems={"duplicate_of": _("Say which incident this one repeats.")})
    primary, secondary = rules.count_sources(_source_facts(incident))
    if to_status == "verified":
        _check_may_be_verified(by, incident, primary, secondary, standard_of_proof, rationale)
    with transaction.atomic():
        decision = _write_decision(
            by, incident, "verification", incident.verification_status, to_status, day, rationale,
            standard_of_proof=standard_of_proof, primary_sources=primary, secondary_sources=secondary,
            un_among_sources=_un_among_sources(incident),
        )  # fmt: skip
        incident.verification_status = to_status
        incident.verified_on = day if to_status == "verified" else None
        incident.standard_of_proof = standard_of_proof if to_status == "verified" else ""
        incident.closed_on = day if to_status in rules.CLOSED else None
        incident.duplicate_of = duplicate_of if to_status == "duplicate" else None
        incident.version += 1
        incident.save()
        record("evidence:incident:decide", objects=[incident.id, decision.id], sensitivity="S2", purpose=to_status)
    return decision


def attribute(*, by: Person, incident: Incident, party: Party | None, status: str, rationale: str, stated_on: date | None = None) -> Decision:
    """The second axis (V7): which party, alleged or verified, with reasons of its own."""
    permissions.check_can_verify()
    hold(incident)
    permissions.check_is_assigned(by, incident)
    problems = rules.check_attribution(status, rationale, party is not None)
    if problems:
        raise NotValid(problems=problems)
    day = stated_on or clock.today()
    _check_day(incident, day)
    with transaction.atomic():
        decision = _write_decision(by, incident, "attribution", incident.attribution_status, status, day, rationale, party)
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


def _check_day(incident: Incident, day: date) -> None:
    exact = IncidentPlace.objects.get(incident=incident)
    problem = rules.check_day(day, began=exact.date_from, reported=exact.date_reported, today=clock.today())
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


def _source_facts(incident: Incident) -> list[rules.SourceFacts]:
    rows = Source.objects.filter(report__links__incident=incident, report__links__undone_at=None)
    return [rules.SourceFacts(category, str(office)) for category, office in rows.values_list("source_category", "report__organisation_id")]


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
