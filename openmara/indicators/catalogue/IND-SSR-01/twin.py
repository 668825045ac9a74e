"""IND-SSR-01 in plain Python."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import Cell, Frames, Record, ordered, periods, share


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Women among personnel, by institution and rank, from each institution's latest entry of the quarter."""
    found: list[Cell] = []
    for period in periods(given):
        latest: dict[str, tuple[Any, str]] = {}
        here = [entry for entry in frames["ssr_institution"] if period.holds(entry["occurred_on"])]
        for entry in here:
            place = (entry["occurred_on"], entry["entry_key"])
            latest[entry["institution"]] = max(place, latest.get(entry["institution"], place))
        parts: dict[tuple[str, str], list[Record]] = defaultdict(list, {("", ""): []})
        for entry in here:
            if (entry["occurred_on"], entry["entry_key"]) == latest[entry["institution"]]:
                for key in (("", ""), ("institution", entry["institution"]), ("rank", entry["rank_band"])):
                    parts[key].append(entry)
        for key, bands in parts.items():
            full = [band for band in bands if band["women"] is not None and band["men"] is not None]
            women, men = (sum(band[sex] for band in full) for sex in ("women", "men"))
            found.append(share(period.quarter, *key, women, women + men, len(bands) - len(full)))
    return ordered(found)
