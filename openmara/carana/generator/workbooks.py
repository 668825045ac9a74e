"""Spreadsheets whose bytes depend on their content only."""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .codes import SOFTWARE_MARK

FIXED_TIME: Final = (2026, 1, 1, 0, 0, 0)
ABOUT: Final = "about"


def template_book(rows: Sequence[dict[str, Any]], header: Sequence[str]) -> bytes:
    """The template as an office fills it in: codes as headings, one report a row."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "reports"
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.get(name) for name in header])
    sheet.freeze_panes = "B2"
    _about(book)
    return _bytes(book)


def clinic_book(rows: Sequence[dict[str, Any]], header: Sequence[str], until: date) -> bytes:
    """A hand-kept line list: merged titles above the header, a closing note below, real dates."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Line list"
    last = get_column_letter(len(header))
    sheet["A1"] = "Clinic network - events with an armed actor, de-identified"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = f"Line list up to {until:%d.%m.%Y}. {SOFTWARE_MARK}"
    sheet["A3"] = "One line per event. No names, no places below district."
    for number in (1, 2, 3):
        sheet.merge_cells(f"A{number}:{last}{number}")
    first, final = header.index("Women") + 1, header.index("Not recorded") + 1
    sheet.cell(row=4, column=first, value="Persons concerned")
    sheet.merge_cells(start_row=4, start_column=first, end_row=4, end_column=final)
    for column, name in enumerate(header, start=1):
        sheet.cell(row=5, column=column, value=name).font = Font(bold=True)
    for offset, row in enumerate(rows, start=6):
        for column, name in enumerate(header, start=1):
            cell = sheet.cell(row=offset, column=column, value=row.get(name))
            if isinstance(row.get(name), date):
                cell.number_format = "DD.MM.YYYY"
    note = sheet.cell(row=len(rows) + 7, column=2, value="End of list. Questions to the network's data desk.")
    note.font = Font(italic=True)
    return _bytes(book)


def _about(book: Workbook) -> None:
    sheet = book.create_sheet(ABOUT)
    sheet.append([SOFTWARE_MARK])
    sheet.append(["Sheet 'reports': one report a row, headings are the column codes of the template."])


def _bytes(book: Workbook) -> bytes:
    book.properties.title = SOFTWARE_MARK
    book.properties.creator = "Carana demo"
    book.properties.created = datetime(*FIXED_TIME)
    raw = BytesIO()
    book.save(raw)
    return _without_clock(raw.getvalue())


def _without_clock(raw: bytes) -> bytes:
    """The same archive with fixed times, so that one seed gives the same bytes on any day."""
    stamp = datetime(*FIXED_TIME).isoformat() + "Z"
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    fixed: list[tuple[str, bytes]] = []
    for name, content in parts:
        if name == "docProps/core.xml":
            pattern = rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)"
            content = re.sub(pattern, rb"\g<1>" + stamp.encode() + rb"\g<2>", content)
        fixed.append((name, content))
    return zip_bytes(fixed)


def zip_bytes(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP archive with fixed times and order."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return target.getvalue()
