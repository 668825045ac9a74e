"""The shared steps once more in plain Python, written from the definitions: a second pair of eyes on the SQL."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Record = Mapping[str, Any]
Frames = Mapping[str, Sequence[Record]]
Cell = tuple[str, str, str, int, int | None, float | None, int]
OPEN = ("received", "under_verification")
COUNTED = (*OPEN, "verified", "reported_not_verified")
LINES = ("verified", "late", "under_verification", "older_open", "reported_not_verified")
DOCUMENTED = ("verified", "under_verification", "reported_not_verified")
PERSONS = {
    "woman": "women", "girl": "girls", "man": "men", "boy": "boys", "adult_unknown": "adult_unknown",
    "child_unknown": "child_unknown", "unknown": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    quarter: str
    first: date
    last: date
    cut_off: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Known:
    """An incident as it stood on a period's cut-off day."""

    incident: Record
    state: str
    since: date


def periods(given: Mapping[str, Any]) -> list[Period]:
    columns = (given["quarters"], given["first_days"], given["last_days"], given["cut_offs"])
    return [Period(*values) for values in zip(*columns, strict=True)]


def known(frames: Frames, period: Period) -> Iterator[Known]:
    """Every incident that counts, with its state on the cut-off day."""
    steps: dict[str, list[Record]] = defaultdict(list)
    for step in sorted(frames["verification_steps"], key=lambda step: int(step["step"])):
        steps[step["incident_key"]].append(step)
    for incident in frames["incidents"]:
        if incident["record_class"] != "crsv" or incident["status"] == "duplicate":
            continue
        standing = [step for step in _not_taken_back(steps[incident["incident_key"]]) if step["stated_on"] <= period.cut_off]
        if standing:
            yield Known(incident, standing[-1]["to_status"], standing[-1]["stated_on"])


def _not_taken_back(steps: Sequence[Record]) -> list[Record]:
    following = [*[step["to_status"] for step in steps[1:]], ""]
    return [
        step
        for step, after in zip(steps, following, strict=True)
        if not (step["to_status"] == "verified" and after == "under_verification")
    ]


def line(one: Known, period: Period) -> str:
    """Which of the five lines an incident stands in, '' for none."""
    ended = one.incident["month_to"]
    if ended > period.last:
        return ""
    here = period.holds(ended)
    if one.state == "verified":
        return "verified" if here else "late" if period.holds(one.since) else ""
    if one.state in OPEN:
        return "under_verification" if here else "older_open"
    return "reported_not_verified" if here and one.state == "reported_not_verified" else ""


def groups(incident: Record) -> Iterator[tuple[str, str]]:
    """(breakdown, code) of everything an incident counts under."""
    yield "adm1", incident["adm1"]
    yield "form", incident["principal_form"]
    for name, column in (("party", "parties"), ("party_category", "party_categories")):
        for code in incident[column] or ["unknown"]:
            yield name, code
    yield "displacement", incident["displacement_context"] or "unknown"
    yield "adm1.form", f"{incident['adm1']}.{incident['principal_form']}"


def percent(numerator: int, denominator: int) -> float | None:
    """Four decimals; none where fewer than twenty stand below the line."""
    if denominator < 20:
        return None
    exact = Decimal(100 * numerator) / Decimal(denominator)
    return float(exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def share(quarter: str, breakdown: str, code: str, numerator: int, denominator: int, excluded: int) -> Cell:
    return (quarter, breakdown, code, numerator, denominator, percent(numerator, denominator), excluded)


def ordered(cells: Iterable[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: cell[:3])
