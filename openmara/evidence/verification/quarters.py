"""In which quarter an incident counts, and as what, from its steps alone: the counting rule once more, for one incident. Pure.

Source: docs/adr/0007-counting.md. Figures come from the indicators' SQL; `tests/quarter_edges.toml` holds both to one table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from openmara.evidence.rules import OPEN, quarter_end, quarter_of

COUNTED_AS_VERIFIED = frozenset({"verified", "late"})


@dataclass(frozen=True)
class Step:
    """A state reached, and the day on which it was stated."""

    to_status: str
    stated_on: date


@dataclass(frozen=True)
class Counted:
    """One quarter: the line an incident stands in as the quarter ended, and as known now ('' = in none)."""

    quarter: str
    as_reported: str
    as_known: str


def standing(steps: Sequence[Step]) -> list[Step]:
    """A verification that the very next step takes back is as if it had never been made."""
    after = [*(step.to_status for step in steps[1:]), ""]
    return [
        step for step, following in zip(steps, after, strict=False)
        if not (step.to_status == "verified" and following == "under_verification")
    ]  # fmt: skip


def state(steps: Sequence[Step], cut_off: date) -> Step | None:
    """The last step stated by a day; none before the incident was known."""
    known = [step for step in standing(steps) if step.stated_on <= cut_off]
    return known[-1] if known else None


def first_day(quarter: str) -> date:
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def following(quarter: str) -> str:
    return quarter_of(quarter_end(quarter) + timedelta(days=1))


def line(steps: Sequence[Step], date_to: date, quarter: str, cut_off: date) -> str:
    """verified, late, under_verification, older_open, reported_not_verified, or '' where the quarter does not show the incident."""
    first, last = first_day(quarter), quarter_end(quarter)
    found = state(steps, cut_off)
    if found is None or date_to > last or (steps and steps[-1].to_status == "duplicate"):
        return ""
    here = date_to >= first
    if found.to_status == "verified":
        return "verified" if here else "late" if first <= found.stated_on <= last else ""
    if found.to_status in OPEN:
        return "under_verification" if here else "older_open"
    return "reported_not_verified" if here and found.to_status == "reported_not_verified" else ""


def counted(steps: Sequence[Step], date_to: date, today: date) -> list[Counted]:
    """Every quarter from the event's to today's that shows the incident, as reported or as known."""
    found, quarter = [], quarter_of(date_to)
    while first_day(quarter) <= today:
        one = Counted(quarter, line(steps, date_to, quarter, min(quarter_end(quarter), today)), line(steps, date_to, quarter, today))
        if one.as_reported or one.as_known:
            found.append(one)
        quarter = following(quarter)
    return found


@dataclass(frozen=True)
class Touched:
    """A quarter in which a step would move an incident from one line to another."""

    quarter: str
    before: str
    after: str

    @property
    def is_published(self) -> bool:
        """Whether the incident counts there as verified, so that a figure already given out changes."""
        return self.before in COUNTED_AS_VERIFIED


def touched(steps: Sequence[Step], date_to: date, to_status: str, today: date) -> list[Touched]:
    """The quarters whose figures, as known, a further step would change."""
    then = [*steps, Step(to_status, today)]
    found, quarter = [], quarter_of(date_to)
    while first_day(quarter) <= today:
        before, after = line(steps, date_to, quarter, today), line(then, date_to, quarter, today)
        if before != after:
            found.append(Touched(quarter, before, after))
        quarter = following(quarter)
    return found
