"""One report as the cells of its source: every code said in the source's own words and date format."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any, Final

from .codes import COUNTS, DATES, LISTS
from .layouts import Layout
from .places import Gazetteer

ZONE: Final = "+03:00"
NUMBER_WORDS_SHARE: Final = 0.12


def cells(rng: Random, layout: Layout, gazetteer: Gazetteer, coding: Mapping[str, Any]) -> dict[str, Any]:
    """Source column → cell, for the columns the source has; blank where it states nothing."""
    columns: Mapping[str, str] = layout.mapping["columns"]
    row: dict[str, Any] = {}
    for name, source_column in columns.items():
        value = coding.get(name)
        row[source_column] = None if value is None else _cell(rng, layout, gazetteer, name, value)
    if coding["date_precision"] == "day" and "date_to" in columns and rng.random() < 0.7:
        row[columns["date_to"]] = None  # most people leave the second day blank when there is one day only
    return row


def _cell(rng: Random, layout: Layout, gazetteer: Gazetteer, name: str, value: Any) -> Any:
    if name in DATES:
        return _day(rng, layout, name, date.fromisoformat(value))
    if name in LISTS:
        said = [layout.say(rng, name, part) for part in value]
        split = layout.mapping.get("split", {}).get(name)
        return split["separator"].join(said) if split else said
    if name in COUNTS:
        return _count(rng, layout, value)
    if layout.mapping.get("places", {}).get(name) == "name":
        return gazetteer.word(value)
    return layout.say(rng, name, str(value))


def _day(rng: Random, layout: Layout, name: str, day: date) -> Any:
    """A day in the source's format; the first of several allowed formats is the habit."""
    formats = layout.mapping["dates"][name]
    chosen = (
        formats
        if isinstance(formats, str)
        else rng.choices(formats, weights=(9, *[1] * (len(formats) - 1)))[0]
    )
    if chosen == "cell":
        return day
    if chosen != "iso":
        return day.strftime(chosen)
    if layout.kind == "force_sitrep":
        return f"{day.isoformat()}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00{ZONE}"
    if layout.kind == "partner_odk_export" and name == "date_reported":
        return f"{day.isoformat()}T{rng.randrange(5, 19):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}.{rng.randrange(1000):03d}Z"
    return day.isoformat()


def _count(rng: Random, layout: Layout, value: int) -> Any:
    """Counts; a hand-kept sheet has some as text."""
    if layout.kind == "clinic_network" and rng.random() < NUMBER_WORDS_SHARE:
        return f" {value}"
    return value
