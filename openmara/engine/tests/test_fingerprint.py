"""A fingerprint changes with anything that could change the result, and with nothing else."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from openmara.engine import fingerprint, parse, run
from openmara.engine.fingerprint import content_hash

STEPS = parse("-- step: a\nselect * from f where n > $least")
FRAME = pa.table({"n": [1, None, 3], "t": ["a", "b", None], "l": [["x"], [], None]})
BASE = fingerprint(STEPS, {"f": FRAME}, {"least": 0}, "1")


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.slice(1),
        FRAME.rename_columns(["n", "t", "k"]),
        FRAME.set_column(0, "n", pa.array([1, 0, 3])),
        FRAME.set_column(0, "n", pa.array([1, None, 3], pa.int32())),
        FRAME.set_column(1, "t", pa.array(["ab", "", None])),
        FRAME.set_column(2, "l", pa.array([[], ["x"], None])),
    ],
)
def test_another_frame_gives_another_fingerprint(frame: pa.Table) -> None:
    assert fingerprint(STEPS, {"f": frame}, {"least": 0}, "1") != BASE


def test_another_parameter_vocabulary_name_or_sql_gives_another_fingerprint() -> None:
    other = parse("-- step: a\nselect * from f where n >= $least")
    assert (
        len(
            {
                BASE,
                fingerprint(STEPS, {"f": FRAME}, {"least": 1}, "1"),
                fingerprint(STEPS, {"f": FRAME}, {"least": 0}, "2"),
                fingerprint(STEPS, {"g": FRAME}, {"least": 0}, "1"),
                fingerprint(other, {"f": FRAME}, {"least": 0}, "1"),
            }
        )
        == 5
    )


def test_the_cut_into_chunks_makes_no_difference() -> None:
    cut = pa.concat_tables([FRAME.slice(0, 1), FRAME.slice(1)])
    assert cut.column("n").num_chunks == 2
    assert fingerprint(STEPS, {"f": cut}, {"least": 0}, "1") == BASE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([datetime.date(2026, 1, 1)], [datetime.date(2026, 1, 2)]),
        ([datetime.datetime(2026, 1, 1)], [datetime.datetime(2026, 1, 2)]),
        ([True], [False]),
        ([1.0], [2.0]),
        ([b"a"], [b"b"]),
        ([decimal.Decimal("1.0")], [decimal.Decimal("1.1")]),
        ([{"a": 1}], [{"a": 2}]),
        ([None], [None, None]),
    ],
)
def test_every_kind_of_column_counts(one: list[object], other: list[object]) -> None:
    assert content_hash(pa.table({"c": one})) == content_hash(pa.table({"c": one}))
    assert content_hash(pa.table({"c": one})) != content_hash(pa.table({"c": other}))


def test_words_kept_as_a_dictionary_count_by_their_words() -> None:
    one, other = (pa.table({"c": pa.array(words).dictionary_encode()}) for words in (["a", "b"], ["a", "c"]))
    assert content_hash(one) != content_hash(other)


def test_an_empty_table_has_a_fingerprint() -> None:
    assert content_hash(FRAME.schema.empty_table()) != content_hash(FRAME)


def test_a_file_counts_by_content_and_a_folder_by_names_and_content(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        parquet.write_table(FRAME, tmp_path / name / f"{name}.parquet")
    assert content_hash(tmp_path / "one" / "one.parquet") == content_hash(tmp_path / "two" / "two.parquet")
    assert content_hash(tmp_path / "one") != content_hash(tmp_path / "two")


def test_a_result_carries_the_fingerprint() -> None:
    assert run(STEPS, {"f": FRAME}, {"least": 0}, "a", vocabulary_version="1").fingerprint == BASE
