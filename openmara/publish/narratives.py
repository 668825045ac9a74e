"""What people write for a section: checked against the measures there are, and shown with their present values. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openmara.publish import builder, content, figures, sections
from openmara.publish.content import Change, Measure, Report
from openmara.publish.render_words import sentence, shown

LONGEST = 20_000


@dataclass(frozen=True)
class Placeholder:
    """One name a writer can use, and what it stands for at present."""

    name: str
    value: str


def kept(measures: Mapping[str, Measure]) -> dict[str, dict[str, Any]]:
    """Measures as a build keeps them. A hidden one holds no value."""
    return {
        name: {"value": one.value, "hidden": one.hidden, "unit": one.unit, "period": one.period}
        for name, one in measures.items()
        if not name.endswith(figures.SAID)
    }


def measures_of(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Measure]:
    return {
        name: Measure(name, {}, one["value"], one["hidden"], one["unit"], "as_known", one["period"]) for name, one in stored.items()
    }


def placeholders(stored: Mapping[str, Mapping[str, Any]], lang: str) -> list[Placeholder]:
    """Names of the last build with their values; before the first build, those of the default texts without one."""
    found = measures_of(stored)
    names = [*sections.offered(), *(name for name in found if name not in set(sections.offered()))]
    return [Placeholder("{" + name + "}", shown(found[name], lang) if name in found else "") for name in names]


def problems(section: str, text: str, stored: Mapping[str, Any]) -> list[content.Issue]:
    """Typed figures, unknown placeholders, figures in text entered by hand."""
    return sections.problems(section, text, {*stored, *sections.offered()})


def preview(text: str, stored: Mapping[str, Mapping[str, Any]], lang: str) -> list[str]:
    """The paragraphs as the last build would print them."""
    found = measures_of(stored)
    words = sections.words(lang)["words"]
    said = {name + figures.SAID: figures.said_of(one, words) for name, one in found.items()}
    found |= {name: Measure(name, {}, text) for name, text in said.items() if text}
    paragraphs = sections.paragraphs(text)
    if stored:
        whole = [builder.bound(part, found) for part in paragraphs]
        paragraphs = [builder.told(part, found) for part in paragraphs]
        paragraphs += [words["left_out"]] if paragraphs != whole else []
    for name in sections.names_in(text):
        found.setdefault(name, Measure(name, {}, None))
    report = _holding(found, lang)
    return [sentence(part, report) for part in paragraphs if part]


def changes(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Measure], lang: str) -> list[dict[str, str]]:
    """Which numbers a rebuild changed. What is hidden now is not told by what it was."""
    new = {name: one for name, one in after.items() if not name.endswith(figures.SAID)}
    found = content.changes(_holding(measures_of(before), lang), _holding(new, lang))
    return [_told(one, lang) for one in found]


def _told(one: Change, lang: str) -> dict[str, str]:
    hides = one.after is not None and one.after.hidden
    return {
        "id": one.id, "kind": one.kind, "before": "" if one.before is None or hides else shown(one.before, lang),
        "after": "" if one.after is None else shown(one.after, lang),
    }  # fmt: skip


def _holding(measures: Mapping[str, Measure], lang: str) -> Report:
    return Report("", "", (), "", "", "", date(2000, 1, 1), lang, measures, ())
