"""IND-PREV-01 in plain Python."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import Cell, Frames, Record, ordered, periods, share


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Patrols meeting two of four criteria among all, by who patrolled, day or night, and area."""
    found: list[Cell] = []
    for period in periods(given):
        parts: dict[tuple[str, str], list[Record]] = defaultdict(list, {("", ""): []})
        for patrol in frames["patrol"]:
            if not period.holds(patrol["occurred_on"]):
                continue
            parts["", ""].append(patrol)
            for name, column in (("force", "force"), ("daynight", "day_night"), ("adm1", "adm1")):
                parts[name, patrol[column] or "unknown"].append(patrol)
        for key, patrols in parts.items():
            met = sum(patrol["criteria_met"] >= 2 for patrol in patrols)
            possible = sum(patrol["criteria_met"] + patrol["criteria_unknown"] >= 2 for patrol in patrols)
            found.append(share(period.quarter, *key, met, len(patrols), possible - met))
    return ordered(found)
