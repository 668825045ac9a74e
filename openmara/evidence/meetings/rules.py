"""Rules of meetings, pure: quorum, what is due, who takes part, figures of a pack, process measures.

Sources: docs/reference/meetings.md; the arrangement itself is data (arrangements.toml).
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from openmara.disclosure.disclosure import Cell, Relation, protect
from openmara.evidence import rules
from openmara.evidence.verification.quarters import first_day

STATES = ("planned", "held", "minuted")
NEXT = {"planned": "held", "held": "minuted"}
LINES = ("verified", "late", "under_verification")  # of a quarter, as verification.quarters names them
PERSONS = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
CHILDREN = ("girls", "boys", "child_unknown")


@cache
def arrangements() -> dict[str, Any]:
    """The arrangement of meetings, read once."""
    return tomllib.loads(Path(__file__).with_name("arrangements.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Quorum:
    """Whether enough members are there, and what lacks: how many more, and of which groups of functions nobody is present."""

    present: int
    least: int
    lacking: tuple[str, ...]

    @property
    def met(self) -> bool:
        return self.present >= self.least and not self.lacking


def quorum(functions: Iterable[str], least: int, groups: Iterable[str]) -> Quorum:
    """The functions of those present against the rule; a group is written `swpa|wpa`: one of them is there."""
    there = list(functions)
    lacking = tuple(group for group in groups if not set(group.split("|")) & set(there))
    return Quorum(len(there), least, lacking)


@dataclass(frozen=True)
class Facts:
    """What the agenda asks of one incident."""

    key: str
    status: str
    assigned: bool
    month_to: date
    verified_on: date | None
    children: bool
    parties_differ: bool
    released: bool


def reasons(one: Facts, today: date) -> list[str]:
    """Why an incident is due at a meeting on this day; none where it is not. The order is that of the arrangement."""
    this_quarter = one.verified_on is not None and rules.quarter_of(one.verified_on) == rules.quarter_of(today)
    verified = one.status == "verified"
    found = {
        "late": verified and this_quarter and one.verified_on is not None and rules.is_late(one.month_to, one.verified_on),
        "awaiting_release": verified and this_quarter and not one.released,
        "contested_attribution": one.parties_differ and (one.status in rules.OPEN or this_quarter),
        "mrm_crosscheck": one.children and (one.status in rules.OPEN or this_quarter) and one.status not in rules.CLOSED,
        "under_verification": one.status == "under_verification",
        "unassigned": one.status in rules.OPEN and not one.assigned,
    }
    return [name for name in arrangements()["agenda"]["order"] if found[name]]


def agenda(facts: Iterable[Facts], today: date, most: int) -> tuple[list[tuple[Facts, list[str]]], int]:
    """What one meeting takes, each incident once with all its reasons, the oldest first; and how many more are due."""
    order = arrangements()["agenda"]["order"]
    due = [(one, why) for one in facts if (why := reasons(one, today))]
    due.sort(key=lambda pair: (order.index(pair[1][0]), pair[0].month_to, pair[0].key))
    return due[:most], max(0, len(due) - most)


def quarter_before(day: date) -> str:
    """The last full quarter."""
    return rules.quarter_of(first_day(rules.quarter_of(day)) - timedelta(days=1))


def quarter_is(text: str) -> bool:
    return len(text) == 6 and text[:4].isdigit() and text[4] == "Q" and text[5] in "1234"


Row = Mapping[str, Any]


def pack_cells(rows: Sequence[tuple[str, Row]]) -> tuple[list[Cell], list[Relation]]:
    """Numbers of a pack from (line, incident): one incident once, however many accounts or systems speak of it.

    Incidents by line and area; persons by line and group. `row` holds adm1, total and the groups.
    """
    counts: dict[str, int] = {}
    relations: list[Relation] = []
    areas = sorted({str(row["adm1"]) for _line, row in rows})
    for line in LINES:
        mine = [row for at, row in rows if at == line]
        counts[f"incidents|line={line}"] = len(mine)
        counts |= {f"incidents|area={area}|line={line}": sum(row["adm1"] == area for row in mine) for area in areas}
        if areas:
            relations.append(Relation(f"incidents|line={line}", tuple(f"incidents|area={area}|line={line}" for area in areas)))
        groups = {name: sum(row[name] or 0 for row in mine) for name in PERSONS}
        groups["unknown"] += sum(row["total"] - sum(row[name] or 0 for name in PERSONS) for row in mine)
        counts |= {f"persons|group={name}|line={line}": number for name, number in groups.items()}
        counts[f"persons|line={line}"] = sum(groups.values())
        relations.append(Relation(f"persons|line={line}", tuple(f"persons|group={name}|line={line}" for name in PERSONS)))
    return [Cell(key, number) for key, number in sorted(counts.items())], relations


def pack(rows: Sequence[tuple[str, Row]], k: int) -> dict[str, int | None]:
    """What the forum may see of a quarter; None where a number is hidden. Nothing of which cell was small."""
    cells, relations = pack_cells(rows)
    protected = protect(cells, relations, k)
    return {cell.key: protected.shown(cell.key) for cell in cells}


def share(part: int, whole: int, k: int) -> float | None:
    """A share in steps of five per cent; nothing where it stands on fewer than k, or would tell a number below k."""
    if whole < k or 0 < part < k or 0 < whole - part < k:
        return None
    return round(part / whole * 20) / 20


def middle(values: Collection[float], k: int) -> float | None:
    """The median, in days; nothing where it stands on fewer than k."""
    return round(float(median(values)), 1) if len(values) >= k else None


def check_answers(answers: Mapping[str, str], items: Collection[str]) -> dict[str, str]:
    """Answers that may be kept: of known items, from the arrangement's list; the rest is left out."""
    allowed = arrangements()["assessment"]["answers"]
    return {item: answer for item, answer in answers.items() if item in items and answer in allowed}
