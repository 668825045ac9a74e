"""Reads one answer as a page, a spreadsheet or ODK sends it, into a typed value; no guess is ever made."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from openmara.forms.form import NUMBERS, UNKNOWN, Question, QuestionType

Answer = str | int | Decimal | date | tuple[str, ...] | None

LONGEST_TEXT = 5000
_LARGEST = 2_147_483_647  # the integers of XForms have 32 bits
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00(\.0+)?)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class AnswerRefused(ValueError):
    """An answer has the wrong type; the argument is the key of the message."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def is_blank(raw: object) -> bool:
    """Blank means not stated: nothing, spaces only, or an empty list. Zero is not blank."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    if isinstance(raw, float):
        return math.isnan(raw)
    return isinstance(raw, Iterable) and all(is_blank(part) for part in raw)


def read_answer(question: Question, raw: object) -> Answer:
    """Return the typed answer, or None for blank."""
    if is_blank(raw):
        return None
    if question.type in NUMBERS and question.may_be_unknown and raw == UNKNOWN:
        return UNKNOWN
    if question.type is QuestionType.INTEGER:
        return _integer(question, raw)
    if question.type is QuestionType.DECIMAL:
        return _decimal(question, raw)
    if question.type is QuestionType.DATE:
        return _date(raw)
    if question.type is QuestionType.SELECT_ONE:
        return _select_one(question, raw)
    if question.type is QuestionType.SELECT_MULTIPLE:
        return _select_multiple(question, raw)
    return _text(raw)


def _number_key(question: Question) -> str:
    return f"{question.type}_or_unknown" if question.may_be_unknown else str(question.type)


def _written(raw: object) -> str:
    """Return a number or code as it is written; spreadsheets hand over 3.0 for 3, and 0.30000000000000004."""
    if isinstance(raw, float) and math.isfinite(raw):
        return format(Decimal(repr(round(raw, 9))).normalize(), "f")
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        return str(raw)
    return raw.strip() if isinstance(raw, str) else ""


def _integer(question: Question, raw: object) -> int:
    written = _written(raw)
    if not _WHOLE.fullmatch(written) or abs(int(written)) > _LARGEST:
        raise AnswerRefused(_number_key(question))
    return int(written)


def _decimal(question: Question, raw: object) -> Decimal:
    written = _written(raw)
    if not _DECIMAL.fullmatch(written):
        raise AnswerRefused(_number_key(question))
    return Decimal(written)


def _date(raw: object) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time():
            raise AnswerRefused("date")
        return raw.date()
    if isinstance(raw, date):
        return raw
    written = raw.strip() if isinstance(raw, str) else ""
    if not _DAY.fullmatch(written):
        raise AnswerRefused("date")
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        raise AnswerRefused("date") from None


def _select_one(question: Question, raw: object) -> str:
    code = _written(raw[0]) if isinstance(raw, list | tuple) and len(raw) == 1 else _written(raw)
    if code not in question.codes:
        raise AnswerRefused("choice", codes=_listed(question))
    return code


def _select_multiple(question: Question, raw: object) -> tuple[str, ...]:
    """Accept a list of codes, or codes separated by spaces (ODK) or semicolons (our templates)."""
    if isinstance(raw, list | tuple | set | frozenset):
        given = {_written(part) for part in raw if not is_blank(part)}
    else:
        given = set(re.split(r"[\s;]+", _written(raw).strip("; ")))
    if not given or not given <= set(question.codes):
        raise AnswerRefused("choices", codes=_listed(question))
    if UNKNOWN in given and len(given) > 1:
        raise AnswerRefused("unknown_alone")
    return tuple(code for code in question.codes if code in given)


def _listed(question: Question) -> str:
    return ", ".join(question.codes)


def _text(raw: object) -> str:
    written = _written(raw).replace("\r\n", "\n")
    if not written or len(written) > LONGEST_TEXT or _CONTROL.search(written):
        raise AnswerRefused("text", limit=LONGEST_TEXT)
    return written
