"""What the pages of urgent products are made of, and what a sent page becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import pages, presenters, queries
from openmara.evidence.flash import actions, permissions, rules
from openmara.evidence.flash import queries as urgent
from openmara.evidence.flash.models import Alert, Flash
from openmara.evidence.models import Incident
from openmara.evidence.pages import Choice, Field
from openmara.evidence.queries import Names
from openmara.security import clock, scope
from openmara.security.models import Mission, Person
from openmara.security.permissions import can, has_role
from openmara.security.protect import policy

Shown = dict[str, Any]
TIME = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class AlertCard:
    """One alert as those who protect read it."""

    ref: str
    threat: str
    timing: str
    where: str
    party: str
    care: list[str]
    note: str
    made_at: datetime
    hours_left: str
    may_end: bool


@dataclass(frozen=True)
class FlashRow:
    ref: str
    href: str
    district: str
    forms: str
    people: str
    state: str
    made_at: datetime
    due: datetime
    is_due: bool


def state_label(state: str) -> str:
    return {"draft": _("Draft"), "cleared": _("Cleared, not sent"), "sent": _("Sent"), "superseded": _("Replaced by an update")}[state]


def mission_of(person: Person) -> Mission:
    return person.active_mission  # type: ignore[attr-defined,no-any-return]  # carried by the view


def group_labels() -> dict[str, str]:
    return {"women": _("Women"), "girls": _("Girls"), "men": _("Men"), "boys": _("Boys"), "unknown": _("Age and sex not known")}


# Alerts


def alerts(person: Person) -> Shown:
    names = queries.names(for_user=person)
    return {
        "cards": [_card(one, person, names) for one in urgent.alerts(for_user=person)],
        "may_raise": can("evidence_alert", "insert"), "may_flash": can("evidence_flash", "insert"),
    }  # fmt: skip


def _card(one: Alert, person: Person, names: Names) -> AlertCard:
    left = max(1, round((one.expires_at - clock.now()).total_seconds() / 3600))
    where = ", ".join(part for part in (one.route, names.area(one.adm2) if one.adm2 else "", names.area(one.adm1)) if part)
    return AlertCard(
        one.ref, pages.label("alert_threat", one.threat), pages.label("alert_timing", one.timing), where,
        names.party(one.party.code) if one.party else _("Not known"), [pages.label("alert_care", code) for code in one.care], one.note, one.made_at,
        ngettext("gone in %(n)d hour", "gone in %(n)d hours", left) % {"n": left}, one.made_by_id == person.id or has_role("swpa"),
    )  # fmt: skip


def alert_form(person: Person, sent: QueryDict | Mapping[str, str], problems: Mapping[str, str]) -> Shown:
    """One short page: where, what, when, from whom, and how to do no harm."""
    names = queries.names(for_user=person)
    values = {name: str(value) for name, value in sent.items()}
    care = sent.getlist("care") if isinstance(sent, QueryDict) and sent else list(rules.ALWAYS)
    fields = [
        _district(names, values, problems),
        pages.radios("threat", _("What danger"), vocabulary.choices("alert_threat", pages.language()), values, problems),
        pages.radios("timing", _("When"), vocabulary.choices("alert_timing", pages.language()), values, problems),
        pages.line("route", _("Road or way, if one is meant"), values, problems),
        _party(names, values, problems),
        _boxes("care", _("Do no harm"), [one for one in vocabulary.choices("alert_care", pages.language()) if one[0] not in rules.ALWAYS], care, problems),
        pages.area("note", _("One sentence more, if needed"), values, problems, _("No survivor, no number of people, no village, no name."), 2),
    ]
    required = {"adm2", "threat", "timing"}
    always = [pages.label("alert_care", code) for code in rules.ALWAYS]
    return {"fields": [replace(one, required=one.name in required) for one in fields], "problems": problems, "always": always}


def raise_alert(person: Person, sent: QueryDict) -> Alert:
    danger = actions.Danger(
        adm2=sent.get("adm2", ""), threat=sent.get("threat", ""), timing=sent.get("timing", ""), route=sent.get("route", ""),
        party=sent.get("party", ""), care=sent.getlist("care"), note=sent.get("note", ""),
    )  # fmt: skip
    return actions.raise_alert(by=person, mission=mission_of(person), danger=danger)


# Flash reports


def flashes(person: Person) -> Shown:
    names = queries.names(for_user=person)
    rows = [_row(one, person, names) for one in urgent.flashes(for_user=person)]
    return {"rows": rows, "may_draft": can("evidence_flash", "insert")}


def _row(one: Flash, person: Person, names: Names) -> FlashRow:
    return FlashRow(
        one.ref, reverse("flash", args=[mission_of(person).code, one.ref]), names.area(one.adm2 or one.adm1), pages.labels("crsv_form", one.forms),
        numbers(one), state_label(one.state), one.made_at, one.next_update_due, one.state == "sent" and one.next_update_due <= clock.now(),
    )  # fmt: skip


def numbers(one: Flash) -> str:
    """Exact, however small: whoever reads a flash report is named and cleared."""
    labels = group_labels()
    said = ", ".join(f"{labels[group].lower()} {getattr(one, group)}" for group in rules.GROUPS if getattr(one, group))
    return f"≈ {said}" if one.number_estimated else said


def facts(one: Flash, names: Names) -> list[presenters.Fact]:
    """The fields of a flash report, in the order in which page and file show them."""
    zone = ZoneInfo(one.mission.zone or "UTC")
    place = f"{names.area(one.adm2)}, {names.area(one.adm1)}" if one.adm2 else names.area(one.adm1)
    found = [
        (_("Received"), one.received_at.astimezone(zone).strftime(TIME)),
        (_("District"), place),
        (_("Forms of violence"), pages.labels("crsv_form", one.forms)),
        (_("Number of people"), numbers(one)),
        (_("Alleged party, by type"), pages.label("party_category", one.party_category)),
        (_("Reasons for this report"), pages.labels("flash_trigger", one.triggers) or "–"),
        (_("Risk now"), one.risk or "–"),
        (_("Care within 72 hours reached"), pages.label("yes_no_unknown", one.care_72h)),
        (_("Action taken"), one.action_taken or "–"),
        (_("Action asked for"), one.action_requested or "–"),
        (_("Addressees"), ", ".join(str(_(policy()["roles"][role])) for role in one.addressees)),
        (_("Classification"), pages.label("classification", one.classification)),
        (_("Next update due"), one.next_update_due.astimezone(zone).strftime(TIME)),
    ]
    return [presenters.Fact(label, text) for label, text in found]


def flash(person: Person, ref: str) -> Shown:
    """One flash report, and the next step with the reason where it is closed."""
    found = urgent.flash(for_user=person, ref=ref)
    names = queries.names(for_user=person)
    writes = can("evidence_flash", "insert")
    return {
        "flash": found, "facts": facts(found, names), "state": state_label(found.state), "accounts": urgent.accounts_behind(for_user=person, flash=found),
        "incident_ref": urgent.incident_ref(for_user=person, flash=found) if can("evidence_incident", "select") else "",
        "may_change": writes and found.state == "draft", "may_update": writes and found.state in ("sent", "cleared"),
        "clear_reason": presenters.closed(permissions.check_can_clear, person, found), "may_send": found.state == "cleared" and (writes or has_role("flash_clearers")),
        "may_take": found.state in ("cleared", "sent", "superseded"),
    }  # fmt: skip


def flash_form(person: Person, sent: QueryDict | Mapping[str, str], problems: Mapping[str, str], incident: Incident | None, before: Flash | None) -> Shown:
    """The draft on one page; pre-filled from an incident's coding or from the report that is changed."""
    names = queries.names(for_user=person)
    start = _from_sent(sent) if sent else _from_flash(before) if before else _from_incident(incident) if incident else _blank(person)
    values, many = start
    fields = [
        pages.line("received", _("Received"), values, problems, _("Day and time: 2026-03-31 17:40")),
        _district(names, values, problems),
        _boxes("forms", _("Forms of violence"), vocabulary.choices("crsv_form", pages.language()), many["forms"], problems),
        *(pages.line(group, label, values, problems, kind="number") for group, label in group_labels().items()),
        _boxes("number_estimated", _("How sure the number is"), [("yes", _("Approximate"))], many["number_estimated"], problems),
        pages.radios("party_category", _("Alleged party, by type"), vocabulary.choices("party_category", pages.language()), values, problems),
        _boxes("triggers", _("Reasons for this report"), vocabulary.choices("flash_trigger", pages.language()), many["triggers"], problems,
               _("Suggested from what is typed when you save; you decide.")),
        pages.area("risk", _("Risk now"), values, problems, _("No village, no name, no age, no quotation."), 2),
        pages.radios("care_72h", _("Care within 72 hours reached"), vocabulary.choices("yes_no_unknown", pages.language()), values, problems),
        pages.area("action_taken", _("Action taken"), values, problems, "", 2),
        pages.area("action_requested", _("Action asked for"), values, problems, "", 2),
        _boxes("addressees", _("Addressees"), [(role, str(_(policy()["roles"][role]))) for role in rules.ADDRESSEES], many["addressees"], problems),
        pages.radios("update_hours", _("Next update due"), [(one, _("in %(n)s hours") % {"n": one}) for one in rules.UPDATE_HOURS], values, problems),
    ]  # fmt: skip
    if "other_event" in problems:
        fields.append(_boxes("other_event", _("Another event"), [("yes", _("This is another event"))], [], problems))
    required = {"adm2", "forms", "party_category", "addressees"}
    return {
        "fields": [replace(one, required=one.name in required) for one in fields], "problems": problems, "incident": incident, "before": before,
        "version": before.version if before else 0, "changes": before is not None and before.state == "draft",
    }  # fmt: skip


Start = tuple[dict[str, str], dict[str, list[str]]]


def _blank(person: Person) -> Start:
    now = clock.now().astimezone(ZoneInfo(mission_of(person).zone or "UTC")).strftime(TIME)
    standing = scope.now()
    return {"received": now, "care_72h": "unknown", "update_hours": "72", "adm1": (standing.areas or ("",))[0] if standing else ""}, {
        "forms": [], "triggers": [], "addressees": ["hom", "swpa"], "number_estimated": ["yes"],
    }  # fmt: skip


def _from_sent(sent: QueryDict | Mapping[str, str]) -> Start:
    lists = {name: sent.getlist(name) if isinstance(sent, QueryDict) else [] for name in ("forms", "triggers", "addressees", "number_estimated")}
    return {name: str(value) for name, value in sent.items()}, lists


def _from_flash(before: Flash) -> Start:
    values = {name: str(getattr(before, name)) for name in ("adm2", "party_category", "care_72h", *rules.TEXTS)}
    values |= {group: "" if getattr(before, group) is None else str(getattr(before, group)) for group in rules.GROUPS}
    values |= {"received": before.received_at.astimezone(ZoneInfo(before.mission.zone or "UTC")).strftime(TIME), "update_hours": "72"}
    return values, {"forms": before.forms, "triggers": before.triggers, "addressees": before.addressees, "number_estimated": ["yes"] if before.number_estimated else []}


def _from_incident(incident: Incident) -> Start:
    """What the incident's coding holds; ages and sex not known come together."""
    counted = {group: getattr(incident, group) for group in rules.GROUPS[:4]}
    rest = sum(getattr(incident, name) or 0 for name in ("adult_unknown", "child_unknown", "unknown"))
    categories = list(incident.perpetrators.values_list("category", flat=True))
    category = categories[0] if len(set(categories)) == 1 else "unknown"
    values = {group: "" if number is None else str(number) for group, number in counted.items()}
    zone = ZoneInfo(incident.mission.zone or "UTC")
    values |= {"unknown": str(rest or ""), "adm2": incident.adm2, "party_category": category, "care_72h": "unknown", "update_hours": "72",
               "received": incident.recorded_at.astimezone(zone).strftime(TIME)}  # fmt: skip
    suggested = rules.suggested(counted | {"unknown": rest}, category, listed=False)
    return values, {"forms": incident.forms, "triggers": suggested, "addressees": ["hom", "swpa"], "number_estimated": ["yes"] if incident.number_estimated else []}


def keep(person: Person, sent: QueryDict, incident: Incident | None, before: Flash | None) -> tuple[Flash, list[str]]:
    """A draft from the sent page, and reasons that its codes show and the writer did not tick."""
    written = _written(person, sent)
    if before is not None and before.state == "draft":
        flash = actions.change(by=person, flash=before, written=written, version=int(sent.get("version") or 0))
    else:
        flash = actions.draft(by=person, mission=mission_of(person), written=written, incident=incident, replaces=before)
    numbers_typed = {group: getattr(flash, group) for group in rules.GROUPS}
    missed = set(rules.suggested(numbers_typed, flash.party_category, listed=False)) - set(flash.triggers)
    return flash, [pages.label("flash_trigger", code) for code in sorted(missed)]


def _written(person: Person, sent: QueryDict) -> actions.Draft:
    problems: dict[str, str] = {}
    counted = {}
    for group in rules.GROUPS:
        text = sent.get(group, "").strip()
        if text and not text.isdecimal():
            problems[group] = _("Write a whole number.")
        counted[group] = int(text) if text.isdecimal() and len(text) < 7 else None
    received = clock.now()
    if text := sent.get("received", "").strip():
        try:
            received = datetime.strptime(text, TIME).replace(tzinfo=ZoneInfo(mission_of(person).zone or "UTC"))
        except ValueError:
            problems["received"] = _("Write day and time as 2026-03-31 17:40.")
    if problems:
        raise NotValid(problems=problems)
    hours = sent.get("update_hours", "")
    return actions.Draft(
        received_at=received, adm2=sent.get("adm2", ""), forms=sent.getlist("forms"), party_category=sent.get("party_category", ""), **counted,
        number_estimated="yes" in sent.getlist("number_estimated"), triggers=sent.getlist("triggers"), risk=sent.get("risk", ""),
        care_72h=sent.get("care_72h", ""), action_taken=sent.get("action_taken", ""), action_requested=sent.get("action_requested", ""),
        addressees=sent.getlist("addressees"), update_hours=int(hours) if hours in rules.UPDATE_HOURS else 0, other_event="yes" in sent.getlist("other_event"),
    )  # fmt: skip


def _district(names: Names, values: Mapping[str, str], problems: Mapping[str, str]) -> Field:
    """Districts open to the writer, by name; the area of a grant comes first and alone."""
    standing = scope.now()
    inside = set(standing.areas) if standing and standing.areas else None
    offered = pages.by_name((code, names.area(code)) for code in names.levels[2] if inside is None or names.parents[code] in inside)
    chosen = values.get("adm2", "")
    return Field("q-adm2", "adm2", "select", _("District"), value=chosen, error=problems.get("adm2", ""), choices=pages.choices("q-adm2", offered, chosen))


def _party(names: Names, values: Mapping[str, str], problems: Mapping[str, str]) -> Field:
    chosen = values.get("party", "")
    return Field("q-party", "party", "select", _("From whom"), value=chosen, error=problems.get("party", ""), choices=pages.choices("q-party", pages.by_name(names.parties.items()), chosen))


def _boxes(name: str, text: str, offered: list[tuple[str, str]], chosen: list[str], problems: Mapping[str, str], hint: str = "") -> Field:
    found = tuple(Choice(f"q-{name}-{at}", code, label, code in chosen) for at, (code, label) in enumerate(offered, start=1))
    return Field(f"q-{name}", name, "checkboxes", text, hint, error=problems.get(name, ""), choices=found)

