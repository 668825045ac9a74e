"""Translations without GNU gettext: catalogues are compiled by polib, and what lacks a translation is found by reading the source."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib  # type: ignore[import-untyped]  # ships no types
from django.utils.translation.template import templatize

from openmara import ROOT

LANGUAGE = "fr"
CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "ngettext_lazy": 0, "pgettext": 1, "pgettext_lazy": 1,
         "npgettext": 1, "npgettext_lazy": 1}  # fmt: skip
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(npgettext|pgettext|ngettext|gettext|_)\({STRING}(?:,\s*{STRING})?")
Key = tuple[str, str]  # context or "", English text


def rooms() -> list[str]:
    """Every package of ours that shows words."""
    return sorted(path.parent.name for path in (ROOT / "openmara").glob("*/__init__.py"))


def compile_all() -> int:
    """Write the .mo beside every .po that is newer; the number written. Called at install. A reader never sees half a file."""
    found = [path for path in sorted((ROOT / "openmara").glob("*/locale/*/LC_MESSAGES/*.po")) if _is_newer(path, path.with_suffix(".mo"))]
    for path in found:
        half = path.with_suffix(f".{os.getpid()}.mo")
        polib.pofile(str(path)).save_as_mofile(str(half))
        half.replace(path.with_suffix(".mo"))
    return len(found)


def _is_newer(path: Path, made: Path) -> bool:
    return not made.exists() or path.stat().st_mtime > made.stat().st_mtime


def missing(room: str | None = None) -> list[str]:
    """French texts that are untranslated, fuzzy, or used in a room without being in its catalogue. Empty is good."""
    return [problem for name in ([room] if room else rooms()) for problem in _missing_in(name)]


def _missing_in(room: str) -> Iterator[str]:
    known = _catalogue(room)
    for (context, text), place in sorted(used(room).items()):
        entry = known.get((context, text))
        if entry is None:
            yield f"{room}: {place}: not in the catalogue: {text!r}"
    for entry in known.values():
        if "fuzzy" in entry.flags or not entry.translated():
            yield f"{room}: not translated: {entry.msgid!r}"


def _catalogue(room: str) -> dict[Key, polib.POEntry]:
    path = ROOT / "openmara" / room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def used(room: str) -> dict[Key, str]:
    """Every text a room marks for translation, with the file where it stands first."""
    folder = ROOT / "openmara" / room
    found: dict[Key, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(folder).parts):
            for key in _in_python(path.read_text()):
                found.setdefault(key, path.name)
    for path in sorted(folder.glob("templates/**/*.html")):
        for key in _in_template(path.read_text()):
            found.setdefault(key, path.name)
    return found


def _in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in CALLS and len(node.args) > CALLS[name]:
            texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if len(texts) > CALLS[name]:
                yield (texts[0] if CALLS[name] else "", texts[CALLS[name]])


def _in_template(source: str) -> Iterator[Key]:
    """Django itself turns template tags into calls; their first strings are read here."""
    for name, first, second in IN_TEMPLATE.findall(templatize(source)):
        one, two = (ast.literal_eval(part) if part else "" for part in (first, second))
        yield (one, two) if CALLS[name] else ("", one)
