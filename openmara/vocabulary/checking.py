"""What makes a code list unfit for use; `openmara vocabulary --check` prints the answer."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openmara.vocabulary.codelist import LISTS
from openmara.vocabulary.normalising import fold

REQUIRED = ("en", "fr")
STATUSES = ("confirmed", "unconfirmed", "proposal")
SHAPE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"\[(en|fr|es|ar|ru|zh)\]|\b(todo|tbd|fixme|xxx)\b", re.IGNORECASE)
LIST_KEYS = {"title", "same_in_fr", "source", "status", "valid_from", "valid_to", "unconfirmed", "codes"}
CODE_KEYS = {
    "code",
    "label",
    "definition",
    "same_in_fr",
    "source",
    "status",
    "order",
    "valid_from",
    "valid_to",
} | {
    "crosswalk",
    "unconfirmed",
    "aliases",
    "attributes",
}
SCHEMES = "crosswalks.toml"

Raw = Mapping[str, Any]


def check(folder: Path = LISTS) -> list[str]:
    """All problems of all lists, one sentence each; an empty answer is good."""
    lists, problems = _read_all(folder)
    schemes = _schemes(folder, problems)
    known = {name: {code.get("code") for code in raw.get("codes", [])} for name, raw in lists.items()}
    for name, raw in lists.items():
        problems += [f"{name}: {problem}" for problem in _list_problems(name, raw)]
        for code in raw.get("codes", []):
            where = f"{name}.{code.get('code', '?')}"
            problems += [f"{where}: {problem}" for problem in _code_problems(code, raw)]
            problems += [f"{where}: {problem}" for problem in _crosswalk_problems(code, known, schemes)]
    return problems


def _read_all(folder: Path) -> tuple[dict[str, Raw], list[str]]:
    lists: dict[str, Raw] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            lists[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            problems.append(f"{path.stem}: cannot be read: {broken}")
    if not lists and not problems:
        problems.append("there are no code lists")
    return lists, problems


def _schemes(folder: Path, problems: list[str]) -> set[str]:
    """Outside schemes that a cross-walk may lead to, each with its titles and source."""
    path = folder.parent / SCHEMES
    schemes = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, raw in schemes.items():
        problems += [f"{SCHEMES} {name}: {problem}" for problem in _text_problems("title", raw)]
        if not raw.get("source"):
            problems.append(f"{SCHEMES} {name}: no source")
    return set(schemes)


def _list_problems(name: str, raw: Raw) -> Iterator[str]:
    if not SHAPE.fullmatch(name):
        yield "the list's name is not lower_snake_case"
    yield from (f"unknown key {key!r}" for key in raw.keys() - LIST_KEYS)
    yield from _text_problems("title", raw)
    if not raw.get("codes"):
        yield "no codes"
    seen: set[Any] = set()
    order = 0
    for position, code in enumerate(raw.get("codes", []), start=1):
        if code.get("code") in seen:
            yield f"code {code.get('code')!r} is there twice"
        seen.add(code.get("code"))
        if code.get("order", position) <= order:
            yield f"code {code.get('code')!r} is not in the order it states"
        order = code.get("order", position)
    yield from _clashes(raw)


def _clashes(raw: Raw) -> Iterator[str]:
    """One text may lead to one code only, or importers would guess."""
    owner: dict[str, Any] = {}
    for code in raw.get("codes", []):
        texts = (code.get("code", ""), *code.get("label", {}).values(), *code.get("aliases", ()))
        for text in sorted({fold(str(text)) for text in texts} - {""}):
            first = owner.setdefault(text, code.get("code"))
            if first != code.get("code"):
                yield f"{text!r} leads to {first!r} and to {code.get('code')!r}"


def _text_problems(key: str, raw: Raw) -> Iterator[str]:
    """Every required language is there, and the French is not the English left standing."""
    texts = raw.get(key, {})
    for lang in REQUIRED:
        if not str(texts.get(lang, "")).strip():
            yield f"no {key} in {lang!r}"
    yield from (f"placeholder in {key}.{lang}" for lang, text in texts.items() if PLACEHOLDER.search(text))
    if key == "definition" or not all(texts.get(lang) for lang in REQUIRED):
        same_allowed = False
    else:
        same_allowed = raw.get("same_in_fr") is True
        if same_allowed and texts["en"] != texts["fr"]:
            yield f"says same_in_fr, but the {key} differs"
    if (
        texts.get("fr")
        and str(texts["fr"]).casefold() == str(texts.get("en")).casefold()
        and not same_allowed
    ):
        yield f"the French {key} equals the English one"


def _code_problems(code: Raw, raw: Raw) -> Iterator[str]:
    if not isinstance(code.get("code"), str) or not SHAPE.fullmatch(code["code"]):
        yield "the code is not lower_snake_case"
    yield from (f"unknown key {key!r}" for key in code.keys() - CODE_KEYS)
    yield from _text_problems("label", code)
    yield from _text_problems("definition", code)
    if not str(code.get("source") or raw.get("source") or "").strip():
        yield "no source"
    if (code.get("status") or raw.get("status")) not in STATUSES:
        yield f"the status is not one of {', '.join(STATUSES)}"
    yield from _validity_problems(code, raw)


def _validity_problems(code: Raw, raw: Raw) -> Iterator[str]:
    start = code.get("valid_from", raw.get("valid_from"))
    end = code.get("valid_to", raw.get("valid_to"))
    if type(start) is not date:
        yield "no date valid_from"
    if end is not None and type(end) is not date:
        yield "valid_to is not a date"
    if type(start) is date and type(end) is date and end < start:
        yield "valid_to is before valid_from"


def _crosswalk_problems(code: Raw, known: Mapping[str, set[Any]], schemes: set[str]) -> Iterator[str]:
    crosswalk = code.get("crosswalk", {})
    for key, value in crosswalk.items():
        if key in known:
            targets = value if isinstance(value, (list, dict)) else [value]
            yield from (
                f"cross-walk to {target!r}, not a code of {key}"
                for target in targets
                if target not in known[key]
            )
        elif key not in schemes:
            yield f"cross-walk to the unknown list {key!r}"
    for key in code.get("unconfirmed", ()):
        if key not in crosswalk:
            yield f"unconfirmed cross-walk {key!r} is not there"
    listed = code.get("attributes", {}).get("qualifier_list")
    if listed is not None and listed not in known:
        yield f"qualifier from the unknown list {listed!r}"
