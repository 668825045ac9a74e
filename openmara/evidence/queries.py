"""The only place that reads reports and incidents for people. What is not open does not exist: NotFound for both."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.evidence import rules
from openmara.evidence.accounts import Known
from openmara.evidence.models import (
    AllegedPerpetrator, Consent, Decision, DecisionText, Incident, IncidentPlace, IncidentText, Link, Report, ReportPlace, ReportText,
    Source,
)  # fmt: skip
from openmara.parties.models import Party, PartyName
from openmara.places.models import Area, Settlement
from openmara.security.actions import record
from openmara.security.models import Person

PAGE = 50
INCIDENT_FILTERS = ("status", "adm1", "adm2", "form", "party", "month_from", "month_to", "late", "mine")
REPORT_FILTERS = ("route", "adm1", "source", "organisation")


@dataclass(frozen=True)
class Page:
    """One page of a list by key: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[Incident | Report]
    after: str
    before: str


def _key(row: Incident | Report, name: str) -> str:
    moment = getattr(row, name)
    return f"{moment.isoformat()}~{row.id}"


def _read_key(key: str) -> tuple[str, uuid.UUID]:
    moment, _cut, ident = key.partition("~")
    try:
        return moment, uuid.UUID(ident)
    except ValueError:
        raise NotValid(_("This address is not a page of the list. Start again from its first page.")) from None


def _paged(rows: QuerySet, name: str, after: str, before: str) -> Page:
    """Newest first, by (date, id); one row more than a page tells whether there is a next one."""
    if before:
        moment, ident = _read_key(before)
        found = list(rows.extra(where=[f"({name}, id) > (%s, %s)"], params=[moment, ident]).order_by(name, "id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return Page(found, _key(found[-1], name) if found else "", _key(found[0], name) if more else "")
    if after:
        moment, ident = _read_key(after)
        rows = rows.extra(where=[f"({name}, id) < (%s, %s)"], params=[moment, ident])
    found = list(rows.order_by(f"-{name}", "-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(found, _key(found[-1], name) if more else "", _key(found[0], name) if after and found else "")


def incidents(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Page:
    """A page of incidents: month and district at the finest; one audit row for the page."""
    rows = Incident.objects.all()
    exact = {"status": "verification_status", "adm1": "adm1", "adm2": "adm2"}
    for name, column in exact.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    if filters.get("form"):
        rows = rows.filter(forms__contains=[filters["form"]])
    if filters.get("party"):
        rows = rows.filter(id__in=AllegedPerpetrator.objects.filter(party__code=filters["party"]).values("incident_id"))
    for name, lookup in (("month_from", "month_to__gte"), ("month_to", "month_to__lte")):
        if filters.get(name):
            rows = rows.filter(**{lookup: _month(filters[name])})
    if filters.get("mine"):
        rows = rows.filter(assigned_to_id=for_user.id)
    page = _paged(rows, "month_to", after, before)
    record("evidence:incident:list", sensitivity="S2", result=[row.id for row in page.rows])
    return page


def _month(text: str) -> date:
    try:
        return date.fromisoformat(text + "-01")
    except ValueError:
        raise NotValid(problems={"month": _("Write a month as 2026-03.")}) from None


def parties_of(rows: Sequence[Incident]) -> dict[uuid.UUID, list[AllegedPerpetrator]]:
    """Alleged perpetrators of the incidents of one page, in one statement."""
    out: dict[uuid.UUID, list[AllegedPerpetrator]] = {}
    for one in AllegedPerpetrator.objects.filter(incident_id__in=[row.id for row in rows]).select_related("party"):
        out.setdefault(one.incident_id, []).append(one)
    return out


@dataclass(frozen=True)
class IncidentFile:
    """All of one incident that is open to the person who asks; what is not open is None."""

    incident: Incident
    exact: IncidentPlace | None
    text: IncidentText | None
    perpetrators: Sequence[AllegedPerpetrator]
    links: Sequence[Link]
    decisions: Sequence[Decision]
    rationales: Mapping[uuid.UUID, str]
    late: bool
    sources: tuple[int, int]


def incident(*, for_user: Person, ref: str) -> IncidentFile:
    """Open one incident; recorded before it is shown."""
    found = find_incident(for_user=for_user, ref=ref)
    record("evidence:incident:open_file", objects=[found.id], sensitivity="S4")
    exact = IncidentPlace.objects.filter(incident=found).first()
    links = list(Link.objects.filter(incident=found).select_related("report").order_by("made_at", "id"))
    decisions = list(Decision.objects.filter(incident=found).select_related("party").order_by("recorded_at", "id"))
    late = bool(found.verified_on and exact and rules.is_late(exact.date_to, found.verified_on))
    facts = Source.objects.filter(report__links__incident=found, report__links__undone_at=None)
    pairs = facts.values_list("source_category", "report__organisation_id")
    return IncidentFile(
        incident=found, exact=exact, text=IncidentText.objects.filter(incident=found).first(),
        perpetrators=list(AllegedPerpetrator.objects.filter(incident=found).select_related("party")), links=links, decisions=decisions,
        rationales=dict(DecisionText.objects.filter(decision__in=decisions).values_list("decision_id", "rationale")), late=late,
        sources=rules.count_sources(rules.SourceFacts(category, str(office)) for category, office in pairs),
    )  # fmt: skip


def find_incident(*, for_user: Person, ref: str) -> Incident:
    found = Incident.objects.filter(ref=ref).select_related("assigned_to").first()
    if found is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    return found


def reports(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Page:
    """A page of reports, newest recorded first; one audit row for the page."""
    rows = Report.objects.select_related("organisation")
    for name, column in {"route": "route", "adm1": "adm1", "source": "source_org_type", "organisation": "organisation__code"}.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    page = _paged(rows, "recorded_at", after, before)
    record("evidence:report:list", sensitivity="S2", result=[row.id for row in page.rows])
    return page


@dataclass(frozen=True)
class ReportFile:
    report: Report
    exact: ReportPlace | None
    text: ReportText | None
    sources: Sequence[Source]
    consent: Consent | None
    link: Link | None


def report(*, for_user: Person, ref: str) -> ReportFile:
    """Open one report; recorded before it is shown."""
    found = find_report(for_user=for_user, ref=ref)
    record("evidence:report:open_file", objects=[found.id], sensitivity="S4")
    return ReportFile(
        report=found, exact=ReportPlace.objects.filter(report=found).first(), text=ReportText.objects.filter(report=found).first(),
        sources=list(Source.objects.filter(report=found)), consent=Consent.objects.filter(report=found).first(),
        link=Link.objects.filter(report=found, undone_at=None).select_related("incident").first(),
    )  # fmt: skip


def find_report(*, for_user: Person, ref: str) -> Report:
    found = Report.objects.filter(ref=ref).select_related("organisation").first()
    if found is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    return found


def known(*, for_user: Person) -> Known:
    """The mission's codes that an account may name."""
    areas = list(Area.objects.values_list("level", "pcode", "parent_pcode"))
    names = {code.casefold(): code for code in Party.objects.values_list("code", flat=True)}
    for name, code in PartyName.objects.values_list("name", "party__code"):
        names.setdefault(name.casefold(), code)
    return Known(
        adm1=frozenset(code for level, code, _parent in areas if level == 1),
        adm2={code: parent for level, code, parent in areas if level == 2},
        adm3={code: parent for level, code, parent in areas if level == 3},
        settlements={code: (one, two, three) for code, one, two, three in Settlement.objects.values_list("code", "adm1", "adm2", "adm3")},
        parties=names,
    )


def people_who_verify(*, for_user: Person) -> Sequence[Person]:
    """People of the mission; the page offers those who may be named verifier."""
    return list(Person.objects.order_by("display_name"))


def cleared_for_release(*, for_user: Person, quarter_months: tuple[date, date]) -> Sequence[tuple[str, str]]:
    """(reference, text) of verified cases that may be told: consent in scope, text for sharing, no identifying detail (V9)."""
    rows = IncidentText.objects.filter(
        incident__verification_status="verified", incident__month_to__range=quarter_months
    ).exclude(narrative_shareable="")
    out = []
    for row in rows.select_related("incident").order_by("incident__ref"):
        scopes = Consent.objects.filter(report__links__incident=row.incident, report__links__undone_at=None, withdrawn_at=None)
        agreed = {scope for (found,) in scopes.values_list("scope") for scope in found}
        if rules.may_tell(narrative_shareable=row.narrative_shareable, scopes=agreed, status="verified") is None:
            out.append((row.incident.ref, row.narrative_shareable))
    return out


def waiting_for(*, for_user: Person) -> list[tuple[str, int, object]]:
    """What waits for this person: (kind, how many, oldest moment). Exact, because each row is open to them anyway."""
    out: list[tuple[str, int, object]] = []
    triage = Report.objects.filter(route="untriaged").aggregate(count=Count("id"), oldest=Min("recorded_at"))
    mine = Incident.objects.filter(Q(assigned_to_id=for_user.id), verification_status__in=rules.OPEN).aggregate(
        count=Count("id"), oldest=Min("recorded_at")
    )
    unassigned = Incident.objects.filter(assigned_to=None, verification_status__in=rules.OPEN).aggregate(
        count=Count("id"), oldest=Min("recorded_at")
    )
    for kind, found in (("triage", triage), ("verify", mine), ("assign", unassigned)):
        if found["count"]:
            out.append((kind, found["count"], found["oldest"]))
    return out
