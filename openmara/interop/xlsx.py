"""Workbooks (XLSX): streamed, never evaluated. Macros, links to other files and formulas are refused (B-13 to B-17)."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException

from openmara.interop.archive import open_archive, read_entry
from openmara.interop.sheet_cells import Cells, Looks, read_cells
from openmara.interop.tables import FileRefused, Row, Table, check_count, headings, letter

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
            archive, path, looks = _open(content, sheet)
            with archive.open(path) as part:
                return _table(read_cells(part, looks), header_row)
    except FileRefused:
        raise
    except (DefusedXmlException, ParseError, expat.ExpatError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError,
            IndexError, AttributeError, EOFError, OverflowError, zlib.error):  # fmt: skip
        raise FileRefused(_damaged()) from None


def _open(content: bytes, sheet: str) -> tuple[zipfile.ZipFile, str, Looks]:
    """The archive, the part of the wanted sheet, and the workbook's shared texts and date styles; nothing of the cells yet."""
    reader = ExcelReader(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    paths = {found.name: relation.target for found, relation in reader.parser.find_sheets()}
    if not paths or (sheet and sheet not in paths):
        raise FileRefused(_("The workbook has no sheet named `%(name)s`.") % {"name": sheet})
    dates = {*reader.wb._date_formats, *reader.wb._timedelta_formats}
    return reader.archive, paths[sheet] if sheet else next(iter(paths.values())), Looks(reader.shared_strings, dates, reader.wb.epoch)


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


def _table(rows: Iterator[tuple[int, Cells]], header_row: int) -> Table:
    found: dict[str, int] = {}
    names: dict[int, str] = {}
    out: list[Row] = []
    for number, cells in rows:
        if number < header_row:
            continue
        if not found:
            if number > header_row:
                break
            found = headings([cells.get(position) for position in range(max(cells) + 1)], header_row)
            names = {position: name for name, position in found.items()}
            continue
        values = {names[position]: value for position, value in cells.items() if position in names}
        if values:
            out.append(Row(number, values))
            check_count(len(out))
    if not found:
        raise FileRefused(_("Row %(number)s holds no headings.") % {"number": header_row})
    return Table(tuple(found), out, {name: letter(position) for name, position in found.items()}, header_row)
