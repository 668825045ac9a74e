"""Quarters and the days on which offices send their batches."""

from dataclasses import dataclass
from datetime import date, timedelta

# Days after the start of a quarter; the last leaves three days for the working group before the quarter ends.
BATCH_OFFSETS = (34, 64, 86)
# In the running quarter the office sends what arrived late.
RUNNING_OFFSETS = (20, 47)


@dataclass(frozen=True, order=True)
class Quarter:
    """One calendar quarter, keyed like 2026Q3."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        return self.next().start - timedelta(days=1)

    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)


def quarter_of(day: date) -> Quarter:
    """The quarter a day falls in."""
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def full_quarters(as_of: date, count: int = 8) -> tuple[Quarter, ...]:
    """The last `count` quarters that are over at the as-of date, oldest first."""
    found: list[Quarter] = []
    quarter = quarter_of(as_of).previous()
    for _ in range(count):
        found.append(quarter)
        quarter = quarter.previous()
    return tuple(reversed(found))


@dataclass(frozen=True, order=True)
class Batch:
    """One sending day: every office sends one file of its kind."""

    day: date
    quarter: Quarter
    part: int

    @property
    def folder(self) -> str:
        return self.quarter.key


def batches(as_of: date) -> tuple[Batch, ...]:
    """All sending days up to the as-of date, three days kept free at the end."""
    found = [
        Batch(quarter.start + timedelta(days=offset), quarter, part)
        for quarter in full_quarters(as_of)
        for part, offset in enumerate(BATCH_OFFSETS, start=1)
    ]
    running = quarter_of(as_of)
    for part, offset in enumerate(RUNNING_OFFSETS, start=1):
        day = running.start + timedelta(days=offset)
        if day + timedelta(days=3) < as_of:
            found.append(Batch(day, running, part))
    return tuple(found)
