"""The only place that writes reports and incidents. Each verb: right, rule, write, audit, one transaction."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotFound, NotNow, NotValid
from openmara.evidence import permissions, rules
from openmara.evidence.accounts import TALLY, Account, principal_form
from openmara.evidence.consent.actions import check_none_erased
from openmara.evidence.custody.actions import receive
from openmara.evidence.holding import check_may_lose, hold, month_of
from openmara.evidence.models import (
    AllegedPerpetrator,
    Batch,
    Consent,
    Incident,
    IncidentPlace,
    IncidentText,
    Link,
    Report,
    ReportPlace,
    ReportText,
    SeaRouting,
    Source,
)  # fmt: skip
from openmara.evidence.triage.actions import check_may_triage, decided, first_reported, route_report
from openmara.evidence.triage.rules import check_nexus
from openmara.evidence.verification.actions import assign, attribute, attribute_by_rows, decide, wall_reports
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.actions import insert_rows, record
from openmara.security.models import Mission, Organisation, Person

__all__ = [
    "TakenIn", "assign", "attribute", "decide", "link_report", "open_incident", "recode_incident", "route_report", "take_in", "unlink_report",
]  # fmt: skip
CHUNK = 500
COPIED = (
    "record_class", "month_from", "month_to", "date_precision", "reported_month", "adm1", "adm2", "location_precision",
    "place_type", "time_of_day", "displacement_context", "activity_context", "during_military_operation", "forms",
    "principal_form", "nexus_types", "nexus_evidence", "tactic_use", "associated_violations", *TALLY, "total", "total_min",
    "total_max", "number_estimated", "perpetrator_count", "child_protection_routed", "classification",
)  # fmt: skip


@dataclass(frozen=True)
class TakenIn:
    """What became of a set of accounts: ids added, how many were there already with the same content, how many routed."""

    added: tuple[uuid.UUID, ...]
    unchanged: int
    routed: int


def _coding(account: Account) -> dict[str, object]:
    """The coded columns (S2) of an account; day and settlement stay out."""
    plain = (
        "record_class", "date_precision", "adm1", "adm2", "location_precision", "place_type", "time_of_day", "displacement_context",
        "activity_context", "during_military_operation", "principal_form", "total", "total_min", "total_max", "number_estimated",
        "perpetrator_count", "child_protection_routed", "classification",
    )  # fmt: skip
    several = ("forms", "nexus_types", "nexus_evidence", "tactic_use", "associated_violations")
    return (
        {name: getattr(account, name) for name in plain}
        | {name: list(getattr(account, name)) for name in several}
        | {name: account.tally.get(name) for name in TALLY}
        | {
            "month_from": month_of(account.date_from),
            "month_to": month_of(account.date_to),
            "reported_month": month_of(account.date_reported),
        }
    )


def take_in(
    *,
    by: Person,
    mission: Mission,
    organisation: Organisation,
    accounts: Sequence[Account],
    kind: str = "page",
    file_sha256: bytes | None = None,
    context_only: bool = False,
    short_form: bool = False,
    progress: Callable[[int], None] | None = None,
) -> TakenIn:
    """Take in accounts, all or none. The same reference with the same content changes nothing; with other content it is refused."""
    permissions.check_can_report()
    now = clock.now()
    for number, account in enumerate(accounts, start=1):
        problems = rules.check_account(account, now.date())
        if not context_only and not (account.forms and account.record_class and account.total):
            problems |= {"forms": _("Must be filled in.")}
        if short_form:
            problems.pop("nexus_types", None)  # triage says it, with the definition beside
        if problems:
            raise NotValid(_("Account %(number)s is not acceptable.") % {"number": number}, problems)
    sea = [account for account in accounts if account.record_class == "sea_route"]
    kept = [account for account in accounts if account.record_class != "sea_route"]
    with transaction.atomic():
        fresh, unchanged = _fresh(organisation, kept)
        batch = None
        if file_sha256 is not None:
            batch = Batch.objects.create(
                mission=mission, organisation=organisation, kind=kind, file_sha256=file_sha256, rows=len(accounts),
                added=len(fresh), recorded_by=by, recorded_at=now,
            )  # fmt: skip
        added: list[uuid.UUID] = []
        for start in range(0, len(fresh), CHUNK):
            added += _write_reports(by, mission, organisation, fresh[start : start + CHUNK], batch, context_only, short_form)
            if progress:
                progress(len(added))
        for _account in sea:
            SeaRouting.objects.create(mission=mission, channel="conduct_and_discipline", routed_on=now.date(), routed_by=by, recorded_at=now)
        sent = [(one, account.sha256()) for one, account in zip(added, fresh, strict=True)]
        record("evidence:report:take_in", objects=[batch.id] if batch else added[:1], sensitivity="S4", submitted=sent)
    return TakenIn(tuple(added), unchanged, len(sea))


def _fresh(organisation: Organisation, accounts: Sequence[Account]) -> tuple[list[Account], int]:
    """Accounts not there yet; Conflict when a reference came before with other content, or twice in one file."""
    seen: dict[str, bytes] = {}
    fresh: list[Account] = []
    unchanged = 0
    for start in range(0, len(accounts), 5000):
        part = accounts[start : start + 5000]
        references = [account.their_reference for account in part]
        check_none_erased(organisation=organisation, references=references)
        known = Report.objects.filter(organisation=organisation, their_reference__in=references)
        before = {reference: bytes(stored) for reference, stored in known.values_list("their_reference", "content_sha256")}
        for account in part:
            stored = before.get(account.their_reference) or seen.get(account.their_reference)
            if stored is None:
                seen[account.their_reference] = account.sha256()
                fresh.append(account)
            elif stored == account.sha256():
                unchanged += 1
            else:
                raise Conflict(_("A reference in this file was sent before with other content. Give the correction a reference of its own."))
    return fresh, unchanged


def _write_reports(
    by: Person, mission: Mission, organisation: Organisation, accounts: Sequence[Account], batch: Batch | None, context_only: bool, short_form: bool
) -> list[uuid.UUID]:
    now = clock.now()
    common = {"mission_id": mission.id}
    walled = _party_facts({code for account in accounts for code in account.alleged_parties})
    reports, places, texts, sources, consents = (list[Model]() for _each in range(5))
    for account in accounts:
        report = Report(
            **common, organisation_id=organisation.id, their_reference=account.their_reference, source_org_type=account.source_org_type,
            context_only=context_only, short_form=short_form, party_codes=list(account.alleged_parties), content_sha256=account.sha256(), batch=batch,
            recorded_by_id=by.id, recorded_at=now, compartment=rules.compartments(walled[code] for code in account.alleged_parties if code in walled),
            route="context" if context_only else "untriaged", **_coding(account),
        )  # fmt: skip
        reports.append(report)
        places.append(
            ReportPlace(
                **common, report_id=report.id, date_from=account.date_from, date_to=account.date_to,
                date_reported=account.date_reported, adm3=account.adm3, settlement=account.settlement,
            )
        )  # fmt: skip
        if account.nexus_note or account.narrative_confidential or account.narrative_shareable:
            texts.append(
                ReportText(
                    **common, report_id=report.id, organisation_id=organisation.id, nexus_note=account.nexus_note,
                    narrative_confidential=account.narrative_confidential, narrative_shareable=account.narrative_shareable,
                )
            )  # fmt: skip
        if account.source_category:
            sources.append(
                Source(
                    **common, report_id=report.id, source_category=account.source_category, source_type=account.source_type,
                    source_reliability=account.source_reliability, source_credibility=account.source_credibility,
                )
            )  # fmt: skip
        if account.consent_basis:
            consents.append(
                Consent(
                    **common, report_id=report.id, basis=account.consent_basis, scope=list(account.consent_scope),
                    given_on=account.consent_date,
                )
            )  # fmt: skip
    insert_rows(reports)
    insert_rows([*places, *texts, *sources, *consents])
    receive(by=by, reports=reports, counterpart=organisation.code)  # type: ignore[arg-type]  # reports, as they were made above
    return [report.pk for report in reports]


def _party_facts(codes: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """code → (category, subtype, code), as `rules.compartments` asks for them."""
    rows = Party.objects.filter(code__in=list(codes)).values_list("category", "subtype", "code")
    return {code: (category, subtype, code) for category, subtype, code in rows}


def put_in_compartment(by: Person, incident: Incident, added: Iterable[str]) -> None:
    """Compartments are added, never taken away: once alleged, the reason for the wall remains."""
    together = sorted({*incident.compartment, *added})
    if together != sorted(incident.compartment):
        permissions.check_stays_open(by, incident, together)
        incident.compartment = together
        incident.save(update_fields=["compartment"])
    wall_reports(by, incident)


def open_incident(*, by: Person, report: Report, nexus_note: str = "", nexus_types: Sequence[str] | None = None) -> Incident:
    """A new incident, its coding pre-filled from one report, which stays as it is; the link to the conflict is triage's judgement."""
    check_may_triage()
    _check_counts(report)
    exact = _exact(report)
    nexus = list(report.nexus_types if nexus_types is None else nexus_types)
    if problems := check_nexus(nexus):  # an incident is of the class that triage gives it, whatever its report was called
        raise NotValid(problems=problems)
    now = clock.now()
    with transaction.atomic():
        coding = {name: getattr(report, name) for name in COPIED}
        incident = Incident(mission_id=report.mission_id, opened_by_id=by.id, recorded_at=now, **coding)
        incident.record_class, incident.nexus_types = "crsv", nexus
        incident.compartment = list(report.compartment)
        incident.attribution_status = "alleged" if report.party_codes else "unknown"
        place = IncidentPlace(
            mission_id=report.mission_id, incident=incident, date_from=exact.date_from, date_to=exact.date_to,
            date_reported=exact.date_reported, adm3=exact.adm3, settlement=exact.settlement,
        )  # fmt: skip
        found = ReportText.objects.filter(report=report).first()
        text = IncidentText(
            mission_id=report.mission_id, incident=incident, nexus_note=nexus_note or (found.nexus_note if found else ""),
            narrative_shareable=found.narrative_shareable if found else "",
        )  # fmt: skip
        insert_rows([incident])
        decision = decided(by, report, report.route, "crsv", nexus_types=nexus)
        write_link(by, report, incident, opened=True, besides=[place, text, *_perpetrators(incident, report.party_codes), decision])
        record("evidence:incident:open", objects=[incident.id, report.id], sensitivity="S2")
    return incident


def _exact(report: Report) -> ReportPlace:
    exact = ReportPlace.objects.filter(report=report).first()
    if exact is None:
        raise NotFound(_("The exact place and time of this report are not open to you."))
    return exact


def _perpetrators(incident: Incident, party_codes: Sequence[str]) -> list[AllegedPerpetrator]:
    parties = {party.code: party for party in Party.objects.filter(code__in=party_codes)}
    rows = [
        AllegedPerpetrator(mission_id=incident.mission_id, incident=incident, party=parties[code], category=parties[code].category)
        for code in party_codes
        if code in parties
    ]
    unknown = AllegedPerpetrator(mission_id=incident.mission_id, incident=incident, category="unknown", attribution_status="unknown")
    return rows or [unknown]


def _change_perpetrators(incident: Incident, codes: set[str]) -> None:
    """Only what differs is taken out or added, so that the attribution of the others stays."""
    rows = AllegedPerpetrator.objects.filter(incident=incident)
    before = {code for code in rows.values_list("party__code", flat=True) if code}
    if codes == before:
        return
    rows.exclude(party__code__in=codes).delete()
    if new := sorted(codes - before):
        insert_rows(_perpetrators(incident, new))
    elif not codes:
        insert_rows(_perpetrators(incident, []))
    attribute_by_rows(incident)


def write_link(by: Person, report: Report, incident: Incident, opened: bool, besides: Sequence[Model] = ()) -> Link:
    """A link and what is written with it; a report belongs to one incident at a time. The caller's transaction ends with the refusal."""
    link = Link(mission_id=report.mission_id, report=report, incident=incident, opened_incident=opened, made_by_id=by.id, made_at=clock.now())
    try:
        insert_rows([*besides, link])
    except IntegrityError:  # the incident it belongs to may be closed to us: the answer is the same
        raise NotNow(_("This report belongs to an incident already. Undo that first.")) from None
    if report.route != "crsv":
        Report.objects.filter(id=report.id).update(route="crsv")
        report.route = "crsv"
    return link


def _check_counts(report: Report) -> None:
    if report.route == "hq_routing":
        raise NotNow(_("Headquarters says first where this report goes. Record its answer by changing the route."))
    if report.context_only:
        raise NotNow(_("This report is kept as context. It is never opened as an incident, and never counted."))


def link_report(*, by: Person, report: Report, incident: Incident) -> Link:
    """The judgement that a report speaks of an incident. The earliest date of reporting counts from then on."""
    check_may_triage()
    _check_counts(report)
    for one in (report, incident):
        permissions.check_only_reads(by, one.ref)
    exact = _exact(report)
    hold(incident)
    with transaction.atomic():
        decision = decided(by, report, report.route, "crsv", nexus_types=report.nexus_types)
        link = write_link(by, report, incident, opened=False, besides=[decision])
        put_in_compartment(by, incident, report.compartment)
        first_reported(incident)
        record("evidence:report:link", objects=[report.id, incident.id], sensitivity="S2", purpose=str(exact.date_reported.year))
    return link


def unlink_report(*, by: Person, link: Link) -> Link:
    """Undo the judgement; the row stays with who undid it. The report that opened an incident stays with it."""
    permissions.check_can_triage()
    if link.undone_at is not None:
        raise NotNow(_("This has been undone already."))
    if link.opened_incident:
        raise NotNow(_("The incident was opened from this report. Close the incident as a duplicate instead."))
    hold(link.incident)
    check_may_lose(link)
    with transaction.atomic():
        link.undone_by, link.undone_at = by, clock.now()
        link.save(update_fields=["undone_by", "undone_at"])
        first_reported(link.incident)
        record("evidence:report:unlink", objects=[link.report_id, link.incident_id], sensitivity="S2")
    return link


def recode_incident(*, by: Person, incident: Incident, changes: Mapping[str, object], version: int | None = None) -> Incident:
    """The verifier's judgement of the coding. A stale version is refused, so that no colleague's edit is lost."""
    permissions.check_can_triage()
    exact_names = ("date_from", "date_to", "adm3", "settlement")
    unknown = set(changes) - set(COPIED) - set(exact_names) - {"party_codes"}
    if unknown:
        raise NotValid(problems={name: _("This cannot be changed here.") for name in unknown})
    hold(incident)
    if version is not None and version != incident.version:
        raise Conflict(_("A colleague has changed this incident since you opened it. What you typed is kept; choose which version stands."))
    _check_recoding(incident, changes)
    with transaction.atomic():
        exact = IncidentPlace.objects.get(incident=incident)
        for name in exact_names:
            if name in changes:
                setattr(exact, name, changes[name])
        if exact.date_to < exact.date_from:
            raise NotValid(problems={"date_to": _("The end lies before the beginning.")})
        exact.save()
        for name, value in changes.items():
            if name in COPIED:
                setattr(incident, name, value)
        if "forms" in changes:
            incident.principal_form = principal_form(incident.forms)
        permissions.check_stays_a_childs(by, incident)
        incident.month_from, incident.month_to = month_of(exact.date_from), month_of(exact.date_to)
        incident.version += 1
        incident.save()
        if "party_codes" in changes:
            put_in_compartment(by, incident, rules.compartments(_party_facts(changes["party_codes"]).values()))  # type: ignore[arg-type]  # as below
            _change_perpetrators(incident, set(changes["party_codes"]))  # type: ignore[call-overload]  # a list of codes
        record("evidence:incident:recode", objects=[incident.id], sensitivity="S3")
    return incident


def _check_recoding(incident: Incident, changes: Mapping[str, object]) -> None:
    tally = {name: changes.get(name, getattr(incident, name)) for name in TALLY}
    total = changes.get("total", incident.total)
    stated = [number for number in tally.values() if isinstance(number, int)]
    if stated and sum(stated) != total:
        raise NotValid(problems={"total": _("The groups add up to %(sum)s, the total says otherwise.") % {"sum": sum(stated)}})
    if not isinstance(total, int) or total < 1:
        raise NotValid(problems={"total": _("At least one person must be counted.")})
