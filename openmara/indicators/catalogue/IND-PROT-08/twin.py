"""IND-PROT-08 in plain Python."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from openmara.indicators.catalogue.shared.twin import (
    COUNTED,
    Cell,
    Frames,
    Record,
    known,
    ordered,
    percent,
    periods,
)

BANDS = (("0-3", 3), ("4-14", 14), ("15-30", 30), ("31-90", 90), ("91-", 10**6))


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Median days to the first report, by area and form, and how the delays spread."""
    found: list[Cell] = []
    for period in periods(given):
        reported = [
            one.incident for one in known(frames, period) if one.state in COUNTED and period.holds(one.incident["reported_month"])
        ]
        parts: dict[tuple[str, str], list[int | None]] = defaultdict(list)
        for incident in reported:
            days = _days(incident)
            for key in (("", ""), ("adm1", incident["adm1"]), ("form", incident["principal_form"])):
                parts[key].append(days)
        parts.setdefault(("", ""), [])
        found += [_cell(period.quarter, key, days) for key, days in parts.items()]
        known_days = [day for day in parts["", ""] if day is not None]
        low = -1
        for band, high in BANDS:
            n = sum(low < day <= high for day in known_days)
            found.append((period.quarter, "delay", band, n, len(known_days), percent(n, len(known_days)), 0))
            low = high
    return ordered(found)


def _days(incident: Record) -> int | None:
    if incident["date_precision"] not in ("day", "week") or incident["delay_days"] is None:
        return None
    return max(0, int(incident["delay_days"]))


def _cell(quarter: str, key: tuple[str, str], days: Sequence[int | None]) -> Cell:
    stated = [day for day in days if day is not None]
    return (quarter, *key, len(stated), len(days), float(median(stated)) if stated else None, len(days) - len(stated))
