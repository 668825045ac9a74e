"""One moment of a mission as Parquet files: the frames that figures are computed from, S1 and S2 only (SECURITY.md)."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from django.conf import settings

from openmara.activities import frames as activities
from openmara.activities import registers
from openmara.engine.fingerprint import content_hash
from openmara.evidence import frames as evidence
from openmara.indicators import periods
from openmara.indicators.calculation import register_frame

REGISTERS = ("patrol", "training", "ssr_institution")


@dataclass(frozen=True)
class Collected:
    """Frames of one moment, their fingerprint, how many rows each has, and what each quarter covers."""

    frames: Mapping[str, pa.Table]
    fingerprint: str
    rows: Mapping[str, int]
    coverage: Mapping[str, Mapping[str, int]]


def collect(zone: str, areas: int, quarters: tuple[str, ...]) -> Collected:
    """Read every frame in the caller's transaction and context."""
    frames = {"incidents": evidence.incidents(), "verification_steps": evidence.verification_steps(zone)}
    for name in REGISTERS:
        frame_sql = (registers.FOLDER / name / "frame.sql").read_text(encoding="utf-8")
        frames[name] = register_frame(frame_sql, name, activities.entries(name))
    marks = "".join(f"{name}\0{content_hash(table)}\0" for name, table in sorted(frames.items()))
    return Collected(
        frames, hashlib.sha256(marks.encode()).hexdigest(), {name: table.num_rows for name, table in frames.items()},
        {quarter: _coverage(frames, areas, *periods.bounds(quarter)) for quarter in quarters},
    )  # fmt: skip


def _coverage(frames: Mapping[str, pa.Table], areas: int, first: date, last: date) -> dict[str, int]:
    """How many provinces reports came from, and how many entries each register has: what is not there is not zero."""
    heard = _between(frames["incidents"], "reported_month", first, last).column("adm1")
    found = {"areas": areas, "heard_from": len(heard.unique())}
    return found | {name: _between(frames[name], "occurred_on", first, last).num_rows for name in REGISTERS}


def _between(table: pa.Table, column: str, first: date, last: date) -> pa.Table:
    days = table.column(column)
    return table.filter(pc.and_(pc.greater_equal(days, pa.scalar(first)), pc.less_equal(days, pa.scalar(last))))


def folder(mission_code: str) -> Path:
    return Path(settings.DATA_FOLDER) / "frames" / mission_code


def write(mission_code: str, name: str, frames: Mapping[str, pa.Table]) -> Path:
    """Write the frames of one snapshot; a folder that could not be completed is taken away again."""
    target = folder(mission_code) / name
    target.mkdir(parents=True, mode=0o700)
    try:
        for frame, table in frames.items():
            parquet.write_table(table, target / f"{frame}.parquet", compression="zstd")
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target


def discard(mission_code: str, keep: frozenset[str]) -> None:
    """Remove the folders of snapshots that are no longer kept."""
    place = folder(mission_code)
    for found in place.iterdir() if place.is_dir() else ():
        if found.name not in keep:
            shutil.rmtree(found, ignore_errors=True)
