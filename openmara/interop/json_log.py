"""A JSON export: one list of objects with nested parts; a column is the dotted path to a value."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from openmara.interop.tables import FileRefused, Row, Table, Unreadable, check_count, check_size, clean

MAX_DEPTH = 12


class _Refused(Exception):
    """Raised inside the JSON reader."""


def read_json_log(content: bytes, *, paths: Sequence[str], encoding: str = "utf-8") -> Table:
    """The values under the given paths, of each object of the list."""
    check_size(len(content))
    log = _load(content, encoding)
    if not isinstance(log, list):
        raise FileRefused(_("The file must be a list of objects."))
    check_count(len(log))
    rows = []
    for number, entry in enumerate(log, start=1):
        if not isinstance(entry, dict):
            raise FileRefused(_("Record %(number)s is not an object.") % {"number": number})
        if _depth(entry) > MAX_DEPTH:
            raise FileRefused(_("Record %(number)s is nested too deeply.") % {"number": number})
        rows.append(Row(number, {path: value for path in paths if (value := _at(entry, path)) is not None}))
    return Table(tuple(paths), rows)


def _load(content: bytes, encoding: str) -> Any:
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as problem:
        raise FileRefused(
            _("Byte %(position)s cannot be read as %(encoding)s. Say which encoding the file has, or save it in UTF-8.")
            % {"position": problem.start + 1, "encoding": encoding.upper()}
        ) from None
    try:
        return json.loads(text, parse_constant=_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as problem:
        raise FileRefused(_("Not JSON: line %(line)s, column %(column)s.") % {"line": problem.lineno, "column": problem.colno}) from None
    except _Refused as problem:
        raise FileRefused(str(problem)) from None
    except (RecursionError, ValueError):
        raise FileRefused(_("Nested too deeply, or a number is too long.")) from None


def _constant(_word: str) -> NoReturn:
    raise _Refused(_("NaN and Infinity are not numbers of JSON."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused(_("An object names the same key twice."))
    return found


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _at(entry: Any, path: str) -> object:
    """The value under a dotted path; true and false are read as those words, an object in its place is unreadable."""
    for part in path.split("."):
        entry = entry.get(part) if isinstance(entry, dict) else None
    if isinstance(entry, bool):
        return "true" if entry else "false"
    if isinstance(entry, dict) or (isinstance(entry, list) and any(isinstance(one, dict | list) for one in entry)):
        return Unreadable(_("A value was expected here, not another object."))
    return clean(entry)
