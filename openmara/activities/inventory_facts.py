"""Facts that stand in an inventory passage: who, where, when, how many. Only what is printed, nothing inferred."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
URL = re.compile(r"https?://[^\s<>\"”]+[^\s<>\"”.,;)]")
DATE = re.compile(rf"\b(?:(?:\d{{1,2}} )?{MONTH}(?:/{MONTH})? )?(?:19|20)\d\d\b(?!\.\d)")
RESOLUTION = re.compile(r"[Rr]esolutions? \d{4}(?: \(\d{4}\))?|\bSCR ?\d{4}(?: \(\d{4}\))?")
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTED = r"(?P<unit>(?: (?!and\b|or\b|in\b|of\b|to\b)[A-Za-z][\w-]*){1,3})"
DIGITS = re.compile(
    r"(?<![\w.,/(:-])(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?: ?(?P<share>%|per cent))?"
    + COUNTED.replace("{1,3}", "{0,2}")
)
IN_WORDS = re.compile(r"\b(?P<n>" + "|".join(WORDS[1:]) + r")\b" + COUNTED, re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z“])")
LEAD_WORDS = r"(?:(?:[A-Z][\w’'()-]*|and|of|the|&) ){0,6}?"
INTRANET = ("iseek", "intranet")


@dataclass(frozen=True)
class Entity:
    """A UN entity: code of today, name as printed, name of today, and where the page says it."""

    code: str
    as_printed: str
    current_name: str
    source: str  # header, text or filter


@dataclass(frozen=True)
class Number:
    """A number as printed, its value, and the words that follow it."""

    value: float
    unit: str
    as_printed: str


@dataclass(frozen=True)
class Link:
    """An address in the passage; `public` is false for the UN's internal network."""

    url: str
    public: bool


@cache
def words() -> dict[str, Any]:
    """The word lists of inventory_words.toml."""
    return tomllib.loads(Path(__file__).with_name("inventory_words.toml").read_text("utf-8"))


@cache
def _entity_table() -> dict[str, tuple[str, str]]:
    return {p: (row["code"], row["name"]) for row in words()["entity"] for p in row["printed"]}


@cache
def _entity_pattern() -> str:
    return (
        "(?:" + "|".join(re.escape(p) for p in sorted(_entity_table(), key=len, reverse=True)) + r")(?![\w-])"
    )


@cache
def _patterns(section: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    # (?-i:…) needs a scoped flag around the whole, so the expression itself is compiled inside (?i:…).
    return tuple((code, re.compile(f"(?i:{text})")) for code, text in words()[section].items())


def entity(printed: str, source: str) -> Entity:
    """An entity by its printed name; an unknown one keeps its printed name."""
    code, name = _entity_table().get(printed, (printed, printed))
    return Entity(code, printed, name, source)


def header_entities(printed: str, source: str = "header") -> tuple[Entity, ...]:
    """Entities of a header such as 'DPPA; DPKO'; 'DPKO/DFS' counts as two when both are known."""
    found: list[Entity] = []
    for item in filter(None, (part.strip() for part in re.split(r"[;,]", printed))):
        halves = [half.strip() for half in item.split("/")]
        names = halves if len(halves) > 1 and all(h in _entity_table() for h in halves) else [item]
        found += [entity(n, source) for n in names]
    return _unique(found)


def subject(sentence: str) -> Entity | None:
    """The entity that acts in a sentence, when its first words name one."""
    lead = rf"^(?:In addition, |Moreover, |(?:In|Since) {MONTH} (?:19|20)\d\d,? )?{LEAD_WORDS}({_entity_pattern()})"
    match = re.match(lead, sentence)
    return entity(match[1], "text") if match else None


def joint_entities(text: str, known: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Entities printed in one breath with a known one ('DPKO/DFS')."""
    codes, found = {e.code for e in known}, list(known)
    for match in re.finditer(rf"({_entity_pattern()})/({_entity_pattern()})", text):
        pair = [entity(match[1], "text"), entity(match[2], "text")]
        if any(e.code in codes for e in pair):
            found += pair
    return _unique(found)


def partners(text: str, authors: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Other entities the passage names."""
    codes = {e.code for e in authors}
    named = (entity(m[0], "text") for m in re.finditer(rf"(?<![\w-]){_entity_pattern()}", text))
    return _unique([e for e in named if e.code not in codes])


def _unique(entities: list[Entity]) -> tuple[Entity, ...]:
    return tuple({e.code: e for e in reversed(entities)}.values())[::-1]


def split_prefix(text: str) -> tuple[str, int]:
    """Unit named at the head of a passage ('JCS: …') and where the text after it begins."""
    for row in words()["unit"]:
        if match := re.match(rf"(?:{row['prefix']})\s*:\s*", text):
            return row["code"], match.end()
    return "none", 0


def leading_unit(text: str) -> str:
    """Unit that the first words of a passage name as the one who acts, or its first sentence as the one concerned."""
    first = SENTENCE_END.split(text)[0]
    for row in words()["unit"]:
        if re.match(rf"(?:The )?(?:{row['lead']})", text) or (
            "within" in row and re.search(row["within"], first)
        ):
            return str(row["code"])
    return "none"


def missions(text: str) -> tuple[str, ...]:
    """Missions by acronym, in order of appearance."""
    return _in_order(text, {code: code for code in words()["missions"]["codes"]})


def countries(text: str) -> tuple[str, ...]:
    """Countries by printed name, as ISO 3166-1 alpha-3 codes."""
    return _in_order(text, words()["countries"])


def _in_order(text: str, table: dict[str, str]) -> tuple[str, ...]:
    pattern = "|".join(re.escape(p) for p in sorted(table, key=len, reverse=True))
    found = re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w])", URL.sub(" ", text))
    return tuple(dict.fromkeys(table[m[0]] for m in found))


def themes(text: str) -> tuple[str, ...]:
    """Themes whose words stand in the text."""
    return tuple(code for code, pattern in _patterns("themes") if pattern.search(text))


def measures(text: str) -> tuple[str, ...]:
    """Measures proposed from the words of the text; 'other' when none fits."""
    return tuple(code for code, pattern in _patterns("measures") if pattern.search(text)) or ("other",)


def output_type(text: str) -> str:
    """Kind of output whose word comes first; empty when none does."""
    hits = [(m.start(), code) for code, pattern in _patterns("output_types") if (m := pattern.search(text))]
    return min(hits)[1] if hits else ""


def links(text: str) -> tuple[Link, ...]:
    """Addresses in the text."""
    found = dict.fromkeys(m[0] for m in URL.finditer(text))
    return tuple(Link(u, not any(word in (urlsplit(u).hostname or "") for word in INTRANET)) for u in found)


def dates_mentioned(text: str) -> tuple[str, ...]:
    """Dates inside the text, as printed; they never become the period."""
    plain = RESOLUTION.sub(" ", URL.sub(" ", text))
    return tuple(dict.fromkeys(m[0] for m in DATE.finditer(plain)))


def numbers(text: str) -> tuple[Number, ...]:
    """Quantities in the text; years, resolutions and names of campaigns are none."""
    plain = RESOLUTION.sub(" ", URL.sub(" ", text))
    return tuple(number for _, number in sorted(_numbers(plain), key=lambda pair: pair[0]))


def _numbers(text: str) -> Iterator[tuple[int, Number]]:
    for m in DIGITS.finditer(text):
        value, share = float(m["n"].replace(",", "")), m["share"] or ""
        is_year = not share and "," not in m["n"] and 1900 <= value <= 2100
        if is_year or re.match(rf"\d+ (?:{MONTH}\b|[Dd]ays of )", m[0] + text[m.end() :]) or m["n"] == "0":
            continue
        if share or (m["unit"] and text[m.end("n")] != "."):
            yield m.start(), Number(value, " ".join([share, *m["unit"].split()]).strip(), m[0].strip())
    for m in IN_WORDS.finditer(text):
        yield m.start(), Number(WORDS.index(m["n"].lower()) + 1.0, m["unit"].strip(), m[0])
