"""Drawn tables: a few rows of a frame as text, so that a specification can be read. Used by the catalogue's specs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from openmara.indicators.calculation import COLUMNS, Row, compute
from openmara.indicators.columns import schema

# What a drawn row means where it does not say otherwise.
PLAIN: Mapping[str, Mapping[str, Any]] = {
    "incidents": {
        "date_precision": "day", "adm1": "CR01", "record_class": "crsv", "status": "", "principal_form": "rape",
        "displacement_context": "unknown", "women": 0, "girls": 0, "men": 0, "boys": 0, "adult_unknown": 0, "child_unknown": 0,
        "unknown": 0, "parties": ["unknown"], "party_categories": ["unknown"],
    },
    "patrol": {"adm1": "CR01", "force": "military", "day_night": "day", "criteria_unknown": 0},
    "training": {"component": "military"},
    "ssr_institution": {"rank_band": "officer"},
}  # fmt: skip


def frame(name: str, text: str = "") -> pa.Table:
    """A frame from rows drawn under a heading; a column not drawn has its plain value, an empty cell is NULL."""
    lines = [line for line in (line.strip() for line in text.splitlines()) if line]
    heads = [cell.strip() for cell in lines[0].split("|")] if lines else []
    fields = schema(name)
    unknown = set(heads) - set(fields.names)
    if unknown:
        raise ValueError(f"{name} has no column {sorted(unknown)}")
    rows = []
    for number, line in enumerate(lines[1:], start=1):
        cells = dict(zip(heads, (cell.strip() for cell in line.split("|")), strict=True))
        row: dict[str, Any] = {field.name: PLAIN.get(name, {}).get(field.name) for field in fields}
        row |= {head: _value(cell, fields.field(head).type) for head, cell in cells.items()}
        if name == "verification_steps" and row["step"] is None:
            row["step"] = number
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=fields)


def _value(cell: str, kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return cell.split()
    if not cell:
        return None
    if pa.types.is_date(kind):
        return date.fromisoformat(cell)
    return int(cell) if pa.types.is_integer(kind) else cell


def result(
    indicator: str, quarters: str, *, basis: str = "as_reported", as_of: date = date(2026, 11, 21), **frames: pa.Table
) -> tuple[Row, ...]:
    """The rows of an indicator over drawn frames."""
    return compute(indicator, frames, tuple(quarters.split()), basis, as_of).rows


def rows(text: str) -> list[tuple[Any, ...]]:
    """Expected rows, drawn as: quarter | breakdown | code | numerator | denominator | value | excluded; `-` is NULL."""
    found = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(COLUMNS):
            raise ValueError(f"{len(COLUMNS)} cells are wanted: {line}")
        numbers = [None if cell == "-" else float(cell) for cell in cells[3:]]
        found.append((*cells[:3], *numbers))
    return found


def picked(found: tuple[Row, ...], *breakdowns: str, zeros: bool = True) -> list[tuple[Any, ...]]:
    """Rows of the named breakdowns, as `rows` draws them, in order; without the empty ones where asked."""
    return [
        tuple(getattr(row, name) for name in COLUMNS)
        for row in found
        if row.breakdown in breakdowns and (zeros or row.numerator or row.denominator)
    ]
