"""IND-PROT-02 in plain Python."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import (
    DOCUMENTED,
    LINES,
    PERSONS,
    Cell,
    Frames,
    groups,
    known,
    line,
    ordered,
    periods,
)  # fmt: skip


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Persons by line and category, and by what their incident counts under; incidents without a number counted apart."""
    found: list[Cell] = []
    for period in periods(given):
        persons: Counter[tuple[str, str]] = Counter({("", ""): 0})
        uncounted: Counter[tuple[str, str]] = Counter()
        for name in LINES:
            persons["status", name] = 0
            for person in PERSONS:
                persons["status.person", f"{name}.{person}"] = persons["person", person] = 0
        for one in known(frames, period):
            name = line(one, period)
            if not name:
                continue
            victims = sum(one.incident[column] for column in PERSONS.values())
            keys = [("status", name), *((f"status.{part}", f"{name}.{code}") for part, code in groups(one.incident))]
            if name in DOCUMENTED:
                keys += [("", ""), *((part, code) for part, code in groups(one.incident) if part != "adm1.form")]
            for key in keys:
                persons[key] += victims
                uncounted[key] += victims == 0
            for person, column in PERSONS.items():
                persons["status.person", f"{name}.{person}"] += one.incident[column]
                persons["person", person] += one.incident[column] * (name in DOCUMENTED)
        found += [(period.quarter, *key, n, None, float(n), uncounted[key]) for key, n in persons.items()]
    return ordered(found)
