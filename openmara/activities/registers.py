"""Finds the registers: one folder each, with what it asks (form.toml) and what it is for (definition.toml). Plain Python."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from openmara import forms

FOLDER = Path(__file__).with_name("registers")
ENTRY_KEY = "entry_key"
Text = Mapping[str, str]


@dataclass(frozen=True)
class Register:
    """A register: its form, the questions that date, place and identify an entry, what lists of it show, and the roles that enter it."""

    name: str
    form: forms.Form
    title: Text
    purpose: Text
    entry: Text
    date: str
    adm1: str
    adm2: str
    key: tuple[str, ...]
    shown: tuple[str, ...]
    filters: tuple[str, ...]
    computed: Mapping[str, Text]
    headings: Mapping[str, Text]
    components: tuple[str, ...]
    entered_by: tuple[str, ...]
    indicators: tuple[str, ...]

    @property
    def sensitive(self) -> frozenset[str]:
        """Questions whose answers are free text and are kept apart."""
        return frozenset(question.name for question in self.form.answered if question.sensitive)

    def label(self, name: str, lang: str) -> str:
        """What a column is called: the question's own words, or those of the definition for a calculation."""
        text = self.computed.get(name) or self.form.by_name[name].label
        return text.get(lang) or text.get("en", name)

    def heading(self, name: str, lang: str) -> str:
        """What the column is called in a list, where a question would be too long for its head."""
        return self.headings[name][lang] if name in self.headings else self.label(name, lang)


def names() -> tuple[str, ...]:
    """Names of every register there is: a folder with a form and a definition."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob("*/definition.toml") if (file.parent / "form.toml").exists()))


def find(name: str) -> Register | None:
    """A register by name; None for a name that is none, so no name ever becomes a path."""
    return _read(name) if name in names() else None


def every() -> tuple[Register, ...]:
    """All registers, by name."""
    return tuple(_read(name) for name in names())


def sheet_form(register: Register) -> forms.Form:
    """The form as a spreadsheet asks it: the key of the entry first, then the questions."""
    return replace(register.form, survey=(_key_question(), *register.form.survey))


def columns(register: Register) -> tuple[str, ...]:
    """Header row of the register's spreadsheet."""
    return forms.template_columns(sheet_form(register))


@cache
def _read(name: str) -> Register:
    folder = FOLDER / name
    stated: dict[str, Any] = tomllib.loads((folder / "definition.toml").read_text("utf-8"))
    return Register(
        name=name, form=forms.read(folder), title=stated["title"], purpose=stated["purpose"], entry=stated["entry"],
        date=stated["date"], adm1=stated.get("adm1", ""), adm2=stated.get("adm2", ""), key=tuple(stated.get("key", ())),
        shown=tuple(stated.get("shown", ())), filters=tuple(stated.get("filters", ())), computed=stated.get("computed", {}),
        headings=stated.get("headings", {}),
        components=tuple(stated["components"]), entered_by=tuple(stated["entered_by"]), indicators=tuple(stated["indicators"]),
    )  # fmt: skip


@cache
def _key_question() -> forms.Question:
    stated = tomllib.loads((FOLDER / "key.toml").read_text("utf-8"))
    return forms.Question(
        type=forms.QuestionType.TEXT, name=stated["name"], label=stated["label"], hint=stated["hint"],
        constraint=f"regex(., '{stated['pattern']}')", constraint_message=stated["message"],
    )  # fmt: skip
