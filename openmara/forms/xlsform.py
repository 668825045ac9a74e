"""Writes a form as an XLSForm workbook and as an XForm. Source: XLSForm specification; pyxform 4.5."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.styles import Font
from pyxform.xls2xform import convert

from openmara.forms.checking import limits_key
from openmara.forms.form import (
    LANGUAGES,
    SELECTS,
    UNKNOWN,
    UNKNOWN_SUFFIX,
    Form,
    Limit,
    Question,
    QuestionType,
    Text,
)
from openmara.forms.messages import message

Row = dict[str, str]
Sheets = dict[str, list[Row]]

HEADINGS = {"en": "English (en)", "fr": "Français (fr)"}
_UNKNOWN_LIST = "openmara_unknown"


def to_xlsform(form: Form) -> Sheets:
    """Return the rows of the sheets survey, choices and settings, by column name."""
    survey: list[Row] = []
    lists: dict[str, list[Row]] = {}
    for question in form.survey:
        survey.append(_survey_row(question))
        if question.list_name:
            lists.setdefault(question.list_name, _choice_rows(question))
        if question.may_be_unknown:
            survey.append(_unknown_row(question))
            lists.setdefault(_UNKNOWN_LIST, [_unknown_choice()])
    choices = [row for rows in lists.values() for row in rows]
    return {"survey": _in_one_order(survey), "choices": _in_one_order(choices), "settings": [_settings(form)]}


def write_xlsx(form: Form, target: Path | str | IO[bytes]) -> None:
    """Write a form as an XLSForm workbook that opens in any spreadsheet program and in ODK."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in to_xlsform(form).items():
        sheet = book.create_sheet(name)
        columns = _columns(rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.data_type = "s" if cell.value is not None else "n"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.save(target)


def to_xform(form: Form) -> str:
    """Return the form as an XForm for ODK Collect and every OpenRosa client."""
    sheets: dict[str, object] = {name: rows for name, rows in to_xlsform(form).items() if rows}
    result = convert(sheets, validate=False, form_name="data")
    return str(result.xform)


def _in_one_order(rows: list[Row]) -> list[Row]:
    """Give every row the columns in the sheet's order, so that text and workbook become the same XForm."""
    columns = _columns(rows)
    return [{column: row[column] for column in columns if column in row} for row in rows]


def _columns(rows: list[Row]) -> list[str]:
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row))
    return list(columns)


def _settings(form: Form) -> Row:
    title = " / ".join(dict.fromkeys(form.title[lang] for lang in LANGUAGES))
    return {
        "form_title": title,
        "form_id": form.id,
        "version": form.version,
        "default_language": HEADINGS["en"],
    }


def _translated(column: str, text: Text) -> Row:
    return {f"{column}::{HEADINGS[lang]}": text[lang] for lang in LANGUAGES if text.get(lang)}


def _survey_row(question: Question) -> Row:
    kind = str(question.type)
    row: Row = {"type": f"{kind} {question.list_name}" if question.type in SELECTS else kind}
    if question.type is QuestionType.END_GROUP:
        return row
    row |= {
        "name": question.name,
        **_translated("label", question.label),
        **_translated("hint", question.hint),
    }
    row |= _translated("constraint_message", _constraint_message(question))
    # A number that may be unknown is answered here or by its companion, so only the companion can be required.
    parts = {
        "required": "yes" if question.required and not question.may_be_unknown else "",
        "relevant": question.relevant,
        "constraint": _constraint(question),
        "calculation": question.calculation,
        "appearance": "multiline" if question.multiline else "",
    }
    return row | {column: value for column, value in parts.items() if value}


def _unknown_row(question: Question) -> Row:
    """The companion of a number: asked while the number is blank, with `unknown` as its only answer."""
    blank = f"${{{question.name}}} = ''"
    label = {lang: message("unknown_question", lang, label=question.label[lang]) for lang in LANGUAGES}
    row = {
        "type": f"select_one {_UNKNOWN_LIST}",
        "name": question.name + UNKNOWN_SUFFIX,
        **_translated("label", label),
        "relevant": f"({question.relevant}) and {blank}" if question.relevant else blank,
    }
    return row | ({"required": "yes"} if question.required else {})


def _choice_rows(question: Question) -> list[Row]:
    return [
        {"list_name": question.list_name, "name": choice.code, **_translated("label", choice.label)}
        for choice in question.choices
    ]


def _unknown_choice() -> Row:
    label = {lang: message("unknown_label", lang) for lang in LANGUAGES}
    return {"list_name": _UNKNOWN_LIST, "name": UNKNOWN, **_translated("label", label)}


def _constraint(question: Question) -> str:
    """Return the limits and the author's constraint as one expression."""
    limits = [(". >= ", question.minimum), (". <= ", question.maximum)]
    parts = [sign + _limit(limit) for sign, limit in limits if limit is not None]
    if question.constraint:
        parts.append(f"({question.constraint})" if parts else question.constraint)
    return " and ".join(parts)


def _constraint_message(question: Question) -> Text:
    """Return what both the limits and the constraint ask for, in each language."""
    if question.minimum is None and question.maximum is None:
        return question.constraint_message
    key = limits_key(question)
    return {
        lang: " ".join(
            filter(
                None,
                [
                    message(key, lang, minimum=question.minimum, maximum=question.maximum),
                    question.constraint_message.get(lang, ""),
                ],
            )
        )
        for lang in LANGUAGES
    }


def _limit(limit: Limit) -> str:
    return f"date('{limit.isoformat()}')" if isinstance(limit, date) else str(limit)
