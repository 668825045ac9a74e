"""Groups reports that may tell of one incident: average link over candidate pairs, bound by people's judgements.

A chain of likely pairs is not enough (that joins whole campaigns): two groups join only when the average over
all pairs between them reaches the cut, a pair that is no candidate counting as nought. What a person said wins.
"""

import heapq
from collections.abc import Iterable, Mapping, Set
from typing import Protocol

CUT = 0.5
Pair = tuple[str, str]


class Scored(Protocol):
    """A candidate pair, as far as grouping needs it."""

    @property
    def report_a(self) -> str:
        """One report."""

    @property
    def report_b(self) -> str:
        """The other report."""

    @property
    def probability(self) -> float:
        """How likely both tell of one incident."""


class Contradiction(Exception):
    """People's judgements say of two reports both that they are the same and that they are different."""


def clusters(
    candidates: Iterable[Scored],
    same: Set[Pair] = frozenset(),
    different: Set[Pair] = frozenset(),
    cut: float = CUT,
) -> list[frozenset[str]]:
    """Groups of two reports and more, in order of their first report; never across a 'different'."""
    clash = contradictions(same, different)
    if clash:
        raise Contradiction(
            f"Judged both the same and different: {', '.join('/'.join(pair) for pair in clash)}."
        )
    likeness = {_ordered(c.report_a, c.report_b): c.probability for c in candidates}
    grouping = _Grouping(likeness, same, different, cut)
    grouping.join_all()
    found = [frozenset(members) for members in grouping.members.values() if len(members) > 1]
    return sorted(found, key=min)


def contradictions(same: Set[Pair], different: Set[Pair]) -> list[Pair]:
    """The pairs judged different that the judgements 'same' put together, directly or by a chain."""
    group = _chains(same)
    pairs = sorted({_ordered(*pair) for pair in different})
    return [(a, b) for a, b in pairs if a == b or (a in group and group.get(a) == group.get(b))]


def _ordered(a: str, b: str) -> Pair:
    return (a, b) if a <= b else (b, a)


def _chains(same: Iterable[Pair]) -> dict[str, str]:
    """For each report judged the same as another: the first report of its chain."""
    first: dict[str, str] = {}

    def root(report: str) -> str:
        while first.setdefault(report, report) != report:
            first[report] = first[first[report]]
            report = first[report]
        return report

    for a, b in sorted(same):
        low, high = _ordered(root(a), root(b))
        first[high] = low
    return {report: root(report) for report in list(first)}


class _Grouping:
    """Groups named by their first report; sums of likeness between groups; pairs that must stay apart."""

    def __init__(
        self, likeness: Mapping[Pair, float], same: Set[Pair], different: Set[Pair], cut: float
    ) -> None:
        self.cut = cut
        self.group = _chains(same)
        reports = {report for pair in likeness for report in pair} | set(self.group)
        self.members: dict[str, list[str]] = {}
        for report in sorted(reports):
            self.members.setdefault(self.group.get(report, report), []).append(report)
        self.sums: dict[str, dict[str, float]] = {name: {} for name in self.members}
        self.apart: dict[str, set[str]] = {name: set() for name in self.members}
        for (a, b), value in sorted(likeness.items()):
            self._add(self.group.get(a, a), self.group.get(b, b), value)
        for a, b in different:
            one, other = self.group.get(a, a), self.group.get(b, b)
            if one in self.members and other in self.members:
                self.apart[one].add(other)
                self.apart[other].add(one)

    def _add(self, one: str, other: str, value: float) -> None:
        if one != other:
            self.sums[one][other] = self.sums[other][one] = self.sums[one].get(other, 0.0) + value

    def _average(self, one: str, other: str) -> float:
        return round(self.sums[one][other] / (len(self.members[one]) * len(self.members[other])), 9)

    def _joinable(self, one: str, other: str) -> bool:
        return other not in self.apart[one] and self._average(one, other) >= self.cut

    def join_all(self) -> None:
        """Join the two most alike groups, again and again; equal likeness goes by name, so order never matters."""
        heap = [
            (-self._average(a, b), a, b)
            for a in self.sums
            for b in self.sums[a]
            if a < b and self._joinable(a, b)
        ]
        heapq.heapify(heap)
        while heap:
            value, one, other = heapq.heappop(heap)
            gone = one not in self.members or other not in self.members
            if gone or other not in self.sums[one] or -value != self._average(one, other):
                continue
            self._join(one, other)
            for neighbour in self.sums[one]:
                if self._joinable(one, neighbour):
                    heapq.heappush(heap, (-self._average(one, neighbour), *_ordered(one, neighbour)))

    def _join(self, one: str, other: str) -> None:
        """Take the later group into the earlier one, with what it is like and what it must stay apart from."""
        self.members[one] += self.members.pop(other)
        for neighbour, value in self.sums.pop(other).items():
            del self.sums[neighbour][other]
            self._add(one, neighbour, value)
        for neighbour in self.apart.pop(other):
            self.apart[neighbour].discard(other)
            self.apart[neighbour].add(one)
            self.apart[one].add(neighbour)
