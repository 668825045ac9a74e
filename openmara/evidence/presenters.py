"""What pages about reports and incidents show, as prepared values: every word is settled here, templates only place it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openmara.errors import NotAllowed
from openmara.evidence import pages, permissions, rules
from openmara.evidence.accounts import TALLY
from openmara.evidence.models import AllegedPerpetrator, Coding, Decision, ExactPlaceAndTime, Incident, Report
from openmara.evidence.queries import IncidentFile, Names, ReportFile
from openmara.security.models import Person
from openmara.security.permissions import can, check_can

GROUPS = {
    "women": gettext_lazy("Women"), "girls": gettext_lazy("Girls"), "men": gettext_lazy("Men"), "boys": gettext_lazy("Boys"), "adult_unknown": gettext_lazy("Adults, sex not known"),
    "child_unknown": gettext_lazy("Children, sex not known"), "unknown": gettext_lazy("Age and sex not known"),
}  # fmt: skip

ABREAST = 6  # accounts that stand side by side before the rest is folded


@dataclass(frozen=True)
class IncidentRow:
    ref: str
    href: str
    months: str
    district: str
    forms: str
    people: str
    parties: str
    status: str
    late: bool
    attribution: str


@dataclass(frozen=True)
class ReportRow:
    ref: str
    href: str
    came_in: str
    office: str
    months: str
    district: str
    forms: str
    people: str
    route: str
    waits: bool
    incident: str
    incident_href: str


@dataclass(frozen=True)
class Fact:
    label: str
    text: str


@dataclass(frozen=True)
class Count:
    label: str
    number: int | None


@dataclass(frozen=True)
class PartyLine:
    name: str
    category: str
    status: str
    mode: str


@dataclass(frozen=True)
class Cell:
    text: str
    differs: bool = False


@dataclass(frozen=True)
class Account:
    """One report beside the incident's coding: its own words for each characteristic, and where it differs."""

    ref: str
    href: str
    office: str
    cells: tuple[Cell, ...]
    may_unlink: bool


@dataclass(frozen=True)
class Comparison:
    """A coding, and the accounts beside it."""

    labels: tuple[str, ...]
    own: tuple[Cell, ...]
    accounts: tuple[Account, ...]
    title: str = ""

    @property
    def rows(self) -> list[tuple[str, Cell, list[tuple[Account, Cell]]]]:
        """Row by row, as the table is drawn: label, the coding's own, one cell per account."""
        return [
            (label, self.own[place], [(account, account.cells[place]) for account in self.accounts]) for place, label in enumerate(self.labels)
        ]  # fmt: skip

    @property
    def parts(self) -> list["Comparison"]:
        """A long row of accounts in pieces that can be read; all but the first are folded."""
        return [replace(self, accounts=self.accounts[start : start + ABREAST]) for start in range(0, max(len(self.accounts), 1), ABREAST)]

    @property
    def differences(self) -> list[str]:
        """What differs, and in how many accounts: said before the table."""
        found = [(label, sum(account.cells[place].differs for account in self.accounts)) for place, label in enumerate(self.labels)]
        told = _("%(what)s (%(n)d of %(all)d)")
        return [told % {"what": label, "n": number, "all": len(self.accounts)} for label, number in found if number]


@dataclass(frozen=True)
class Step:
    """One decision: on which axis, from what to what, stated and recorded when, by whom, on what."""

    axis: str
    list_name: str
    before: str
    after: str
    party: str
    stated_on: date
    recorded_at: datetime
    by: str
    basis: str
    rationale: str
    rationale_is_open: bool


@dataclass(frozen=True)
class Door:
    """Something a person may do here; where it is closed, `reason` says why."""

    reason: str

    @property
    def is_open(self) -> bool:
        return not self.reason


def people(row: Coding) -> str:
    """How many, with ≈ where the number is estimated."""
    number = formats.number_format(row.total, 0, use_l10n=True, force_grouping=True)
    return f"≈ {number}" if row.number_estimated else number


def closed(check: Callable[..., None], *values: object) -> str:
    """Why something is closed to the reader, as the action itself would say it; empty where it is open."""
    try:
        check(*values)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def district(row: Coding, names: Names) -> str:
    """The district's name, or the province's where no district is known."""
    return names.area(row.adm2) if row.adm2 else _("%(province)s, district not known") % {"province": names.area(row.adm1)}


def incident_rows(rows: Sequence[Incident], parties: Mapping[uuid.UUID, list[AllegedPerpetrator]], names: Names, mission: str) -> list[IncidentRow]:
    """Month and district at the finest."""
    return [
        IncidentRow(
            ref=row.ref, href=reverse("incident", args=[mission, row.ref]), months=pages.months(row.month_from, row.month_to),
            district=district(row, names), forms=pages.labels("crsv_form", row.forms), people=people(row),
            parties=", ".join(one.party.code if one.party else _("Unknown") for one in parties.get(row.id, [])),
            status=row.verification_status, late=bool(row.verified_on and rules.is_late(row.month_to, row.verified_on)),
            attribution=row.attribution_status,
        )
        for row in rows
    ]  # fmt: skip


def report_rows(rows: Sequence[Report], incidents: Mapping[uuid.UUID, str], names: Names, mission: str) -> list[ReportRow]:
    return [
        ReportRow(
            ref=row.ref, href=reverse("report", args=[mission, row.ref]), came_in=pages.day(row.recorded_at.date()), office=pages.office(row.organisation),
            months=pages.months(row.month_from, row.month_to), district=district(row, names), forms=pages.labels("crsv_form", row.forms),
            people=people(row) if row.total else "–", route=pages.route_label(row.route), waits=row.route == "untriaged",
            incident=incidents.get(row.id, ""),
            incident_href=reverse("incident", args=[mission, incidents[row.id]]) if row.id in incidents else "",
        )
        for row in rows
    ]  # fmt: skip


def facts(row: Coding, exact: ExactPlaceAndTime | None, names: Names) -> list[Fact]:
    """What is known; what nobody stated is left out."""
    found = [
        (_("When"), when(row, exact)),
        (_("How exact the date is"), pages.label("date_precision", row.date_precision)),
        (_("Time of day"), pages.label("time_of_day", row.time_of_day)),
        (_("First reported"), pages.day(exact.date_reported) if exact else pages.month(row.reported_month)),
        (_("Where"), where(row, exact, names)),
        (_("How exact the place is"), pages.label("location_precision", row.location_precision)),
        (_("Kind of place"), pages.label("place_type", row.place_type)),
        (_("Forms of violence"), pages.labels("crsv_form", row.forms)),
        (_("Other violations"), pages.labels("associated_violation", row.associated_violations)),
        (_("Used as"), pages.labels("tactic_use", row.tactic_use)),
        (_("Displacement"), pages.label("displacement_context", row.displacement_context)),
        (_("Activity"), pages.label("activity_context", row.activity_context)),
        (_("During a military operation"), pages.label("yes_no_unknown", row.during_military_operation)),
        (_("Link to the conflict"), nexus(row)),
        (_("What shows the link"), pages.labels("nexus_evidence", row.nexus_evidence)),
        (_("Persons involved"), pages.label("perpetrator_count", row.perpetrator_count)),
        (_("Class of record"), pages.label("record_class", row.record_class)),
        (_("Classification"), pages.label("classification", row.classification)),
    ]
    return [Fact(label, text) for label, text in found if text]


def when(row: Coding, exact: ExactPlaceAndTime | None) -> str:
    """Days where they are open to the reader, months otherwise."""
    if exact is None:
        return pages.months(row.month_from, row.month_to)
    if exact.date_from == exact.date_to:
        return pages.day(exact.date_to)
    return f"{pages.day(exact.date_from)} – {pages.day(exact.date_to)}"


def where(row: Coding, exact: ExactPlaceAndTime | None, names: Names) -> str:
    """From the finest place open to the reader to the coarsest."""
    settlement = names.settlements.get(exact.settlement, exact.settlement) if exact else ""
    parts = [settlement, names.area(exact.adm3) if exact else "", names.area(row.adm2), names.area(row.adm1)]
    return ", ".join(part for part in parts if part)


def nexus(row: Coding) -> str:
    pairs = [one.partition(":") for one in row.nexus_types]
    return ", ".join(f"{pages.label('nexus_type', kind)} ({pages.label('nexus_directness', way).lower()})" for kind, _cut, way in pairs)


def tally(row: Coding) -> list[Count]:
    """Blank is not stated, 0 is none; the order never changes."""
    return [Count(str(GROUPS[name]), getattr(row, name)) for name in TALLY]


def tally_note(row: Coding) -> str:
    """Whether the number is estimated, and between which bounds."""
    if row.total_min is not None or row.total_max is not None:
        bounds = {"least": row.total_min if row.total_min is not None else "–", "most": row.total_max if row.total_max is not None else "–"}
        return _("Stated as between %(least)s and %(most)s.") % bounds
    return _("The number is estimated.") if row.number_estimated else ""


def parties(found: Sequence[AllegedPerpetrator], names: Names) -> list[PartyLine]:
    return [
        PartyLine(
            names.party(one.party.code) if one.party else _("Not identified"), pages.label("party_category", one.category),
            one.attribution_status, pages.label("responsibility_mode", one.responsibility_mode),
        )
        for one in found
    ]  # fmt: skip


def compare(file: IncidentFile, names: Names, mission: str) -> Comparison:
    """The accounts beside the incident's coding; the first characteristics are those that may differ."""
    found = file.incident
    codes = [one.party.code for one in file.perpetrators if one.party]
    exact = file.exact is not None and all(one.exact is not None for one in file.reports)
    own = characteristics(found, file.exact if exact else None, codes, names)
    accounts = []
    opened = {link.report_id for link in file.links if link.opened_incident}
    for one in file.reports:
        said = characteristics(one.report, one.exact if exact else None, list(one.report.party_codes), names)
        cells = [Cell(text, bool(text) and text != own[place][1]) for place, (_label, text) in enumerate(said)]
        extra = [Cell(", ".join(pages.label("source_category", source.source_category) for source in one.sources) or "–")]
        href = reverse("report", args=[mission, one.report.ref])
        office = pages.office(one.report.organisation)
        accounts.append(Account(one.report.ref, href, office, (*cells, *extra), one.report.id not in opened))
    labels = (*(label for label, _text in own), _("Kind of source"))
    return Comparison(labels, (*(Cell(text or "–") for _label, text in own), Cell("–")), tuple(accounts), _("This incident"))


def characteristics(row: Coding, exact: ExactPlaceAndTime | None, codes: Sequence[str], names: Names) -> list[tuple[str, str]]:
    """What accounts are compared by: date, place, numbers, forms, party."""
    counted = [(count.label, count.number) for count in tally(row) if count.number]
    return [
        (_("Date"), when(row, exact)),
        (_("Place"), where(row, exact, names)),
        (_("People"), people(row)),
        (_("Of whom"), ", ".join(f"{label} {number}" for label, number in counted)),
        (_("Forms of violence"), pages.labels("crsv_form", sorted(row.forms))),
        (_("Alleged party"), ", ".join(sorted(codes)) or _("Unknown")),
    ]


def history(file: IncidentFile, names: Names) -> list[Step]:
    """Decisions on both axes, in the order of recording; the rationale where it is open to the reader."""
    axes = {"verification": _("Verification"), "attribution": _("Attribution")}
    return [
        Step(
            axis=axes[one.axis], list_name=f"{one.axis}_status", before=one.from_status, after=one.to_status,
            party=names.party(one.party.code) if one.party else "", stated_on=one.stated_on, recorded_at=one.recorded_at,
            by=one.made_by.shown_name, basis=_basis(one),
            rationale=file.rationales.get(one.id, ""), rationale_is_open=one.id in file.rationales,
        )
        for one in file.decisions
    ]  # fmt: skip


def _basis(one: Decision) -> str:
    """What a decision rests on: standard and sources, the other body's word, or the reason of one that closes or takes back."""
    parts = [pages.label("standard_of_proof", one.standard_of_proof), pages.label("verification_reason", one.reason_code)]
    if one.basis == "by_reference":
        parts.append(_("taken over by reference"))
    elif one.primary_sources is not None and one.secondary_sources is not None:
        parts.append(sources(one.primary_sources, one.secondary_sources))
    return "; ".join(part for part in parts if part)


def sources(primary: int, secondary: int) -> str:
    """How many sources of each kind stand behind an incident."""
    first = ngettext("%(n)d primary source", "%(n)d primary sources", primary) % {"n": primary}
    second = ngettext("%(n)d independent secondary source", "%(n)d independent secondary sources", secondary) % {"n": secondary}
    return f"{first}, {second}"


def only_read(person: Person, found: Incident) -> str:
    """Why the person reads this incident and changes nothing; empty where that is not so."""
    return closed(permissions.check_only_reads, person, found.ref)


def doors(person: Person, found: Incident, reads: str) -> dict[str, Door]:
    """What may be done with an incident, each with the reason where it is closed. `reads` is the answer of `only_read`."""
    assigned = (
        reads or closed(permissions.check_can_verify) or closed(permissions.check_is_assigned, person, found)
        or closed(permissions.check_has_not_stepped_back, person, found)
    )  # fmt: skip
    may_begin = "under_verification" in rules.TRANSITIONS[found.verification_status] and found.verification_status != "verified"
    begin = assigned or ("" if may_begin else _("Verification has begun already."))
    change = reads or closed(permissions.check_can_triage) or closed(
        check_can, "evidence_incident", "update", _("Your role reads incidents and does not change them.")
    )
    return {
        "assign": Door(reads or closed(permissions.check_can_assign)),
        "start": Door(begin),
        "decide": Door(assigned),
        "change": Door(change),
    }


def obstacles(person: Person, file: IncidentFile) -> list[str]:
    """What still stands in the way of verification, whatever the standard of proof (V5, V6)."""
    primary, secondary = file.sources
    found = rules.check_verification(
        primary=primary, secondary=secondary, standard=rules.STANDARDS[0], verifier=str(person.id),
        reporters={str(one.report.recorded_by_id) for one in file.reports}, nexus=file.incident.nexus_types,
        nexus_note=file.text.nexus_note if file.text else "",
    )  # fmt: skip
    return list(found.values())


def evidence_rows(reports: Sequence[ReportFile]) -> list[tuple[str, str, str, str, str, str]]:
    """Each source behind the incident: report, office, category, material, reliability, credibility."""
    return [
        (
            one.report.ref, pages.office(one.report.organisation), pages.label("source_category", source.source_category),
            pages.label("source_type", source.source_type) or "–", pages.label("source_reliability", source.source_reliability) or "–",
            pages.label("source_credibility", source.source_credibility) or "–",
        )
        for one in reports
        for source in one.sources
    ]  # fmt: skip


def report_doors(person: Person, file: ReportFile) -> dict[str, Door]:
    """What triage may still do with a report."""
    role = closed(permissions.check_only_reads, person, file.report.ref) or closed(permissions.check_can_triage) or closed(
        check_can, "evidence_report", "update", _("Your role reads with the working group, but does not triage.")
    )
    context = _("This report is kept as context. It is never opened as an incident, and never counted.")
    joined = _("This report belongs to an incident already.")
    away = _("Headquarters says first where this report goes. Record its answer by changing the route.")
    opening = role or (context if file.report.context_only else joined if file.link else away if file.report.route == "hq_routing" else "")
    routing = role or (context if file.report.context_only else "")
    erasing = "" if can("evidence_report", "delete") else _("Only the women’s protection advisers hand a report over to conduct and discipline.")
    return {"open": Door(opening), "route": Door(routing), "sea": Door(routing or erasing)}


def consent_text(file: ReportFile) -> str:
    """What was agreed to; missing consent means no."""
    if file.consent is None:
        return _("None recorded: nothing beyond counting is agreed to.")
    basis = pages.label("consent_basis", file.consent.basis)
    scope = pages.labels("consent_scope", file.consent.scope)
    return f"{basis}; {scope}" if scope else basis
