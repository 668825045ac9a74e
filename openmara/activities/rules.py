"""Rules of register entries and of the inventory, pure: rows in, entries or one problem per cell out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from openmara import forms
from openmara.activities import registers
from openmara.activities.inventory import ActivityRecord
from openmara.activities.registers import ENTRY_KEY, Register
from openmara.errors import NotValid


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell: the entry's number (1 is the first), the column, and why in words."""

    row: int
    column: str
    text: str


class EntriesRefused(NotValid):
    """Not one entry was kept. `cells` has one problem per cell; `problems` the same by `row:column`."""

    def __init__(self, cells: Sequence[CellProblem]) -> None:
        super().__init__(
            _("Nothing was recorded: some answers cannot be accepted."), {f"{one.row}:{one.column}": one.text for one in cells}
        )
        self.cells = tuple(cells)


@dataclass(frozen=True)
class Entry:
    """One accepted entry. `data` goes into frames; `texts` is free text and never does."""

    entry_key: str
    occurred_on: date
    adm1: str
    adm2: str
    data: Mapping[str, Any]
    texts: Mapping[str, str]

    def content(self) -> bytes:
        """Everything stated, as bytes to compare by."""
        return canonical({"data": self.data, "texts": self.texts})


def canonical(value: object) -> bytes:
    """One way of writing a value, so that equal answers are equal bytes."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def quarter_of(day: date) -> str:
    """`2026Q3` of a day."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def check_columns(register: Register, given: Iterable[object]) -> list[CellProblem]:
    """A heading the register does not ask, one given twice, and a question that is required but has no column (row 0)."""
    headings = [str(one or "") for one in given]
    expected = registers.columns(register)
    found = [CellProblem(0, one, _("The register has no such column.")) for one in headings if one and one not in expected]
    found += [CellProblem(0, one, _("This column stands here twice.")) for one, count in Counter(headings).items() if one and count > 1]
    needed = [question.name for question in register.form.answered if question.required and question.name not in headings]
    return found + [CellProblem(0, one, _("This column is missing.")) for one in needed]


def read_entries(
    register: Register, rows: Iterable[Mapping[str, object]], *, areas: frozenset[str], today: date, lang: str
) -> list[Entry]:
    """All entries, or a refusal that names every cell. `areas` are the mission's p-codes; none loaded, none checked."""
    form, entries, problems = registers.sheet_form(register), [], []
    seen: dict[str, int] = {}
    alike: Counter[str] = Counter()
    for number, row in enumerate(rows, start=1):
        checked = forms.check(form, row, lang, today=today)
        found = [CellProblem(number, column, text) for column, texts in checked.errors.items() for text in texts[:1]]
        found += [CellProblem(number, *one) for one in _strange_areas(register, checked, areas)]
        if not found:
            entry = _entry(register, checked, alike)
            if entry.entry_key in seen:
                words = _("Entry %(number)s of the same file has this key already.") % {"number": seen[entry.entry_key]}
                found = [CellProblem(number, ENTRY_KEY if not register.key else register.key[0], words)]
            seen.setdefault(entry.entry_key, number)
            entries.append(entry)
        problems += found
    if problems:
        raise EntriesRefused(problems)
    return entries


def _strange_areas(register: Register, checked: forms.Checked, areas: frozenset[str]) -> Iterable[tuple[str, str]]:
    for column in filter(None, (register.adm1, register.adm2)):
        code = checked.values.get(column)
        if areas and code is not None and code not in areas:
            yield column, _("The mission has no area of this code.")


def _entry(register: Register, checked: forms.Checked, alike: Counter[str]) -> Entry:
    stated = checked.as_json()
    key = stated.pop(ENTRY_KEY, "")
    texts = {name: stated.pop(name) for name in sorted(register.sensitive & set(stated))}
    return Entry(
        entry_key=key or _key_of(register, stated, alike),
        occurred_on=date.fromisoformat(stated[register.date]),
        adm1=stated.get(register.adm1, ""),
        adm2=stated.get(register.adm2, ""),
        data=stated,
        texts=texts,
    )


def _key_of(register: Register, stated: Mapping[str, Any], alike: Counter[str]) -> str:
    """The register's own key; where it has none, a hash of the answers, numbered where several entries are alike."""
    if register.key:
        return "/".join(str(stated[name]) for name in register.key)
    mark = hashlib.sha256(canonical(stated)).hexdigest()[:24]
    alike[mark] += 1
    return f"{mark}-{alike[mark]}"


def changed_columns(before: Mapping[str, Any], entry: Entry) -> tuple[str, ...]:
    """Which answers differ; `text` where only free text does, which is not compared word by word."""
    names = sorted(name for name in {*before, *entry.data} if before.get(name) != entry.data.get(name))
    return tuple(names) or ("text",)


@dataclass(frozen=True)
class PageCount:
    """What one inventory page gave: passages, how many of them stand elsewhere too, and the parts they were split into."""

    page: str
    passages: int
    repeated: int
    parts: int


def count_pages(pages: Iterable[str], records: Sequence[ActivityRecord]) -> list[PageCount]:
    """Counts per page; a passage counts on every page where it stands, and is kept once."""
    whole = [record for record in records if not record.part_of]
    split = Counter(record.part_of for record in records if record.part_of)
    found = []
    for page in pages:
        here = [record for record in whole if any(place.page == page for place in record.occurrences)]
        repeated = sum(len(record.occurrences) > 1 for record in here)
        found.append(PageCount(page, len(here), repeated, sum(split[record.activity_id] for record in here)))
    return found

