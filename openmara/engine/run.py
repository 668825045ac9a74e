"""Runs steps on DuckDB in memory: reads frames, nothing else; same input, same output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as dataset

from openmara.engine.fingerprint import fingerprint, parquet_files
from openmara.engine.refusals import (
    BadFrame,
    BadSteps,
    EngineRefusal,
    MissingParameter,
    OutsideAccess,
    StepFailed,
    UnknownEngine,
)
from openmara.engine.steps import NAME, Step, find, parse, show

THREADS = 2
# Errors of these kinds speak of the SQL text only; any other message may repeat a value of a row.
ABOUT_TEXT = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


@dataclass(frozen=True)
class Result:
    """The rows of the wanted step, sorted by all columns, and what they were made from."""

    rows: pa.Table
    fingerprint: str
    steps_shown: tuple[str, ...]


def run(
    steps: Sequence[Step],
    frames: Mapping[str, pa.Table | Path],
    parameters: Mapping[str, object],
    want: str,
    engine: str = "duckdb",
    vocabulary_version: str = "",
) -> Result:
    """Run the steps up to the wanted one and return its rows."""
    if engine != "duckdb":
        raise UnknownEngine(f"There is no engine '{engine}'. Engines: duckdb.")
    last = find(steps, want)
    needed = tuple(steps[: list(steps).index(last) + 1])
    _check(needed, frames, parameters)
    made_from = fingerprint(needed, frames, parameters, vocabulary_version)
    with _connection(frames) as connection:
        for step in needed:
            _execute(connection, step, parameters)
        # Sorted by every column: threads may finish in any order, the rows may not.
        rows = connection.sql(f'select * from "{want}" order by all').to_arrow_table()
    return Result(rows=rows, fingerprint=made_from, steps_shown=tuple(show(step) for step in needed))


def _check(
    steps: Sequence[Step], frames: Mapping[str, pa.Table | Path], parameters: Mapping[str, object]
) -> None:
    """Refuse before anything runs what can be known from the names alone."""
    for name, frame in frames.items():
        if isinstance(frame, Path) and not any(parquet_files(frame)):
            raise BadFrame(f"The frame '{name}' has no file.")
        if not NAME.match(name):
            raise BadFrame(f"'{name}' is no frame name: use a-z, 0-9 and _, starting with a letter.")
        if name in {step.name for step in steps}:
            raise BadFrame(f"'{name}' is both a frame and a step.")
    for step in steps:
        if parse(show(step)) != (step,):
            raise BadSteps(f"Step '{step.name}' is not what its text says.")
        missing = sorted(step.parameters - set(parameters))
        if missing:
            raise MissingParameter(f"Step '{step.name}' needs the parameter {', '.join(missing)}.")


def _connection(frames: Mapping[str, pa.Table | Path]) -> duckdb.DuckDBPyConnection:
    """A database in memory that holds the frames and can reach nothing else."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    try:
        for name, frame in frames.items():
            connection.register(name, _open(name, frame))
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def _open(name: str, frame: pa.Table | Path) -> pa.Table | dataset.Dataset:
    """Parquet is opened by pyarrow, so the database itself never needs to see a file."""
    if not isinstance(frame, Path):
        return frame
    try:
        return dataset.dataset(frame, format="parquet", partitioning="hive")
    except (OSError, pa.ArrowInvalid):
        raise BadFrame(f"The frame '{name}' is not Parquet.") from None


def _execute(connection: duckdb.DuckDBPyConnection, step: Step, parameters: Mapping[str, object]) -> None:
    values = {name: parameters[name] for name in step.parameters}
    try:
        # The brackets matter: inside them the database refuses a WITH clause that writes.
        connection.execute(
            f'create temp table "{step.name}" as select * from (\n{step.sql}\n)', values
        ).fetchall()
    except duckdb.Error as error:
        raise _refusal(step, error) from None


def _refusal(step: Step, error: duckdb.Error) -> EngineRefusal:
    if isinstance(error, duckdb.PermissionException):
        return OutsideAccess(f"Step '{step.name}' may read frames and earlier steps only.")
    if isinstance(error, ABOUT_TEXT):
        return StepFailed(f"Step '{step.name}' failed: {error}")
    return StepFailed(f"Step '{step.name}' failed: {type(error).__name__}")
