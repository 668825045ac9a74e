"""What a form is: its settings, its survey rows and its choices, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

LANGUAGES = ("en", "fr")
"""Every form speaks these two languages; a missing text refuses the form."""

UNKNOWN = "unknown"
"""Asked, and not known. Never the same as blank (not stated) or 0 (none)."""

UNKNOWN_SUFFIX = "_unknown"
"""A number that may be unknown gets a companion answer of this name in XForms and on pages."""

Text = Mapping[str, str]
Limit = int | Decimal | date


class QuestionType(StrEnum):
    """The XLSForm row types that OpenMARA supports (the type steers the program, so it is an enumeration)."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    NOTE = "note"
    CALCULATE = "calculate"
    BEGIN_GROUP = "begin group"
    END_GROUP = "end group"


SELECTS = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE})
NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL})
ANSWERED = frozenset({QuestionType.TEXT, QuestionType.DATE}) | SELECTS | NUMBERS


def in_language(text: Text, lang: str) -> str:
    """Return the text in a language, or in English where that language has none yet."""
    return text.get(lang) or text.get("en", "")


@dataclass(frozen=True)
class Choice:
    """One answer a person may choose."""

    code: str
    label: Text


@dataclass(frozen=True)
class Question:
    """One survey row. `groups` names the groups around it, outermost first."""

    type: QuestionType
    name: str
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Text = field(default_factory=dict)
    calculation: str = ""
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: Limit | None = None
    maximum: Limit | None = None
    may_be_unknown: bool = False
    sensitive: bool = False
    multiline: bool = False
    groups: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Say whether a person gives an answer here (not for notes, groups and calculations)."""
        return self.type in ANSWERED

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes a person may choose from."""
        return tuple(choice.code for choice in self.choices)


@dataclass(frozen=True)
class Form:
    """A form as its text file states it."""

    id: str
    version: str
    title: Text
    survey: tuple[Question, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Question]:
        """Return every named row, groups included."""
        return {row.name: row for row in self.survey if row.type is not QuestionType.END_GROUP}

    @cached_property
    def answered(self) -> tuple[Question, ...]:
        """Return the questions a person answers, in the order of the form."""
        return tuple(row for row in self.survey if row.is_answered)
