"""IND-PROT-09 in plain Python."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import (
    COUNTED,
    Cell,
    Frames,
    groups,
    known,
    ordered,
    periods,
    share,
)


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Verified among the incidents first reported in the quarter, by area and party."""
    found: list[Cell] = []
    for period in periods(given):
        states: dict[tuple[str, str], list[str]] = defaultdict(list, {("", ""): []})
        for one in known(frames, period):
            if one.state == "withdrawn" or not period.holds(one.incident["reported_month"]):
                continue
            for key in [("", ""), *(key for key in groups(one.incident) if key[0] in ("adm1", "party"))]:
                states[key].append(one.state)
        for key, those in states.items():
            counted = [state for state in those if state in COUNTED]
            found.append(share(period.quarter, *key, counted.count("verified"), len(counted), len(those) - len(counted)))
    return ordered(found)
