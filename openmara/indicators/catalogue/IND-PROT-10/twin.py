"""IND-PROT-10 in plain Python."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from openmara.indicators.catalogue.shared.twin import Cell, Frames, known, ordered, periods, share


def rows(frames: Frames, given: Mapping[str, Any]) -> list[Cell]:
    """Verified within 60 days of the first report, among the incidents verified in the quarter."""
    found: list[Cell] = []
    for period in periods(given):
        days: dict[tuple[str, str], list[int | None]] = defaultdict(list, {("", ""): []})
        for one in known(frames, period):
            if one.state == "verified" and period.holds(one.since):
                for key in (("", ""), ("adm1", one.incident["adm1"])):
                    days[key].append(one.incident["verify_days"])
        for key, those in days.items():
            stated = [day for day in those if day is not None]
            found.append(share(period.quarter, *key, sum(day <= 60 for day in stated), len(stated), len(those) - len(stated)))
    return ordered(found)
