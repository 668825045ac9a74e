"""Steps run over frames, reach nothing else, and give the same answer each time."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from openmara.engine import parse, run
from openmara.engine.refusals import (
    BadFrame,
    EngineRefusal,
    MissingParameter,
    OutsideAccess,
    StepFailed,
    UnknownEngine,
    UnknownStep,
)
from openmara.engine.steps import Step

ROWS = pa.table({"area": ["CR02", "CR01", "CR01"], "women": [1, 2, 3]})
STEPS = parse(
    "-- step: kept\nselect * from reports where women >= $least\n"
    "-- step: counted\nselect area, sum(women)::bigint as women, $quarter as quarter from kept group by area"
)
GIVEN = {"least": 1, "quarter": "2026Q3", "unused": 1}


def test_it_refuses_an_unknown_step() -> None:
    with pytest.raises(UnknownStep, match="kept, counted"):
        run(STEPS, {"reports": ROWS}, GIVEN, "absent")


def test_it_refuses_a_missing_parameter_before_running() -> None:
    with pytest.raises(MissingParameter, match="'counted' needs the parameter quarter"):
        run(STEPS, {"reports": ROWS}, {"least": 1}, "counted")


def test_it_refuses_an_engine_that_is_not_there() -> None:
    with pytest.raises(UnknownEngine, match="duckdb"):
        run(STEPS, {"reports": ROWS}, GIVEN, "counted", engine="spark")


@pytest.mark.parametrize("name", ["Reports", "reports; drop", "kept"])
def test_it_refuses_a_frame_whose_name_is_odd_or_taken(name: str) -> None:
    with pytest.raises(BadFrame):
        run(STEPS, {name: ROWS}, GIVEN, "counted")


@pytest.mark.parametrize(
    "source", ["'{file}'", "read_text('{file}')", "read_parquet('{file}')", "glob('{folder}/*')"]
)
def test_it_refuses_to_read_a_file_from_sql(tmp_path: Path, source: str) -> None:
    file = tmp_path / "secret.parquet"
    parquet.write_table(ROWS, file)
    steps = parse(f"-- step: a\nselect * from {source.format(file=file, folder=tmp_path)}")
    with pytest.raises(OutsideAccess, match="frames and earlier steps only"):
        run(steps, {"reports": file}, {}, "a")


def test_sql_cannot_see_a_python_variable() -> None:
    hidden = pa.table({"a": [1]})
    assert hidden.num_rows == 1
    with pytest.raises(StepFailed, match="hidden"):
        run(parse("-- step: a\nselect * from hidden"), {}, {}, "a")


@pytest.mark.parametrize(
    "sql",
    [
        "with b as (delete from kept returning *) select * from b",
        "select 1) ; drop table kept; select * from (select 1",
    ],
)
def test_a_step_made_by_hand_cannot_write_either(sql: str) -> None:
    forged = (STEPS[0], Step("forged", sql, frozenset()))
    with pytest.raises(EngineRefusal):
        run(forged, {"reports": ROWS}, GIVEN, "forged")


def test_a_failing_value_is_not_repeated_in_the_message() -> None:
    frame = pa.table({"note": ["not-for-a-log"]})
    with pytest.raises(StepFailed) as refusal:
        run(parse("-- step: a\nselect note::int from f"), {"f": frame}, {}, "a")
    assert "not-for-a-log" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_a_frame_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "a.parquet", tmp_path / "absent.parquet", tmp_path / "empty"):
        with pytest.raises(BadFrame, match="'f'"):
            run(parse("-- step: a\nselect * from f"), {"f": path}, {}, "a")


def test_values_are_bound_not_pasted() -> None:
    steps = parse("-- step: a\nselect count(*) as n from f where area = $area")
    result = run(steps, {"f": ROWS}, {"area": "' or 1=1 --"}, "a")
    assert result.rows.to_pylist() == [{"n": 0}]


def test_rows_come_sorted_with_the_steps_that_made_them() -> None:
    result = run(STEPS, {"reports": ROWS}, GIVEN, "counted")
    assert result.rows.to_pylist() == [
        {"area": "CR01", "women": 5, "quarter": "2026Q3"},
        {"area": "CR02", "women": 1, "quarter": "2026Q3"},
    ]
    assert [shown.splitlines()[0] for shown in result.steps_shown] == ["-- step: kept", "-- step: counted"]


def test_an_earlier_step_can_be_wanted_alone_and_needs_only_its_own_parameters() -> None:
    result = run(STEPS, {"reports": ROWS}, {"least": 3}, "kept")
    assert result.rows.to_pylist() == [{"area": "CR01", "women": 3}]


def test_parquet_files_and_folders_give_what_tables_give(tmp_path: Path) -> None:
    parquet.write_table(ROWS, tmp_path / "reports.parquet")
    (tmp_path / "parts" / "year=2026").mkdir(parents=True)
    parquet.write_table(ROWS, tmp_path / "parts" / "year=2026" / "one.parquet")
    expected = run(STEPS, {"reports": ROWS}, GIVEN, "counted").rows
    for path in (tmp_path / "reports.parquet", tmp_path / "parts"):
        assert run(STEPS, {"reports": path}, GIVEN, "counted").rows == expected


def test_dates_and_missing_values_survive() -> None:
    frame = pa.table({"day": [datetime.date(2026, 7, 1), None]})
    rows = run(parse("-- step: a\nselect day from f"), {"f": frame}, {}, "a").rows.to_pylist()
    assert {row["day"] for row in rows} == {datetime.date(2026, 7, 1), None}
