"""Prepares the inventory of activities for pages: what is printed stays as printed, what is proposed is said to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara import vocabulary
from openmara.activities import queries
from openmara.activities.models import InventoryActivity
from openmara.activities.pages import BLANK, Cell, Column, Fact, Filter, Table, choose, day_text, language

EXCERPT = 260
FILTERS = ("q", "entity", "period", "measure", "theme")


@dataclass(frozen=True)
class Line:
    """One passage in the list."""

    activity_id: str
    entities: str
    period: str
    excerpt: str
    labels: str
    place: str


def lines(rows: Sequence[InventoryActivity], words: str) -> list[Line]:
    return [
        Line(row.activity_id, entities_text(row.entities), row.period_label or _("no period printed"), excerpt(row.text, words),
             labels("inventory_measure", row.measures), places_text(row.occurrences))
        for row in rows
    ]  # fmt: skip


def excerpt(text: str, words: str) -> str:
    """The beginning of a passage, or the place where the words stand; cut at words."""
    at = text.casefold().find(words.casefold()) if words else 0
    start = text.rfind(" ", 0, max(at - 80, 0)) + 1 if at > EXCERPT - 60 else 0
    if start + EXCERPT >= len(text):
        return ("… " if start else "") + text[start:]
    return ("… " if start else "") + text[start : text.rfind(" ", start, start + EXCERPT)] + " …"


def entities_text(entities: Sequence[Mapping[str, str]]) -> str:
    """Names as printed, with the name of today where it is another."""
    return "; ".join(_entity(one) for one in entities) or _("no entity printed")


def _entity(one: Mapping[str, str]) -> str:
    if one["as_printed"] in (one["code"], one["current_name"]):
        return one["as_printed"]
    return _("%(printed)s (now %(current)s)") % {"printed": one["as_printed"], "current": one["code"]}


def labels(name: str, codes: Sequence[str]) -> str:
    return ", ".join(label(name, code) for code in codes) or BLANK


def label(name: str, code: str) -> str:
    try:
        return vocabulary.label(name, code, language())
    except vocabulary.Unknown:
        return code


def lines_text(place: Mapping[str, Any]) -> str:
    first, last = place["first_line"], place["last_line"]
    if first == last:
        return _("line %(line)s") % {"line": first}
    return _("lines %(first)s to %(last)s") % {"first": first, "last": last}


def places_text(places: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{place['page']}, {lines_text(place)}" for place in places)


def filters(given: Mapping[str, str], choices: queries.InventoryChoices) -> list[Filter]:
    years = [(str(year), str(year)) for year in choices.years]
    undated = [(queries.NO_PERIOD, _("No period printed"))] if choices.undated else []
    measures = [pair for pair in vocabulary.choices("inventory_measure", language()) if pair[0] in choices.measures]
    themes = [pair for pair in vocabulary.choices("inventory_theme", language()) if pair[0] in choices.themes]
    return [
        Filter("q", _("Words in the text"), kind="input", value=given.get("q", "")),
        choose("entity", _("Entity"), given.get("entity", ""), choices.entities),
        choose("period", _("Year"), given.get("period", ""), [*years, *undated]),
        choose("measure", _("Measure"), given.get("measure", ""), measures),
        choose("theme", _("Theme"), given.get("theme", ""), themes),
    ]


def origin(choices: queries.InventoryChoices) -> str:
    """What the texts are: nothing on the page is ours but the sorting."""
    real = choices.total - choices.synthetic
    parts = []
    if real:
        parts.append(
            ngettext(
                "%(n)d passage published by the United Nations in its inventory of activities.",
                "%(n)d passages published by the United Nations in its inventory of activities.", real,
            ) % {"n": real}
        )  # fmt: skip
    if choices.synthetic:
        parts.append(
            ngettext(
                "%(n)d passage from synthetic pages made for training in the layout of that inventory.",
                "%(n)d passages from synthetic pages made for training in the layout of that inventory.", choices.synthetic,
            ) % {"n": choices.synthetic}
        )  # fmt: skip
    return " ".join(parts)


def shown_text(count: int) -> str:
    return ngettext("%(n)d passage on this page", "%(n)d passages on this page", count) % {"n": count}


def facts(row: InventoryActivity) -> list[Fact]:
    """What the passage says of itself, in the order of the record (layout of the UN inventory)."""
    details = row.details
    printed = [
        Fact(_("Entity, as printed"), "; ".join(one["as_printed"] for one in row.entities) or _("no entity printed")),
        Fact(_("Entity, name of today"), "; ".join(one["current_name"] for one in row.entities) or BLANK),
        Fact(_("Unit named"), label("inventory_unit", row.unit_prefix) if row.unit_prefix not in ("", "none") else BLANK),
        Fact(_("Period, as printed"), row.period_label or _("no period printed")),
        Fact(_("First day"), day_text(row.period_start) if row.period_start else BLANK),
        Fact(_("Last day"), day_text(row.period_end) if row.period_end else BLANK),
        Fact(_("Missions named"), ", ".join(row.missions) or BLANK),
        Fact(_("Countries named (ISO 3166)"), ", ".join(row.countries) or BLANK),
        Fact(_("Other entities named"), ", ".join(one["as_printed"] for one in details["partners"]) or BLANK),
        Fact(_("Quantities, as printed"), "; ".join(one["as_printed"] for one in details["numbers"]) or BLANK),
        Fact(_("Dates mentioned"), "; ".join(details["dates_mentioned"]) or BLANK),
    ]
    return [one for one in printed if one.text != BLANK]


def proposals(row: InventoryActivity) -> list[Fact]:
    """What the program proposes from the words of the text."""
    found = [
        Fact(_("Measure"), labels("inventory_measure", row.measures)),
        Fact(_("Themes"), labels("inventory_theme", row.themes)),
        Fact(_("Kind of output"), label("inventory_output_type", row.output_type) if row.output_type else BLANK),
    ]
    return [one for one in found if one.text != BLANK]


def occurrence_table(row: InventoryActivity) -> Table:
    columns = [Column(_("Page")), Column(_("Lines")), Column(_("Period printed there")), Column(_("Entity printed there")), Column(_("How much"))]
    rows = [
        [Cell(place["page"]), Cell(lines_text(place)), Cell(place["period_label"] or BLANK), Cell("; ".join(place["entities"]) or BLANK),
         Cell(_("the whole passage") if place["match"] == "same" else _("a part of it"))]
        for place in row.occurrences
    ]  # fmt: skip
    return Table("occurrences", _("Where this passage stands"), columns, rows)
