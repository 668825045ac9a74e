"""Prepares a form for a page drawn on the server: every wording and every state is settled here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openmara.forms.answers import is_blank
from openmara.forms.form import UNKNOWN, UNKNOWN_SUFFIX, Form, Question, QuestionType, in_language
from openmara.forms.messages import message

_KINDS: Mapping[QuestionType, str] = {
    QuestionType.TEXT: "input",
    QuestionType.INTEGER: "number",
    QuestionType.DECIMAL: "number",
    QuestionType.DATE: "date",
    QuestionType.SELECT_ONE: "select",
    QuestionType.SELECT_MULTIPLE: "checkboxes",
    QuestionType.NOTE: "note",
}


@dataclass(frozen=True)
class PageChoice:
    """One choice as a page shows it."""

    id: str
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class PageField:
    """One question as a page shows it; `kind` is input, textarea, number, date, select, checkboxes or note.

    `unknown_name` is the name of the tick box beside a number that may be unknown, and empty otherwise.
    `required` is said to the person; only where `always_required` may the browser insist, because a page without
    JavaScript shows questions that may not apply, and a number may be unknown instead.
    """

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    group: str = ""
    group_hint: str = ""
    required: bool = False
    always_required: bool = False
    value: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    choices: tuple[PageChoice, ...] = ()
    unknown_name: str = ""
    unknown_label: str = ""
    unknown_selected: bool = False
    error: str = ""


def page_fields(
    form: Form,
    lang: str,
    values: Mapping[str, object],
    errors: Mapping[str, tuple[str, ...]] | None = None,
) -> list[PageField]:
    """Return the fields of a form in order, with what was typed and what was refused; calculations never show."""
    refused = errors or {}
    return [
        _field(form, question, lang, values, " ".join(refused.get(question.name, ())))
        for question in form.survey
        if question.type in _KINDS
    ]


def _field(form: Form, question: Question, lang: str, values: Mapping[str, object], error: str) -> PageField:
    raw = values.get(question.name)
    is_unknown = question.may_be_unknown and (
        raw == UNKNOWN or not is_blank(values.get(question.name + UNKNOWN_SUFFIX))
    )
    group = form.by_name[question.groups[-1]] if question.groups else None
    selects = bool(question.choices)
    return PageField(
        id=f"q-{question.name}",
        name=question.name,
        kind="textarea" if question.multiline else _KINDS[question.type],
        label=in_language(question.label, lang),
        hint=in_language(question.hint, lang),
        group=in_language(group.label, lang) if group else "",
        group_hint=in_language(group.hint, lang) if group else "",
        required=question.required,
        always_required=question.required
        and not question.may_be_unknown
        and not _may_not_apply(form, question),
        value="" if selects or is_unknown else _shown(raw),
        minimum=_shown(question.minimum),
        maximum=_shown(question.maximum),
        step={QuestionType.INTEGER: "1", QuestionType.DECIMAL: "any"}.get(question.type, ""),
        choices=_choices(question, lang, raw),
        unknown_name=question.name + UNKNOWN_SUFFIX if question.may_be_unknown else "",
        unknown_label=message("unknown_label", lang) if question.may_be_unknown else "",
        unknown_selected=is_unknown,
        error=error,
    )


def _may_not_apply(form: Form, question: Question) -> bool:
    return any(row.relevant for row in (question, *(form.by_name[name] for name in question.groups)))


def _choices(question: Question, lang: str, raw: object) -> tuple[PageChoice, ...]:
    chosen = _chosen(raw)
    return tuple(
        PageChoice(
            f"q-{question.name}-{number}", choice.code, in_language(choice.label, lang), choice.code in chosen
        )
        for number, choice in enumerate(question.choices, start=1)
    )


def _chosen(raw: object) -> frozenset[str]:
    if isinstance(raw, str):
        return frozenset(raw.replace(";", " ").split())
    if isinstance(raw, Iterable):
        return frozenset(str(code) for code in raw)
    return frozenset() if raw is None else frozenset({str(raw)})


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    return ""
