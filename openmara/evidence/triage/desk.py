"""What the pages of triage are made of, and what a sent page becomes: between the views and the room's doors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import Conflict, NotValid, Refusal
from openmara.evidence import pages, presenters
from openmara.evidence import queries as evidence
from openmara.evidence.intake import sheet
from openmara.evidence.models import Coding, Incident, Report
from openmara.evidence.queries import Names, ReportFile
from openmara.evidence.triage import actions, queries, rules
from openmara.evidence.triage.models import TriageDecision
from openmara.evidence.triage.short import actions as short
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can

Shown = dict[str, Any]
NOWHERE = ("their_reference", "record_class", "classification", "location_precision", "date_reported", "consent_basis")


@dataclass(frozen=True)
class Route:
    """One place to which a report may be sent, and what that means."""

    code: str
    label: str
    about: str


@dataclass(frozen=True)
class Past:
    """One decision of triage."""

    before: str
    after: str
    by: str
    decision: TriageDecision
    wording: str
    nexus: str


def shown(person: Person, file: ReportFile, names: Names, sent: QueryDict, problem: Refusal | None) -> Shown:
    """Beside the decision: the definition in force, the criteria of the link to the conflict, what was decided before."""
    report, problems = file.report, getattr(problem, "problems", {})
    past = [_past(one) for one in queries.decisions(for_user=person, report=report)]
    found = [one for one in (_route(code) for code in (*rules.ELSEWHERE, "untriaged")) if one.code != report.route]
    typed = {name: str(value) for name, value in sent.items()}
    return {
        "wording": _wording(rules.definition_on(clock.today())),
        "criteria": [(code_label, pages.definition("nexus_evidence", code)) for code, code_label in vocabulary.choices("nexus_evidence", pages.language())],
        "nexus": nexus_fields(report, sent, problems),
        "decided": past[0] if past and report.route != "untriaged" else None,
        "past": past,
        "routes": [one for one in found if one.code != "untriaged" or report.route != "untriaged"],
        "settled": report.route != "untriaged",
        "reason": pages.line("reason", _("Why the decision changes"), typed, problems, _("A few words, no names. Kept with the decision.")),
        "international": rules.concerns_international_forces(report.compartment),
        "stops": queries.stops(for_user=person, adm2=report.adm2, lang=pages.language()),
        "services": services(person, report),
        "service_fields": service_fields({}, {}),
        "summary": summary(report, names),
        "has_text": queries.has_text(for_user=person, report=report),
    }


def incident_text(person: Person, incident: Incident, names: Names, open_it: bool) -> Shown:
    """The working text of an incident where it was asked for, and what can be said without it."""
    is_there = queries.has_incident_text(for_user=person, incident=incident)
    text = queries.incident_text(for_user=person, incident=incident) if open_it and is_there else None
    return {"text": text, "has_text": is_there, "summary": summary(incident, names)}


def summary(report: Coding, names: Names) -> str:
    """What can be said of an account without opening it: when, where, how many."""
    said = {"when": pages.months(report.month_from, report.month_to), "where": presenters.district(report, names), "people": presenters.people(report)}
    return _("%(when)s, %(where)s; people affected: %(people)s.") % said


def _wording(code: str) -> dict[str, str]:
    return {"code": code, "label": pages.label("crsv_definition", code), "text": pages.definition("crsv_definition", code)}


def _past(one: TriageDecision) -> Past:
    nexus = ", ".join(_nexus(each) for each in one.nexus_types)
    wording = pages.label("crsv_definition", one.definition)
    return Past(pages.route_label(one.from_route), pages.route_label(one.to_route), one.made_by.shown_name, one, wording, nexus)


def _nexus(code: str) -> str:
    kind, _cut, way = code.partition(":")
    return f"{pages.label('nexus_type', kind)} ({pages.label('nexus_directness', way).lower()})"


def _route(code: str) -> Route:
    about = {
        "hq_routing": _("Forces under another mandate than that of the United Nations: headquarters says where it goes. Counted nowhere until then."),
        "untriaged": _("The decision is taken back; the report waits again."),
        "mrm_xref": pages.definition("record_class", "mrm_xref"),
    }
    label = _("Wait for triage again") if code == "untriaged" else pages.route_label(code)
    return Route(code, label, (about.get(code) or pages.route_about(code)).rstrip("."))


def nexus_fields(report: Report, sent: QueryDict, problems: Mapping[str, str]) -> list[pages.Field]:
    """The kinds of link, direct or indirect, with what each means; begun from what the report says."""
    chosen = set(sent.getlist("nexus_types")) if sent.get("nexus_asked") else set(report.nexus_types)
    offered = [(f"{kind}:{way}", _nexus(f"{kind}:{way}")) for kind in vocabulary.codes("nexus_type") for way in ("direct", "indirect")]
    choices = tuple(
        pages.Choice(f"q-nexus_types-{place}", code, text, code in chosen, pages.definition("nexus_type", code.partition(":")[0]))
        for place, (code, text) in enumerate(offered, 1)
    )
    return [pages.Field("q-nexus_types", "nexus_types", "checkboxes", _("Link to the conflict"), error=problems.get("nexus_types", ""), choices=choices)]


def nexus_of(sent: QueryDict) -> list[str] | None:
    """The links ticked beside the decision; None where the page did not ask for them."""
    return sent.getlist("nexus_types") if sent.get("nexus_asked") else None


def services(person: Person, report: Report) -> str:
    """What was said about services, without any provider."""
    found = queries.services(for_user=person, report=report)
    if found is None:
        return ""
    told = pages.label("yes_no_unknown", found.information)
    return _("Information given: %(told)s. Referral: %(referral)s.") % {"told": told, "referral": pages.label("service_referral", found.referral)}


def service_fields(values: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    lang = pages.language()
    offered = {"information": vocabulary.choices("yes_no_unknown", lang), "referral": vocabulary.choices("service_referral", lang)}
    words = {"information": _("Information on services was given"), "referral": _("Referral")}
    return [
        replace(pages.select(name, words[name], [], ""), id=f"q-{name}", no_blank=False, error=problems.get(name, ""),
                choices=pages.choices(f"q-{name}", offered[name], values.get(name, "")))
        for name in words
    ]  # fmt: skip


def say_services(person: Person, ref: str, sent: QueryDict) -> None:
    found = evidence.find_report(for_user=person, ref=ref)
    actions.say_services(by=person, report=found, information=sent.get("information", ""), referral=sent.get("referral", ""))


def stops(person: Person, adm2: str | None) -> list[rules.Stop]:
    return queries.stops(for_user=person, adm2=adm2, lang=pages.language())


def short_blank() -> sheet.Values:
    return {"number_estimated": "no", "date_precision": "day", "source_category": "secondary", "alleged_parties": []}


def short_form(person: Person, values: sheet.Values, problems: Mapping[str, str], general: str) -> Shown:
    """The short sheet, with everything typed."""
    groups = sheet.groups(values, problems, evidence.names(for_user=person, fine=True), pages.language(), rules.SHORT)
    fields = service_fields({name: str(values.get(name, "")) for name in ("information", "referral")}, problems)
    organisation = evidence.own_organisation(for_user=person)
    return {
        "groups": groups,
        "service_fields": fields,
        "fields": [*(one for group in groups for one in group.fields), *fields],
        "problems": problems,
        "general": general,
        "office": pages.office(organisation) if organisation else "",
        "stops": stops(person, str(values.get("adm2") or "") or None),
    }


def keep_short(person: Person, values: sheet.Values) -> Report:
    """What came in, read by the same rules as an account; narrative and typed consent are not asked."""
    organisation = evidence.own_organisation(for_user=person)
    if organisation is None:
        raise Conflict(_("You have no office in this mission in whose name a report could be kept. Ask your focal point."))
    asked = {name: values.get(name, "") for name in rules.SHORT}
    asked |= {
        "their_reference": "", "record_class": "crsv", "classification": "confidential", "consent_basis": "not_obtainable_no_interview",
        "location_precision": "adm2" if values.get("adm2") else "adm1", "date_reported": clock.today().isoformat(),
    }  # fmt: skip
    account, problems = sheet.read_short(asked, evidence.known(for_user=person), clock.today())
    named = {"information": "yes_no_unknown", "referral": "service_referral"}
    problems |= {name: _("Choose one.") for name, listed in named.items() if values.get(name) not in vocabulary.codes(listed)}
    if account is None or problems:
        raise NotValid(problems=problems)
    return short.keep_short(
        by=person, mission=person.active_mission, organisation=organisation, account=account,  # type: ignore[attr-defined]  # carried by the view
        information=str(values["information"]), referral=str(values["referral"]),
    )  # fmt: skip


def may_write() -> bool:
    return can("evidence_report", "insert")


def report_href(person: Person, report: Report) -> str:
    return reverse("report", args=[person.active_mission.code, report.ref])  # type: ignore[attr-defined]  # carried by the view
