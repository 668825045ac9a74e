"""The plain spreadsheet of a form: one column per question, and a guide to what may stand in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from openmara.forms.form import LANGUAGES, UNKNOWN, Form, Question
from openmara.forms.messages import message

ENTRIES = "entries"
GUIDE = "guide"
_SHADE = PatternFill("solid", fgColor="DCE6F1")
_GUIDE_HEADER = ("column", "en", "fr", "type", "required", "code", "code_en", "code_fr")


def template_columns(form: Form) -> tuple[str, ...]:
    """Return the header row: the names of the questions a person answers."""
    return tuple(question.name for question in form.answered)


def write_template(
    form: Form, target: Path | str | IO[bytes], rows: Iterable[Mapping[str, object]] = ()
) -> None:
    """Write the template, with rows if there are any; no cell is ever a formula."""
    book = Workbook()
    entries = book.active
    entries.title = ENTRIES
    columns = template_columns(form)
    _append(entries, columns)
    for row in rows:
        _append(entries, [_cell(row.get(column)) for column in columns])
    _dress(entries, [max(12, len(column) + 2) for column in columns])
    guide = book.create_sheet(GUIDE)
    _append(guide, _GUIDE_HEADER)
    for line in _guide_rows(form):
        _append(guide, line)
    _dress(guide, [22, 44, 44, 16, 10, 22, 34, 34])
    book.save(target)


def _guide_rows(form: Form) -> Iterable[tuple[str, ...]]:
    """One line per question, then one line per code, so that both can be filtered."""
    yield ("", *(message("guide_rule", lang) for lang in LANGUAGES))
    for question in form.answered:
        labels = tuple(_label(question, lang) for lang in LANGUAGES)
        yield (question.name, *labels, str(question.type), "yes" if question.required else "no")
        codes = [(choice.code, *(choice.label[lang] for lang in LANGUAGES)) for choice in question.choices]
        if question.may_be_unknown:
            codes.append((UNKNOWN, *(message("unknown_label", lang) for lang in LANGUAGES)))
        for code in codes:
            yield (question.name, "", "", "", "", *code)


def _label(question: Question, lang: str) -> str:
    hint = question.hint.get(lang, "")
    return f"{question.label[lang]} ({hint})" if hint else question.label[lang]


def _cell(value: object) -> str | int | Decimal | date | None:
    if isinstance(value, list | tuple):
        return ";".join(str(code) for code in value)
    if value is None or isinstance(value, str | int | Decimal | date):
        return value
    return str(value)


def _append(sheet: Worksheet, values: Iterable[Any]) -> None:
    """Append a row; a text that begins with '=' stays a text."""
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.quotePrefix = cell.value.startswith(("=", "+", "-", "@"))


def _dress(sheet: Worksheet, widths: list[int]) -> None:
    sheet.freeze_panes = "A2"
    for cell, width in zip(sheet[1], widths, strict=True):
        cell.font = Font(bold=True)
        cell.fill = _SHADE
        sheet.column_dimensions[cell.column_letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
