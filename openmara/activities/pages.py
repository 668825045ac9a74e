"""Prepares registers and the inventory for pages: every wording and every state is settled here."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from openmara import forms, vocabulary
from openmara.activities import queries, registers, rules
from openmara.activities.models import RegisterEntry
from openmara.activities.paging import Page
from openmara.activities.registers import Register
from openmara.forms import UNKNOWN, PageField, Question, QuestionType
from openmara.forms.form import UNKNOWN_SUFFIX

BLANK = "–"
PROVINCE = 4  # letters and digits of a province's p-code
PAGE_KEY = re.compile(r"page-[0-9a-f]{32}")


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """What components/table.html draws."""

    id: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Filter:
    """One field of a row of filters, as components/field.html draws it."""

    name: str
    label: str
    kind: str = "select"
    value: str = ""
    choices: Sequence[Choice] = ()
    no_blank: bool = True

    @property
    def id(self) -> str:
        return f"f-{self.name}"


def language() -> str:
    return (get_language() or "en")[:2]


def choose(name: str, label: str, value: str, options: Iterable[tuple[str, str]]) -> Filter:
    """A filter over codes, with none chosen first."""
    listed = [("", _("No restriction")), *options]
    return Filter(name, label, value=value, choices=[Choice(code, text, code == value) for code, text in listed])


def quarter_text(key: str) -> str:
    return _("Q%(quarter)s %(year)s") % {"quarter": key[5:], "year": key[:4]}


def day_text(day: date) -> str:
    return formats.date_format(day, "j F Y")


# -- registers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterLine:
    """One register in the list of registers."""

    name: str
    title: str
    purpose: str
    counts: Sequence[int]
    total: int
    last_day: date | None
    last_recorded: Any


def recent_quarters(today: date) -> list[str]:
    """The running quarter and the three before it, oldest first."""
    index = today.year * 4 + (today.month - 1) // 3
    return [f"{one // 4}Q{one % 4 + 1}" for one in range(index - 3, index + 1)]


def register_lines(found: Sequence[queries.Overview], quarters: Sequence[str]) -> list[RegisterLine]:
    lang = language()
    lines = [
        RegisterLine(
            one.register.name, one.register.title[lang], one.register.purpose[lang], [one.by_quarter.get(key, 0) for key in quarters],
            one.total, one.last_day, one.last_recorded,
        )
        for one in found
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.title.casefold())


def entry_filters(register: Register, given: Mapping[str, str], quarters: Sequence[str], areas: Mapping[str, str]) -> list[Filter]:
    """Quarter, province where the register has one, and the questions its definition names."""
    lang = language()
    found = [choose("quarter", _("Quarter"), given.get("quarter", ""), [(key, quarter_text(key)) for key in quarters])]
    provinces = sorted(((code, name) for code, name in areas.items() if len(code) == 4), key=lambda pair: pair[1].casefold())
    if register.adm1 and provinces:
        found.append(choose("adm1", _("Province"), given.get("adm1", ""), provinces))
    for name in register.filters:
        options = [(one.code, one.label[lang]) for one in register.form.by_name[name].choices]
        found.append(choose(name, register.heading(name, lang), given.get(name, ""), options))
    return found


def entry_table(register: Register, page: Page[RegisterEntry], areas: Mapping[str, str], mission_code: str) -> Table:
    """The entries of one page: day, place, and the answers the definition names; no free text."""
    lang = language()
    places = [name for name in (register.adm1, register.adm2) if name]
    columns = [Column(_("Day")), *(Column(label) for label in (_("Province"), _("District"))[: len(places)])]
    columns += [Column(register.heading(name, lang), _is_number(register, name)) for name in register.shown]
    rows = []
    for row in page.rows:
        href = reverse("register-entry", args=[mission_code, register.name, row.id])
        cells = [Cell(day_text(row.occurred_on).replace(" ", "\u00a0"), href)]
        cells += [Cell(area_text(code, areas)) for code in (row.adm1, row.adm2)[: len(places)]]
        cells += [Cell(answer_text(register, name, row.data, lang), numeric=_is_number(register, name)) for name in register.shown]
        rows.append(cells)
    return Table("entries", _("Entries, latest day first"), columns, rows)


def shown_text(count: int) -> str:
    return ngettext("%(n)d entry on this page", "%(n)d entries on this page", count) % {"n": count}


def area_text(code: str, areas: Mapping[str, str]) -> str:
    return f"{areas[code]} ({code})" if code in areas else code or BLANK


def _is_number(register: Register, name: str) -> bool:
    kind = register.form.by_name[name].type
    return kind in (QuestionType.INTEGER, QuestionType.DECIMAL) or (kind is QuestionType.CALCULATE and name.endswith("_total"))


def answer_text(register: Register, name: str, data: Mapping[str, Any], lang: str) -> str:
    """An answer in words: blank is a dash, unknown is said, zero is a zero."""
    value, question = data.get(name), register.form.by_name[name]
    if value is None:
        return BLANK
    if question.choices:
        labels = {choice.code: choice.label[lang] for choice in question.choices}
        return ", ".join(labels.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value]))
    if isinstance(value, str):
        return _written(question, value, lang)
    return formats.number_format(Decimal(str(value)), use_l10n=True, force_grouping=True)


def _written(question: Question, value: str, lang: str) -> str:
    if value == UNKNOWN:
        return _("Not known")
    if question.type is QuestionType.DATE:
        return day_text(date.fromisoformat(value))
    if question.type is QuestionType.CALCULATE and value in vocabulary.codes("yes_no_unknown"):
        return vocabulary.label("yes_no_unknown", value, lang)
    return value


@dataclass(frozen=True)
class Section:
    """Questions that belong together, under the form's own heading."""

    id: str
    title: str
    hint: str
    fields: Sequence[PageField]


@dataclass(frozen=True)
class EntryPage:
    """The page of a new entry: what was typed, and what was refused."""

    register: Register
    key: str
    sent: Mapping[str, object]
    fields: Sequence[PageField]
    sections: Sequence[Section]
    areas: Mapping[str, str]
    general: str = ""

    def refused(self, problem: rules.EntriesRefused) -> "EntryPage":
        """The same page with every refusal beside its question."""
        errors: dict[str, tuple[str, ...]] = {}
        for cell in problem.cells:
            errors[cell.column] = (*errors.get(cell.column, ()), cell.text)
        return _page(self.register, self.key, self.sent, errors, self.areas)

    def refused_whole(self, reason: str) -> "EntryPage":
        return replace(self, general=reason)

    @property
    def refusals(self) -> list[PageField]:
        return [one for one in self.fields if one.error]

    @property
    def keys(self) -> list[str] | None:
        """The page's key, so that sending it twice records once; a register with a key of its own needs none."""
        return None if self.register.key else [self.key]


def entry_page(register: Register, areas: Mapping[str, str], sent: QueryDict | None = None) -> EntryPage:
    """An empty page, or the page as it was sent."""
    if sent is None:
        return _page(register, f"page-{uuid.uuid4().hex}", {}, {}, areas)
    key = str(sent.get(registers.ENTRY_KEY, ""))
    return _page(register, key if PAGE_KEY.fullmatch(key) else f"page-{uuid.uuid4().hex}", _answers(register, sent), {}, areas)


def _answers(register: Register, sent: QueryDict) -> dict[str, object]:
    found: dict[str, object] = {}
    for question in register.form.answered:
        name = question.name
        found[name] = sent.getlist(name) if question.type is QuestionType.SELECT_MULTIPLE else sent.get(name, "")
        if question.may_be_unknown:
            found[name + UNKNOWN_SUFFIX] = sent.get(name + UNKNOWN_SUFFIX, "")
    return found


def _page(
    register: Register, key: str, sent: Mapping[str, object], errors: Mapping[str, tuple[str, ...]], areas: Mapping[str, str]
) -> EntryPage:
    drawn = forms.page_fields(register.form, language(), sent, errors)
    fields = [_place_field(register, one, areas) if one.name in (register.adm1, register.adm2) else one for one in drawn]
    groups = groupby(fields, key=lambda one: (one.group, one.group_hint))
    sections = [Section(f"s-{number}", title, hint, list(some)) for number, ((title, hint), some) in enumerate(groups)]
    return EntryPage(register, key, sent, fields, sections, areas)


def _place_field(register: Register, field: PageField, areas: Mapping[str, str]) -> PageField:
    """Province or district chosen by name, with its p-code as the value; a mission without areas types the code."""
    provinces = {code: name for code, name in areas.items() if len(code) == PROVINCE}
    listed = {code: f"{provinces.get(code[:PROVINCE], code)} – {name}" for code, name in areas.items() if len(code) > PROVINCE}
    options = provinces if field.name == register.adm1 else listed
    if not options:
        return field
    ordered = sorted(options.items(), key=lambda pair: pair[1].casefold())
    choices = tuple(forms.PageChoice(f"{field.id}-{number}", code, name, code == field.value) for number, (code, name) in enumerate(ordered, 1))
    if field.name == register.adm1:
        return replace(field, kind="select", label=_("Province"), hint="", choices=choices)
    wrong = _("Choose a district of the province chosen above.") if field.error else ""
    return replace(field, kind="select", label=_("District"), hint="", choices=choices, error=wrong)


@dataclass(frozen=True)
class Fact:
    label: str
    text: str


def entry_facts(register: Register, file: queries.EntryFile, areas: Mapping[str, str]) -> list[Fact]:
    """Every answer of one entry in the order of the form, free text only where the reader may have it."""
    lang, facts = language(), []
    for question in register.form.survey:
        if question.name in register.sensitive and file.texts is not None:
            facts.append(Fact(register.label(question.name, lang), file.texts.get(question.name) or BLANK))
        elif question.name in (register.adm1, register.adm2) and question.name:
            facts.append(Fact(register.label(question.name, lang), area_text(str(file.entry.data.get(question.name) or ""), areas)))
        elif question.name not in register.sensitive and (question.is_answered or question.name in register.computed):
            facts.append(Fact(register.label(question.name, lang), answer_text(register, question.name, file.entry.data, lang)))
    return facts
