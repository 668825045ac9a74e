"""Reads a source file back through its mapping, by FORMATS.md and without product code."""

import csv
import json
import zipfile
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from openmara.carana.generator.codes import COUNTS, LISTS, TALLY
from openmara.carana.generator.places import Gazetteer

Row = dict[str, Any]


def rows(mapping: dict[str, Any], content: bytes) -> list[Row]:
    """Source column → cell of every record of a file."""
    readers = {"xlsx": _sheet, "json": _json, "odk_zip": _odk, "csv": _csv}
    found = readers[mapping["format"]](mapping, content)
    key = mapping["key_column"]
    return [row for row in found if str(row.get(key) or "").strip()]


def _sheet(mapping: dict[str, Any], content: bytes) -> list[Row]:
    sheet = load_workbook(BytesIO(content), data_only=False)[mapping["sheet"]]
    values = list(sheet.iter_rows(min_row=mapping["header_row"], values_only=True))
    header = [str(name) for name in values[0]]
    return [dict(zip(header, line, strict=True)) for line in values[1:]]


def _csv(mapping: dict[str, Any], content: bytes) -> list[Row]:
    text = content.decode(mapping["encoding"])
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=mapping["delimiter"]))


def _odk(mapping: dict[str, Any], content: bytes) -> list[Row]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return _csv(mapping, archive.read(mapping["member"]))


def _json(mapping: dict[str, Any], content: bytes) -> list[Row]:
    def value(entry: Any, path: str) -> Any:
        for part in path.split("."):
            entry = entry.get(part) if isinstance(entry, dict) else None
        return str(entry).lower() if isinstance(entry, bool) else entry

    log = json.loads(content)
    return [{path: value(entry, path) for path in mapping["columns"].values()} for entry in log]


def coding(mapping: dict[str, Any], gazetteer: Gazetteer, row: Row) -> Row:
    """A record in template columns, as FORMATS.md says."""
    found: Row = {}
    blank = {word.casefold() for word in mapping["blank"]}
    for name, column in mapping["columns"].items():
        cell = row[column]
        if cell is None or (isinstance(cell, str) and cell.strip().casefold() in blank):
            continue
        found[name] = _value(mapping, name, cell)
    for level in ("adm2", "settlement"):
        if mapping.get("places", {}).get(level) == "name" and level in found:
            found[level] = _place(gazetteer, found, level)
    found |= mapping.get("constants", {})
    found.setdefault("alleged_parties", ["unknown"])
    found.setdefault("date_to", found["date_from"])
    found.setdefault("total", sum(found.get(part, 0) for part in TALLY))
    return found


def _value(mapping: dict[str, Any], name: str, cell: Any) -> Any:
    words = {w.casefold(): code for w, code in mapping.get("values", {}).get(name, {}).items()}
    if name in mapping.get("dates", {}):
        return _day(mapping["dates"][name], cell)
    if name in COUNTS:
        return int(str(cell).strip())
    if name in LISTS:
        split = mapping.get("split", {}).get(name)
        parts = cell if isinstance(cell, list) else str(cell).split(split["separator"]) if split else [cell]
        return [words[p.strip().casefold()] if words else p for p in parts]
    text = str(cell).strip()
    return words[text.casefold()] if words else text


def _day(formats: Any, cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    for shape in [formats] if isinstance(formats, str) else formats:
        if shape == "iso":
            return date.fromisoformat(cell[:10]).isoformat()
        if shape != "cell":
            return datetime.strptime(cell, shape).date().isoformat()
    raise ValueError(cell)


def _place(gazetteer: Gazetteer, found: Row, level: str) -> str:
    wanted = found[level].casefold()
    if level == "adm2":
        near = [c for c in gazetteer.districts if c[:4] == found["adm1"]]
        return next(c for c in near if wanted in (c.casefold(), gazetteer.districts[c].casefold()))
    near_by = [s for s in gazetteer.settlements if s.adm2 == found["adm2"]]
    (match,) = [s.code for s in near_by if wanted in (s.code.casefold(), s.name.casefold())]
    return match
