"""What each page of the desk is made of, and what a sent page becomes: between the views and the room's doors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotFound, NotNow, NotValid, Refusal
from openmara.evidence import actions, pages, presenters, queries, rules
from openmara.evidence.consent import desk as consenting
from openmara.evidence.custody import desk as keeping
from openmara.evidence.flash import queries as urgent
from openmara.evidence.gathering import desk as gathering
from openmara.evidence.intake import actions as intake
from openmara.evidence.intake import sheet
from openmara.evidence.meetings.shown import shown as at_meetings
from openmara.evidence.models import Report
from openmara.evidence.naming import desk as naming
from openmara.evidence.queries import IncidentFile, Names
from openmara.evidence.sea import actions as sea
from openmara.evidence.sea import desk as channel
from openmara.evidence.triage import desk as triaging
from openmara.evidence.triage import queries as triage_queries
from openmara.evidence.verification import desk as verified
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can

Shown = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What was done, in words, and where to go on."""

    message: str
    href: str


def incident(person: Person, ref: str, asked: Mapping[str, str]) -> Shown:
    """The incident page; its working text is behind a neutral summary until it is opened. Who comes from triage is led on."""
    file = queries.incident(for_user=person, ref=ref, with_text=False)
    names = queries.names(for_user=person, fine=True)
    found = file.incident
    reads = presenters.only_read(person, found)
    doors = presenters.doors(person, found, reads)
    return {
        "incident": found,
        "only_read": reads,
        "late": file.late,
        "facts": presenters.facts(found, file.exact, names),
        "exact_is_open": file.exact is not None,
        "tally": presenters.tally(found),
        "tally_note": presenters.tally_note(found),
        "parties": presenters.parties(file.perpetrators, names),
        **triaging.incident_text(person, found, names, asked.get("open") == "text"),
        "next": triage_queries.next_to_triage(for_user=person) if asked.get("from") == "triage" else "",
        "comparison": presenters.compare(file, names, _code(person)),
        "sources": presenters.sources(*file.sources),
        "history": presenters.history(file, names),
        "meetings": at_meetings(person, found),
        "doors": doors,
        "colleagues": queries.people_who_verify(for_user=person) if doors["assign"].is_open else [],
        "naming": naming.shown(person, found, reads),
        "gathering": gathering.shown(person, file),
        "consented": consenting.on_incident(person, found, [one.report for one in file.reports]),
        "custody": keeping.on_incident(person, found, file),
        "flash": urgent.on_incident(for_user=person, incident=found),
        "verification": verified.shown(person, file),
        "duplicate_of": queries.ref_of(for_user=person, key=found.duplicate_of_id),
    }


def verification(person: Person, ref: str, sent: QueryDict, problems: Mapping[str, str], general: str) -> Shown:
    """The verify page: evidence at hand and one form for each axis, with what was typed."""
    file = queries.incident(for_user=person, ref=ref)
    names = queries.names(for_user=person)
    today = clock.day_in(person.active_mission)  # type: ignore[attr-defined]  # carried by the view
    which = sent.get("do", "")
    alleged = [one.party.code for one in file.perpetrators if one.party]
    values = {name: str(value) for name, value in sent.items()}
    decision = pages.decision_fields(
        file.incident.verification_status, today, values if which == "decide" else {}, problems if which == "decide" else {}
    )
    decision["reason_code"] = verified.reason_field(file.incident, values if which == "decide" else {}, problems if which == "decide" else {})
    attribution = pages.attribution_fields(
        names, alleged, today, values if which == "attribute" else {}, problems if which == "attribute" else {}
    )
    fields = [*(decision if which == "decide" else attribution).values()]
    return {
        "incident": file.incident,
        "late": file.late,
        "evidence": presenters.evidence_rows(file.reports),
        "sources": presenters.sources(*file.sources),
        "obstacles": presenters.obstacles(person, file),
        "door": presenters.doors(person, file.incident, presenters.only_read(person, file.incident))["decide"],
        "parties": presenters.parties(file.perpetrators, names),
        "decision": decision,
        "attribution": attribution,
        "errors": [*fields, *_elsewhere(fields, problems)],
        "general": general if general and not problems else "",
        "failed": bool(general),
        "text": file.text,
    }


def _elsewhere(fields: list[pages.Field], problems: Mapping[str, str]) -> list[pages.Field]:
    """Problems that no field of the form can mend lead to the evidence."""
    known = {one.name for one in fields}
    words = {"sources": _("Sources"), "verifier": _("Verifier"), "nexus_note": _("Link to the conflict")}
    return [
        pages.Field("evidence", name, "note", words.get(name, name), error=problem) for name, problem in problems.items() if name not in known
    ]  # fmt: skip


def decide(person: Person, ref: str, sent: QueryDict) -> None:
    """One decision on the axis the page was sent for."""
    found = queries.find_incident(for_user=person, ref=ref)
    day = pages.read_day(sent.get("stated_on", ""), clock.day_in(person.active_mission))  # type: ignore[attr-defined]  # carried by the view
    if day is None:
        raise NotValid(problems={"stated_on": _("Not a date. Write year-month-day, for example 2026-03-31.")})
    rationale = sent.get("rationale", "")
    if sent.get("do") == "attribute":
        if sent.get("attribution", "") not in {"verified", "alleged", "unknown"}:
            raise NotValid(problems={"attribution": _("Choose one.")})
        party = _party(sent.get("party", ""))
        actions.attribute(by=person, incident=found, party=party, status=str(sent["attribution"]), rationale=rationale, stated_on=day)
        return
    if sent.get("to_status", "") not in rules.TRANSITIONS:
        raise NotValid(problems={"to_status": _("Choose one.")})
    verified.check_reason_is_chosen(found, sent)
    actions.decide(
        by=person, incident=found, reason_code=sent.get("reason_code", ""), to_status=str(sent["to_status"]), rationale=rationale, stated_on=day,
        standard_of_proof=sent.get("standard_of_proof", ""), duplicate_of=_kept(person, sent),
    )  # fmt: skip


def _kept(person: Person, sent: QueryDict) -> Any:
    """The incident that stays, where this one is closed as its duplicate."""
    ref = sent.get("duplicate_of", "").strip().lower()
    if sent["to_status"] != "duplicate" or not ref:
        return None
    try:
        return queries.find_incident(for_user=person, ref=ref.replace("\0", "")[:8])
    except NotFound as refusal:
        raise NotValid(problems={"duplicate_of": str(refusal)}) from None


def _party(code: str) -> Party | None:
    if not code:
        return None
    found = Party.objects.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise NotValid(problems={"party": _("Not a party of this mission's register. Use its code, or `unknown`.")})
    return found


def coding(person: Person, file: IncidentFile, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """The page that corrects an incident's coding, pre-filled with it."""
    door = presenters.doors(person, file.incident, presenters.only_read(person, file.incident))["change"]
    if file.exact is None:
        door = presenters.Door(_("The exact place and time of this incident are not open to you."))
    shown: Shown = {"incident": file.incident, "door": door, "problems": problems, "general": problems.get("", "")}
    if file.exact is None:
        return shown
    codes = [one.party.code for one in file.perpetrators if one.party]
    values = sheet.typed(sent) if sent else sheet.of_incident(file.incident, file.exact, codes)
    names = queries.names(for_user=person, fine=True)
    groups = sheet.groups(values, problems, names, pages.language(), only=sheet.CODING)
    version = sent.get("version") or file.incident.version
    base = sent.get("base") or json.dumps({name: values[name] for name in sheet.CODING if name in values})
    return shown | {"base": base} | {"groups": groups, "fields": [one for group in groups for one in group.fields], "version": version}


def recode(person: Person, file: IncidentFile, sent: QueryDict) -> dict[str, str]:
    """Problems per question, none when the coding was changed. A stale form is kept beside the newer version before it is refused."""
    if file.exact is None:
        raise NotFound(_("The exact place and time of this incident are not open to you."))
    known = queries.known(for_user=person)
    changes, problems = sheet.recoded(sheet.typed(sent), file.incident, file.exact, known, clock.today(), pages.language())
    if problems:
        return problems
    version = int(sent.get("version", "")) if sent.get("version", "").isdigit() else None
    try:
        actions.recode_incident(by=person, incident=file.incident, changes=changes, version=version)
    except NotValid as refusal:
        return refusal.problems
    except Conflict:
        gathering.keep(person, file.incident, sent, version or 0)
        raise
    return {}


def texts(file: IncidentFile) -> dict[str, str]:
    names = ("nexus_note", "narrative_confidential", "narrative_shareable")
    return {name: getattr(file.text, name, "") for name in names}


def new(person: Person, values: sheet.Values, problems: Mapping[str, str], general: str, adm2: str = "") -> Shown:
    """The sheet of one account, with everything typed; where interviewing stops, the reasons and the short form instead."""
    groups = sheet.groups(values, problems, queries.names(for_user=person, fine=True), pages.language())
    organisation = queries.own_organisation(for_user=person)
    return {
        "groups": groups,
        "fields": [one for group in groups for one in group.fields],
        "problems": problems,
        "general": general,
        "office": pages.office(organisation) if organisation else "",
        "may_open": can("evidence_incident", "insert") and can("evidence_report", "update"),
        "stops": triaging.stops(person, str(values.get("adm2") or adm2) or None),
        "typed": bool(values.get("date_from") or values.get("narrative_confidential")),
    }


def keep(person: Person, values: sheet.Values, open_it: bool) -> Done:
    """The account kept; with SEA it becomes a draft of the writer's alone. Where interviewing stops, the short form takes what came in."""
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    if values.get("record_class") == "sea_route":
        return _to_the_channel(person, values)
    organisation = queries.own_organisation(for_user=person)
    if organisation is None:
        raise Conflict(_("You have no office in this mission in whose name a report could be kept. Ask your focal point."))
    account, problems = sheet.read(values, queries.known(for_user=person), clock.today(), pages.language())
    if account is None:
        raise NotValid(problems=problems)
    if triaging.stops(person, account.adm2):
        raise NotNow(_("Interviewing stops, for the reasons below. Hand over what came in on the short form."))
    kept = intake.keep_account(by=person, mission=mission, organisation=organisation, account=account, open_it=open_it)
    if kept.incident:
        said = _("Report %(report)s is kept, and incident %(incident)s opened.") % {"report": kept.report.ref, "incident": kept.incident.ref}
        return Done(said, reverse("incident", args=[mission.code, kept.incident.ref]))
    return Done(_("Report %(report)s is kept.") % {"report": kept.report.ref}, reverse("report", args=[mission.code, kept.report.ref]))


def _to_the_channel(person: Person, values: sheet.Values) -> Done:
    """Everything typed is sealed for the writer; below class S4 it is not kept at all, and the notice alone is."""
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    draft = sea.keep_typed(by=person, mission=mission, rows=channel.content_of_sheet(person, values))
    if draft is None:
        return Done(_("A routing notice is kept, and nothing else of this sheet. Go to the conduct channel yourself, today."), reverse("reports", args=[mission.code]))
    return Done(_("Nothing of this sheet is kept but a draft that is yours alone, until the channel has it."), reverse("sea-draft", args=[mission.code, draft.id]))


def report(person: Person, ref: str, sent: QueryDict, problem: Refusal | None, open_text: bool = False) -> Shown:
    """The report page, with what was typed where triage was refused."""
    file = queries.report(for_user=person, ref=ref)
    names: Names = queries.names(for_user=person, fine=True)
    problems = getattr(problem, "problems", {})
    values = {name: str(value) for name, value in sent.items()}
    doors = presenters.report_doors(person, file)
    fields = [
        pages.line("incident", _("Incident"), values, problems, _("Its reference, eight characters.")),
        pages.area("nexus_note", _("Link to the conflict, in words"), values, problems, _("Needed before the incident can be verified; blank takes the report’s own."), 2),
    ]  # fmt: skip
    beside = triaging.shown(person, file, names, sent, problem)
    near = triage_queries.near(for_user=person, report=file.report) if doors["open"].is_open else []
    return {
        "report": file.report,
        "office": pages.office(file.report.organisation),
        "route": pages.route_label(file.report.route),
        "facts": presenters.facts(file.report, file.exact, names),
        "exact_is_open": file.exact is not None,
        "tally": presenters.tally(file.report),
        "tally_note": presenters.tally_note(file.report),
        "parties": [names.party(code) for code in file.report.party_codes],
        "text": triage_queries.text(for_user=person, report=file.report) if open_text and beside["has_text"] else None,
        "triage": beside,
        "may_say_services": can("evidence_serviceinfo", "insert"),
        "evidence": presenters.evidence_rows([file]),
        "verification": verified.sources(person, file),
        "consent": presenters.consent_text(file),
        "consented": consenting.on_report(person, file.report),
        "incident": file.link.incident.ref if file.link else "",
        "doors": doors,
        "next": triage_queries.next_to_triage(for_user=person, besides=file.report) if doors["route"].is_open and beside["settled"] else "",
        "near": presenters.incident_rows(near, queries.parties_of(near), names, _code(person)),
        "fields": {one.name: one for one in fields},
        "errors": [*fields, *beside["nexus"], beside["reason"], pages.Field("q-route", "route", "note", _("Route"), error=problems.get("route", ""))],
        "failed": problem is not None,
        "general": "" if problems else str(problem or ""),
        "crsv_means": pages.route_about("crsv"),
    }


def triage(person: Person, ref: str, sent: QueryDict) -> Done:
    """One verb of triage on one report."""
    found = queries.find_report(for_user=person, ref=ref)
    code = _code(person)
    here = reverse("report", args=[code, ref])
    verb = sent.get("do", "")
    if verb == "open":
        opened = actions.open_incident(by=person, report=found, nexus_note=sent.get("nexus_note", "").strip(), nexus_types=triaging.nexus_of(sent))
        return Done(_("Incident %(ref)s is opened.") % {"ref": opened.ref}, reverse("incident", args=[code, opened.ref]) + "?from=triage")
    if verb == "link":
        return _link(person, found, sent, code)
    route = sent.get("route", "")
    if verb != "route" or route not in pages.TRIAGE:
        raise NotValid(problems={"route": _("Choose one.")})
    if route == "sea_route":  # the channel and the duty to report are seen first
        return Done("", reverse("report-sea", args=[code, ref]))
    with transaction.atomic():
        actions.route_report(by=person, report=found, route=route, reason=sent.get("reason", ""))
    if route == "untriaged":
        return Done(_("The decision is taken back; the report waits for triage again."), here)
    return Done(_("The report is sent on: %(route)s.") % {"route": pages.route_label(route)}, here)


def _link(person: Person, found: Report, sent: QueryDict, code: str) -> Done:
    ref = sent.get("incident", "").strip().lower().replace("\0", "")[:8]
    try:
        target = queries.find_incident(for_user=person, ref=ref)
    except NotFound as refusal:
        raise NotValid(problems={"incident": str(refusal)}) from None
    if target.verification_status in rules.CLOSED:
        raise NotNow(_("That incident is closed. Link the report to the one that stays."))
    actions.link_report(by=person, report=found, incident=target)
    return Done(_("The report belongs to incident %(ref)s now.") % {"ref": target.ref}, reverse("incident", args=[code, target.ref]) + "?from=triage")


def _code(person: Person) -> str:
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    return str(mission.code)
