"""The words of refusals, in the languages of messages.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from openmara.forms.form import in_language


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((Path(__file__).parent / "messages.toml").read_text(encoding="utf-8"))


def message(key: str, lang: str, **values: object) -> str:
    """Return a message; `values` are codes and limits of the form, never an answer."""
    return in_language(_messages()[key], lang).format(**values)
