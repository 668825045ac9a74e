"""When a figure has a percentage, and when a snapshot may be taken. Pure: values in, answer out.

Which small counts are withheld is decided in `protection`.
"""

from datetime import datetime

from openmara.indicators.calculation import Row

SMALLEST_DENOMINATOR = 20
KEPT = 3


def percentage(row: Row) -> str:
    """Why there is or is not a percentage: `not_applicable` without a denominator, `too_few` below twenty, else `given`."""
    if not row.denominator:
        return "not_applicable"
    return "given" if row.denominator >= SMALLEST_DENOMINATOR else "too_few"


def is_future(as_of: datetime, now: datetime) -> bool:
    """A snapshot shows what is known, and nothing is known of tomorrow."""
    return as_of > now
