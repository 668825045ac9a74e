"""Quarters: keys such as 2026Q3, their days, and the eight that a dashboard shows. Plain Python."""

from datetime import date, timedelta

SHOWN = 8
BASES = ("as_reported", "as_known")


def quarter_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def bounds(quarter: str) -> tuple[date, date]:
    """First and last day of a quarter."""
    year, number = int(quarter[:4]), int(quarter[5])
    first = date(year, 3 * number - 2, 1)
    following = date(year + number // 4, 3 * (number % 4) + 1, 1)
    return first, following - timedelta(days=1)


def before(quarter: str) -> str:
    """The quarter that comes before."""
    return quarter_of(bounds(quarter)[0] - timedelta(days=1))


def full_quarters(as_of: date, how_many: int = SHOWN) -> tuple[str, ...]:
    """The last full quarters on a day, oldest first; a quarter is full from the day after its last one."""
    found = [before(quarter_of(as_of))]
    while len(found) < how_many:
        found.append(before(found[-1]))
    return tuple(reversed(found))


def parameters(quarters: tuple[str, ...], basis: str, as_of: date) -> dict[str, object]:
    """What the SQL steps ask for. As reported: the state at each quarter's end; as known: the state on the day of the snapshot."""
    if basis not in BASES:
        raise ValueError(f"no such basis: {basis}")
    days = [bounds(quarter) for quarter in quarters]
    return {
        "quarters": list(quarters),
        "first_days": [first for first, _last in days],
        "last_days": [last for _first, last in days],
        "cut_offs": [min(last, as_of) if basis == "as_reported" else as_of for _first, last in days],
    }
