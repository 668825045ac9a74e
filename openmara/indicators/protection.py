"""Which counts of incidents and survivors a reader of statistics may see. Pure: rows of one quarter in, places shown out.

All such counts of a quarter are one system: the lines, the breakdowns that add up, and what separates one indicator's count
from another's. The solver of `disclosure` hides small cells and what would give them away; a place it did not clear is not
shown, and where it can prove nothing, nothing is shown. Breakdowns that overlap or cross indicators are not offered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from openmara.disclosure.attacker import AttackUnfinished
from openmara.disclosure.disclosure import Cell, NotProtectable, Relation, protect
from openmara.indicators.calculation import Row

COUNTS = ("IND-PROT-01", "IND-PROT-02")
DELAY, VERIFIED, IN_TIME = "IND-PROT-08", "IND-PROT-09", "IND-PROT-10"
SHARES = (DELAY, VERIFIED, IN_TIME)
DOCUMENTED = ("verified", "under_verification", "reported_not_verified")
# Breakdowns a reader of statistics is offered; each adds up to the whole, so that the solver holds all of it.
OFFERED: Mapping[str, tuple[str, ...]] = {
    "IND-PROT-01": ("status", "form", "adm1"), "IND-PROT-02": ("status", "person", "form", "adm1", "displacement"),
    DELAY: ("delay",), VERIFIED: (), IN_TIME: (),
}  # fmt: skip
Rows = Sequence[Row]


def place(indicator: str, row: Row, part: str = "above") -> str:
    """The name of one number; `part` is above, below, excluded or value."""
    return _name(indicator, row.breakdown, row.code, part)


def _name(indicator: str, breakdown: str = "", code: str = "", part: str = "above") -> str:
    return f"{indicator}|{breakdown}|{code}|{part}"


@dataclass
class System:
    """The numbers of one quarter and how they add up. `printed` are what stands on a page, with what each is made of."""

    values: dict[str, int] = field(default_factory=dict)
    sums: list[Relation] = field(default_factory=list)
    printed: dict[str, set[str]] = field(default_factory=dict)

    def put(self, name: str, value: int, printed: bool = True) -> None:
        self.values[name] = value
        if printed:
            self.printed[name] = {name}

    def total(self, name: str, parts: Iterable[str]) -> None:
        """The sum holds; nothing is claimed where a number of it is not there."""
        known = tuple(parts)
        if known and {name, *known} <= self.values.keys():
            self.sums.append(Relation(name, known))

    def rest(self, name: str, whole: str, part: str) -> None:
        """What a reader gets by subtracting one printed number from another is a number too."""
        if {whole, part} <= self.values.keys() and self.values[whole] >= self.values[part]:
            self.put(name, self.values[whole] - self.values[part], printed=False)
            self.total(whole, (part, name))


def system(rows: Mapping[str, Rows]) -> System:
    """Every count of one quarter that pages may print, by indicator."""
    found = System()
    for indicator in COUNTS:
        _count(found, indicator, rows.get(indicator, ()))
    for indicator in SHARES:
        _share(found, indicator, rows.get(indicator, ()))
    _across(found)
    return found


def _count(found: System, indicator: str, rows: Rows) -> None:
    parts: dict[str, list[str]] = {}
    for row in rows:
        if row.breakdown and row.breakdown not in OFFERED[indicator]:
            continue
        found.put(place(indicator, row), row.numerator)
        if row.breakdown and (row.breakdown != "status" or row.code in DOCUMENTED):
            parts.setdefault(row.breakdown, []).append(place(indicator, row))
        if not row.breakdown:
            found.put(place(indicator, row, "excluded"), row.excluded)
    for names in parts.values():
        found.total(_name(indicator), sorted(names))
    found.rest(f"{indicator}|open", _name(indicator), _name(indicator, "status", "verified"))
    found.total(f"{indicator}|open", [_name(indicator, "status", code) for code in DOCUMENTED[1:]])


def _share(found: System, indicator: str, rows: Rows) -> None:
    """Above, below and what lies between the two; the bands of a delay add up to what is above."""
    bands = []
    whole = _name(indicator)
    for row in rows:
        if row.breakdown == "delay":
            found.put(place(indicator, row), row.numerator)
            bands.append(place(indicator, row))
            found.printed[place(indicator, row, "below")] = {whole}
            found.printed[place(indicator, row, "value")] = {place(indicator, row), whole}
        elif not row.breakdown:
            found.put(place(indicator, row), row.numerator)
            found.put(place(indicator, row, "below"), row.denominator or 0)
            found.put(place(indicator, row, "excluded"), row.excluded)
            found.rest(f"{indicator}|rest", place(indicator, row, "below"), place(indicator, row))
    found.total(whole, sorted(bands))
    if whole in found.values:  # a median tells of the bands as well
        found.printed[_name(indicator, part="value")] = {whole, _name(indicator, part="below"), *bands}
    if indicator == DELAY:
        found.total(_name(DELAY, part="below"), (_name(DELAY), _name(DELAY, part="excluded")))


def _across(found: System) -> None:
    """What the indicators share: incidents first reported, documented, and verified in the same quarter."""
    reported, documented = _name(VERIFIED, part="below"), _name(COUNTS[0])
    verified, late = _name(COUNTS[0], "status", "verified"), _name(COUNTS[0], "status", "late")
    if found.values.get(reported) == found.values.get(_name(DELAY, part="below")):
        found.total(_name(DELAY, part="below"), (reported,))
    found.rest("reported here, ended before", reported, documented)
    found.rest("reported and verified here, ended before", _name(VERIFIED), verified)
    found.rest("reported here, ended before, open", f"{VERIFIED}|rest", f"{COUNTS[0]}|open")
    found.total("reported here, ended before", ("reported and verified here, ended before", "reported here, ended before, open"))
    found.rest("verified late, reported before", late, "reported and verified here, ended before")
    decided = [_name(IN_TIME, part="below"), _name(IN_TIME, part="excluded")]
    if {verified, late, *decided} <= found.values.keys():
        found.put("decided", sum(found.values[name] for name in decided), printed=False)
        found.total("decided", decided)
        if found.values["decided"] == found.values[verified] + found.values[late]:
            found.total("decided", (verified, late))


def shown(rows: Mapping[str, Rows], k: int = 5) -> frozenset[str]:
    """The places of one quarter a reader of statistics may see; the same rows always give the same places."""
    return _shown(tuple((name, tuple(found)) for name, found in sorted(rows.items())), k)


@lru_cache(maxsize=256)
def _shown(rows: tuple[tuple[str, tuple[Row, ...]], ...], k: int) -> frozenset[str]:
    found = system(dict(rows))
    cells = [Cell(name, value) for name, value in found.values.items()]
    try:
        hidden = protect(cells, found.sums, k).hidden
    except (NotProtectable, AttackUnfinished):
        return frozenset()
    hidden |= _twins(hidden)
    return frozenset(name for name, made_of in found.printed.items() if not made_of & hidden)


def _twins(hidden: frozenset[str]) -> set[str]:
    """Incidents and their survivors are hidden together: one bounds the other."""
    first, second = COUNTS
    return {name.replace(first, second, 1) if name.startswith(first) else name.replace(second, first, 1) for name in hidden if name.startswith(COUNTS)}
