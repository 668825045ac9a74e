"""What the pages of parties are made of: words, tables and drawings settled here."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.charts import Point, bars, trend
from openmara.errors import NotValid
from openmara.evidence import pages, presenters
from openmara.evidence import queries as evidence
from openmara.evidence.pages import MONTH, Choice, Field
from openmara.evidence.parties_view import actions, permissions, queries, rules
from openmara.evidence.presenters import GROUPS
from openmara.evidence.queries import Names
from openmara.security import clock
from openmara.security.models import Mission, Person

Shown = dict[str, Any]


def mission_of(person: Person) -> Mission:
    return person.active_mission  # type: ignore[attr-defined,no-any-return]  # carried by the view


def parties(person: Person) -> Shown:
    names = evidence.names(for_user=person)
    rows = [
        {"code": one.code, "href": reverse("party", args=[mission_of(person).code, one.code]), "name": names.party(one.code),
         "category": pages.label("party_category", one.category), "status": pages.label("party_status", one.status),
         "step": f"{pages.label('party_event', step.event)} ({step.year})" if step else "–"}
        for one, step in queries.parties(for_user=person)
    ]  # fmt: skip
    return {"rows": sorted(rows, key=lambda row: str(row["name"]).casefold())}


def party(person: Person, code: str, sent: Mapping[str, str], problems: Mapping[str, str]) -> Shown:
    """One party: figures, steps of listing, assessments."""
    found = queries.find_party(for_user=person, code=code)
    names = evidence.names(for_user=person)
    figures = queries.figures(for_user=person, party=found)
    may_record = not presenters.closed(permissions.check_can_record_event)
    return {
        "party": found, "name": names.party(found.code), "category": pages.label("party_category", found.category), "subtype": pages.label("party_subtype", found.subtype),
        "figures": figures, "charts": _charts(figures, names) if figures and figures.incidents else [],
        "steps": [{"label": pages.label("party_event", one.event), "on": one.decided_on, "forms": pages.labels("crsv_form", one.forms) or "–", "source": one.source_document}
                  for one in queries.events(for_user=person, party=found)],
        "assessments": [{"ref": one.ref, "state": state_label(one.state), "finding": pages.label("pattern_finding", one.finding), "made_at": one.made_at,
                         "href": reverse("pattern", args=[mission_of(person).code, one.ref])} for one in queries.assessments(for_user=person, party=found)],
        "may_assess": not presenters.closed(permissions.check_can_assess), "may_record": may_record,
        "fields": _event_fields(sent, problems) if may_record else [], "problems": problems,
    }  # fmt: skip


def state_label(state: str) -> str:
    return {"draft": _("Waits for review"), "reviewed": _("Reviewed"), "returned": _("Given back")}[state]


def _charts(figures: queries.Figures, names: Names) -> list[Shown]:
    """One hue, from zero, in the order of the lists: nothing is ranked. Beside each drawing stands its table."""
    lang = pages.language()
    forms = [(label, figures.forms[code]) for code, label in vocabulary.choices("crsv_form", lang) if figures.forms.get(code)]
    areas = pages.by_name((code, names.area(code)) for code in figures.areas)
    people = [(str(label), figures.people[group]) for group, label in GROUPS.items() if figures.people.get(group)]
    quarters = [(f"{_('Q')}{quarter[5]} {quarter[:4]}", count) for quarter, count in figures.quarters.items()]
    found = [
        ("quarters", _("Verified incidents by quarter in which they ended"), quarters, _("Incidents")),
        ("forms", _("By form of violence"), forms, _("Incidents")),
        ("areas", _("By province"), [(label, figures.areas[code]) for code, label in areas], _("Incidents")),
        ("people", _("People, by age and sex"), people, _("People")),
    ]
    return [
        {"id": key, "title": title, "column": column, "rows": rows, "svg": mark_safe(_drawn(key, tuple(rows), title, lang))}
        for key, title, rows, column in found if rows
    ]  # fmt: skip


@lru_cache(maxsize=256)
def _drawn(key: str, rows: tuple[tuple[str, int], ...], title: str, lang: str) -> str:
    points = [Point(label, count) for label, count in rows]
    desc = "; ".join(f"{label}: {count}" for label, count in rows)
    if key == "quarters":
        return trend(points, title=title, desc=desc, lang=lang, width=480).text
    return bars(points, title=title, desc=desc, lang=lang).text


def _event_fields(sent: Mapping[str, str], problems: Mapping[str, str]) -> list[Field]:
    values = {name: str(value) for name, value in sent.items()}
    steps = [(code, pages.label("party_event", code)) for code in rules.LISTING]
    forms = sent.getlist("forms") if isinstance(sent, QueryDict) else []
    return [
        pages.radios("event", _("Step"), steps, values, problems),
        pages.line("decided_on", _("Date of the document"), values, problems, "", "date"),
        pages.line("source_document", _("Source document"), values, problems, _("For example S/2025/389, annex.")),
        boxes("forms", _("For which forms"), vocabulary.choices("crsv_form", pages.language()), forms, problems),
    ]


def record_event(person: Person, code: str, sent: QueryDict) -> None:
    day = pages.read_day(sent.get("decided_on", ""), clock.today())
    if day is None:
        raise NotValid(problems={"decided_on": _("Not a date. Write year-month-day, for example 2026-03-31.")})
    actions.record_event(
        by=person, mission=mission_of(person), party=queries.find_party(for_user=person, code=code), event=sent.get("event", ""), decided_on=day,
        forms=sent.getlist("forms"), source_document=sent.get("source_document", ""),
    )  # fmt: skip


def pattern_form(person: Person, code: str, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """Criteria, months, the verified incidents offered, finding and narrative."""
    permissions.check_can_assess()
    found = queries.find_party(for_user=person, code=code)
    names = evidence.names(for_user=person)
    today = clock.today()
    values = {"month_from": f"{today.year - 1}-{today.month:02}", "month_to": f"{today.year}-{today.month:02}"} | {name: str(value) for name, value in sent.items()}
    months = (_month(values["month_from"]) or today, _month(values["month_to"]) or today)
    offered = queries.choosable(for_user=person, party=found, months=months)
    chosen = sent.getlist("incidents")
    rows = [(str(one.id), f"{one.ref} · {pages.months(one.month_from, one.month_to)} · {presenters.district(one, names)} · {pages.labels('crsv_form', one.forms)} · {presenters.people(one)}") for one in offered]
    fields = [
        pages.line("month_from", _("From (year-month)"), values, problems), pages.line("month_to", _("Until (year-month)"), values, problems),
        boxes("incidents", _("Verified incidents it rests on"), rows, chosen, problems, "" if rows else _("None verified within these months.")),
        boxes("criteria", _("Criteria"), vocabulary.choices("pattern_criterion", pages.language()), sent.getlist("criteria"), problems),
        pages.radios("finding", _("Finding"), vocabulary.choices("pattern_finding", pages.language()), values, problems),
        pages.area("rationale", _("Narrative"), values, problems, _("Kept apart; read by the senior adviser and human rights. No names."), 8),
    ]  # fmt: skip
    return {"party": found, "name": names.party(code), "fields": fields, "problems": problems}


def assess(person: Person, code: str, sent: QueryDict) -> str:
    months = [_month(sent.get(name, "")) for name in ("month_from", "month_to")]
    if problems := {name: _("Write a month as 2026-03.") for name, month in zip(("month_from", "month_to"), months, strict=True) if month is None}:
        raise NotValid(problems=problems)
    try:
        incidents = [uuid.UUID(one) for one in sent.getlist("incidents")]
    except ValueError:
        raise NotValid(problems={"incidents": _("Choose one of the list.")}) from None
    found = actions.assess(
        by=person, mission=mission_of(person), party=queries.find_party(for_user=person, code=code),
        written=actions.Assessment(sent.get("finding", ""), sent.getlist("criteria"), months[0], months[1], incidents, sent.get("rationale", "")),  # type: ignore[arg-type]  # both are months here
    )  # fmt: skip
    return found.ref


def pattern(person: Person, ref: str) -> Shown:
    file = queries.pattern(for_user=person, ref=ref)
    names = evidence.names(for_user=person)
    found = file.found
    rows = presenters.incident_rows(file.incidents, evidence.parties_of(file.incidents), names, mission_of(person).code)
    return {
        "found": found, "party": found.party, "name": names.party(found.party.code), "state": state_label(found.state), "rationale": file.rationale, "rows": rows,
        "finding": pages.label("pattern_finding", found.finding), "criteria": [pages.label("pattern_criterion", one) for one in found.criteria],
        "months": pages.months(found.month_from, found.month_to), "author": found.made_by.shown_name, "reviewer": found.reviewed_by.shown_name if found.reviewed_by else "",
        "review_reason": presenters.closed(permissions.check_can_review, person, found), "reads_incidents": bool(rows),
    }  # fmt: skip


def review(person: Person, ref: str, agrees: bool) -> None:
    actions.review(by=person, found=queries.pattern(for_user=person, ref=ref).found, agrees=agrees)


def boxes(name: str, text: str, offered: list[tuple[str, str]], chosen: list[str], problems: Mapping[str, str], hint: str = "") -> Field:
    found = tuple(Choice(f"q-{name}-{at}", code, label, code in chosen) for at, (code, label) in enumerate(offered, start=1))
    return replace(Field(f"q-{name}", name, "checkboxes", text, hint), error=problems.get(name, ""), choices=found)


def _month(text: str) -> date | None:
    return date.fromisoformat(text.strip() + "-01") if MONTH.fullmatch(text.strip()) else None

