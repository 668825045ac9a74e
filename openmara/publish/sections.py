"""The twelve sections of the quarterly report, their words and what of them people may write. Source: SCR 1960 guidance."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from openmara.publish import content
from openmara.publish.content import Measure, NarrativeByHand, Paragraph, Ref, Report, Section

FOLDER = Path(__file__).parent / "sections"
NUMBERS = tuple(str(at) for at in range(1, 13))
LANGUAGES = ("en", "fr")
# A standard of the catalogue, not a figure of the report.
ALLOWED = (r"\b60 (?:days|jours)\b",)


@cache
def words(lang: str) -> dict[str, Any]:
    """All words of one language; English where the language has none yet."""
    path = FOLDER / f"{lang if lang in LANGUAGES else 'en'}.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return _spaced(found) if lang == "fr" else found


def _spaced(value: Any) -> Any:
    """French sets a space that does not break before a colon, a semicolon and the per cent sign."""
    if isinstance(value, dict):
        return {name: _spaced(one) for name, one in value.items()}
    return re.sub(r" (?=[:;%!?»])", "\u00a0", value) if isinstance(value, str) and "%s" not in value else value


def title(number: str, lang: str) -> str:
    return str(words(lang)["section"][number]["title"])


def default_text(number: str, lang: str) -> str:
    return str(words(lang)["section"][number]["text"])


def is_by_hand(number: str) -> bool:
    """Sections whose rooms come later: people write them, marked as such, without figures."""
    return bool(words("en")["section"][number].get("hand"))


def paragraphs(text: str) -> list[str]:
    """An empty line parts paragraphs; a single line break does not."""
    return [" ".join(part.split("\n")).strip() for part in text.replace("\r", "").split("\n\n") if part.strip()]


def names_in(text: str) -> list[str]:
    """The measures a text refers to, each once."""
    found: list[str] = []
    for part in paragraphs(text):
        found += [one.id for one in content.parse_sentence(part) if isinstance(one, Ref)]
    return list(dict.fromkeys(found))


def offered() -> list[str]:
    """Names a writer can always use: those of the default texts."""
    return list(dict.fromkeys(name for number in NUMBERS for name in names_in(default_text(number, "en"))))


def problems(number: str, text: str, known: set[str]) -> list[content.Issue]:
    """What keeps a written text out of the report: typed figures, unknown names, figures in text entered by hand."""
    kind = NarrativeByHand if is_by_hand(number) else Paragraph
    blocks = tuple(kind(part) for part in paragraphs(text))
    measures = {name: Measure(name, {}, None) for name in known}
    draft = Report("", "", (), "", "", "", date(2000, 1, 1), "en", measures, (Section(number, "", blocks),))
    return content.lint(draft, ALLOWED)
