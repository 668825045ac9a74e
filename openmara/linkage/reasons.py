"""Says in words why two reports may tell of one incident, and what speaks against it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr")
FOR, AGAINST = "+", "−"
NOTHING = "unknown"


class NoWords(Exception):
    """A feature, an outcome or a language has no words."""


def reasons(
    features: Mapping[str, str], lang: str, contributions: Mapping[str, float] | None = None
) -> list[str]:
    """The reasons, each with its sign; with contributions the heaviest come first and carry their own sign."""
    if lang not in LANGUAGES:
        raise NoWords(f"There are no reasons in '{lang}'. Languages: {', '.join(LANGUAGES)}.")
    weights = contributions or {}
    names = sorted(features, key=lambda name: -abs(weights.get(name, 0.0)))
    return [
        text
        for name in names
        if features[name] != NOTHING
        for text in _words(name, features[name], lang, weights)
    ]


def _words(name: str, outcome: str, lang: str, weights: Mapping[str, float]) -> list[str]:
    """One reason, or the two sides of a mixed outcome; the weight of this very pair decides a plain one's sign."""
    try:
        entry = table()[name][outcome]
    except KeyError:
        raise NoWords(f"There are no words for '{name}: {outcome}'.") from None
    if "but_en" in entry:
        return [f"{FOR} {entry[lang]}", f"{AGAINST} {entry['but_' + lang]}"]
    favours = weights[name] > 0 if weights.get(name) else entry["sign"] == "+"
    return [f"{FOR if favours else AGAINST} {entry[lang]}"]


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """Feature, outcome, then sign and words by language."""
    with Path(__file__).with_suffix(".toml").open("rb") as stream:
        return tomllib.load(stream)
