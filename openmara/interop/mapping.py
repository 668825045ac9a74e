"""From the columns and words of an outside file to those of the template. The rules stand in mappings/<kind>.toml.

A word that is not in the mapping is a problem of its cell: nothing is guessed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from openmara.interop.delimited import read_delimited
from openmara.interop.json_log import read_json_log
from openmara.interop.named_places import LEVELS, NamedPlaces
from openmara.interop.odk_csv import read_odk_zip
from openmara.interop.tables import FileRefused, Row, Table, Unreadable
from openmara.interop.xlsx import read_xlsx

FOLDER = Path(__file__).with_name("mappings")


@dataclass(frozen=True)
class Layout:
    """One kind of outside file: where its cells lie and what its words mean."""

    kind: str
    format: str
    columns: Mapping[str, str]
    key_column: str
    organisation: str = ""
    organisation_name: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    dates: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    split: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank: tuple[str, ...] = ("",)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    member: str = ""
    note: str = ""

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """The mapping of words, ready for comparison without outer blanks and letter case."""
        return {column: {word.strip().casefold(): code for word, code in words.items()} for column, words in self.values.items()}

    @cached_property
    def blanks(self) -> frozenset[str]:
        return frozenset(word.strip().casefold() for word in self.blank) | {""}

    @cached_property
    def fixed(self) -> dict[str, object]:
        return {column: ";".join(value) if isinstance(value, list) else value for column, value in self.constants.items()}


def kinds() -> tuple[str, ...]:
    """The kinds that have a mapping file."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load(kind: str) -> Layout:
    """The mapping of a kind; blank words come as a tuple."""
    if kind not in kinds():
        raise FileRefused(_("There is no mapping for files of this kind."))
    raw = tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    return Layout(**(raw | {"blank": tuple(raw.get("blank", ("",)))}))


def read_table(layout: Layout, content: bytes, encoding: str = "") -> Table:
    """The file as a table, with all columns there that the mapping speaks of."""
    declared = encoding or layout.encoding
    if layout.format == "json":
        table = read_json_log(content, paths=[*layout.columns.values()], encoding=declared or "utf-8")
        if table.rows and not any(layout.key_column in row.cells for row in table.rows):
            raise FileRefused(_("No record has the key `%(column)s`: is this a file of this kind?") % {"column": layout.key_column})
        return table
    if layout.format == "xlsx":
        table = read_xlsx(content, sheet=layout.sheet, header_row=layout.header_row)
    elif layout.format == "odk_zip":
        table = read_odk_zip(
            content, member=layout.member, encoding=declared, delimiter=layout.delimiter or ",", header_row=layout.header_row,
            columns=[*layout.columns.values()],
        )  # fmt: skip
    else:
        table = read_delimited(content, encoding=declared, delimiter=layout.delimiter, header_row=layout.header_row)
    check_columns(table, [*layout.columns.values()])
    return table


def check_columns(table: Table, needed: list[str]) -> None:
    """Every column that is needed must be there, by its heading."""
    missing = [name for name in dict.fromkeys(needed) if name not in table.columns]
    if missing:
        raise FileRefused(
            _("Row %(number)s lacks these headings: %(columns)s.") % {"number": table.header, "columns": ", ".join(f"`{name}`" for name in missing)}
        )


def convert(layout: Layout, row: Row, places: NamedPlaces) -> tuple[dict[str, object], dict[str, str]]:
    """Cells of one record under the template's columns, and one problem per template column."""
    cells: dict[str, object] = {}
    problems: dict[str, str] = {}
    for column, source in layout.columns.items():
        value = row.cells.get(source)
        if value is None or (isinstance(value, str) and value.strip().casefold() in layout.blanks):
            continue
        if isinstance(value, Unreadable):
            problems[column] = value.message
        elif column in layout.dates:
            cells[column] = _day(layout.dates[column], value)
            if cells[column] is None:
                _note(problems, column, _("Not a date as files of this kind write them."))
        else:
            cells[column] = _words(layout, column, value, problems)
    cells.update(layout.fixed)
    _find_places(layout, cells, problems, places)
    return cells, problems


def _note(problems: dict[str, str], column: str, message: str) -> None:
    problems[column] = message


def _words(layout: Layout, column: str, value: object, problems: dict[str, str]) -> object:
    """One value or several, each by the mapping's words; several are joined as the template joins them."""
    split = layout.split.get(column)
    if isinstance(value, list):
        parts = [str(one).strip() for one in value]
    elif split and isinstance(value, str):
        parts = [one.strip() for one in value.split(split["separator"])]
    elif column not in layout.words:
        return value
    else:
        parts = [_plain(value)]
    words = layout.words.get(column)
    found = [words.get(part.casefold()) if words else part for part in parts if part]
    if None in found:
        problems[column] = _("A word that the mapping of this kind of file does not know.")
        return None
    return ";".join(one for one in found if one)


def _plain(value: object) -> str:
    """A number of a spreadsheet as people read it: 1.0 is 1."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _day(formats: Any, value: object) -> date | None:
    """A day, by the first format that fits. A timestamp counts by the day as it is written."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    return _read_day((formats,) if isinstance(formats, str) else tuple(formats), value.strip())


@lru_cache(maxsize=10_000)
def _read_day(formats: tuple[str, ...], text: str) -> date | None:
    for shape in formats:
        try:
            if shape == "iso":
                if text[4:5] == "-" and text[7:8] == "-":
                    return datetime.fromisoformat(text).date()
            elif shape != "cell":
                return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    return None


def _find_places(layout: Layout, cells: dict[str, object], problems: dict[str, str], places: NamedPlaces) -> None:
    """Names of places to codes, from the coarse to the fine."""
    for level in LEVELS:
        text = cells.get(level)
        if layout.places.get(level) != "name" or not isinstance(text, str) or not text or level in problems:
            continue
        above = [cells.get(name) for name in ("adm2", "adm1") if name != level]
        code, problem = places.find(level, text, [one for one in above if isinstance(one, str)])
        cells[level] = code
        if problem:
            problems[level] = problem
