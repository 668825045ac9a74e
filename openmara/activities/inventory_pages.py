"""How a page of the UN inventory is laid out: its shape, its agency profile, its passages."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from openmara.activities import inventory_facts as facts
from openmara.activities.inventory_facts import MONTH, MONTHS, Entity

HEADER = re.compile(rf"^({MONTH}) (\d{{4}})(?:\s*[-–—]\s*({MONTH}) (\d{{4}}))?\s*\|\s*(.*)$")
PERIOD = re.compile(rf"^({MONTH}) (\d{{4}})(?:\s*[-–—]\s*({MONTH}) (\d{{4}}))?$")
GUID = re.compile(r"^\{[0-9A-Fa-f-]{36}\}$")
NOTICE = re.compile(r"^\[.*\]$")
BULLET = re.compile(r"^[-•*–] ")
NUMBERED = re.compile(r"(?:^|(?<=[.;:,] ))\(?(\d{1,2})[.)] (?=[A-Z“])")
DECK_LINE = re.compile(r"^(?:#{1,6} |\s*[-•*–] |\*)")
PROFILE_LABELS = (
    "Item ID", "UNAgency ID", "Background", "Policy framework", "Mail Address", "Areas of Work", "Agency Type", "Title",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """The period a header or filter prints; both ends empty when it prints none that can be read."""

    label: str = ""
    start: date | None = None
    end: date | None = None
    precision: str = "unknown"
    source: str = "none"  # header, filter or none


@dataclass(frozen=True)
class ProfilePassage:
    """A passage of an agency's profile, under the label the page gives it."""

    section: str
    text: str
    line: int


@dataclass(frozen=True)
class AgencyProfile:
    """What an agency page says about the agency itself; none of it is an activity."""

    code: str
    name: str
    item_id: str
    agency_id: str
    mail_address: str
    passages: tuple[ProfilePassage, ...]


@dataclass
class Passage:
    """Lines joined to one passage, remembering where each line begins."""

    period: Period
    entities: tuple[Entity, ...]
    text: str = ""
    starts: list[tuple[int, int]] = field(default_factory=list)  # (offset, line)
    bullets: list[int] = field(default_factory=list)  # offsets of bulleted lines

    def add(self, line: str, number: int) -> None:
        self.text += " " if self.text else ""
        self.starts.append((len(self.text), number))
        if BULLET.match(line):
            self.bullets.append(len(self.text))
        self.text += line

    def line_at(self, offset: int) -> int:
        return [line for start, line in self.starts if start <= offset][-1]


def plain(text: str) -> str:
    """Text with every run of white space, no-break spaces included, as one space."""
    return " ".join(text.split())


def page_shape(text: str) -> str:
    """node, agency, search, deck or other – by the page's shape, never by its name.

    A deck has three or more headings, and headings and bullets are at least half of its lines;
    it, and a page without dated header or 'Search' at its head, holds no activity.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not NOTICE.match(line.strip())]
    headings = sum(line.startswith("#") for line in lines)
    if headings >= 3 and 2 * sum(bool(DECK_LINE.match(line)) for line in lines) >= len(lines):
        return "deck"
    if any(a in ("Item ID", "UNAgency ID") and GUID.match(b) for a, b in zip(lines, lines[1:], strict=False)):
        return "agency"
    if lines and lines[0] == "Search":
        return "search"
    return "node" if any(HEADER.match(plain(line)) for line in lines) else "other"


def read_period(printed: str, source: str) -> Period:
    """A period as printed; one that cannot be read or runs backwards keeps its label and stays unknown."""
    match = PERIOD.match(plain(printed))
    if not match:
        return Period(plain(printed), source=source)
    start = date(int(match[2]), _month(match[1]), 1)
    year, month = (int(match[4]), _month(match[3])) if match[3] else (start.year, start.month)
    end = date(year, month, monthrange(year, month)[1])
    if end < start:
        return Period(match[0], source=source)
    return Period(match[0], start, end, "range" if match[3] else "month", source)


def _month(printed: str) -> int:
    return MONTHS.index(printed[:3].lower()) + 1


def agency_profile(text: str) -> AgencyProfile | None:
    """The profile an agency page opens with; None for every other page."""
    if page_shape(text) != "agency":
        return None
    label = ""
    head: list[tuple[str, int]] = []
    parts: dict[str, list[tuple[str, int]]] = {name: [] for name in PROFILE_LABELS}
    for number, line in enumerate(map(plain, text.splitlines()), start=1):
        if HEADER.match(line):
            break
        if line in PROFILE_LABELS:
            label = line
        elif line and (GUID.match(line) or not _is_furniture(line)):
            (parts[label] if label else head).append((line, number))
    first = {name: values[0][0] if values else "" for name, values in parts.items()}
    described = [
        ProfilePassage(section, line, number)
        for section in ("Background", "Policy framework", "Areas of Work")
        for line, number in parts[section]
    ]
    code, name = [*(line for line, _ in head), "", ""][:2]
    return AgencyProfile(
        code,
        first["Title"] or name,
        first["Item ID"],
        first["UNAgency ID"],
        first["Mail Address"],
        tuple(described),
    )


def _is_furniture(line: str) -> bool:
    return line.casefold() in facts.words()["furniture"] or bool(NOTICE.match(line) or GUID.match(line))


def passages(text: str, period: Period, entities: tuple[Entity, ...], started: bool) -> list[Passage]:
    """Lines joined to passages; before the first header only a search page has any."""
    lines = [(number, plain(line)) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not _is_furniture(line)]
    found: list[Passage] = []
    fresh, position = True, 0
    while position < len(lines):
        number, line = lines[position]
        position += 1
        if header := HEADER.match(line):
            printed = header[5]
            while position < len(lines) and (not printed or printed.endswith((";", ","))):
                printed, position = f"{printed} {lines[position][1]}", position + 1
            period = read_period(line.split("|")[0], "header")
            entities, started, fresh = facts.header_entities(printed), True, True
        elif started:
            following = lines[position][1] if position < len(lines) else ""
            if fresh or not _continues(line, found[-1].text, following):
                found.append(Passage(period, entities))
            found[-1].add(line, number)
            fresh = False
    return found


def _continues(line: str, before: str, following: str) -> bool:
    """Whether a line goes on with the passage before it (layout of the UN inventory)."""
    if line[0] == "." or line[0].islower() or BULLET.match(line):
        return True
    if item := NUMBERED.match(line):
        return int(item[1]) > 1 or before.endswith(":")
    return line.endswith(":") and following.startswith("http")
