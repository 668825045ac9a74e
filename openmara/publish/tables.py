"""The tables of one quarter as cells and relations: one system, so that what adds up is protected together.

Counting rules: ADR 0007 and the rules of the demo's truth. Plain Python: frames in, numbers out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from openmara import engine
from openmara.disclosure.disclosure import Cell, Relation, cell_key

LINES = ("verified", "late", "under_verification", "older_open", "reported_not_verified")
TREND_LINES = ("verified", "late")
DISPLACEMENT_LINES = ("verified", "late")
PERSONS = ("woman", "girl", "man", "boy", "adult_unknown", "child_unknown", "unknown")
QUARTERS_SHOWN = 8
STEPS = Path(__file__).with_name("tables.sql")
Key = tuple[str, str, str, str]  # quarter, line, breakdown, code


@dataclass(frozen=True)
class Counts:
    """Exact counts of some quarters. They stay inside this room."""

    incidents: Mapping[Key, int]
    victims: Mapping[Key, int]
    covered: Mapping[str, frozenset[str]]
    fingerprint: str

    def codes(self, quarter: str, breakdown: str) -> set[str]:
        """Codes of a breakdown that hold anything in a quarter."""
        return {key[3] for key in self.incidents if key[0] == quarter and key[2] == breakdown}


@dataclass(frozen=True)
class Share:
    """Numerator and denominator of a percentage; what is not in the numerator is a number of its own."""

    numerator: int
    denominator: int


@dataclass(frozen=True)
class Delay:
    """Days from the end of an incident to its first report: over how many incidents, and how many were too imprecise."""

    median: float | None
    known: int
    excluded: int


@dataclass(frozen=True)
class Timing:
    """Reporting delay, verification rate and timeliness of one quarter (PROT-08, -09, -10)."""

    delay: Delay
    verified: Share
    in_time: Share


@dataclass(frozen=True)
class Rows:
    """The rows each table prints, in order. `parties` gives each named party its category."""

    areas: tuple[str, ...]
    forms: tuple[str, ...]
    displacement: tuple[str, ...]
    categories: tuple[str, ...]
    parties: Mapping[str, str]


@dataclass(frozen=True)
class System:
    """Cells and relations of all tables of a report. `at_least` pairs victims with incidents: each has one or more."""

    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...]
    at_least: tuple[tuple[str, str], ...] = ()
    overlaps: tuple[str, ...] = field(default=())

    def values(self) -> dict[str, int]:
        return {cell.key: cell.value for cell in self.cells}


def bounds(quarter: str) -> tuple[date, date]:
    """First and last day of a quarter such as 2026Q3."""
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, 3 * (number % 4) + 1, 1)
    return date(year, 3 * number - 2, 1), following - timedelta(days=1)


def before(quarter: str, steps: int = 1) -> str:
    """The quarter so many quarters earlier."""
    at = int(quarter[:4]) * 4 + int(quarter[5]) - 1 - steps
    return f"{at // 4}Q{at % 4 + 1}"


def quarters_to(quarter: str, how_many: int = QUARTERS_SHOWN) -> tuple[str, ...]:
    return tuple(before(quarter, steps) for steps in range(how_many - 1, -1, -1))


def count(frames: Mapping[str, pa.Table | Path], quarters: Sequence[str]) -> Counts:
    """Run the named steps over the frames `incidents` and `verification_steps`."""
    days = [bounds(quarter) for quarter in quarters]
    parameters = {"quarters": list(quarters), "first_days": [one[0] for one in days], "last_days": [one[1] for one in days]}
    steps = engine.read(STEPS)
    found = engine.run(steps, frames, parameters, "counts")
    covered = engine.run(steps, frames, parameters, "covered").rows.to_pylist()
    incidents, victims = {}, {}
    for row in found.rows.to_pylist():
        key = (row["quarter"], row["line"], row["breakdown"], row["code"])
        incidents[key], victims[key] = int(row["incidents"]), int(row["victims"])
    by_quarter = {one: frozenset(row["code"] for row in covered if row["quarter"] == one) for one in quarters}
    return Counts(incidents, victims, by_quarter, found.fingerprint)


def total_key(measure: str, line: str, quarter: str, now: str) -> str:
    """The quarter reported on shares its totals with the trend; an earlier quarter has its own."""
    return f"{measure}.{line}" if quarter == now else f"{measure}.{line}:{quarter}"


def system(counts: Counts, quarter: str, quarters: Sequence[str], rows: Rows, timing: Timing) -> System:
    """Everything one report prints about survivors, as one system of cells and sums."""
    made = _Made(counts, quarter)
    for line in LINES:
        made.total("incidents", line)
        made.total("victims", line)
        made.partition("incidents", line, "area", rows.areas)
        made.partition("victims", line, "area", rows.areas)
        made.partition("victims", line, "person", PERSONS)
        made.partition("incidents", line, "form", rows.forms)
        made.overlapping(f"incidents.{line}", line, "category", rows.categories)
    for line in DISPLACEMENT_LINES:
        made.partition("incidents", line, "displacement", rows.displacement)
    for category in rows.categories:
        named = [party for party, of in rows.parties.items() if of == category]
        if named:
            made.overlapping(cell_key("incidents.verified", {"category": category}), "verified", "party", named)
    for earlier in quarters:
        for line in TREND_LINES:
            made.earlier(line, earlier)
    made.timing(timing)
    return made.system()


class _Made:
    """Cells and relations as they are made."""

    def __init__(self, counts: Counts, quarter: str) -> None:
        self.counts, self.quarter = counts, quarter
        self.cells: dict[str, Cell] = {}
        self.relations: list[Relation] = []
        self.at_least: list[tuple[str, str]] = []
        self.overlaps: list[str] = []

    def value(self, measure: str, line: str, breakdown: str = "", code: str = "", quarter: str = "") -> int:
        rows = self.counts.incidents if measure == "incidents" else self.counts.victims
        return rows.get((quarter or self.quarter, line, breakdown, code), 0)

    def cell(self, key: str, value: int, sensitive: bool = True) -> str:
        self.cells[key] = Cell(key, value, sensitive)
        return key

    def total(self, measure: str, line: str) -> None:
        self.cell(f"{measure}.{line}", self.value(measure, line))
        if measure == "victims":
            self.pair(f"victims.{line}", f"incidents.{line}")

    def pair(self, victims: str, incidents: str) -> None:
        """A reader expects at least one victim per incident; where tallies are blank that would mislead, not inform."""
        if self.cells[victims].value >= self.cells[incidents].value > 0:
            self.at_least.append((victims, incidents))

    def partition(self, measure: str, line: str, breakdown: str, codes: Iterable[str]) -> None:
        parts = []
        for code in codes:
            key = cell_key(f"{measure}.{line}", {breakdown: code})
            parts.append(self.cell(key, self.value(measure, line, breakdown, code)))
            if (measure, breakdown) == ("victims", "area"):
                self.pair(key, cell_key(f"incidents.{line}", {breakdown: code}))
        self.relations.append(Relation(f"{measure}.{line}", tuple(parts)))

    def overlapping(self, total: str, line: str, breakdown: str, codes: Iterable[str]) -> None:
        """An incident counts once under each of its parties: the parts exceed the total by what is counted again."""
        parts = [
            self.cell(cell_key(f"incidents.{line}", {breakdown: code}), self.value("incidents", line, breakdown, code))
            for code in codes
        ]
        again = sum(self.cells[key].value for key in parts) - self.cells[total].value
        if again < 0:  # an incident under this heading whose party is named nowhere
            parts.append(self.cell(f"{total}|{breakdown}=other", -again))
        if again <= 0:
            self.relations.append(Relation(total, tuple(parts)))
            return
        repeated = self.cell(f"{total}|{breakdown}=again", again)
        named = self.cell(f"{total}|{breakdown}=named", again + self.cells[total].value, sensitive=False)
        self.overlaps.append(repeated)
        self.relations += [Relation(named, tuple(parts)), Relation(named, (total, repeated))]

    def earlier(self, line: str, quarter: str) -> None:
        if quarter == self.quarter:
            return
        keys = [
            self.cell(total_key(measure, line, quarter, self.quarter), self.value(measure, line, quarter=quarter))
            for measure in ("victims", "incidents")
        ]
        self.pair(keys[0], keys[1])

    def timing(self, timing: Timing) -> None:
        for name, share in (("rate", timing.verified), ("in_time", timing.in_time)):
            self.cell(f"{name}.all", share.denominator)
            self.cell(f"{name}.yes", share.numerator)
            self.cell(f"{name}.no", share.denominator - share.numerator)
            self.relations.append(Relation(f"{name}.all", (f"{name}.no", f"{name}.yes")))
        self.cell("delay.known", timing.delay.known)
        self.cell("delay.excluded", timing.delay.excluded)
        both = timing.delay.known + timing.delay.excluded
        if both == timing.verified.denominator:
            self.relations.append(Relation("rate.all", ("delay.excluded", "delay.known")))
        verified = ("incidents.late", "incidents.verified")
        if sum(self.cells[key].value for key in verified) == timing.in_time.denominator:
            self.relations.append(Relation("in_time.all", verified))

    def system(self) -> System:
        cells = tuple(cell for _key, cell in sorted(self.cells.items()))
        return System(cells, tuple(self.relations), tuple(self.at_least), tuple(self.overlaps))
