"""The sheet of one account: what is typed, mapped once to the columns of the spreadsheet template, read by the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from openmara import forms
from openmara.evidence.accounts import COLUMNS, TALLY, Account, Known, read_account
from openmara.evidence.actions import COPIED
from openmara.evidence.models import Incident, IncidentPlace, new_reference
from openmara.evidence.queries import Names
from openmara.evidence.rules import check_account

Values = dict[str, Any]
MOST_CHOICES = 600  # longer lists are typed by code
# question -> column, where they differ: a name ending in _unknown belongs to the tick box beside a number
OTHER_NAME = {"adults_not_split": "adult_unknown", "children_not_split": "child_unknown", "people_not_split": "unknown"}
QUESTION_OF = {column: name for name, column in OTHER_NAME.items()} | {"nexus_types": "nexus_direct"}
LINKS = {"nexus_direct": "direct", "nexus_indirect": "indirect"}
SEVERAL = ("alleged_parties",)  # typed as text in the form, ticked on the page
# Questions of an incident's own coding; the others speak of one account and its source.
CODING = (
    "date_from", "date_to", "date_precision", "time_of_day", "adm1", "adm2", "adm3", "settlement", "location_precision", "place_type",
    "women", "girls", "men", "boys", *OTHER_NAME, "total", "total_min", "total_max", "number_estimated", "child_protection_routed",
    "forms", "associated_violations", "tactic_use", "displacement_context", "activity_context", "during_military_operation",
    *LINKS, "nexus_evidence", "alleged_parties", "perpetrator_count",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Questions that stand together, under one heading."""

    title: str
    hint: str
    fields: tuple[forms.PageField, ...]


@cache
def form() -> forms.Form:
    return forms.read(Path(__file__).parent)


def blank() -> Values:
    """A new sheet: a reference that says nothing, and what holds for most accounts."""
    return {"their_reference": "p-" + new_reference(), "record_class": "crsv", "classification": "confidential"}


def typed(post: QueryDict) -> Values:
    """What was typed, by question; a question of several answers keeps its list."""
    lists = {one.name for one in form().answered if one.type is forms.QuestionType.SELECT_MULTIPLE} | set(SEVERAL)
    return {one.name: post.getlist(one.name) if one.name in lists else post.get(one.name, "") for one in form().answered}


def as_values(kept: Mapping[str, Any]) -> Values:
    """Values of a sheet as they were kept: days are text, everything else as typed."""
    return {name: "" if value is None else value for name, value in kept.items()}


def columns(values: Values) -> dict[str, object]:
    """The template's columns of a sheet."""
    row: dict[str, object] = {}
    for name, value in values.items():
        row[OTHER_NAME.get(name, name)] = ";".join(value) if isinstance(value, list | tuple) else value
    row["nexus_types"] = ";".join(f"{kind}:{way}" for name, way in LINKS.items() for kind in values.get(name) or ())
    return {column: row.get(column, "") for column in COLUMNS}


def read(values: Values, known: Known, today: date, lang: str) -> tuple[Account | None, dict[str, str]]:
    """An account and no problems, or None and one problem per question."""
    values = _completed(values, known)
    plain = {name: "; ".join(value) if name in SEVERAL else value for name, value in values.items()}
    problems = {name: " ".join(found) for name, found in forms.check(form(), plain, lang, today=today).errors.items()}
    account, found = read_account(columns(values), known)
    if account is not None:
        found = check_account(account, today)
    for column, problem in found.items():
        problems.setdefault(QUESTION_OF.get(column, column), problem)
    return (None if problems else account), problems


def read_short(values: Values, known: Known, today: date) -> tuple[Account | None, dict[str, str]]:
    """The short form: the same rules, but the link to the conflict is left to triage."""
    account, problems = read_account(columns(_completed(values, known)), known)
    if account is not None:
        problems = check_account(account, today)
    found = {QUESTION_OF.get(column, column): problem for column, problem in problems.items() if column != "nexus_types"}
    return (None if found else account), found


def _completed(values: Values, known: Known) -> Values:
    """A made reference where none is given; a finer area fills in the province it lies in."""
    out = dict(values)
    out["their_reference"] = str(out.get("their_reference") or "").strip() or "p-" + new_reference()
    if not out.get("adm1"):
        areas = known.settlements.get(str(out.get("settlement") or ""))
        district = known.adm3.get(str(out.get("adm3") or "")) or str(out.get("adm2") or "")
        out["adm1"] = areas[0] if areas else known.adm2.get(district, "")
    return out


def of_incident(incident: Incident, exact: IncidentPlace, party_codes: list[str]) -> Values:
    """An incident's coding as a sheet would have typed it."""
    values: Values = {}
    for name in CODING:
        column = OTHER_NAME.get(name, name)
        value = getattr(exact if hasattr(exact, column) else incident, column, "")
        values[name] = value.isoformat() if isinstance(value, date) else value
    for name, way in LINKS.items():
        values[name] = [one.partition(":")[0] for one in incident.nexus_types if one.endswith(":" + way)]
    for name in ("number_estimated", "child_protection_routed"):
        values[name] = {True: "yes", False: "no", None: ""}[getattr(incident, name)]
    return values | {"alleged_parties": party_codes or ["unknown"]}


def recoded(
    values: Values, incident: Incident, exact: IncidentPlace, known: Known, today: date, lang: str
) -> tuple[dict[str, object], dict[str, str]]:
    """Changes to an incident's coding, read by the same rules as an account; or one problem per question."""
    kept = {
        "their_reference": incident.ref, "source_org_type": "un_civilian", "record_class": incident.record_class,
        "classification": incident.classification, "date_reported": exact.date_reported.isoformat(),
        "source_category": "secondary", "consent_basis": "not_obtainable_no_interview",  # of reports, not of an incident: read and dropped
    }  # fmt: skip
    asked = {name: values.get(name, "") for name in CODING}
    asked["number_estimated"] = asked.get("number_estimated") or ("yes" if incident.number_estimated else "no")
    account, problems = read(asked | kept, known, today, lang)
    if account is None:
        return {}, problems
    changes: dict[str, object] = {name: account.tally.get(name) for name in TALLY}
    for name in COPIED:
        if hasattr(account, name):
            value = getattr(account, name)
            changes[name] = list(value) if isinstance(value, tuple) else value
    exactly = {name: getattr(account, name) for name in ("date_from", "date_to", "adm3", "settlement")}
    return changes | exactly | {"party_codes": list(account.alleged_parties)}, {}


def groups(values: Values, problems: Mapping[str, str], names: Names, lang: str, only: tuple[str, ...] = ()) -> list[Group]:
    """The questions in their groups, with what was typed, what is wrong, and the mission's own lists to choose from."""
    plain = {name: "; ".join(value) if name in SEVERAL else value for name, value in values.items()}
    found = forms.page_fields(form(), lang, plain, {name: (text,) for name, text in problems.items()})
    found = [_listed(one, values.get(one.name), names) for one in found if not only or one.name in only]
    return [
        Group(title, fields[0].group_hint, fields)
        for title, fields in ((title, tuple(part)) for title, part in groupby(found, key=lambda one: one.group))
    ]


def _listed(one: forms.PageField, value: object, names: Names) -> forms.PageField:
    """A question about the mission's own areas, settlements or parties shows their names."""
    if one.name == "alleged_parties":
        offered = [*((code, _named(names.party(code), code)) for code in names.parties), ("unknown", _("Unknown"))]
        return replace(one, kind="checkboxes", value="", choices=_choices(one, offered, value))
    if one.name == "settlement":
        offered = sorted(names.settlements.items(), key=lambda pair: pair[1].casefold())
    elif one.name in ("adm1", "adm2", "adm3"):
        codes = names.levels[int(one.name[3])]
        offered = sorted(((code, _inside(names, code)) for code in codes), key=lambda pair: pair[1].casefold())
    else:
        return one
    if len(offered) > MOST_CHOICES:
        return one
    return replace(one, kind="select", choices=_choices(one, offered, value))


def _inside(names: Names, code: str) -> str:
    parent = names.parents.get(code, "")
    return f"{names.area(code)} ({names.area(parent)})" if parent in names.areas else names.area(code)


def _named(name: str, code: str) -> str:
    return name if name == code else f"{name} ({code})"


def _choices(one: forms.PageField, offered: list[tuple[str, str]], value: object) -> tuple[forms.PageChoice, ...]:
    chosen = set(value) if isinstance(value, list | tuple) else {str(value or "")}
    return tuple(forms.PageChoice(f"{one.id}-{place}", code, label, code in chosen) for place, (code, label) in enumerate(offered, 1))
