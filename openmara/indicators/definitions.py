"""Reads the catalogue: one folder is one indicator. Refuses a definition that lacks a word in a language. Plain Python."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openmara import engine
from openmara.errors import NotFound, NotValid

CATALOGUE = Path(__file__).with_name("catalogue")
LANGUAGES = ("en", "fr")
WORDED = ("title", "definition", "caution", "numerator", "denominator", "excluded", "rounding", "source")
Text = Mapping[str, str]


@dataclass(frozen=True)
class Definition:
    """What an indicator is, in words and in steps."""

    id: str
    version: int
    title: Text
    definition: Text
    caution: Text
    unit: str
    numerator: Text
    denominator: Text
    excluded: Text
    disaggregation: tuple[str, ...]
    page: tuple[str, ...]
    frequency: str
    component: str
    pillar: str
    target: str
    target_why: Text
    rounding: Text
    min_cell: int
    source: Text
    core: bool
    grade: str
    frames: tuple[str, ...]
    shared: tuple[str, ...]
    headline: str

    @property
    def is_count(self) -> bool:
        return self.unit in ("incidents", "persons")


def in_language(text: Text, lang: str) -> str:
    """`fr-ca` reads `fr`; a language that is not there yet reads English."""
    return text.get(lang[:2]) or text["en"]


@cache
def ids() -> tuple[str, ...]:
    """Every indicator of the catalogue, by pillar as labels.toml orders them, then by id."""
    order = list(labels()["pillar"])
    found = [path.parent.name for path in CATALOGUE.glob("IND-*/definition.toml")]
    return tuple(sorted(found, key=lambda name: (order.index(load(name).pillar), name)))


@cache
def load(indicator: str) -> Definition:
    """One definition; NotFound for an id the catalogue does not have."""
    path = CATALOGUE / indicator / "definition.toml"
    if not indicator.startswith("IND-") or not path.is_file():
        raise NotFound(f"There is no indicator {indicator!r}.")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    problems = _problems(raw, indicator)
    if problems:
        raise NotValid(problems=problems)
    target = raw.pop("target")
    lists: dict[str, Any] = {name: tuple(raw.pop(name)) for name in ("disaggregation", "page", "frames", "shared")}
    return Definition(**raw, **lists, target=target["value"], target_why=target["why"])


def _problems(raw: Mapping[str, Any], indicator: str) -> dict[str, str]:
    texts = {name: raw.get(name, {}) for name in WORDED} | {"target": raw.get("target", {}).get("why", {})}
    problems = {name: "a language is missing" for name, text in texts.items() if not all(text.get(lang) for lang in LANGUAGES)}
    if raw.get("id") != indicator:
        problems["id"] = "the id is not the folder's name"
    if raw.get("unit") in ("incidents", "persons") and raw.get("target", {}).get("value") != "none":
        problems["target"] = "a count of violence has no target"
    return problems


@cache
def steps(indicator: str) -> tuple[engine.Step, ...]:
    """The shared steps the definition names, then its own; the last is called `result`."""
    shared = [CATALOGUE / "shared" / f"{name}.sql" for name in load(indicator).shared]
    paths = [*shared, CATALOGUE / indicator / "steps.sql"]
    return tuple(step for path in paths for step in engine.read(path))


@cache
def labels() -> dict[str, Any]:
    """Words for breakdowns and for codes that no vocabulary and no register names."""
    return tomllib.loads((CATALOGUE / "labels.toml").read_text(encoding="utf-8"))
