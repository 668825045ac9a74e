"""The only place that writes pattern assessments and steps of listing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotNow, NotValid
from openmara.evidence import rules as evidence
from openmara.evidence.parties_view import permissions, queries, rules
from openmara.evidence.parties_view.models import PartyEvent, PatternAssessment, PatternIncident, PatternText
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person


@dataclass(frozen=True)
class Assessment:
    """What an author writes; the narrative is kept apart."""

    finding: str
    criteria: Sequence[str]
    month_from: date
    month_to: date
    incidents: Sequence[uuid.UUID]
    rationale: str


def assess(*, by: Person, mission: Mission, party: Party, written: Assessment) -> PatternAssessment:
    """Set down whether a party's verified incidents form a pattern. Another person reviews it."""
    permissions.check_can_assess()
    open_ones = queries.choosable(for_user=by, party=party, months=(written.month_from, written.month_to))
    chosen = [one for one in open_ones if one.id in set(written.incidents)]
    problems = rules.check_pattern(
        finding=written.finding, criteria=written.criteria, incidents=len(chosen), months=(written.month_from, written.month_to), rationale=written.rationale
    )
    if len(chosen) != len(set(written.incidents)):
        problems["incidents"] = _("Every incident must be verified, of this party and within the months.")
    for name, code_list, values in (("finding", "pattern_finding", [written.finding]), ("criteria", "pattern_criterion", written.criteria)):
        if set(values) - set(vocabulary.codes(code_list)):
            problems[name] = _("Choose one of the list.")
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        found = PatternAssessment(
            mission=mission, party=party, finding=written.finding, criteria=sorted(set(written.criteria)), month_from=written.month_from, month_to=written.month_to,
            compartment=evidence.compartments([(party.category, party.subtype, party.code)]), made_by_id=by.id, made_at=clock.now(),
        )  # fmt: skip
        found.save(force_insert=True)
        PatternText.objects.bulk_create([PatternText(mission=mission, assessment=found, rationale=written.rationale.strip())])
        PatternIncident.objects.bulk_create([PatternIncident(mission=mission, assessment=found, incident=one) for one in chosen])
        record("evidence:pattern:assess", objects=[found.id, party.id], sensitivity="S4")
    return found


def review(*, by: Person, found: PatternAssessment, agrees: bool) -> PatternAssessment:
    """A second person agrees, or gives it back; then it stays as it is."""
    permissions.check_can_review(by, found)
    if found.state != "draft":
        raise NotNow(_("This assessment has been reviewed already."))
    with transaction.atomic():
        found.state, found.reviewed_by_id, found.reviewed_at = "reviewed" if agrees else "returned", by.id, clock.now()
        found.save(update_fields=["state", "reviewed_by_id", "reviewed_at"])
        record("evidence:pattern:review", objects=[found.id], sensitivity="S2", purpose=found.state)
    return found


def record_event(*, by: Person, mission: Mission, party: Party, event: str, decided_on: date, forms: Sequence[str], source_document: str) -> PartyEvent:
    """Record that a party was put on notice, listed or taken off, by the document that says so."""
    permissions.check_can_record_event()
    last = queries.last_event(for_user=by, party=party)
    problems = rules.check_event(before=last.event if last else "", event=event, source=source_document, decided_on=decided_on, today=clock.today())
    if last and decided_on < last.decided_on:
        problems["decided_on"] = _("This lies before the last step recorded.")
    if set(forms) - set(vocabulary.codes("crsv_form")):
        problems["forms"] = _("Choose one of the list.")
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        step = PartyEvent(
            mission=mission, party=party, event=event, year=decided_on.year, decided_on=decided_on, forms=sorted(set(forms)),
            source_document=source_document.strip()[:80], made_by_id=by.id, made_at=clock.now(),
        )  # fmt: skip
        if PartyEvent.objects.filter(party=party, event=event, year=step.year).exists():
            raise NotValid(problems={"event": _("This step is recorded for that year already.")})
        step.save(force_insert=True)
        record("evidence:partyevent:record", objects=[step.id, party.id], sensitivity="S1")
    return step
