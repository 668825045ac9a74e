"""A report as content: sections, blocks and measures. No number in a sentence is typed by hand.

Every renderer reads the same frozen content, so page, PDF and Word never disagree (design.md 7).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from openmara.errors import NotValid

Basis = Literal["as_reported", "as_known"]
REFERENCE = re.compile(r"\{([a-z][a-z0-9_.|=:-]*)\}", re.IGNORECASE)


class NotReadable(NotValid):
    """A sentence or a measure that breaks the rules of report content."""


@dataclass(frozen=True)
class Measure:
    """One number with its evidence: basis, period and coverage. A hidden measure holds no value at all."""

    id: str
    label: Mapping[str, str]
    value: int | float | str | None
    hidden: bool = False
    unit: str = ""
    basis: Basis = "as_known"
    period: str = ""
    coverage: str = ""

    def __post_init__(self) -> None:
        if self.hidden and self.value is not None:
            raise NotReadable(f"the hidden measure {self.id} still carries its value")


@dataclass(frozen=True)
class Ref:
    """The place in a sentence or table where a measure stands."""

    id: str


Part = str | Ref
Cell = str | Ref


def parse_sentence(text: str) -> tuple[Part, ...]:
    """Split "… {verified_incidents} incidents …" into words and references; refuse a stray brace."""
    parts: list[Part] = []
    at = 0
    for found in REFERENCE.finditer(text):
        parts.append(text[at : found.start()])
        parts.append(Ref(found.group(1)))
        at = found.end()
    parts.append(text[at:])
    words = [part for part in parts if part]
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in words):
        raise NotReadable("a brace in the text does not name a measure")
    return tuple(words)


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Subheading:
    text: str


@dataclass(frozen=True)
class Figures:
    """A strip of key figures."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """`share` is the column's part of the width; figures stand right-aligned."""

    label: str
    figures: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class Row:
    """The first cell names the row; a total row is set apart."""

    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True)
class Table:
    """Two columns stand close together; more take the full width."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def is_narrow(self) -> bool:
        return len(self.columns) == 2


@dataclass(frozen=True)
class Chart:
    """A drawn chart; its figures are always also in a table."""

    id: str
    caption: str
    svg: str
    alt: str
    table_id: str


@dataclass(frozen=True)
class Note:
    text: str


@dataclass(frozen=True)
class NarrativeByHand:
    """Text that a person wrote. It is marked as such and holds no figures."""

    text: str


Block = Paragraph | Subheading | Figures | Table | Chart | Note | NarrativeByHand


@dataclass(frozen=True)
class Section:
    number: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """`marks` stand on every page: NOT CLEARED, and where the data come from when they are synthetic.

    `highlights` are the measures shown on the first page.
    """

    title: str
    subtitle: str
    marks: tuple[str, ...]
    classification: str
    caveat: str
    period: str
    as_of: date
    lang: str
    measures: Mapping[str, Measure]
    sections: tuple[Section, ...]
    annexes: tuple[Section, ...] = field(default_factory=tuple)
    watermark: str = ""
    highlights: tuple[str, ...] = ()

    def parts(self) -> tuple[Section, ...]:
        return (*self.sections, *self.annexes)

    def tables(self) -> dict[str, Table]:
        return {block.id: block for _, block in self.blocks() if isinstance(block, Table)}

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        for section in self.parts():
            for block in section.blocks:
                yield section, block


@dataclass(frozen=True)
class Change:
    """One number that differs between two builds of a report."""

    id: str
    before: Measure | None
    after: Measure | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        if self.before.hidden != self.after.hidden:
            return "hidden" if self.after.hidden else "shown"
        return "changed"


def changes(old: Report, new: Report) -> list[Change]:
    """Which numbers a new build changes, in order of their names."""
    found = []
    for name in sorted({*old.measures, *new.measures}):
        before, after = old.measures.get(name), new.measures.get(name)
        if before is None or after is None:
            found.append(Change(name, before, after))
        elif (before.value, before.hidden, before.basis) != (after.value, after.hidden, after.basis):
            found.append(Change(name, before, after))
    return found


# Lint lives here because its rule is the content's own: a digit is a measure or a name, never a typed figure.

ALLOWED = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b\d{3,4} \((?:19|20)\d{2}\)",  # resolutions: 1960 (2010)
        r"\bS/(?:PRST/)?(?:19|20)\d{2}/\d+\b",  # Council documents: S/2010/498
        r"\b(?:[Ss]ections?|[Aa]nnex(?:e|es)?|[Tt]ables?|[Tt]ableaux?|[Cc]harts?|[Gg]raphiques?) [A-Z]?\d*\b",
        r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b",  # 2026-09-30
        r"\b(?:19|20)\d{2}Q[1-4]\b",  # 2026Q3
        r"\b[QT][1-4](?: (?:19|20)\d{2})?\b",  # Q3 2026, T3 2026
        r"\b(?:quarter of|trimestre (?:de )?)\s?(?:19|20)\d{2}\b",  # third quarter of 2026
        r"\b(?:[Ss]ectors?|[Ss]ecteurs?) \d{1,2}\b",  # names of sectors
        r"\bCR\d{2}(?:\d{2}){0,2}(?:S\d{2})?\b",  # p-codes
    )
)
DAY_OF_MONTH = re.compile(r"(?:\b\d{1,2}(?:er)?\s)?\b(?:MONTH)(?:\s(?:19|20)\d{2})?\b".replace(
    "MONTH",
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
))  # fmt: skip
DIGITS = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d+)*")
COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze"
    r"|douze|dizaines?)\s+(?:d[e’']\s*)?(?:incidents?|victims?|victimes?|survivors?|survivant[es]*|women|girls|men|boys|femmes"
    r"|filles|hommes|garçons|cases|cas)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Issue:
    """One thing that keeps a report from being built."""

    where: str
    problem: str
    text: str = ""


def lint(report: Report, allowed: tuple[str, ...] = ()) -> list[Issue]:
    """Refuse typed figures, unknown measures, charts without their table and figures in text written by hand.

    `allowed` adds patterns for one report, such as a time window of a clinical standard.
    """
    patterns = (*ALLOWED, DAY_OF_MONTH, *(re.compile(pattern) for pattern in allowed))
    issues = [
        Issue("first page", "no such measure", name)
        for name in report.highlights
        if name not in report.measures
    ]
    for where, text in _texts(report):
        issues += _typed_figures(where, text, patterns)
        issues += _unknown_measures(where, text, report)
    for section, block in report.blocks():
        issues += _block_issues(f"section {section.number}", block, report)
    return issues


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    yield "title", report.title
    yield "caveat", report.caveat
    for section, block in report.blocks():
        where = f"section {section.number}"
        if isinstance(block, Paragraph | Note | NarrativeByHand | Subheading):
            yield where, block.text
        elif isinstance(block, Table):
            yield f"{where}, {block.id}", block.caption
            yield f"{where}, {block.id}", block.note
            for row in block.rows:
                for cell in row.cells:
                    if isinstance(cell, str):
                        yield f"{where}, {block.id}", cell
        elif isinstance(block, Chart):
            yield f"{where}, {block.id}", block.caption


def _typed_figures(where: str, text: str, patterns: tuple[re.Pattern[str], ...]) -> list[Issue]:
    rest = REFERENCE.sub("", text)
    for pattern in patterns:
        rest = pattern.sub("", rest)
    found = [*DIGITS.findall(rest), *(hit.group() for hit in COUNTED.finditer(rest))]
    return [Issue(where, "a figure is typed, not taken from a measure", hit) for hit in found]


def _unknown_measures(where: str, text: str, report: Report) -> list[Issue]:
    try:
        parts = parse_sentence(text)
    except NotReadable as refusal:
        return [Issue(where, str(refusal), text[:60])]
    names = [part.id for part in parts if isinstance(part, Ref)]
    return [Issue(where, "no such measure", name) for name in names if name not in report.measures]


def _block_issues(where: str, block: Block, report: Report) -> list[Issue]:
    if isinstance(block, Figures):
        return [Issue(where, "no such measure", name) for name in block.ids if name not in report.measures]
    if isinstance(block, NarrativeByHand) and REFERENCE.search(block.text):
        return [Issue(where, "text written by hand holds a figure", block.text[:60])]
    if isinstance(block, Chart):
        issues = (
            [] if block.table_id in report.tables() else [Issue(where, "a chart without its table", block.id)]
        )
        return issues if block.alt else [*issues, Issue(where, "a chart without a description", block.id)]
    if isinstance(block, Table):
        return _table_issues(where, block, report)
    return []


def _table_issues(where: str, table: Table, report: Report) -> list[Issue]:
    issues = []
    for row in table.rows:
        if len(row.cells) != len(table.columns):
            issues.append(Issue(where, "a row is longer or shorter than its table", table.id))
        names = [cell.id for cell in row.cells if isinstance(cell, Ref)]
        issues += [Issue(where, "no such measure", name) for name in names if name not in report.measures]
    return issues
