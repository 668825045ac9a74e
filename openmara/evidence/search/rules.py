"""What may be asked for, and what of it may be kept: pure."""

import re
from collections.abc import Mapping

CODES = (
    "status", "attribution", "adm1", "adm2", "form", "party", "class", "precision", "month_from", "month_to", "assigned",
)  # fmt: skip
COLUMNS = {"attribution": "attribution_status", "class": "record_class", "precision": "date_precision"}
LISTS = {"attribution": "attribution_status", "class": "record_class", "precision": "date_precision"}
COUNTED = 1_000
REFERENCE = re.compile(r"[0-9a-hjkmnp-tv-z]{8}")
CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


def reference(text: str) -> str:
    """A reference as it is written on pages, whatever its case and spaces; '' where it is none."""
    found = re.sub(r"[\s-]", "", text).lower().replace("o", "0").replace("i", "1").replace("l", "1")
    return found if REFERENCE.fullmatch(found) else ""


def words(text: str) -> str:
    """What is looked for, at most 100 characters of it."""
    return text.strip()[:100]


def keepable(filters: Mapping[str, str]) -> dict[str, str]:
    """The codes of a question; words and references are never kept with a view."""
    return {name: filters[name] for name in CODES if filters.get(name) and CODE.fullmatch(filters[name])}
