"""Entries of the log as a file: written whole, then sent. Codes and identifiers only."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from django.conf import settings

KINDS = {"csv": "text/csv", "json": "application/json"}
COLUMNS = ("id", "at", "event", "person", "pseudonym", "role", "class", "outcome", "records", "how_many", "purpose", "request")


def written(kind: str, rows: Iterable[Mapping[str, Any]]) -> IO[bytes]:
    """A finished file, open at its beginning; it is gone when closed."""
    target = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)
    try:
        for piece in _as_csv(rows) if kind == "csv" else _as_json(rows):
            target.write(piece.encode())
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _as_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"


def _as_csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in ({name: name for name in COLUMNS}, *rows):
        line = io.StringIO()
        csv.writer(line).writerow([_cell(row[name]) for name in COLUMNS])
        yield line.getvalue()


def _cell(value: object) -> str:
    """One cell; a value that a spreadsheet would take for a formula is marked as text."""
    text = " ".join(value) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t")) else text
