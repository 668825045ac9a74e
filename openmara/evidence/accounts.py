"""One account of an event, typed: what a spreadsheet row, a page or a form says once its cells are read.

Blank means not stated, `unknown` was asked and is not known, 0 is none: three things (V13).
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from openmara import vocabulary

TALLY = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
CHILDREN = ("girls", "boys", "child_unknown")
# column -> vocabulary list, for one code; and for several codes separated by ;
ONE_CODE = {
    "source_org_type": "source_org_type", "record_class": "record_class", "date_precision": "date_precision",
    "location_precision": "location_precision", "place_type": "place_type", "time_of_day": "time_of_day",
    "perpetrator_count": "perpetrator_count", "displacement_context": "displacement_context",
    "activity_context": "activity_context", "during_military_operation": "yes_no_unknown",
    "source_category": "source_category", "source_type": "source_type", "source_reliability": "source_reliability",
    "source_credibility": "source_credibility", "consent_basis": "consent_basis", "classification": "classification",
}  # fmt: skip
MANY_CODES = {
    "forms": "crsv_form", "nexus_evidence": "nexus_evidence", "tactic_use": "tactic_use",
    "associated_violations": "associated_violation", "consent_scope": "consent_scope",
}  # fmt: skip
DATES = ("date_from", "date_to", "date_reported", "consent_date")
NUMBERS = (*TALLY, "total", "total_min", "total_max")
YES_NO = ("number_estimated", "child_protection_routed")
TEXTS = ("nexus_note", "narrative_confidential", "narrative_shareable")
REQUIRED = (
    "their_reference", "source_org_type", "record_class", "date_from", "date_precision", "date_reported", "adm1",
    "location_precision", "forms", "alleged_parties", "number_estimated", "source_category", "consent_basis", "classification",
)  # fmt: skip
COLUMNS = (
    "their_reference", "source_org_type", "record_class", "date_from", "date_to", "date_precision", "date_reported",
    "adm1", "adm2", "adm3", "settlement", "location_precision", "place_type", "time_of_day", "forms", "nexus_types",
    "nexus_evidence", "nexus_note", "tactic_use", *TALLY, "total", "number_estimated", "total_min", "total_max",
    "alleged_parties", "perpetrator_count", "associated_violations", "displacement_context", "activity_context",
    "during_military_operation", "source_category", "source_type", "source_reliability", "source_credibility",
    "consent_basis", "consent_scope", "consent_date", "child_protection_routed", "narrative_confidential",
    "narrative_shareable", "classification",
)  # fmt: skip
# An account of context is of another kind of violence: it has no class of record, no forms and no tally, and is never counted.
REQUIRED_OF_CONTEXT = ("their_reference", "source_org_type", "date_from", "date_precision", "date_reported", "location_precision", "classification")
QUALIFIER = re.compile(r"[a-z_]{1,30}")
MAX_TEXT = 10_000
MAX_COUNT = 100_000
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Known:
    """Codes of one mission that a cell may name: areas with parents, settlements with areas, parties by code or name."""

    adm1: frozenset[str]
    adm2: Mapping[str, str]
    adm3: Mapping[str, str]
    settlements: Mapping[str, tuple[str, str, str]]
    parties: Mapping[str, str]


@dataclass(frozen=True)
class Account:
    their_reference: str
    source_org_type: str
    record_class: str
    date_from: date
    date_to: date
    date_precision: str
    date_reported: date
    adm1: str
    location_precision: str
    forms: tuple[str, ...]
    alleged_parties: tuple[str, ...]
    classification: str
    total: int
    number_estimated: bool
    adm2: str = ""
    adm3: str = ""
    settlement: str = ""
    place_type: str = ""
    time_of_day: str = ""
    nexus_types: tuple[str, ...] = ()
    nexus_evidence: tuple[str, ...] = ()
    nexus_note: str = ""
    tactic_use: tuple[str, ...] = ()
    tally: Mapping[str, int | None] = field(default_factory=dict)
    total_min: int | None = None
    total_max: int | None = None
    perpetrator_count: str = ""
    associated_violations: tuple[str, ...] = ()
    displacement_context: str = ""
    activity_context: str = ""
    during_military_operation: str = ""
    source_category: str = ""
    source_type: str = ""
    source_reliability: str = ""
    source_credibility: str = ""
    consent_basis: str = ""
    consent_scope: tuple[str, ...] = ()
    consent_date: date | None = None
    child_protection_routed: bool | None = None
    narrative_confidential: str = ""
    narrative_shareable: str = ""

    @property
    def principal_form(self) -> str:
        """The form that single-count tables use: first in the counting order of the vocabulary, no ranking of harm."""
        order = vocabulary.codes("crsv_form")
        return min(self.forms, key=order.index, default="")  # accounts of context have none

    def sha256(self) -> bytes:
        """Hash of what was stated, so that a second sending is recognised."""
        plain = json.dumps(vars(self), sort_keys=True, default=_plain, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).digest()


def principal_form(forms: Sequence[str]) -> str:
    """The form that single-count tables use: first in the counting order of the vocabulary, which ranks no harm."""
    order = vocabulary.codes("crsv_form")
    return min(forms, key=order.index, default="")


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


@lru_cache(maxsize=20_000)
def _code_of(list_name: str, text: str) -> str | None:
    """Columns repeat the same few words: each is looked up once."""
    return vocabulary.normalise(list_name, text)


class Cells:
    """Reads the cells of one row, collecting one problem per cell."""

    def __init__(self, cells: Mapping[str, object]) -> None:
        self.cells = cells
        self.problems: dict[str, str] = {}
        self._codes: dict[tuple[str, str], str | None] = {}

    def text(self, column: str, limit: int = 200) -> str:
        value = self.cells.get(column)
        out = "" if value is None else str(value).strip()
        if len(out) > limit:
            self.problems[column] = _("Longer than %(limit)s characters.") % {"limit": limit}
            return ""
        if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in out):
            self.problems[column] = _("Contains characters that cannot be printed; type the text again.")
            return ""
        return out

    def code(self, column: str, list_name: str, text: str | None = None) -> str:
        value = self.text(column) if text is None else text
        if not value:
            return ""
        found = _code_of(list_name, value)
        if found is None:
            self.problems[column] = _("Not a code of the list %(list)s.") % {"list": list_name}
            return ""
        return found

    def codes(self, column: str, list_name: str) -> tuple[str, ...]:
        parts = [part.strip() for part in self.text(column, 1000).split(";") if part.strip()]
        found = []
        for part in parts:
            head, colon, qualifier = part.partition(":")  # `referral:health`: the list holds the first word
            code = self.code(column, list_name, head)
            if colon and not QUALIFIER.fullmatch(qualifier):
                self.problems[column] = _("What follows the colon must be one plain word.")
            elif code:
                found.append(code + colon + qualifier)
        return tuple(dict.fromkeys(found))

    def day(self, column: str) -> date | None:
        value = self.cells.get(column)
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = str(value).strip()
        try:
            return date.fromisoformat(text[:10] if len(text) >= 10 else "")
        except ValueError:
            self.problems[column] = _("Not a date. Write year-month-day, for example 2026-03-31.")
            return None

    def number(self, column: str) -> int | None:
        value = self.cells.get(column)
        if value is None or value == "":
            return None
        text = str(value).strip()
        if text.endswith(".0"):
            text = text[:-2]
        if isinstance(value, bool) or not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
            self.problems[column] = _("Not a whole number.")
            return None
        if len(text) > 9 or not 0 <= int(text) <= MAX_COUNT:
            self.problems[column] = _("Must be between 0 and %(most)s.") % {"most": MAX_COUNT}
            return None
        return int(text)

    def yes_no(self, column: str) -> bool | None:
        value = self.cells.get(column)
        if isinstance(value, bool):
            return value
        code = self.code(column, "yes_no_unknown")
        return {"yes": True, "no": False}.get(code)


def read_account(row: Mapping[str, object], known: Known, *, context: bool = False) -> tuple[Account | None, dict[str, str]]:
    """An account and no problems, or None and one problem per cell. Business rules come after (rules.check_account).

    `context`: an account of other violence, kept beside the reports: forms, tally and class of record stay empty, total 0.
    """
    cells = Cells(row)
    for column in REQUIRED_OF_CONTEXT if context else REQUIRED:
        if row.get(column) is None or str(row.get(column)).strip() == "":
            cells.problems[column] = _("Must be filled in.")
    values: dict[str, object] = {column: cells.code(column, name) for column, name in ONE_CODE.items()}
    values |= {column: cells.codes(column, name) for column, name in MANY_CODES.items()}
    values |= {column: cells.day(column) for column in DATES}
    values |= {column: cells.yes_no(column) for column in YES_NO}
    values |= {column: cells.text(column, MAX_TEXT) for column in TEXTS}
    values["their_reference"] = cells.text("their_reference", 80)
    values["nexus_types"] = _nexus(cells)
    _place(cells, known, values)
    values["alleged_parties"] = _parties(cells, known)
    if context:
        values |= {"tally": dict.fromkeys(TALLY), "total": 0}
    else:
        _counts(cells, values)
    if values["date_to"] is None:
        values["date_to"] = values["date_from"]
    values["number_estimated"] = bool(values["number_estimated"])
    if cells.problems:
        return None, cells.problems
    accepted = {one.name for one in fields(Account)}
    return Account(**{name: value for name, value in values.items() if name in accepted}), {}  # type: ignore[arg-type]  # read above


def _nexus(cells: Cells) -> tuple[str, ...]:
    out = []
    for part in cells.text("nexus_types", 400).split(";"):
        kind, _colon, directness = part.strip().partition(":")
        if not kind:
            continue
        first, second = cells.code("nexus_types", "nexus_type", kind), cells.code("nexus_types", "nexus_directness", directness or "direct")
        if first and second:
            out.append(f"{first}:{second}")
    return tuple(dict.fromkeys(out))


def _place(cells: Cells, known: Known, values: dict[str, object]) -> None:
    """Areas must exist and lie in each other; a finer area fills in the coarser ones."""
    found = {column: cells.text(column, 24) for column in ("adm1", "adm2", "adm3", "settlement")}
    if found["settlement"]:
        areas = known.settlements.get(found["settlement"])
        if areas is None:
            cells.problems["settlement"] = _("Not a settlement code of this mission.")
        else:
            for column, code in zip(("adm1", "adm2", "adm3"), areas, strict=True):
                if found[column] and code and found[column] != code:
                    cells.problems[column] = _("The settlement does not lie in this area.")
                found[column] = found[column] or code
    for column, parents, parent in (("adm3", known.adm3, "adm2"), ("adm2", known.adm2, "adm1")):
        code = found[column]
        if not code:
            continue
        if code not in parents:
            cells.problems[column] = _("Not an area code of this mission.")
        elif found[parent] and found[parent] != parents[code]:
            cells.problems[column] = _("This area does not lie in the one named beside it.")
        else:
            found[parent] = parents[code]
    if found["adm1"] and found["adm1"] not in known.adm1:
        cells.problems["adm1"] = _("Not an area code of this mission.")
    values.update(found)


def _parties(cells: Cells, known: Known) -> tuple[str, ...]:
    names = [part.strip() for part in cells.text("alleged_parties", 600).split(";") if part.strip()]
    if [name.casefold() for name in names] == ["unknown"]:
        return ()
    found = []
    for name in names:
        code = known.parties.get(name.casefold())
        if code is None:
            cells.problems["alleged_parties"] = _("Not a party of this mission's register. Use its code, or `unknown`.")
        else:
            found.append(code)
    return tuple(dict.fromkeys(found))


def _counts(cells: Cells, values: dict[str, object]) -> None:
    """V3: the total is the sum. Nothing broken down: all counted as unknown, never spread over groups."""
    tally = {column: cells.number(column) for column in TALLY}
    total, least, most = (cells.number(column) for column in ("total", "total_min", "total_max"))
    stated = [number for number in tally.values() if number is not None]
    if not stated and total is None:
        if not any(column in cells.problems for column in NUMBERS):
            cells.problems["total"] = _("Say how many people: by group, or at least a total.")
    elif not stated and total is not None:
        tally["unknown"] = total
    elif total is not None and sum(stated) != total:
        cells.problems["total"] = _("The groups add up to %(sum)s. Put the rest under `unknown`, or correct the total.") % {
            "sum": sum(stated)
        }
    values["tally"] = tally
    values["total"] = total if total is not None else sum(stated)
    if values["total"] == 0 and "total" not in cells.problems and stated + ([total] if total is not None else []):
        cells.problems["total"] = _("At least one person must be counted; write 1 under `unknown` if nothing more is known.")
    if least is not None and most is not None and least > most:
        cells.problems["total_min"] = _("The least number is above the greatest.")
    values["total_min"], values["total_max"] = least, most
