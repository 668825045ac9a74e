"""The loader: one TOML file in `lists/` is one frozen code list, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LISTS = Path(__file__).parent / "lists"
FALLBACK = "en"


class Unknown(KeyError):
    """A list or a code that the vocabulary does not hold."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Code:
    """One code of a list; labels and definitions by language, cross-walks by outside scheme or own list."""

    code: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    source: str
    status: str
    order: int
    valid_from: date
    valid_to: date | None
    crosswalk: Mapping[str, Any]
    unconfirmed: tuple[str, ...]
    aliases: tuple[str, ...]
    attributes: Mapping[str, Any]

    def is_valid(self, on: date) -> bool:
        """Both ends are included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A list in its printed order; `crsv_form` is in counting order."""

    name: str
    title: Mapping[str, str]
    source: str
    status: str
    codes: tuple[Code, ...]

    def code(self, code: str) -> Code:
        for entry in self.codes:
            if entry.code == code:
                return entry
        raise Unknown(f"{self.name} has no code {code!r}")


def frozen(value: Any) -> Any:
    """Tables and arrays that nobody can change by accident, all the way down."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    return value


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """`fr-ca` reads `fr`; a language that is not there yet reads English."""
    return texts.get(lang) or texts.get(lang.replace("_", "-").split("-")[0].lower()) or texts[FALLBACK]


def _unconfirmed(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[str, ...]:
    """Cross-walks of the code that must be checked before use, by its own word or the list's."""
    stated = {*raw.get("unconfirmed", ()), *defaults.get("unconfirmed", ())}
    return tuple(key for key in raw.get("crosswalk", {}) if key in stated)


def _entry(raw: Mapping[str, Any], defaults: Mapping[str, Any], position: int) -> Code:
    return Code(
        code=raw["code"],
        label=frozen(raw["label"]),
        definition=frozen(raw["definition"]),
        source=raw.get("source") or defaults["source"],
        status=raw.get("status") or defaults["status"],
        order=raw.get("order", position),
        valid_from=raw.get("valid_from") or defaults["valid_from"],
        valid_to=raw.get("valid_to") or defaults.get("valid_to"),
        crosswalk=frozen(raw.get("crosswalk", {})),
        unconfirmed=_unconfirmed(raw, defaults),
        aliases=tuple(raw.get("aliases", ())),
        attributes=frozen(raw.get("attributes", {})),
    )


def read(path: Path) -> CodeList:
    """Read one file as it is; `checking.check` says what is wrong with it."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = tuple(_entry(code, raw, position) for position, code in enumerate(raw["codes"], start=1))
    return CodeList(path.stem, frozen(raw["title"]), raw["source"], raw["status"], entries)


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in LISTS.glob("*.toml")))


@cache
def load(name: str) -> CodeList:
    if name not in names():
        raise Unknown(f"There is no code list {name!r}")
    return read(LISTS / f"{name}.toml")


@cache
def _by_code(name: str) -> Mapping[str, Code]:
    return MappingProxyType({entry.code: entry for entry in load(name).codes})


def get(name: str, code: str) -> Code:
    found = _by_code(name).get(code)
    if found is None:
        raise Unknown(f"{name} has no code {code!r}")
    return found


def codes(name: str, on: date | None = None) -> tuple[str, ...]:
    """All codes ever, or those that may be used on a day."""
    return tuple(entry.code for entry in load(name).codes if on is None or entry.is_valid(on))


def label(name: str, code: str, lang: str = FALLBACK) -> str:
    return in_language(get(name, code).label, lang)


def choices(name: str, lang: str = FALLBACK, on: date | None = None) -> list[tuple[str, str]]:
    """Pairs for a select list, in the list's order."""
    return [(code, label(name, code, lang)) for code in codes(name, on)]
