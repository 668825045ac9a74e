"""From what people type to a code: the code itself, a label in any language, or an alias."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from openmara.vocabulary.codelist import Code, load

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})
# Everything but letters, digits and the signs that make another number of a number (`>3`, `60+`, `-1`).
_SEPARATORS = re.compile(r"(?:(?!(?<!\w)-\d)[^\w<>+]|_)+")


def fold(text: str) -> str:
    """Case, accents and punctuation do not matter: `Viol  collectif` = `VIOL_COLLECTIF`."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SEPARATORS.sub(" ", bare.casefold()).strip()


def spellings(entry: Code) -> set[str]:
    """Every folded text under which an entry may be found."""
    return {fold(text) for text in (entry.code, *entry.label.values(), *entry.aliases)} - {""}


@cache
def _index(name: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for entry in load(name).codes:
        for text in spellings(entry):
            found.setdefault(text, entry.code)
    return MappingProxyType(found)


def normalise(name: str, text: str) -> str | None:
    """The code for a text, or None: nothing is guessed from a near match."""
    return _index(name).get(fold(text))
