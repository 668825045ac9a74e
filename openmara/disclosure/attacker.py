"""An attacker who reads everything that is published and knows how tables add up.

Written apart from `disclosure` on purpose: the gate must not share the mistakes of the lock.
Rule and formulation: a hidden cell is an integer, every relation holds, published cells are known;
minimise and maximise each primary cell (Fischetti and Salazar's attacker problem).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal, Protocol

import highspy
import numpy as np

from openmara.errors import NotValid

TOLERANCE = 1e-6


class Sum(Protocol):
    """What the attacker needs of a relation: which cell is the total of which others."""

    @property
    def total(self) -> str: ...
    @property
    def parts(self) -> tuple[str, ...]: ...


class AttackUnfinished(NotValid):
    """The solver did not answer "optimal", so nothing is proved and nothing may leave."""


@dataclass(frozen=True)
class Leak:
    """One small cell that a reader can work out, exactly or too closely."""

    key: str
    kind: Literal["exact", "interval", "already published", "small change"]
    low: int
    high: int


def required_intervals(
    primaries: Mapping[str, int],
    k: int,
    keys: Iterable[str],
    zeros: Iterable[str],
    relations: Sequence[Sum],
    floor_value: int,
) -> dict[str, tuple[int, int]]:
    """A reader's interval must reach down by half the value (at least one) and up to the threshold.

    Where zeros are public, a sum of m cells that are not zero is known to be at least m however much
    is hidden; no rule can ask for less than that.
    """
    known = dict.fromkeys(zeros, 0) if floor_value else {}
    reader = _Reader(known, sorted(set(keys) - set(known)), relations, floor_value, ceiling=10_000)
    needed = {}
    for key, value in sorted(primaries.items()):
        low = max(floor_value, value - max(1, ceil(value / 2)))
        needed[key] = (max(low, reader.least(key, low)), k)
    return needed


def attack(
    published: Mapping[str, int],
    hidden: Iterable[str],
    relations: Sequence[Sum],
    k: int,
    primaries: Mapping[str, int],
    *,
    zeros_public: bool = True,
) -> list[Leak]:
    """Return every primary cell whose value or interval a reader can derive; empty means the attack failed.

    `primaries` carries the true values, which only the gate knows. Where zeros are public a reader
    knows that a hidden cell is at least one.
    """
    leaks = [
        Leak(key, "already published", published[key], published[key])
        for key in sorted(primaries)
        if key in published
    ]
    unknown = sorted(set(hidden) - set(published))
    model = _Reader(published, unknown, relations, 1 if zeros_public else 0)
    zeros = [key for key, value in published.items() if value == 0]
    needed = required_intervals(primaries, k, [*published, *unknown], zeros, relations, model.floor)
    for key in sorted(set(primaries) - set(published)):
        low_needed, high_needed = needed[key]
        if model.has_seen(key, low_needed, high_needed):
            continue
        low, high = model.interval(key)
        if low == high:
            leaks.append(Leak(key, "exact", low, high))
        elif low > low_needed or high < high_needed:
            leaks.append(Leak(key, "interval", low, high))
    return leaks


def differencing(
    earlier: Sequence[Mapping[str, int]], published: Mapping[str, int], hidden: Iterable[str], k: int
) -> list[Leak]:
    """Compare with earlier releases of the same cells: nothing hidden now was shown, no change is smaller than k."""
    leaks = []
    hidden_now = sorted(set(hidden))
    for release in earlier:
        for key in hidden_now:
            if key in release and release[key] > 0:
                leaks.append(Leak(key, "already published", release[key], release[key]))
        for key in sorted(set(release) & set(published)):
            change = abs(published[key] - release[key])
            if 0 < change < k:
                leaks.append(Leak(key, "small change", change, change))
    return leaks


def attack_rounded(
    rounded: Mapping[str, int], relations: Sequence[Sum], primaries: Iterable[str], base: int = 5
) -> list[Leak]:
    """A reader of a rounded table knows each cell to less than one base; small cells must stay that vague."""
    model = _RoundedReader(rounded, relations, base)
    leaks = []
    for key in sorted(primaries):
        low, high = model.interval(key)
        if high - low < base - 1:
            leaks.append(Leak(key, "exact" if low == high else "interval", low, high))
    return leaks


class _Solver:
    """One HiGHS model whose objective moves from cell to cell; every solve starts from the last one."""

    def __init__(self, keys: Sequence[str], lower: Sequence[float], upper: Sequence[float]) -> None:
        self.index = {key: at for at, key in enumerate(keys)}
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("simplex_strategy", 4)  # primal: only the objective changes
        for low, high in zip(lower, upper, strict=True):
            self.highs.addVar(low, high)
        self.last: np.ndarray = np.zeros(len(keys))

    def add_sum(self, coefficients: Mapping[int, float], constant: float) -> None:
        self.highs.addRow(
            constant, constant, len(coefficients), list(coefficients), list(coefficients.values())
        )

    def reach(self, at: int, direction: int) -> int:
        """The furthest integer the cell can take; integer search only where the relaxation is fractional."""
        bound = self._solve(at, direction)
        if not self._is_integral():
            self._require_integers(True)
            bound = self._solve(at, direction)
            self._require_integers(False)
        return floor(bound + TOLERANCE) if direction > 0 else ceil(bound - TOLERANCE)

    def _solve(self, at: int, direction: int) -> float:
        self.highs.changeColCost(at, -float(direction))
        self.highs.run()
        status = self.highs.getModelStatus()
        self.highs.changeColCost(at, 0.0)
        if status != highspy.HighsModelStatus.kOptimal:
            raise AttackUnfinished(f"solver status {status.name}")
        self.last = np.asarray(self.highs.getSolution().col_value)
        return float(self.last[at])

    def _is_integral(self) -> bool:
        return bool(np.all(np.abs(self.last - np.rint(self.last)) < TOLERANCE))

    def _require_integers(self, wanted: bool) -> None:
        kind = highspy.HighsVarType.kInteger if wanted else highspy.HighsVarType.kContinuous
        for at in range(len(self.index)):
            self.highs.changeColIntegrality(at, kind)


class _Reader:
    """What a reader of a suppressed release knows, as a system of sums over the hidden cells."""

    def __init__(
        self,
        published: Mapping[str, int],
        unknown: Sequence[str],
        relations: Sequence[Sum],
        floor_value: int,
        ceiling: int = 0,
    ) -> None:
        self.floor = floor_value
        # A grand total that is hidden has no upper bound; a generous ceiling keeps the model bounded.
        ceiling = ceiling or 1000 + 10 * (sum(published.values()) + len(unknown))
        size = len(unknown)
        self.solver = _Solver(unknown, [floor_value] * size, [ceiling] * size)
        for relation in relations:
            self._add(relation, published)
        self.lowest: np.ndarray = np.full(size, np.inf)
        self.highest: np.ndarray = np.full(size, -np.inf)

    def _add(self, relation: Sum, published: Mapping[str, int]) -> None:
        coefficients: dict[int, float] = {}
        constant = 0.0
        for key, sign in [(relation.total, 1.0), *((part, -1.0) for part in relation.parts)]:
            if key in published:
                constant -= sign * published[key]
            else:
                at = self.solver.index[key]
                coefficients[at] = coefficients.get(at, 0.0) + sign
        if coefficients:
            self.solver.add_sum(coefficients, constant)

    def interval(self, key: str) -> tuple[int, int]:
        at = self.solver.index[key]
        low = self.solver.reach(at, -1)
        self._remember()
        high = self.solver.reach(at, +1)
        self._remember()
        return low, high

    def least(self, key: str, wanted: int) -> int:
        """The lowest value of a cell, or the wanted one as soon as it is known to be possible."""
        at = self.solver.index[key]
        if self.lowest[at] <= wanted:
            return wanted
        low = self.solver.reach(at, -1)
        self._remember()
        return low

    def has_seen(self, key: str, low: int, high: int) -> bool:
        """Tables already found by the solver prove the interval without another search."""
        at = self.solver.index[key]
        return bool(self.lowest[at] <= low and self.highest[at] >= high)

    def _remember(self) -> None:
        table = np.rint(self.solver.last)
        self.lowest = np.minimum(self.lowest, table)
        self.highest = np.maximum(self.highest, table)


class _RoundedReader:
    """What a reader of a rounded release knows: each cell within one base, and every sum."""

    def __init__(self, rounded: Mapping[str, int], relations: Sequence[Sum], base: int) -> None:
        keys = sorted(rounded)
        lower = [max(0, rounded[key] - base + 1) for key in keys]
        upper = [rounded[key] + base - 1 for key in keys]
        self.solver = _Solver(keys, lower, upper)
        for relation in relations:
            coefficients = {self.solver.index[relation.total]: 1.0}
            for part in relation.parts:
                at = self.solver.index[part]
                coefficients[at] = coefficients.get(at, 0.0) - 1.0
            self.solver.add_sum(coefficients, 0.0)

    def interval(self, key: str) -> tuple[int, int]:
        at = self.solver.index[key]
        return self.solver.reach(at, -1), self.solver.reach(at, +1)
