"""The cells of one worksheet part, streamed by expat: only cells that are there cost anything, whatever extent is stated."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from openmara.interop.tables import MAX_COLUMNS, FileRefused, Unreadable, clean

CHUNK = 262_144
Cells = dict[int, object]


class BrokenSheet(ValueError):
    """Rows out of order, or cells that name no place."""


@dataclass(frozen=True)
class Looks:
    """What a workbook says of all its sheets: shared texts, and which styles mean a date."""

    strings: Sequence[str]
    dates: Collection[int]
    epoch: datetime


def read_cells(part: IO[bytes], looks: Looks) -> Iterator[tuple[int, Cells]]:
    """(row number, position to value) of every row that holds something."""
    reader = _Reader(looks)
    while chunk := part.read(CHUNK):
        reader.parser.Parse(chunk)
        yield from reader.take()
    reader.parser.Parse(b"", True)
    yield from reader.take()


class _Reader:
    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.rows: list[tuple[int, Cells]] = []
        self.row, self.position, self.cells = 0, -1, Cells()
        self.kind, self.style, self.formula = "n", 0, False
        self.text: list[str] = []
        self.reading = self.phonetic = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._doctype

    def take(self) -> list[tuple[int, Cells]]:
        found, self.rows = self.rows, []
        return found

    def _doctype(self, *_declared: object) -> None:
        raise BrokenSheet

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self.kind, self.style, self.formula, self.text = attributes.get("t", "n"), int(attributes.get("s", 0)), False, []
            place = attributes.get("r")
            self.position = _position(place) if place else self.position + 1
        elif name in ("v", "t"):
            self.reading = not self.phonetic
        elif name == "row":
            number = int(attributes.get("r", self.row + 1))
            if number <= self.row:
                raise BrokenSheet
            self.row, self.position, self.cells = number, -1, Cells()
        elif name == "f":
            self.formula = True
        elif name == "rPh":  # how a text is pronounced is no part of it
            self.phonetic = True

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            value = self._value("".join(self.text))
            if value is not None:
                if self.position >= MAX_COLUMNS:
                    raise FileRefused(_("The sheet has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})
                self.cells[self.position] = value
        elif name in ("v", "t"):
            self.reading = False
        elif name == "row" and self.cells:
            self.rows.append((self.row, self.cells))
        elif name == "rPh":
            self.phonetic = False

    def _data(self, text: str) -> None:
        if self.reading:
            self.text.append(text)

    def _value(self, text: str) -> object:
        """What stands in the cell; None where nothing does. Formulas are never evaluated, nor their cached value believed."""
        if self.formula:
            return Unreadable(_("A formula. Paste its value instead."))
        if text == "":
            return None
        if self.kind == "s":
            return clean(self.looks.strings[int(text)]) or None
        if self.kind in ("str", "inlineStr"):
            return clean(text)
        if self.kind == "b":
            return text == "1"
        if self.kind == "e":
            return Unreadable(_("An error of the spreadsheet program stands here."))
        if self.kind == "d":
            return datetime.fromisoformat(text)
        return self._number(text)

    def _number(self, text: str) -> object:
        number = int(text) if text.lstrip("-").isdigit() and len(text) < 20 else float(text)
        if self.style not in self.looks.dates:
            return number
        try:
            return from_excel(number, self.looks.epoch)
        except (ValueError, OverflowError):
            return Unreadable(_("Not a date of a spreadsheet."))


def _position(place: str) -> int:
    """The column of `AB12`, counted from 0."""
    index = 0
    for one in place:
        if not "A" <= one <= "Z":
            break
        index = index * 26 + ord(one) - 64
    if not 0 < index <= 16_384:
        raise BrokenSheet
    return index - 1
