"""The documented template of incident reports: a workbook with the sheets reports, guide and codes, written and read here."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from openmara import vocabulary
from openmara.evidence import accounts
from openmara.interop.archive import MAGIC
from openmara.interop.delimited import read_delimited
from openmara.interop.mapping import Layout, check_columns
from openmara.interop.tables import FileRefused, Table
from openmara.interop.xlsx import read_xlsx

SHEET, GUIDE, CODES = "reports", "guide", "codes"
LANGUAGES = ("en", "fr")
ROWS_WITH_LISTS = 10_000
SHADE = PatternFill("solid", fgColor="DCE6F1")
EXAMPLE = "EXAMPLE"  # rows whose reference begins so are examples and are stepped over
ISO_OR_CELL = ("cell", "iso")
LAYOUT = Layout(
    kind="reports", format="xlsx", columns={name: name for name in accounts.COLUMNS}, key_column="their_reference", sheet=SHEET,
    dates=dict.fromkeys(accounts.DATES, ISO_OR_CELL), places=dict.fromkeys(("adm1", "adm2", "adm3", "settlement"), "name"),
)  # fmt: skip


@cache
def wording() -> Mapping[str, Any]:
    """Labels and explanations of the columns, and the example, in English and French."""
    return tomllib.loads(Path(__file__).with_name("incident_sheet.toml").read_text(encoding="utf-8"))


def lists() -> dict[str, str]:
    """Column to code list, of all columns that hold codes; nexus_types pairs two lists."""
    return accounts.ONE_CODE | accounts.MANY_CODES | {"nexus_types": "nexus_type"} | dict.fromkeys(accounts.YES_NO, "yes_no_unknown")


def write_template(stream: IO[bytes], rows: Iterable[Mapping[str, object]] | None = None) -> None:
    """The template with its example, or with rows in place of it. No cell is ever a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = SHEET
    _append(sheet, accounts.COLUMNS)
    for row in rows if rows is not None else [wording()["example"]]:
        _append(sheet, [_cell(row.get(name)) for name in accounts.COLUMNS])
    _head(sheet, [max(13, len(name) + 2) for name in accounts.COLUMNS])
    sheet.freeze_panes = "B2"
    ranges = _codes(book.create_sheet(CODES))
    _guide(book.create_sheet(GUIDE, 1))
    _validate(sheet, ranges)
    book.properties.title = "OpenMARA: incident reports"
    book.properties.creator = "OpenMARA"
    book.save(stream)


def _cell(value: object) -> Any:
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else value


def _append(sheet: Worksheet, values: Iterable[Any]) -> None:
    """A row; a text that begins with a sign of formulas stays a text (B-18)."""
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.quotePrefix = cell.value[:1] in ("=", "+", "-", "@", "\t", "\r")


def _head(sheet: Worksheet, widths: list[int]) -> None:
    for cell, width in zip(sheet[1], widths, strict=True):
        cell.font, cell.fill = Font(bold=True), SHADE
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"


def _guide(sheet: Worksheet) -> None:
    """What may stand in each column, in both languages."""
    _append(sheet, ("column", "required", "en", "fr", "format", "list"))
    for lang in LANGUAGES:
        for rule in wording()["rules"][lang]:
            _append(sheet, ("", "", rule if lang == "en" else "", rule if lang == "fr" else "", "", ""))
    for name in accounts.COLUMNS:
        label = wording()["columns"][name]
        required = "yes" if name in accounts.REQUIRED else ""
        _append(sheet, (name, required, label["en"], label["fr"], _format(name), lists().get(name, "")))
    _head(sheet, [28, 10, 70, 70, 26, 24])
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)


def _format(name: str) -> str:
    if name in accounts.DATES:
        return "2026-03-31"
    if name in accounts.NUMBERS:
        return "0, 1, 2 …"
    return "code;code" if name in accounts.MANY_CODES or name in ("nexus_types", "alleged_parties") else ""


def _codes(sheet: Worksheet) -> dict[str, str]:
    """All codes that may be used, list by list; returns where the codes of each list stand."""
    _append(sheet, ("list", "code", "en", "fr", "definition en", "definition fr"))
    ranges: dict[str, str] = {}
    for name in sorted({*lists().values(), "nexus_directness"}):
        first = sheet.max_row + 1
        for entry in vocabulary.load(name).codes:
            if entry.valid_to is None:
                words = [entry.label["en"], entry.label["fr"], entry.definition["en"], entry.definition["fr"]]
                _append(sheet, (name, entry.code, *words))
        ranges[name] = f"{CODES}!$B${first}:$B${sheet.max_row}"
    _head(sheet, [24, 30, 44, 44, 70, 70])
    return ranges


def _validate(sheet: Worksheet, ranges: Mapping[str, str]) -> None:
    """Lists to choose from, in the columns that hold one code."""
    single = accounts.ONE_CODE | dict.fromkeys(accounts.YES_NO, "yes_no_unknown")
    for position, name in enumerate(accounts.COLUMNS, start=1):
        if name in single:
            rule = DataValidation(type="list", formula1=ranges[single[name]], allow_blank=True, showErrorMessage=True)
            rule.error = wording()["columns"][name]["en"][:200]
            column = get_column_letter(position)
            rule.add(f"{column}2:{column}{ROWS_WITH_LISTS + 1}")
            sheet.add_data_validation(rule)


def read(content: bytes, encoding: str = "") -> Table:
    """A filled-in template, as XLSX or as delimited text; its example rows are stepped over."""
    if content.startswith(MAGIC):
        table = read_xlsx(content, sheet=SHEET)
    else:
        table = read_delimited(content, encoding=encoding)
    check_columns(table, list(accounts.REQUIRED))
    strange = [name for name in table.columns if name not in accounts.COLUMNS]
    if strange:
        cells = ", ".join(f"{table.letters[name]}{table.header}" for name in strange)
        raise FileRefused(_("These headings are not columns of the template: cells %(cells)s.") % {"cells": cells})
    rows = [row for row in table.rows if not str(row.cells.get("their_reference", "")).startswith(EXAMPLE)]
    return replace(table, rows=rows)
