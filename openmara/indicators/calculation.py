"""Runs an indicator's steps over frames with the engine. Same frames, same figures, same fingerprint. Plain Python."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from openmara import engine, vocabulary
from openmara.indicators import definitions, periods

Frame: TypeAlias = pa.Table | Path  # type: ignore[valid-type,unused-ignore]  # pyarrow has no types
COLUMNS = ("quarter", "breakdown", "code", "numerator", "denominator", "value", "excluded")


@dataclass(frozen=True, order=True)
class Row:
    """One cell: quarter, breakdown and code ('' = all), what is above and below the line, the value, the number left out."""

    quarter: str
    breakdown: str
    code: str
    numerator: int
    denominator: int | None
    value: float | None
    excluded: int


@dataclass(frozen=True)
class Computed:
    """All cells of one indicator on one basis, and what they were made from."""

    indicator: str
    basis: str
    rows: tuple[Row, ...]
    fingerprint: str
    steps: tuple[str, ...]


def compute(indicator: str, frames: Mapping[str, Frame], quarters: tuple[str, ...], basis: str, as_of: date) -> Computed:
    """Every cell of an indicator for the quarters, on one basis."""
    wanted = {name: frames[name] for name in definitions.load(indicator).frames}
    given = periods.parameters(quarters, basis, as_of)
    found = engine.run(
        definitions.steps(indicator), wanted, given, want="result", vocabulary_version=vocabulary_version(indicator)
    )
    rows = [Row(**{name: row[name] for name in COLUMNS}) for row in found.rows.to_pylist()]
    return Computed(indicator, basis, tuple(sorted(rows, key=_place)), found.fingerprint, found.steps_shown)


def register_frame(frame_sql: str, name: str, entries: pa.Table) -> pa.Table:
    """A register's own columns, made from its entries by the register's own SQL."""
    steps = engine.parse(f"-- step: {name}\n{frame_sql}")
    return engine.run(steps, {"entries": entries}, {}, want=name).rows


def vocabulary_version(indicator: str) -> str:
    """Changes whenever a code list the indicator breaks down by does."""
    lists = definitions.labels()["vocabulary"]
    used = sorted({lists[part] for name in definitions.load(indicator).disaggregation for part in name.split(".") if part in lists})
    content = {name: vocabulary.codes(name) for name in [*used, "verification_status"]}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _place(row: Row) -> tuple[str, str, str]:
    return (row.quarter, row.breakdown, row.code)
