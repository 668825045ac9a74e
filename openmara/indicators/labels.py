"""Words for breakdowns, codes and quarters, from labels.toml, the vocabulary and the registers' forms. Plain Python."""

from collections.abc import Mapping
from functools import cache

from openmara import forms, vocabulary
from openmara.activities import registers
from openmara.indicators.definitions import in_language, labels

QUARTER = {"en": "Q{number} {year}", "fr": "T{number} {year}"}


def word(kind: str, name: str, lang: str) -> str:
    """A word of labels.toml, such as `pillar` or `unit`; a name it does not hold stands for itself."""
    found = labels().get(kind, {}).get(name)
    return in_language(found, lang) if found else name


def quarter(key: str, lang: str) -> str:
    """`Q3 2026`, `T3 2026`."""
    return in_language(QUARTER, lang).format(number=key[5], year=key[:4])


def breakdown(name: str, lang: str) -> str:
    return " × ".join(word("breakdown", part, lang) for part in name.split("."))


def code(name: str, value: str, lang: str, names: Mapping[str, str]) -> str:
    """What a code of a breakdown is called. `names` are those of areas and parties, in the same language."""
    own = labels()["code"].get(name, {}).get(value)
    if own:
        return in_language(own, lang)
    if name in labels()["vocabulary"]:
        return _vocabulary(labels()["vocabulary"][name], value, lang)
    if name in labels()["register"]:
        return _register(*labels()["register"][name]).get(value, {}).get(lang[:2], _unknown(value, lang))
    return names.get(value, _unknown(value, lang))


def order(name: str) -> list[str]:
    """The printed order of a breakdown's codes, where there is one; never by size."""
    if name in labels()["code"]:
        return list(labels()["code"][name])
    if name in labels()["vocabulary"]:
        return list(vocabulary.codes(labels()["vocabulary"][name]))
    return list(_register(*labels()["register"][name])) if name in labels()["register"] else []


def _vocabulary(list_name: str, value: str, lang: str) -> str:
    try:
        return vocabulary.label(list_name, value, lang)
    except vocabulary.Unknown:
        return value


def _unknown(value: str, lang: str) -> str:
    return _vocabulary("yes_no_unknown", value, lang) if value == "unknown" else value


@cache
def _register(name: str, question: str) -> Mapping[str, Mapping[str, str]]:
    form = forms.read(registers.FOLDER / name)
    return {choice.code: choice.label for choice in form.by_name[question].choices}
