"""A party as verified incidents speak of it. Counts are of rows open to the reader alone, hence exact (decision 18)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.evidence import rules as evidence
from openmara.evidence.accounts import TALLY
from openmara.evidence.models import AllegedPerpetrator, Incident
from openmara.evidence.parties_view import rules
from openmara.evidence.parties_view.models import PartyEvent, PatternAssessment, PatternIncident, PatternText
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import can, check_can

SHOWN = 200


@dataclass(frozen=True)
class Figures:
    """Verified incidents of one party: by quarter in which they ended, form, province; people by group."""

    quarters: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    incidents: int = 0
    attributed: int = 0
    quiet_quarters: int | None = None


def _check() -> None:
    check_can("evidence_partyevent", "select", _("Parties are open to those who work on listing and engagement. Your role does not include it."))


def parties(*, for_user: Person) -> Sequence[tuple[Party, PartyEvent | None]]:
    """The register with each party's last step of listing, by code: never by number."""
    _check()
    last: dict[object, PartyEvent] = {}
    for step in PartyEvent.objects.order_by("decided_on", "made_at"):
        last[step.party_id] = step
    return [(one, last.get(one.id)) for one in Party.objects.order_by("code")]


def find_party(*, for_user: Person, code: str) -> Party:
    _check()
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such party, or it is not open to you."))
    return found


def events(*, for_user: Person, party: Party) -> Sequence[PartyEvent]:
    return list(PartyEvent.objects.filter(party=party).order_by("decided_on", "made_at"))


def last_event(*, for_user: Person, party: Party) -> PartyEvent | None:
    return PartyEvent.objects.filter(party=party).order_by("-decided_on", "-made_at").first()


def assessments(*, for_user: Person, party: Party) -> Sequence[PatternAssessment]:
    return list(PatternAssessment.objects.filter(party=party).order_by("-made_at")) if can("evidence_patternassessment", "select") else []


def _verified(party: Party) -> QuerySet[Incident]:
    theirs = AllegedPerpetrator.objects.filter(party=party).values("incident_id")
    return Incident.objects.filter(record_class="crsv", verification_status="verified", id__in=theirs)


def figures(*, for_user: Person, party: Party) -> Figures | None:
    """None for who reads no incidents: protected figures are in the quarterly release. One audit row."""
    if not can("evidence_incident", "select"):
        return None
    now = evidence.quarter_of(clock.today())
    span = rules.quarters_back(now)
    rows = _verified(party).filter(month_to__gte=rules.first_day(span[0]), month_to__lte=evidence.quarter_end(now))
    months = Counter[str]()
    for month, count in rows.values_list("month_to").annotate(n=Count("id")).order_by():
        months[evidence.quarter_of(month)] += count
    forms = Counter[str](form for found in rows.values_list("forms", flat=True) for form in found)
    sums = rows.aggregate(**{f"n_{name}": Sum(name) for name in TALLY})
    attributed = rows.filter(id__in=AllegedPerpetrator.objects.filter(party=party, attribution_status="verified").values("incident_id")).count()
    record("evidence:party:figures", objects=[party.id], sensitivity="S2")
    quarters = {quarter: months[quarter] for quarter in span}
    quiet = next((ago for ago, quarter in enumerate(reversed(span)) if quarters[quarter]), None)
    return Figures(
        quarters, dict(forms), dict(rows.values_list("adm1").annotate(n=Count("id")).order_by("adm1")),
        {name: sums[f"n_{name}"] or 0 for name in TALLY}, sum(months.values()), attributed, quiet,
    )  # fmt: skip


def choosable(*, for_user: Person, party: Party, months: tuple[date, date]) -> Sequence[Incident]:
    """Verified incidents of the party within the months, the latest first."""
    rows = _verified(party).filter(Q(month_to__gte=months[0]) & Q(month_to__lte=months[1]))
    return list(rows.order_by("-month_to", "-id")[:SHOWN])


@dataclass(frozen=True)
class PatternFile:
    """One assessment with what of it is open to the reader."""

    found: PatternAssessment
    rationale: str | None
    incidents: Sequence[Incident]


def pattern(*, for_user: Person, ref: str) -> PatternFile:
    """Open one assessment; recorded before it is shown."""
    check_can("evidence_patternassessment", "select", _("Pattern assessments are open to those who work on listing. Your role does not include it."))
    found = PatternAssessment.objects.filter(ref=ref).select_related("party").first()
    if found is None:
        raise NotFound(_("There is no such assessment, or it is not open to you."))
    record("evidence:pattern:open", objects=[found.id], sensitivity="S4")
    text = PatternText.objects.filter(assessment=found).values_list("rationale", flat=True).first()
    chosen = PatternIncident.objects.filter(assessment=found).values("incident_id") if can("evidence_patternincident", "select") else None
    return PatternFile(found, text, list(Incident.objects.filter(id__in=chosen).order_by("-month_to", "-id")) if chosen is not None else [])
