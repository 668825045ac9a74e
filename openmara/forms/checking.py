"""Checks a submission against its form: clean typed values, and a refusal per question.

Rules that are not obvious: an answer to a question that does not apply is refused, not dropped (nothing typed is
lost in silence); a calculation that was sent along is ignored and computed again; a question whose condition rests
on a refused answer is judged by its type only, so one mistake gives one message.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from openmara.forms.answers import Answer, AnswerRefused, is_blank, read_answer
from openmara.forms.evaluation import as_text, evaluate, holds
from openmara.forms.expression import references
from openmara.forms.form import NUMBERS, UNKNOWN, UNKNOWN_SUFFIX, Form, Question, QuestionType, in_language
from openmara.forms.messages import message


@dataclass(frozen=True)
class Checked:
    """What became of a submission: a value per question (None = blank), and what was refused."""

    values: Mapping[str, Answer]
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        """Say whether nothing was refused."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """Return the stated values as JSON holds them: ISO dates, plain numbers, lists; blanks left out."""
        return {name: _plain(value) for name, value in self.values.items() if value is not None}


def check(
    form: Form, submission: Mapping[str, object], lang: str = "en", *, today: date | None = None
) -> Checked:
    """Check a submission; `today` is the mission's day where the caller has an injected clock."""
    checking = _Checking(form, submission, lang, today or date.today())
    for question in form.survey:
        checking.take(question)
    checking.refuse_strangers()
    return Checked(checking.values, {name: tuple(found) for name, found in checking.errors.items()})


class _Checking:
    """One pass over the form from top to bottom; expressions only look up, so one pass is enough."""

    def __init__(self, form: Form, submission: Mapping[str, object], lang: str, today: date) -> None:
        self._form = form
        self._submission = submission
        self._lang = lang
        self._today = today
        self._applies: dict[str, bool] = {}
        self._unsure: set[str] = set()
        self.values: dict[str, Answer] = {}
        self.errors: dict[str, list[str]] = {}

    def take(self, question: Question) -> None:
        """Judge one row of the form."""
        if question.type is QuestionType.END_GROUP:
            return
        applies = self._does_apply(question)
        self._applies[question.name] = applies
        if question.type is QuestionType.CALCULATE:
            self.values[question.name] = self._calculated(question) if applies else None
        elif question.is_answered:
            self.values[question.name] = self._answered(question, applies)

    def refuse_strangers(self) -> None:
        """Refuse answers to questions the form does not have."""
        known = {name for name, row in self._form.by_name.items() if name in self.values}
        known |= {row.name + UNKNOWN_SUFFIX for row in self._form.answered if row.may_be_unknown}
        for name, raw in self._submission.items():
            if name not in known and not is_blank(raw):
                self._refuse(str(name), "not_a_question")

    def _does_apply(self, question: Question) -> bool:
        if any(group in self._unsure for group in question.groups) or self._rests_on_unsure(
            question.relevant
        ):
            self._unsure.add(question.name)
            return True
        if not all(self._applies.get(group, True) for group in question.groups):
            return False
        return not question.relevant or holds(question.relevant, self._seen, self._today)

    def _answered(self, question: Question, applies: bool) -> Answer:
        raw = self._raw(question)
        if not applies:
            if not is_blank(raw):
                self._refuse(question.name, "irrelevant")
            return None
        try:
            answer = read_answer(question, raw)
        except AnswerRefused as refusal:
            self._refuse(question.name, refusal.key, **refusal.values)
            return None
        if answer is None:
            if question.required and question.name not in self._unsure:
                self._refuse(question.name, "required")
            return None
        if answer == UNKNOWN and question.type in NUMBERS:
            return answer
        return answer if self._is_within(question, answer) and self._is_allowed(question, answer) else None

    def _raw(self, question: Question) -> object:
        """Return what was sent; a ticked companion means unknown, unless a number stands beside it."""
        raw = self._submission.get(question.name)
        if not question.may_be_unknown:
            return raw
        ticked = not is_blank(self._submission.get(question.name + UNKNOWN_SUFFIX))
        if ticked and not is_blank(raw) and raw != UNKNOWN:
            return (raw, UNKNOWN)
        return UNKNOWN if ticked else raw

    def _is_within(self, question: Question, answer: Answer) -> bool:
        low, high = question.minimum, question.maximum
        too_small = low is not None and answer < low  # type: ignore[operator]  # one type per question
        too_large = high is not None and answer > high  # type: ignore[operator]  # one type per question
        if too_small or too_large:
            self._refuse(question.name, limits_key(question), minimum=low, maximum=high)
            return False
        return True

    def _is_allowed(self, question: Question, answer: Answer) -> bool:
        if not question.constraint or self._rests_on_unsure(question.constraint):
            return True

        def seen(name: str) -> object:
            return self._seen(name) if name else answer

        if holds(question.constraint, seen, self._today):
            return True
        self._note(question.name, in_language(question.constraint_message, self._lang))
        return False

    def _calculated(self, question: Question) -> Answer:
        if self._rests_on_unsure(question.calculation):
            self._unsure.add(question.name)
            return None
        result = evaluate(question.calculation, self._seen, self._today)
        if isinstance(result, float):
            if math.isnan(result):
                return None
            return int(result) if result.is_integer() else Decimal(repr(round(result, 9)))
        if isinstance(result, date):
            return result
        return as_text(result) or None

    def _seen(self, name: str) -> object:
        """An unknown number is as blank to an expression, here and in ODK alike."""
        value = self.values.get(name)
        return None if value == UNKNOWN and self._form.by_name[name].type in NUMBERS else value

    def _rests_on_unsure(self, expression: str) -> bool:
        return bool(expression) and any(name in self._unsure for name in references(expression))

    def _refuse(self, name: str, key: str, **values: object) -> None:
        self._note(name, message(key, self._lang, **values))

    def _note(self, name: str, words: str) -> None:
        self._unsure.add(name)
        self.errors.setdefault(name, []).append(words)


def limits_key(question: Question) -> str:
    """Return the message that states the limits of a question."""
    if question.minimum is None:
        return "too_large"
    return "too_small" if question.maximum is None else "between"


def _plain(value: Answer) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
