"""Workbooks (XLSX): streamed, never evaluated. Macros, links to other files and formulas are refused (B-13 to B-17)."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from openmara.interop.archive import open_archive, read_entry
from openmara.interop.tables import (
    MAX_COLUMNS,
    FileRefused,
    Row,
    Table,
    Unreadable,
    check_count,
    clean,
    headings,
    letter,
)

FORBIDDEN = {
    "vbaproject": "macros", "macrosheets": "macros", "dialogsheets": "macros", "activex": "controls", "embeddings": "embedded files",
    "externallinks": "links to other files", "connections.xml": "links to other sources", "querytables": "links to other sources",
}  # fmt: skip
CHUNK = 4_096


def read_xlsx(content: bytes, *, sheet: str = "", header_row: int = 1) -> Table:
    """One sheet of a workbook as a table."""
    _check_parts(open_archive(content, _("an XLSX workbook")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions openpyxl does not know do not matter here
            book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
            found = _sheet(book, sheet)
            found.reset_dimensions()  # the stated extent may be false (A1:XFD1048576)
            return _table(found.iter_rows(min_row=header_row), header_row)
    except FileRefused:
        raise
    except (DefusedXmlException, ParseError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError,
            AttributeError, EOFError, OverflowError, zlib.error):  # fmt: skip
        raise FileRefused(_damaged()) from None


def _damaged() -> str:
    return _("The workbook is damaged or not a plain XLSX. Open it, save it as XLSX and send it again.")


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileRefused(_("The content is not an XLSX workbook, whatever the file's name says."))
    for name in names:
        for mark, what in FORBIDDEN.items():
            if mark in name.casefold():
                raise FileRefused(_("The workbook holds %(what)s. Save a copy with values only.") % {"what": _named(what)})
        if name.endswith((".xml", ".rels", ".vml")):
            _check_prolog(archive, name)
    if b"macroEnabled" in read_entry(archive, "[Content_Types].xml"):
        raise FileRefused(_("The workbook holds %(what)s. Save a copy with values only.") % {"what": _named("macros")})


class _Seen(Exception):
    """The first element of a part has been reached: what may declare anything lies behind."""


def _check_prolog(archive: zipfile.ZipFile, name: str) -> None:
    """A part may not declare a document type, in any encoding and behind any comment (B-03, B-15)."""
    parser = expat.ParserCreate()

    def refuse(*_declared: object) -> None:
        raise FileRefused(_("A part of the workbook declares a document type, as no spreadsheet program writes it."))

    def stop(*_element: object) -> None:
        raise _Seen

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, stop
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk)
    except _Seen:
        return
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise FileRefused(_damaged()) from None


def _named(what: str) -> str:
    return {
        "macros": _("macros"), "controls": _("controls"), "embedded files": _("embedded files"),
        "links to other files": _("links to other files"), "links to other sources": _("links to other sources"),
    }[what]  # fmt: skip


def _sheet(book: Any, name: str) -> Any:
    found = [one for one in book.worksheets if one.title == name]
    if found:
        return found[0]
    if not name and book.worksheets:
        return book.worksheets[0]
    raise FileRefused(_("The workbook has no sheet named `%(name)s`.") % {"name": name})


def _table(rows: Iterator[tuple[Any, ...]], header_row: int) -> Table:
    first = next(rows, ())
    _check_width(first)
    found = headings([cell.value if cell.data_type != "f" else Unreadable("") for cell in first], header_row)
    positions = {position: name for name, position in found.items()}
    out: list[Row] = []
    for number, cells in enumerate(rows, start=header_row + 1):
        values = {}
        for position, cell in enumerate(cells):
            if cell.value is None:
                continue
            if position in positions:
                values[positions[position]] = _value(cell)
            elif position >= MAX_COLUMNS:
                _check_width(cells)
        if values:
            out.append(Row(number, values))
            check_count(len(out))
    return Table(tuple(found), out, {name: letter(position) for name, position in found.items()}, header_row)


def _check_width(cells: tuple[Any, ...]) -> None:
    if len(cells) > MAX_COLUMNS and any(cell.value is not None for cell in cells[MAX_COLUMNS:]):
        raise FileRefused(_("The sheet has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})


def _value(cell: Any) -> object:
    if cell.data_type == "f":
        return Unreadable(_("A formula. Paste its value instead."))
    if cell.data_type == "e":
        return Unreadable(_("An error of the spreadsheet program stands here."))
    return clean(cell.value)
