"""Reads a form from its TOML text and refuses what the project could not check, translate or protect."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.forms.form import LANGUAGES, SELECTS, Choice, Form, Question, QuestionType, Text
from openmara.forms.soundness import problems_of

_FORM_KEYS = frozenset({"id", "version", "title"})
_ROW_KEYS = frozenset(
    "type name label hint required relevant constraint constraint_message calculation"
    " min max unknown sensitive multiline".split()
)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_VOCABULARY = "vocabulary:"


class FormRefused(NotValid):
    """A form's text is not sound; `problems` names each question and what is wrong with it."""


class _Broken(ValueError):
    """One row or list cannot be read at all."""


def read(path: Path | str) -> Form:
    """Read a form from a folder that holds form.toml, or from one file; refuse it with every problem named."""
    file = Path(path)
    if file.is_dir():
        file = file / "form.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FormRefused(f"{file.name} cannot be read: {reason}") from error
    problems: dict[str, str] = {}
    form = _form(content, problems)
    for name, problem in problems_of(form):
        problems.setdefault(name, problem)
    if problems:
        lines = "\n".join(f"{name}: {problem}" for name, problem in problems.items())
        raise FormRefused(f"The form in {file.parent.name}/{file.name} is refused.\n{lines}", problems)
    return form


def _form(content: Mapping[str, Any], problems: dict[str, str]) -> Form:
    settings = content.get("form", {})
    for key in [*(set(content) - {"form", "survey", "choices"}), *(set(settings) - _FORM_KEYS)]:
        problems[key] = "is not a known part of a form"
    lists: dict[str, tuple[Choice, ...]] = {}
    for name, stated in content.get("choices", {}).items():
        try:
            lists[name] = _choices(stated)
        except (_Broken, LookupError) as error:
            problems[f"choices.{name}"] = str(error)
    title = _languages(settings, "title", problems, "form")
    survey = tuple(_survey(content.get("survey", []), lists, problems))
    return Form(str(settings.get("id", "")), str(settings.get("version", "")), title, survey)


def _choices(stated: object) -> tuple[Choice, ...]:
    """Return a list written in the form, or the codes of a vocabulary that are still valid."""
    if isinstance(stated, str) and stated.startswith(_VOCABULARY):
        codes = vocabulary.load(stated.removeprefix(_VOCABULARY)).codes
        return tuple(Choice(code.code, code.label) for code in codes if code.valid_to is None)
    if not isinstance(stated, list) or not stated:
        raise _Broken("is neither a list of choices nor 'vocabulary:NAME'")
    found = []
    for row in stated:
        code, label = (row.get("code"), row.get("label")) if isinstance(row, dict) else (None, None)
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise _Broken("has a choice without a code of letters, digits, '_', '-' or '.'")
        if not isinstance(label, dict) or any(not label.get(lang) for lang in LANGUAGES):
            raise _Broken(f"choice {code} has no label in {' and '.join(LANGUAGES)}")
        found.append(Choice(code, label))
    if len({choice.code for choice in found}) < len(found):
        raise _Broken("states a code twice")
    return tuple(found)


def _survey(
    rows: list[dict[str, Any]], lists: Mapping[str, tuple[Choice, ...]], problems: dict[str, str]
) -> Iterator[Question]:
    groups: list[str] = []
    for number, row in enumerate(rows, start=1):
        name = str(row.get("name", "")) or f"row {number}"
        try:
            question = _question(row, lists, tuple(groups), problems)
        except _Broken as error:
            problems.setdefault(name, str(error))
            continue
        if question.type is QuestionType.BEGIN_GROUP:
            groups.append(question.name)
        elif question.type is QuestionType.END_GROUP:
            if not groups:
                problems.setdefault(name, "ends a group that was not begun")
            groups = groups[:-1]
        yield question
    for name in groups:
        problems.setdefault(name, "begins a group that is not ended")


def _question(
    row: Mapping[str, Any],
    lists: Mapping[str, tuple[Choice, ...]],
    groups: tuple[str, ...],
    problems: dict[str, str],
) -> Question:
    kind, list_name = _type(row)
    name = str(row.get("name", ""))
    strange = set(row) - _ROW_KEYS
    if strange:
        raise _Broken(f"has {', '.join(sorted(strange))}, which is not known")
    if list_name and list_name not in lists:
        raise _Broken(f"uses the list {list_name}, which the form does not state")
    if kind is QuestionType.END_GROUP:
        return Question(type=kind, name=name, groups=groups)
    needs_label = kind is not QuestionType.CALCULATE
    return Question(
        type=kind,
        name=name,
        label=_languages(row, "label", problems, name) if needs_label or "label" in row else {},
        hint=_languages(row, "hint", problems, name) if "hint" in row else {},
        required=_flag(row, "required"),
        relevant=_expression(row, "relevant"),
        constraint=_expression(row, "constraint"),
        constraint_message=_message(row, problems, name),
        calculation=_expression(row, "calculation"),
        list_name=list_name,
        choices=lists.get(list_name, ()),
        minimum=_limit(row, "min", kind),
        maximum=_limit(row, "max", kind),
        may_be_unknown=_flag(row, "unknown"),
        sensitive=_flag(row, "sensitive"),
        multiline=_flag(row, "multiline"),
        groups=groups,
    )


def _type(row: Mapping[str, Any]) -> tuple[QuestionType, str]:
    stated = " ".join(str(row.get("type", "")).split())
    word, _, rest = stated.partition(" ")
    if word in SELECTS:
        if not rest:
            raise _Broken(f"{word} names no list of choices")
        return QuestionType(word), rest
    try:
        return QuestionType(stated.replace("_group", " group")), ""
    except ValueError:
        raise _Broken(f"has the type {stated!r}, which is not supported") from None


def _languages(row: Mapping[str, Any], key: str, problems: dict[str, str], name: str) -> Text:
    text = row.get(key, {})
    missing = [
        lang for lang in LANGUAGES if not isinstance(text, dict) or not str(text.get(lang, "")).strip()
    ]
    if missing:
        problems.setdefault(name, f"has no {key} in {' and '.join(missing)}")
        return {}
    return {lang: str(words) for lang, words in text.items()}


def _message(row: Mapping[str, Any], problems: dict[str, str], name: str) -> Text:
    """A constraint without a message in every language leaves a person in front of a bare refusal."""
    if "constraint" not in row and "constraint_message" not in row:
        return {}
    return _languages(row, "constraint_message", problems, name)


def _flag(row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise _Broken(f"{key} must be true or false")
    return value


def _expression(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise _Broken(f"{key} must be an expression in quotes")
    return " ".join(value.split())


def _limit(row: Mapping[str, Any], key: str, kind: QuestionType) -> int | Decimal | date | None:
    value = row.get(key)
    allowed: dict[QuestionType, tuple[type, ...]] = {
        QuestionType.INTEGER: (int,),
        QuestionType.DECIMAL: (int, Decimal),
        QuestionType.DATE: (date,),
    }
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, allowed.get(kind, ())):
        raise _Broken(f"{key} does not fit the type {kind}")
    return value  # type: ignore[no-any-return]  # narrowed by the table above
