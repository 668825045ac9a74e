"""The only place that reads reports and incidents for people. What is not open does not exist: NotFound for both."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.evidence import rules
from openmara.evidence.accounts import Known
from openmara.evidence.consent import queries as consent
from openmara.evidence.custody import queries as custody
from openmara.evidence.flash import queries as urgent
from openmara.evidence.meetings import queries as meetings
from openmara.evidence.models import (
    AllegedPerpetrator,
    Batch,
    Consent,
    Decision,
    DecisionText,
    Incident,
    IncidentPlace,
    IncidentText,
    Link,
    Report,
    ReportPlace,
    ReportText,
    Source,
)  # fmt: skip
from openmara.evidence.search import narrowing
from openmara.evidence.triage import queries as triage
from openmara.evidence.verification import queries as verification
from openmara.evidence.verification.models import SameOrigin
from openmara.parties.models import Party, PartyName
from openmara.parties.queries import party_names
from openmara.places.models import Area, Settlement
from openmara.security.actions import record
from openmara.security.models import Grant, Organisation, Person
from openmara.security.permissions import can, check_can, has_role
from openmara.security.protect import roles_of
from openmara.security.queries import Waiting

PAGE = 50
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
        datetime.fromisoformat(moment)
        return moment, uuid.UUID(ident)
    except ValueError:
        raise NotValid(_("This address is not a page of the list. Start again from its first page.")) from None


def paged(rows: QuerySet, name: str, after: str, before: str) -> Page:
    """Newest first, by (date, id); one row more than a page tells whether there is a next one."""
    table = rows.model._meta.db_table
    key = f"({table}.{name}, {table}.id)"
    if before:
        moment, ident = _read_key(before)
        found = list(rows.extra(where=[f"{key} > (%s, %s)"], params=[moment, ident]).order_by(name, "id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return Page(found, _key(found[-1], name) if found else "", _key(found[0], name) if more else "")
    if after:
        moment, ident = _read_key(after)
        rows = rows.extra(where=[f"{key} < (%s, %s)"], params=[moment, ident])
    found = list(rows.order_by(f"-{name}", "-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(found, _key(found[-1], name) if more else "", _key(found[0], name) if after and found else "")


def incidents(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Page:
    """A page of incidents: month and district at the finest; one audit row for the page."""
    check_may_read_incidents()
    with narrowing.planned_for(filters):
        rows = narrowing.narrowed(Incident.objects.exclude(principal_form=""), filters, for_user=for_user)  # an emptied one is in no list
        page = paged(rows, "month_to", after, before)
    record("evidence:incident:list", sensitivity="S2", result=[row.id for row in page.rows])
    return page


def check_may_read_incidents() -> None:
    check_can("evidence_incident", "select", _("Incidents are open to the working group. Your role does not include it."))


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
    reports: Sequence["ReportFile"]
    decisions: Sequence[Decision]
    rationales: Mapping[uuid.UUID, str]
    origins: Sequence[SameOrigin]
    late: bool
    sources: tuple[int, int]


def incident(*, for_user: Person, ref: str, with_text: bool = True) -> IncidentFile:
    """Open one incident; recorded before it is shown. Its page opens the working text apart."""
    found = find_incident(for_user=for_user, ref=ref)
    record("evidence:incident:open_file", objects=[found.id], sensitivity="S4")
    exact = IncidentPlace.objects.filter(incident=found).first()
    links = list(Link.objects.filter(incident=found).select_related("report__organisation").order_by("made_at", "id"))
    decisions = list(Decision.objects.filter(incident=found).select_related("party", "made_by__name").order_by("recorded_at", "id"))
    late = bool(found.verified_on and rules.is_late(found.month_to, found.verified_on))
    live = {link.report_id: link for link in links if link.undone_at is None}
    reports = side_by_side(for_user=for_user, ids=list(live), links=live)
    judged = origins(found) if len(links) > 1 else []
    return IncidentFile(
        incident=found, exact=exact, text=IncidentText.objects.filter(incident=found).first() if with_text else None,
        perpetrators=list(AllegedPerpetrator.objects.filter(incident=found).select_related("party")), links=links, reports=reports,
        decisions=decisions,
        rationales=dict(DecisionText.objects.filter(decision__in=decisions).values_list("decision_id", "rationale")), late=late,
        origins=judged, sources=rules.count_sources(_facts_of(reports), same_origins(judged)),
    )  # fmt: skip


def _facts_of(reports: Sequence["ReportFile"]) -> list[rules.SourceFacts]:
    return [
        rules.SourceFacts(
            source.source_category, str(one.report.organisation_id), str(one.report.id), one.exact.date_reported.isoformat() if one.exact else ""
        )
        for one in reports
        for source in one.sources
    ]  # fmt: skip


def origins(found: Incident) -> list[SameOrigin]:
    """Judgements that two accounts of an incident are of one origin, those undone too."""
    return list(SameOrigin.objects.filter(incident=found).select_related("made_by__name").order_by("made_at"))


def same_origins(found: Sequence[SameOrigin]) -> list[tuple[str, str]]:
    """Pairs of accounts that count as one source now."""
    return [(str(one.report_a_id), str(one.report_b_id)) for one in found if one.undone_at is None]


def find_incident(*, for_user: Person, ref: str) -> Incident:
    check_may_read_incidents()
    found = Incident.objects.filter(ref=ref).select_related("assigned_to__name").first()
    if found is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    found.mission = for_user.active_mission  # type: ignore[attr-defined]  # carried: the same mission, already read
    return found


def ref_of(*, for_user: Person, key: uuid.UUID | None) -> str:
    """The reference of an incident that a row names, if that incident is open to the reader too; else ''."""
    return Incident.objects.filter(id=key).values_list("ref", flat=True).first() or "" if key else ""


def reports(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Page:
    """A page of reports, newest recorded first; one audit row for the page."""
    _check_may_read_reports()
    rows = Report.objects.select_related("organisation")
    for name, column in {"route": "route", "adm1": "adm1", "source": "source_org_type", "organisation": "organisation__code"}.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    page = paged(rows, "recorded_at", after, before)
    record("evidence:report:list", sensitivity="S2", result=[row.id for row in page.rows])
    return page


def _check_may_read_reports() -> None:
    check_can("evidence_report", "select", _("Reports are open to the working group, and to an office its own. Your role does not include it."))


def incidents_of(rows: Sequence[Report]) -> dict[uuid.UUID, str]:
    """The reference of the incident each report of one page belongs to, in one statement."""
    live = Link.objects.filter(report_id__in=[row.id for row in rows], undone_at=None)
    return dict(live.values_list("report_id", "incident__ref"))


@dataclass(frozen=True)
class ReportFile:
    report: Report
    exact: ReportPlace | None
    text: ReportText | None
    sources: Sequence[Source]
    consent: Consent | None
    link: Link | None


def report(*, for_user: Person, ref: str) -> ReportFile:
    """Open one report; recorded before it is shown. Its words are opened apart (triage.queries.text)."""
    found = find_report(for_user=for_user, ref=ref)
    record("evidence:report:open_file", objects=[found.id], sensitivity="S4")
    return ReportFile(
        report=found, exact=ReportPlace.objects.filter(report=found).first(), text=None,
        sources=list(Source.objects.filter(report=found)), consent=Consent.objects.filter(report=found).first(),
        link=Link.objects.filter(report=found, undone_at=None).select_related("incident").first(),
    )  # fmt: skip


def find_report(*, for_user: Person, ref: str) -> Report:
    _check_may_read_reports()
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
    """Colleagues who may be named verifier: those who hold a verifying role now."""
    holders = Person.objects.extra(where=["sec.holds(security_person.id, %s::text[])"], params=[roles_of(["verifiers"])])
    return list(holders.select_related("name").order_by("code"))


def cleared_for_release(*, for_user: Person, quarter_months: tuple[date, date]) -> Sequence[tuple[str, str]]:
    """(reference, text) of verified cases that the gate of consent lets be told (V9)."""
    rows = Incident.objects.filter(verification_status="verified", month_to__range=quarter_months).order_by("ref")
    return [(one.ref, text) for one, text in consent.tellable(for_user=for_user, incidents=list(rows))]


def reports_of_incident(*, for_user: Person, incident: Incident) -> Sequence[ReportFile]:
    """The accounts that speak of an incident now, in the order in which they were linked."""
    live = Link.objects.filter(incident=incident, undone_at=None).order_by("made_at", "id").values_list("report_id", flat=True)
    return side_by_side(for_user=for_user, ids=list(live))


def side_by_side(*, for_user: Person, ids: Sequence[uuid.UUID], links: Mapping[uuid.UUID, Link] | None = None) -> list[ReportFile]:
    """Several reports in the order asked, each with what of it is open; the caller records why they were read.

    `links` are the live links by report, with it and its office, where the caller has read them already.
    """
    if links is None:
        found = {row.id: row for row in Report.objects.filter(id__in=ids).select_related("organisation")}
        links = {row.report_id: row for row in Link.objects.filter(report_id__in=ids, undone_at=None).select_related("incident")}
    else:
        found = {key: link.report for key, link in links.items()}
    exact = {row.report_id: row for row in ReportPlace.objects.filter(report_id__in=ids)}
    sources: dict[uuid.UUID, list[Source]] = {}
    for source in Source.objects.filter(report_id__in=ids):
        sources.setdefault(source.report_id, []).append(source)
    return [
        ReportFile(found[one], exact.get(one), None, sources.get(one, []), None, links.get(one)) for one in ids if one in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Names:
    """Names of the mission's areas and parties in the page's language; a code without a name stands for itself."""

    areas: Mapping[str, str]
    levels: Mapping[int, Sequence[str]]
    parents: Mapping[str, str]
    parties: Mapping[str, str]
    settlements: Mapping[str, str]

    def area(self, code: str) -> str:
        return self.areas.get(code, code)

    def party(self, code: str) -> str:
        return self.parties.get(code, code)


def names(*, for_user: Person, fine: bool = False) -> Names:
    """Names of provinces, districts and parties; `fine` adds the third level and the settlements."""
    lang = "fr" if (get_language() or "en").startswith("fr") else "en"
    areas = Area.objects.all() if fine else Area.objects.filter(level__lte=2)
    rows = list(areas.values_list("pcode", "level", "parent_pcode", f"name_{lang}"))
    return Names(
        areas={code: name for code, _level, _parent, name in rows},
        levels={level: [code for code, at, _parent, _name in rows if at == level] for level in (1, 2, 3)},
        parents={code: parent for code, _level, parent, _name in rows},
        parties=party_names(for_user=for_user, lang=lang),
        settlements=dict(Settlement.objects.values_list("code", "name")) if fine else {},
    )


def own_organisation(*, for_user: Person) -> Organisation | None:
    """The office on whose behalf this person reports in the mission of the page."""
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view and by `acting`
    grant = Grant.objects.filter(person_id=for_user.id, mission=mission, status="confirmed", revoked_at=None).select_related("organisation").first()
    return grant.organisation if grant else None


def find_person(*, for_user: Person, key: str) -> Person:
    """A colleague by key, as the page that names a verifier offers them."""
    found = next((one for one in people_who_verify(for_user=for_user) if str(one.id) == key), None)
    if found is None:
        raise NotValid(_("Choose a colleague of this mission."))
    return found


def find_link(*, for_user: Person, ref: str, report: str) -> Link:
    """The live link of a report with an incident, by their references."""
    live = Link.objects.filter(incident=find_incident(for_user=for_user, ref=ref), undone_at=None)
    found = live.select_related("incident").filter(report__ref=report[:8]).first()
    if found is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    return found


def organisations(*, for_user: Person) -> Sequence[Organisation]:
    """Offices of the mission, for the filter of the report list."""
    return list(Organisation.objects.order_by("code"))


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Reports to triage, incidents to verify, incidents without a verifier. Exact, because each row is open to them anyway."""
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    opened = Incident.objects.filter(verification_status__in=rules.OPEN)
    out: list[Waiting] = []
    if can("evidence_report", "update"):
        count, oldest = _waiting(Report.objects.filter(route="untriaged"))
        label = ngettext("report to triage", "reports to triage", count)
        out.append(Waiting(label, count, oldest, reverse("reports", args=[code]) + "?route=untriaged"))
    if can("evidence_incident", "select"):
        count, oldest = _waiting(opened.filter(assigned_to_id=for_user.id))
        label = ngettext("incident for you to verify", "incidents for you to verify", count)
        out.append(Waiting(label, count, oldest, reverse("incidents", args=[code]) + "?assigned=me&status=open"))
    if has_role("swpa", "verifiers"):
        count, oldest = _waiting(opened.filter(assigned_to=None))
        label = ngettext("open incident without a verifier", "open incidents without a verifier", count)
        out.append(Waiting(label, count, oldest, reverse("incidents", args=[code]) + "?assigned=nobody&status=open"))
    out += custody.waiting_for(for_user=for_user)
    out += urgent.waiting_for(for_user=for_user)
    out += meetings.waiting_for(for_user=for_user)
    out += triage.waiting_for(for_user=for_user)
    out += verification.waiting_for(for_user=for_user)
    return [line for line in out if line.count]


def _waiting(rows: QuerySet) -> tuple[int, datetime | None]:
    found = rows.aggregate(count=Count("id"), oldest=Min("recorded_at"))
    return found["count"], found["oldest"]


def changed_at(*, for_user: Person) -> dict[str, datetime]:
    """For each quarter the last moment at which a verification that counted in it was taken back."""
    return verification.changed_at(for_user=for_user)


def batch(*, for_user: Person, kind: str, file_sha256: bytes) -> Batch | None:
    """The file, if it came before."""
    return Batch.objects.filter(kind=kind, file_sha256=file_sha256).first()


def content_hashes(*, for_user: Person, organisation: Organisation, references: Sequence[str]) -> dict[str, bytes]:
    """Hashes of what an organisation sent before under these references."""
    out: dict[str, bytes] = {}
    for start in range(0, len(references), 5000):
        rows = Report.objects.filter(organisation=organisation, their_reference__in=references[start : start + 5000])
        out |= {reference: bytes(stored) for reference, stored in rows.values_list("their_reference", "content_sha256")}
    return out


def organisation(*, for_user: Person, code: str) -> Organisation | None:
    return Organisation.objects.filter(code=code).first()
