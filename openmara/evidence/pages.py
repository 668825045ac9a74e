"""Fields and filters of the pages about reports and incidents: wording and choices settled here, before a template."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.evidence import rules
from openmara.evidence.queries import Names
from openmara.security.models import Organisation

MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
ROUTES = ("untriaged", "crsv", "gbv_context", "mrm_xref", "out_of_scope", "hq_routing", "context")
TRIAGE = ("gbv_context", "mrm_xref", "out_of_scope", "hq_routing", "sea_route", "untriaged")


@dataclass(frozen=True)
class Choice:
    """One choice of a field; `about` is its definition, shown beside decisions."""

    id: str
    code: str
    label: str
    selected: bool
    about: str = ""


@dataclass(frozen=True)
class Field:
    """One field as the page's component draws it."""

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    error: str = ""
    required: bool = False
    always_required: bool = False
    no_blank: bool = False
    rows: int = 4
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Filters:
    """What the address asks of a list: values that may be used, and the fields that show them."""

    values: Mapping[str, str]
    fields: tuple[Field, ...]

    @property
    def are_set(self) -> bool:
        return any(self.values.values())


def language() -> str:
    """The language of the page, as vocabularies and forms name it."""
    return "fr" if (get_language() or "en").startswith("fr") else "en"


def label(name: str, code: str) -> str:
    """The word of a code; a code the list does not know stands for itself."""
    try:
        return vocabulary.label(name, code, language()) if code else ""
    except vocabulary.Unknown:
        return code


def labels(name: str, codes: Iterable[str]) -> str:
    return ", ".join(label(name, code.partition(":")[0]) for code in codes)


def definition(name: str, code: str) -> str:
    """What a code means, in the page's language."""
    found = vocabulary.load(name).code(code).definition
    return found.get(language()) or found["en"]


def month(day: date) -> str:
    """A month as tables show it; three letters would make June and July one in French."""
    return formats.date_format(day, "N Y" if language() == "fr" else "M Y")


def months(first: date, last: date) -> str:
    """One month, or from one to another."""
    if first == last:
        return month(last)
    return f"{month(first)} – {month(last)}"


def day(value: date) -> str:
    return formats.date_format(value, "j N Y" if language() == "fr" else "j M Y")


def route_label(route: str) -> str:
    """Where triage has sent a report; what awaits it says so."""
    own = {"untriaged": _("Waits for triage"), "crsv": _("Counted here"), "out_of_scope": _("Out of scope"), "context": _("Context only"), "hq_routing": _("With headquarters, for routing")}
    return own.get(route) or label("record_class", route)


def route_about(route: str) -> str:
    """What a decision of triage means."""
    if route == "out_of_scope":
        return definition("verification_status", route)
    return definition("record_class", route)


def choices(name: str, offered: Iterable[tuple[str, str]], chosen: str = "", about: Mapping[str, str] | None = None) -> tuple[Choice, ...]:
    texts = about or {}
    return tuple(
        Choice(f"{name}-{place}", code, text, code == chosen, texts.get(code, "")) for place, (code, text) in enumerate(offered, start=1)
    )


def select(name: str, text: str, offered: Iterable[tuple[str, str]], chosen: str) -> Field:
    every = [("", _("Any")), *offered]
    return Field(f"f-{name}", name, "select", text, value=chosen, no_blank=True, choices=choices(f"f-{name}", every, chosen))


def by_name(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """People-facing order, not the database's."""
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def incident_filters(query: QueryDict, names: Names) -> Filters:
    """The incident list's filters; a value that is not offered is passed over."""
    statuses = [*vocabulary.choices("verification_status", language())]
    statuses += [("open", _("Open: received or under verification")), ("late", _("Verified after its quarter")), ("to_release", _("Verified, not released"))]
    inside = query.get("adm1", "")
    districts = [code for code in names.levels[2] if not inside or names.parents[code] == inside]
    fields = [
        select("status", _("Status"), statuses, query.get("status", "")),
        select("adm1", _("Province"), by_name((code, names.area(code)) for code in names.levels[1]), inside),
        select("adm2", _("District"), by_name((code, names.area(code)) for code in districts), query.get("adm2", "")),
        select("form", _("Form of violence"), vocabulary.choices("crsv_form", language()), query.get("form", "")),
        select("party", _("Alleged party"), by_name(names.parties.items()), query.get("party", "")),
        _month_field("month_from", _("From (year-month)"), query),
        _month_field("month_to", _("Until (year-month)"), query),
        select("assigned", _("Verifier"), [("me", _("Myself")), ("nobody", _("Nobody yet"))], query.get("assigned", "")),
    ]
    return _filters(fields)


def report_filters(query: QueryDict, names: Names, organisations: Iterable[Organisation]) -> Filters:
    fields = [
        select("route", _("Triage"), [(route, route_label(route)) for route in ROUTES], query.get("route", "")),
        select("adm1", _("Province"), by_name((code, names.area(code)) for code in names.levels[1]), query.get("adm1", "")),
        select("source", _("Kind of organisation"), vocabulary.choices("source_org_type", language()), query.get("source", "")),
        select("organisation", _("Office"), by_name((one.code, office(one)) for one in organisations), query.get("organisation", "")),
    ]
    return _filters(fields)


def office(one: Organisation) -> str:
    return str(getattr(one, f"name_{language()}", "") or one.name_en)


def _month_field(name: str, text: str, query: QueryDict) -> Field:
    value = query.get(name, "").strip()
    error = "" if not value or MONTH.fullmatch(value) else _("Write a month as 2026-03.")
    return Field(f"f-{name}", name, "input", text, value=value, error=error)


def _filters(fields: list[Field]) -> Filters:
    known = {
        one.name: one.value
        for one in fields
        if one.value and not one.error and (one.kind != "select" or any(choice.selected for choice in one.choices))
    }
    return Filters(known, tuple(fields))


def area(name: str, text: str, values: Mapping[str, str], problems: Mapping[str, str], hint: str = "", rows: int = 4) -> Field:
    """A field of several lines, with what was typed."""
    return Field(f"q-{name}", name, "textarea", text, hint, values.get(name, ""), problems.get(name, ""), rows=rows)


def line(name: str, text: str, values: Mapping[str, str], problems: Mapping[str, str], hint: str = "", kind: str = "input") -> Field:
    return Field(f"q-{name}", name, kind, text, hint, values.get(name, ""), problems.get(name, ""))


def radios(
    name: str, text: str, offered: Iterable[tuple[str, str]], values: Mapping[str, str], problems: Mapping[str, str],
    about: Mapping[str, str] | None = None,
) -> Field:  # fmt: skip
    """Choices beside which stands what each means."""
    chosen = values.get(name, "")
    return Field(f"q-{name}", name, "radios", text, value=chosen, error=problems.get(name, ""), choices=choices(f"q-{name}", offered, chosen, about))


def decision_fields(status: str, today: date, values: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, Field]:
    """The step of verification: what it may lead to from here, with definitions, standard, day and reasons."""
    order = vocabulary.codes("verification_status")
    steps = sorted(rules.TRANSITIONS[status], key=lambda step: (step != "verified", order.index(step)))
    meant = {step: definition("verification_status", step) for step in steps}
    standards = {code: definition("standard_of_proof", code) for code in rules.STANDARDS}
    shown = {"stated_on": today.isoformat(), **values}
    found = [
        radios("to_status", _("Decision"), [(step, label("verification_status", step)) for step in steps], shown, problems, meant),
        radios("standard_of_proof", _("Standard of proof, where verified"),
               [(code, label("standard_of_proof", code)) for code in rules.STANDARDS], shown, problems, standards),
        line("duplicate_of", _("Where a duplicate: of which incident"), shown, problems, _("The reference of the incident that stays.")),
        line("stated_on", _("Day of the decision"), shown, problems, _("Figures follow this day."), "date"),
        area("rationale", _("Reasons"), shown, problems, _("Read by the senior adviser and by you. No names."), 5),
    ]  # fmt: skip
    return {one.name: one for one in found}


def attribution_fields(names: Names, alleged: list[str], today: date, values: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, Field]:
    """The second axis: which party, alleged or verified, with reasons of its own."""
    statuses = vocabulary.choices("attribution_status", language())
    meant = {code: definition("attribution_status", code) for code, _label in statuses}
    shown = {"stated_on": today.isoformat(), "party": alleged[0] if len(alleged) == 1 else "", **values}
    party = select("party", _("Party"), by_name(names.parties.items()), shown["party"])
    found = [
        replace(party, error=problems.get("party", ""), choices=(replace(party.choices[0], label=_("No party is identified")), *party.choices[1:])),
        radios("attribution", _("Attribution"), statuses, shown, problems, meant),
        line("stated_on", _("Day of the attribution"), shown, problems, "", "date"),
        area("rationale", _("Reasons for the attribution"), shown, problems, _("Apart from those of the verification."), 4),
    ]
    return {one.name: replace(one, id="a-" + one.id[2:]) for one in found}


def text_fields(values: Mapping[str, str], problems: Mapping[str, str]) -> tuple[Field, ...]:
    """The working texts of an incident."""
    return (
        area("nexus_note", _("Link to the conflict"), values, problems, _("Needed before the incident can be verified.")),
        area("narrative_confidential", _("Working summary, confidential"), values, problems, _("No names, no telephone numbers, no address."), 8),
        area("narrative_shareable", _("Text that may be shared"), values, problems, _("Short and neutral; nothing that names or locates a person."), 5),
    )


def read_day(text: str, fallback: date) -> date | None:
    """A typed day; today where nothing is typed, None where it is no day."""
    if not text.strip():
        return fallback
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def texts_of(post: QueryDict, *names: str) -> dict[str, Any]:
    return {name: post.get(name, "").strip() for name in names}
