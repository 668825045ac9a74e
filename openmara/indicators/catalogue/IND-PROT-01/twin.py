"""IND-PROT-01 in plain Python."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import (
    DOCUMENTED,
    LINES,
    Cell,
    Frames,
    groups,
    known,
    line,
    ordered,
    periods,
)


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Incidents by line, and by what they count under."""
    found: list[Cell] = []
    for period in periods(given):
        counts: Counter[tuple[str, str]] = Counter({("", ""): 0} | {("status", name): 0 for name in LINES})
        for one in known(frames, period):
            name = line(one, period)
            if not name:
                continue
            counts["status", name] += 1
            counts["", ""] += name in DOCUMENTED
            for breakdown, code in groups(one.incident):
                if breakdown == "displacement":
                    continue
                counts[f"status.{breakdown}", f"{name}.{code}"] += 1
                if name in DOCUMENTED and breakdown != "adm1.form":
                    counts[breakdown, code] += 1
        found += [(period.quarter, *key, n, None, float(n), 0) for key, n in counts.items()]
    return ordered(found)
