"""Small cells are hidden, and so many others that nobody can work them out.

Every number of one release passes `protect` together, because tables
that share a cell or a total can be set against each other. Threshold and protection interval: the
house rule (k = 5 inside the mission and the forum, k = 10 in public). The solver fails closed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import log1p

import highspy
import numpy as np

from openmara.disclosure.attacker import Leak, attack, attack_rounded, required_intervals
from openmara.errors import NotValid

ROUNDING_ADVISED_ABOVE = 0.30
TOLERANCE = 1e-6


class NotProtectable(NotValid):
    """The release cannot be made safe, or the solver could not prove it: nothing is published."""


@dataclass(frozen=True)
class Cell:
    """One number of a release; the same key in two tables is the same number.

    `sensitive` is false for figures that are no danger when small (areas covered, meetings held).
    `released` marks a number that readers already hold, which can no longer be hidden.
    """

    key: str
    value: int
    sensitive: bool = True
    released: bool = False


@dataclass(frozen=True)
class Relation:
    """The total is the sum of its parts."""

    total: str
    parts: tuple[str, ...]


def cell_key(measure: str, codes: Mapping[str, str] | None = None) -> str:
    """The name of one number, the same in every table that shows it: `incidents|area=CR01|form=rape`."""
    return "|".join([measure, *(f"{name}={code}" for name, code in sorted((codes or {}).items()))])


@dataclass(frozen=True)
class Table:
    """Counts by every combination of its dimensions; `tree` gives parents with their children per dimension."""

    measure: str
    dimensions: tuple[str, ...]
    counts: Mapping[tuple[str, ...], int]
    tree: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    sensitive: bool = True

    def cells(self) -> list[Cell]:
        """Every inner cell and every margin, so that what adds up is protected together."""
        totals: dict[str, int] = {}
        for codes, count in sorted(self.counts.items()):
            for key in self._sums_over(codes):
                totals[key] = totals.get(key, 0) + count
        return [Cell(key, value, self.sensitive) for key, value in totals.items()]

    def relations(self) -> list[Relation]:
        known = {cell.key for cell in self.cells()}
        found: dict[tuple[str, str], set[str]] = {}
        for codes in self.counts:
            for chains in product(*(self._chain(at, code) for at, code in enumerate(codes))):
                here = dict(zip(self.dimensions, chains, strict=True))
                for at, name in enumerate(self.dimensions):
                    if here[name] is None:
                        continue
                    chain = self._chain(at, codes[at])
                    above = {**here, name: chain[chain.index(here[name]) + 1]}
                    found.setdefault((self._key(above), name), set()).add(self._key(here))
        return [Relation(total, tuple(sorted(parts & known))) for (total, _), parts in sorted(found.items())]

    def _sums_over(self, codes: tuple[str, ...]) -> list[str]:
        chains = product(*(self._chain(at, code) for at, code in enumerate(codes)))
        return [self._key(dict(zip(self.dimensions, chain, strict=True))) for chain in chains]

    def _chain(self, at: int, code: str) -> list[str | None]:
        """A code, its parents from near to far, and None for the total."""
        parents = {
            child: parent for parent, kids in self.tree.get(self.dimensions[at], {}).items() for child in kids
        }
        chain: list[str | None] = [code]
        while code in parents:
            code = parents[code]
            chain.append(code)
        return [*chain, None]

    def _key(self, codes: Mapping[str, str | None]) -> str:
        return cell_key(self.measure, {name: code for name, code in codes.items() if code is not None})


@dataclass(frozen=True)
class Release:
    """All tables that leave together; their shared cells and totals are one system."""

    tables: tuple[Table, ...]

    def cells(self) -> list[Cell]:
        return [cell for table in self.tables for cell in table.cells()]

    def relations(self) -> list[Relation]:
        return sorted(
            {one for table in self.tables for one in table.relations()},
            key=lambda one: (one.total, one.parts),
        )

    def protect(self, k: int, zeros_public: bool = True) -> "Protected":
        return protect(self.cells(), self.relations(), k, zeros_public)


@dataclass(frozen=True)
class Protected:
    """What may be shown. Which hidden cell was small and which only covers for it is never shown."""

    published: Mapping[str, int]
    hidden: frozenset[str]
    primary: frozenset[str] = field(repr=False)
    share_hidden: float = 0.0

    @property
    def rounding_advised(self) -> bool:
        """Above 30 % hidden, a rounded table tells more."""
        return self.share_hidden > ROUNDING_ADVISED_ABOVE

    def shown(self, key: str) -> int | None:
        """The number, or None for every hidden cell alike."""
        if key not in self.published and key not in self.hidden:
            raise KeyError(key)
        return self.published.get(key)


def protect(
    cells: Iterable[Cell], relations: Iterable[Relation], k: int, zeros_public: bool = True
) -> Protected:
    """Hide cells until the attacker fails on every small one; the same input always hides the same cells."""
    by_key = _checked(cells, relations := list(relations), k)
    floor_value = 1 if zeros_public else 0
    small = {key for key, cell in by_key.items() if cell.sensitive and floor_value <= cell.value < k}
    if stuck := sorted(key for key in small if by_key[key].released):
        raise NotProtectable(f"{len(stuck)} small cells are already released")
    primaries = {key: by_key[key].value for key in sorted(small)}
    zeros = [key for key, cell in by_key.items() if cell.value == 0]
    needed = required_intervals(primaries, k, by_key, zeros, relations, floor_value)
    demands = [_Demand(key, low, high) for key, (low, high) in needed.items()]
    cover = _Cover(list(by_key.values()), relations, floor_value)
    hidden = _hide(cover, demands, small)
    hidden = _release_what_is_not_needed(by_key, relations, demands, hidden, small, floor_value, cover)
    published = {key: cell.value for key, cell in by_key.items() if key not in hidden}
    leaks = attack(published, hidden, relations, k, primaries, zeros_public=zeros_public)
    if leaks:
        raise NotProtectable(f"the attacker still finds {len(leaks)} small cells")
    return Protected(published, frozenset(hidden), frozenset(small), len(hidden) / max(1, len(by_key)))


def _checked(cells: Iterable[Cell], relations: Sequence[Relation], k: int) -> dict[str, Cell]:
    """Refuse a release whose tables contradict each other: protection would protect the wrong numbers."""
    if k < 2:
        raise NotProtectable("the threshold must be at least 2")
    by_key: dict[str, Cell] = {}
    for cell in cells:
        if cell.value < 0:
            raise NotProtectable("a cell is negative")
        if by_key.setdefault(cell.key, cell) != cell:
            raise NotProtectable(f"two tables disagree on {cell.key}")
    for relation in relations:
        missing = {relation.total, *relation.parts} - by_key.keys()
        if missing:
            raise NotProtectable(f"a relation names unknown cells: {sorted(missing)[:3]}")
        if by_key[relation.total].value != sum(by_key[part].value for part in relation.parts):
            raise NotProtectable(f"{relation.total} is not the sum of its parts")
    return dict(sorted(by_key.items()))


@dataclass(frozen=True)
class _Demand:
    """A reader must hold `low` and `high` possible for this cell."""

    key: str
    low: int
    high: int


def _hide(cover: "_Cover", demands: Sequence[_Demand], small: set[str]) -> set[str]:
    """Hide the cheapest cells that let every small cell move down and up as far as the rule demands."""
    hidden = set(small)
    cover.mark_hidden(small)
    for demand in demands:
        for target in (demand.low, demand.high):
            if cover.is_proved(demand.key, target):
                continue
            used = cover.move(demand.key, target)
            cover.mark_hidden(used - hidden)
            hidden |= used
    return hidden


def _release_what_is_not_needed(
    by_key: Mapping[str, Cell],
    relations: Sequence[Relation],
    demands: Sequence[_Demand],
    hidden: set[str],
    small: set[str],
    floor_value: int,
    cover: "_Cover",
) -> set[str]:
    """Give back each complementary cell without which every small cell stays protected, dearest first."""
    still_hidden = set(hidden)
    if not hidden - small:
        return still_hidden
    frozen = {key for key, cell in by_key.items() if key not in hidden}
    proofs = _Cover(list(by_key.values()), relations, floor_value, frozen=frozen, witnesses=cover.witnesses)
    proofs.mark_hidden(hidden)
    for key in sorted(hidden - small, key=lambda one: (-by_key[one].value, one)):
        proofs.freeze(key)
        if proofs.all_possible(demands):
            still_hidden.discard(key)
        else:
            proofs.thaw(key)
    return still_hidden


class _Cover:
    """The deviations a table allows: y+ and y- per cell, every sum kept, each used cell at its cost.

    A deviation found once is kept as a witness: it proves every demand it happens to meet.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        relations: Sequence[Relation],
        floor_value: int,
        frozen: Iterable[str] = (),
        witnesses: Sequence[np.ndarray] = (),
    ) -> None:
        self.keys = [cell.key for cell in cells]
        self.at = {key: number for number, key in enumerate(self.keys)}
        self.values = np.array([cell.value for cell in cells], dtype=np.int64)
        self.down = np.maximum(self.values - floor_value, 0).astype(float)
        self.up = np.full(len(cells), float(self.values.max(initial=0) + 1000))
        fixed = [n for n, cell in enumerate(cells) if cell.released or cell.value < floor_value]
        fixed += [self.at[key] for key in frozen]
        self.fixed = np.zeros(len(cells), dtype=bool)
        self.fixed[fixed] = True
        self.witnesses = [one for one in witnesses if not np.any(one[self.fixed])]
        self.highs = self._model(relations)

    def _model(self, relations: Sequence[Relation]) -> highspy.Highs:
        highs = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
        highs.setOptionValue("output_flag", False)
        for number, value in enumerate(self.values):
            movable = 0.0 if self.fixed[number] else 1.0
            cost = log1p(float(value)) + 1.0
            for limit in (self.up[number], self.down[number]):
                highs.addVar(0.0, limit * movable)
                highs.changeColCost(highs.getNumCol() - 1, cost)
        for relation in relations:
            terms = [(self.at[relation.total], 1.0), *((self.at[part], -1.0) for part in relation.parts)]
            columns = [column for number, _ in terms for column in (2 * number, 2 * number + 1)]
            signs = [sign * way for _, sign in terms for way in (1.0, -1.0)]
            highs.addRow(0.0, 0.0, len(columns), columns, signs)
        return highs

    def mark_hidden(self, keys: Iterable[str]) -> None:
        """Cells already hidden cost nothing to use again."""
        for key in sorted(keys):
            for column in self._columns(key):
                self.highs.changeColCost(column, 0.0)

    def is_proved(self, key: str, target: int) -> bool:
        number = self.at[key]
        needed = target - self.values[number]
        if needed == 0:
            return True
        return any(
            bool(one[number] >= needed if needed > 0 else one[number] <= needed) for one in self.witnesses
        )

    def move(self, key: str, target: int) -> set[str]:
        """Move one cell to its target at the lowest cost and name every cell that had to move."""
        deviation = self._solve(key, target)
        if deviation is None:
            raise NotProtectable("a small cell cannot be covered by any other cell")
        self.witnesses.append(deviation)
        return {self.keys[number] for number in np.flatnonzero(deviation)}

    def freeze(self, key: str) -> None:
        self.fixed[self.at[key]] = True
        for column in self._columns(key):
            self.highs.changeColBounds(column, 0.0, 0.0)
        self._set_aside = [one for one in self.witnesses if one[self.at[key]]]
        self.witnesses = [one for one in self.witnesses if not one[self.at[key]]]

    def thaw(self, key: str) -> None:
        number = self.at[key]
        self.fixed[number] = False
        for column, limit in zip(self._columns(key), (self.up[number], self.down[number]), strict=True):
            self.highs.changeColBounds(column, 0.0, limit)
        self.witnesses += self._set_aside

    def all_possible(self, demands: Sequence[_Demand]) -> bool:
        for demand in demands:
            for target in (demand.low, demand.high):
                if self.is_proved(demand.key, target):
                    continue
                deviation = self._solve(demand.key, target)
                if deviation is None:
                    return False
                self.witnesses.append(deviation)
        return True

    def _columns(self, key: str) -> tuple[int, int]:
        return 2 * self.at[key], 2 * self.at[key] + 1

    def _solve(self, key: str, target: int) -> np.ndarray | None:
        """An integer deviation that brings the cell to its target, or None where there is none."""
        number = self.at[key]
        needed = float(target - self.values[number])
        forward, backward = self._columns(key)
        self.highs.changeColBounds(forward, max(needed, 0.0), max(needed, 0.0))
        self.highs.changeColBounds(backward, max(-needed, 0.0), max(-needed, 0.0))
        try:
            found = self._run()
            if found is not None and np.any(np.abs(found - np.rint(found)) > TOLERANCE):
                self._require_integers(True)
                found = self._run()
                self._require_integers(False)
        finally:
            self.highs.changeColBounds(forward, 0.0, self.up[number])
            self.highs.changeColBounds(backward, 0.0, self.down[number])
        return None if found is None else np.rint(found).astype(np.int64)

    def _run(self) -> np.ndarray | None:
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise NotProtectable(f"the solver gave no proof ({status.name})")
        columns = np.asarray(self.highs.getSolution().col_value)
        return np.asarray(columns[0::2] - columns[1::2])

    def _require_integers(self, wanted: bool) -> None:
        kind = highspy.HighsVarType.kInteger if wanted else highspy.HighsVarType.kContinuous
        for column in range(2 * len(self.keys)):
            self.highs.changeColIntegrality(column, kind)


def round5(cells: Iterable[Cell], relations: Iterable[Relation], k: int = 5, base: int = 5) -> dict[str, int]:
    """Round every cell to a multiple of the base so that all sums still hold, as near the truth as possible.

    The alternative to suppression where that would hide over 30 % of cells. Zero stays zero.
    """
    by_key = _checked(cells, relations := list(relations), k)
    rounded = _round(by_key, relations, base)
    small = [key for key, cell in by_key.items() if cell.sensitive and 1 <= cell.value < k]
    leaks: list[Leak] = attack_rounded(rounded, relations, small, base)
    if leaks:
        raise NotProtectable(f"rounding leaves {len(leaks)} small cells too narrow")
    return rounded


def _round(by_key: Mapping[str, Cell], relations: Sequence[Relation], base: int) -> dict[str, int]:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", 30.0)
    highs.setOptionValue("mip_rel_gap", 0.02)
    column: dict[str, int] = {}
    for number, (key, cell) in enumerate(by_key.items()):
        steps, rest = divmod(cell.value, base)
        column[key] = number
        highs.addVar(float(steps), float(steps + (1 if rest else 0)))
        highs.changeColCost(number, float(base - 2 * rest))
        highs.changeColIntegrality(number, highspy.HighsVarType.kInteger)
    for relation in relations:
        columns = [column[relation.total], *(column[part] for part in relation.parts)]
        highs.addRow(0.0, 0.0, len(columns), columns, [1.0] + [-1.0] * len(relation.parts))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NotProtectable(f"no additive rounding was proved ({highs.getModelStatus().name})")
    solution = highs.getSolution().col_value
    return {key: base * round(solution[number]) for key, number in column.items()}
