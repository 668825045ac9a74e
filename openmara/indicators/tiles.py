"""What pages show of an indicator, prepared: points of the trend, rows of the tables, words. Reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openmara.charts import Point
from openmara.charts.look import number
from openmara.indicators import drawings, labels, protection, rules
from openmara.indicators.calculation import Row
from openmara.indicators.definitions import Definition, in_language

WITHHELD_MARK = "c"
NO_DATA = "–"
Rows = Sequence[Row]


@dataclass(frozen=True)
class Reader:
    """For whom a page is prepared: the language, whether every count is shown, names of areas and parties, and places shown.

    Who reads statistics only sees, of a protected indicator, the places cleared for the quarter and `c` everywhere else.
    """

    lang: str
    exact: bool
    names: Mapping[str, str]
    cleared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def sees(self, definition: Definition, row: Row, part: str = "above") -> bool:
        if self.exact or not definition.min_cell:
            return True
        return protection.place(definition.id, row, part) in self.cleared.get(row.quarter, frozenset())


@dataclass(frozen=True)
class Line:
    """One row of a table: what it is, and its figures as text."""

    label: str
    cells: tuple[str, ...]
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: under its caption, a column for what the row is and one for each figure."""

    id: str
    caption: str
    first: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    withheld: bool


@dataclass(frozen=True)
class Tile:
    """An indicator as the dashboard shows it: trend, table beside it, and how to read it."""

    id: str
    title: str
    about: str
    caution: str
    svg: SafeString
    grid: Grid
    coverage: str


def tile(definition: Definition, rows: Rows, quarters: Sequence[str], reader: Reader, coverage: str) -> Tile:
    """One indicator over the quarters."""
    title = in_language(definition.title, reader.lang)
    points = [_point(definition, rows, quarter, reader) for quarter in quarters]
    what = _drawn_what(definition, reader.lang)
    svg = drawings.trend_svg(points, title=f"{title}: {what}", desc=_("Bars by quarter, from zero. The same figures are in the table."), lang=reader.lang)
    return Tile(
        definition.id, title, what, in_language(definition.caution, reader.lang), svg,
        _over_quarters(definition, rows, quarters, reader), coverage,
    )  # fmt: skip


def _drawn_what(definition: Definition, lang: str) -> str:
    unit = labels.word("unit", definition.unit, lang)
    if definition.headline:
        return _("%(line)s, %(unit)s") % {"line": labels.code("status", definition.headline, lang, {}), "unit": unit}
    return _("median, %(unit)s") % {"unit": unit} if definition.unit == "days" else unit


def _of(rows: Rows, quarter: str, breakdown: str) -> list[Row]:
    return [row for row in rows if row.quarter == quarter and row.breakdown == breakdown]


def _point(definition: Definition, rows: Rows, quarter: str, reader: Reader) -> Point:
    wanted = "status" if definition.headline else ""
    found = _of(rows, quarter, wanted)
    row = next((row for row in found if row.code == definition.headline), None)
    hidden = row is not None and not reader.sees(definition, row, "above" if definition.is_count else "value")
    label = labels.quarter(quarter, reader.lang)
    if row is None or row.value is None:
        return Point(label, None)
    return Point(label, None if hidden else round(row.value, 1), hidden)


def _over_quarters(definition: Definition, rows: Rows, quarters: Sequence[str], reader: Reader) -> Grid:
    """One row per quarter, newest last, as the trend shows them."""
    lang = reader.lang
    lines = []
    for quarter in quarters:
        found = {row.code: row for row in _of(rows, quarter, "status" if definition.is_count else "")}
        if definition.is_count:
            cells = tuple(_cells(definition, found[code], reader)[0] if code in found else NO_DATA for code in labels.order("status"))
        else:
            cells = _cells(definition, found[""], reader) if "" in found else (NO_DATA,) * 3
        lines.append(Line(labels.quarter(quarter, lang), cells))
    columns = tuple(labels.code("status", code, lang, {}) for code in labels.order("status"))
    return Grid(
        f"trend-{definition.id}", in_language(definition.title, lang), _("Quarter"),
        columns if definition.is_count else _columns(definition, lang), tuple(lines), _withheld(lines),
    )  # fmt: skip


def by_breakdown(definition: Definition, rows: Rows, quarter: str, breakdown: str, reader: Reader) -> Grid:
    """One row per code of a breakdown in one quarter, in the printed order and never by size; the whole comes last."""
    lang = reader.lang
    found, whole = _of(rows, quarter, breakdown), _of(rows, quarter, "")
    printed = labels.order(breakdown)
    named = [(row, labels.code(breakdown, row.code, lang, reader.names)) for row in found]
    named.sort(key=lambda one: (printed.index(one[0].code) if one[0].code in printed else len(printed), one[1].casefold()))
    lines = [Line(name, _cells(definition, row, reader)) for row, name in named]
    if breakdown not in ("status", "delay"):
        lines += [Line(_all(definition, lang), _cells(definition, row, reader), True) for row in whole]
    columns = _columns(definition, lang, share=breakdown == "delay")
    return Grid(f"by-{breakdown}", labels.breakdown(breakdown, lang), labels.breakdown(breakdown, lang), columns, tuple(lines), _withheld(lines))


def _columns(definition: Definition, lang: str, share: bool = False) -> tuple[str, ...]:
    if definition.is_count:
        return (labels.word("unit", definition.unit, lang).capitalize(),)
    last = _("Median, days") if definition.unit == "days" and not share else _("Share")
    above = _("Incidents") if share else in_language(definition.numerator, lang)
    below = in_language(definition.numerator, lang) if share else in_language(definition.denominator, lang)
    return (above, below, last)


def _all(definition: Definition, lang: str) -> str:
    """Of a count of incidents or persons, the whole leaves out late and older lines, and says so."""
    name = labels.word("breakdown", "", lang)
    return _("%(all)s: the three lines of incidents that ended in the quarter") % {"all": name} if definition.is_count else name


def _withheld(lines: Sequence[Line]) -> bool:
    return any(WITHHELD_MARK in line.cells for line in lines)


def _cells(definition: Definition, row: Row, reader: Reader) -> tuple[str, ...]:
    """Above the line, below the line, and the value, or why there is none; one mark for whatever is withheld."""
    above = number(row.numerator, reader.lang) if reader.sees(definition, row) else WITHHELD_MARK
    if definition.is_count:
        return (above,)
    below = number(row.denominator or 0, reader.lang) if reader.sees(definition, row, "below") else WITHHELD_MARK
    value = _value(definition, row, reader.lang) if reader.sees(definition, row, "value") else WITHHELD_MARK
    return (above, below, value)


def _value(definition: Definition, row: Row, lang: str) -> str:
    if definition.unit == "days" and row.breakdown != "delay":
        return number(float(row.value), lang) if row.value is not None else "–"
    why = rules.percentage(row)
    if why == "not_applicable":
        return _("not applicable")
    if why == "too_few" or row.value is None:
        return "–"
    text = number(float(row.value), lang)
    return f"{text}\u202f%" if lang.startswith("fr") else f"{text}%"


def changes(definition: Definition, then: Rows, now: Rows, reader: Reader) -> str:
    """`Frozen when the quarter ended: 37. Since corrected to 38.` for each headline figure that differs; '' where none does."""
    wanted = "status" if definition.is_count else ""
    before = {row.code: row for row in then if row.breakdown == wanted}
    found = []
    for row in now:
        old = before.get(row.code)
        if row.breakdown != wanted or old is None or (old.numerator, old.denominator) == (row.numerator, row.denominator):
            continue
        name = labels.code("status", row.code, reader.lang, {}) if row.code else labels.word("breakdown", "", reader.lang)
        texts = [" / ".join(number(part, reader.lang) for part in (one.numerator, one.denominator) if part is not None) for one in (old, row)]
        found.append(_("%(what)s: frozen at %(then)s when the quarter ended, corrected to %(now)s since.") % {"what": name, "then": texts[0], "now": texts[1]})
    return " ".join(found)
