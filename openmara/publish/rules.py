"""What may leave: thresholds by audience, the gate every report passes, and the mutants that try it. No Django."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType

from openmara.disclosure import attacker, disclosure
from openmara.disclosure.attacker import Leak, Sum
from openmara.errors import NotValid
from openmara.publish.tables import Share, System

AUDIENCES: Mapping[str, int] = MappingProxyType({"forum": 5, "public": 10, "named": 0})
DEFAULT_AUDIENCE = "forum"
ROUNDING_BASE = 5
COUNTS_ONLY_BELOW = 20
STATES = ("waiting", "running", "done", "failed", "cancelled")
UNFINISHED = ("waiting", "running")
Protect = Callable[..., disclosure.Protected]


class NotSafe(NotValid):
    """The attacker found a way to a hidden number, so nothing is published."""


@dataclass(frozen=True)
class Shield:
    """What one report may show. `extra` was hidden only against readers who set victims against incidents."""

    k: int
    published: Mapping[str, int]
    hidden: frozenset[str]
    primary: frozenset[str] = field(default=frozenset(), repr=False)
    extra: frozenset[str] = field(default=frozenset(), repr=False)
    rounded: bool = False
    attacked: int = 0

    @property
    def secondary(self) -> frozenset[str]:
        return self.hidden - self.primary

    def can_show(self, *keys: str) -> bool:
        return all(key in self.published for key in keys)

    def summary(self) -> dict[str, object]:
        """Counts for the record: how many, never which."""
        cells = len(self.published) + len(self.hidden)
        return {
            "k": self.k, "cells": cells, "hidden": len(self.hidden), "share": round(len(self.hidden) / max(1, cells), 4),
            "primary": len(self.primary), "secondary": len(self.secondary), "rounded": self.rounded,
            "attacked": self.attacked, "leaks": 0, "applied": self.k > 0,
        }  # fmt: skip


def shield(system: System, k: int, protect: Protect | None = None) -> Shield:
    """Protect all tables of a report as one release, then let the attacker try; any leak stops the report."""
    if k == 0:  # named, cleared readers: exact counts (SECURITY.md)
        return Shield(0, MappingProxyType(system.values()), frozenset())
    found = (protect or disclosure.protect)(system.cells, system.relations, k)
    if found.rounding_advised and (rounded := _rounded(system, k)) is not None:
        return rounded
    made = _against_comparison(system, found, k)
    small = {cell.key: cell.value for cell in system.cells if cell.sensitive and 1 <= cell.value < k}
    leaks = attacker.attack(made.published, made.hidden, system.relations, k, small)
    leaks += compare(made.published, made.hidden, system, k)
    if leaks:
        raise NotSafe(
            f"The report was not built: a reader could work out {len({leak.key for leak in leaks})} small numbers. Nothing was written."
        )
    return made


def _rounded(system: System, k: int) -> Shield | None:
    """Rounding to base 5 hides numbers below 5 only, so it is allowed up to that threshold."""
    if k > ROUNDING_BASE:
        return None
    try:
        values = disclosure.round5(system.cells, system.relations, k, ROUNDING_BASE)
    except disclosure.NotProtectable:
        return None
    small = frozenset(cell.key for cell in system.cells if cell.sensitive and 1 <= cell.value < k)
    leaks = attacker.attack_rounded(values, system.relations, small, ROUNDING_BASE)
    return None if leaks else Shield(k, MappingProxyType(values), frozenset(), small, rounded=True, attacked=len(small))


def _against_comparison(system: System, found: disclosure.Protected, k: int) -> Shield:
    """Where victims set against incidents would narrow a hidden number, the victims beside it are hidden too."""
    published, hidden = dict(found.published), set(found.hidden)
    extra: set[str] = set()
    if compare(published, hidden, system, k):
        extra = {victims for victims, incidents in system.at_least if incidents in hidden and victims not in hidden}
        for key in extra:
            del published[key]
    return Shield(
        k, MappingProxyType(published), frozenset(hidden | extra), found.primary, frozenset(extra), attacked=len(found.primary)
    )


def compare(published: Mapping[str, int], hidden: object, system: System, k: int) -> list[Leak]:
    """An attacker who also knows that every incident has at least one victim."""
    unknown = sorted(set(system.values()) - set(published))
    small = {cell.key: cell.value for cell in system.cells if cell.sensitive and 1 <= cell.value < k}
    pairs = [pair for pair in system.at_least if not set(pair) <= set(published)]
    reader = _Comparing(published, unknown, system.relations, pairs)
    zeros = [key for key, value in published.items() if value == 0]
    needed = attacker.required_intervals(small, k, [*published, *unknown], zeros, system.relations, 1)
    leaks = []
    for key in sorted(set(small) - set(published)):
        low_needed, high_needed = needed[key]
        if reader.has_seen(key, low_needed, high_needed):
            continue
        low, high = reader.interval(key)
        if low > low_needed or high < high_needed:
            leaks.append(Leak(key, "exact" if low == high else "interval", low, high))
    return leaks


class _Comparing(attacker._Reader):  # the same reader, who knows one thing more
    def __init__(
        self, published: Mapping[str, int], unknown: Sequence[str], relations: Sequence[Sum], pairs: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(published, unknown, relations, 1)
        for victims, incidents in pairs:
            least, terms = 0.0, {}
            for key, sign in ((victims, 1.0), (incidents, -1.0)):
                if key in published:
                    least -= sign * published[key]
                else:
                    terms[self.solver.index[key]] = sign
            self.solver.highs.addRow(least, 1e30, len(terms), list(terms), list(terms.values()))


@dataclass(frozen=True)
class Caught:
    """How many of the mutants, each releasing one complementary cell, the attacker caught."""

    caught: int
    total: int
    missed: tuple[str, ...] = field(default=(), repr=False)


def mutants(system: System, made: Shield) -> Caught:
    """Release each complementary cell in turn; the attacker must find a small number every time."""
    exact = system.values()
    small = {cell.key: cell.value for cell in system.cells if cell.sensitive and 1 <= cell.value < made.k}
    missed = []
    chosen = sorted(made.secondary - made.extra)
    for key in chosen:
        shown = {**made.published, **{one: exact[one] for one in made.extra}, key: exact[key]}
        if not attacker.attack(shown, made.hidden - made.extra - {key}, system.relations, made.k, small):
            missed.append(key)
    return Caught(len(chosen) - len(missed), len(chosen), tuple(missed))


def how_to_show(share: Share, k: int) -> str:
    """`none` without a denominator, `hidden` below twice the threshold, `counts` below 20, else `percent`."""
    if share.denominator == 0:
        return "none"
    if share.denominator < 2 * k:
        return "hidden"
    return "counts" if share.denominator < COUNTS_ONLY_BELOW else "percent"


def percent(share: Share) -> float:
    return round(100 * share.numerator / share.denominator, 1)


def least_for_median(k: int) -> int:
    """A median over fewer values says too much about single ones."""
    return max(2 * k, ceil(k / 2))
