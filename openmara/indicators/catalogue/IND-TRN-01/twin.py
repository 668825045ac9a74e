"""IND-TRN-01 in plain Python."""

from collections.abc import Mapping, Sequence
from typing import Any

from openmara.indicators.catalogue.shared.twin import Cell, Frames, Period, Record, ordered, periods, share

COMPONENTS, SEXES = ("civilian", "military", "police"), ("women", "men")
Parts = tuple[int, int, int]


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Persons trained over strength, by component and sex."""
    found: list[Cell] = []
    for period in periods(given):
        cells = {
            (component, sex): _cell(frames["training"], period, component, sex) for component in COMPONENTS for sex in SEXES
        }
        wanted = [("", "", [*cells])]
        wanted += [("component", one, [key for key in cells if key[0] == one]) for one in COMPONENTS]
        wanted += [("sex", one, [key for key in cells if key[1] == one]) for one in SEXES]
        wanted += [("component.sex", ".".join(key), [key]) for key in cells]
        for breakdown, code, keys in wanted:
            trained, strength, missing = (sum(cells[key][place] for key in keys) for place in range(3))
            found.append(share(period.quarter, breakdown, code, trained, strength, missing))
    return ordered(found)


def _cell(entries: Sequence[Record], period: Period, component: str, sex: str) -> Parts:
    mine = [entry for entry in entries if entry["component"] == component]
    numbers = [
        entry[f"{sex}_trained"] for entry in mine if entry["entry_kind"] == "session" and period.holds(entry["occurred_on"])
    ]
    counts = [entry for entry in mine if entry["entry_kind"] == "strength" and entry["occurred_on"] <= period.last]
    latest = max(counts, key=lambda entry: (entry["occurred_on"], entry["entry_key"]), default=None)
    strength = latest[f"{sex}_on_strength"] if latest else 0
    return sum(n or 0 for n in numbers), strength or 0, numbers.count(None) + (strength is None)
