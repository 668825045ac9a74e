"""A code list as an aligned text table for the command line."""

import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openmara.vocabulary.codelist import Code, in_language, label, load, names

WIDTHS = (34, 38, 64)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _word(key: str, lang: str) -> str:
    return in_language(_words()[key], lang)


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """One row of a table; long cells go on in the same column."""
    columns = [
        [line for part in cell.splitlines() for line in textwrap.wrap(part, width) or [""]]
        for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(len(column) for column in columns)):
        parts = [column[number] if number < len(column) else "" for column in columns]
        yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _table(rows: Sequence[Sequence[str]], limits: Sequence[int]) -> list[str]:
    longest = [
        max(len(line) for row in rows for line in (row[at].splitlines() or [""])) for at in range(len(limits))
    ]
    widths = [min(limit, longest[at]) for at, limit in enumerate(limits)]
    lines = [*_row(rows[0], widths), "  ".join("-" * width for width in widths)]
    for row in rows[1:]:
        lines += _row(row, widths)
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_plain(inner) for inner in value) or "?"
    if hasattr(value, "items"):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    return str(value)


def _about(entry: Code, standard: str, lang: str) -> str:
    """Definition, then what is particular: status, end of validity, cross-walks."""
    lines = [in_language(entry.definition, lang)]
    if entry.status != standard:
        lines.append(f"[{label('entry_status', entry.status, lang)}]")
    if entry.valid_to:
        lines.append(f"{_word('valid', lang)} {entry.valid_from} – {entry.valid_to}")
    for key, value in entry.crosswalk.items():
        doubt = " (?)" if key in entry.unconfirmed else ""
        lines.append(f"→ {key}: {_plain(value)}{doubt}")
    return "\n".join(lines)


def describe(name: str, lang: str = "en") -> str:
    """One list: title, source, status, then code, label and definition with cross-walks."""
    found = load(name)
    rows = [[_word(key, lang) for key in ("code", "label", "definition")]]
    rows += [
        [entry.code, in_language(entry.label, lang), _about(entry, found.status, lang)]
        for entry in found.codes
    ]
    head = [
        f"{found.name} – {in_language(found.title, lang)}",
        f"{_word('source', lang)}: {found.source}",
        f"{_word('status', lang)}: {label('entry_status', found.status, lang)}",
        "",
    ]
    return "\n".join([*head, *_table(rows, WIDTHS)]) + "\n"


def overview(lang: str = "en") -> str:
    """All lists: name, title, number of codes, status."""
    rows = [[_word(key, lang) for key in ("list", "title", "codes", "status")]]
    for name in names():
        found = load(name)
        status = label("entry_status", found.status, lang)
        rows.append([name, in_language(found.title, lang), str(len(found.codes)), status])
    return "\n".join(_table(rows, (30, 70, 6, 16))) + "\n"
