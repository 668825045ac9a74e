"""What may be shown of a figure inside the mission. Pure: values in, answer out.

Small counts speak of persons: who may not open the rows sees `< 5` for one to four, and the next smallest cell of the same
breakdown is withheld with them, so that a total does not give them away (design 7, decision 18). Reports use the exact
solver of `publish`; this is the simple and safe rule for pages.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from openmara.indicators.calculation import Row

SMALLEST_DENOMINATOR = 20
SMALL, WITHHELD = "small", "withheld"
KEPT = 3


def shown(count: int | None, exact: bool, k: int = 5) -> str:
    """A count as text: exact, or `< 5` for one to four where the reader may not open the rows. None stays a dash."""
    if count is None:
        return "–"
    if not exact and 1 <= count < k:
        return f"< {k}"
    return str(count)


def is_small(row: Row, k: int) -> bool:
    """Whether a cell speaks of few persons: above the line, below it, or in what lies between the two."""
    parts = [row.numerator]
    if row.denominator is not None:
        parts += [row.denominator, row.denominator - row.numerator]
    return any(1 <= part < k for part in parts)


def hidden(rows: Sequence[Row], k: int) -> Mapping[str, str]:
    """Codes of one breakdown in one quarter that are not shown, and why. Empty where k is 0."""
    found = {row.code: SMALL for row in rows if is_small(row, k)} if k else {}
    if not found:
        return {}
    others = sorted(
        (row for row in rows if row.code not in found and _size(row) > 0), key=lambda row: (_size(row), row.code)
    )
    if others:
        found[others[0].code] = WITHHELD
    return found


def _size(row: Row) -> int:
    return row.numerator if row.denominator is None else row.denominator


def percentage(row: Row) -> str:
    """Why there is or is not a percentage: `not_applicable` without a denominator, `too_few` below twenty, else `given`."""
    if not row.denominator:
        return "not_applicable"
    return "given" if row.denominator >= SMALLEST_DENOMINATOR else "too_few"


def is_future(as_of: datetime, now: datetime) -> bool:
    """A snapshot shows what is known, and nothing is known of tomorrow."""
    return as_of > now
