"""Steps are read from text, one SELECT each."""

from pathlib import Path

import pytest

from openmara.engine import steps
from openmara.engine.refusals import BadSteps, NotSelect, UnknownStep


@pytest.mark.parametrize(
    "sql",
    [
        "insert into a select 1",
        "create table b as select 1",
        "drop table a",
        "delete from a",
        "copy a to 'a.csv'",
        "attach 'a.db'",
        "install httpfs",
        "set threads = 9",
        "pragma version",
        "describe a",
        "with b as (insert into a values (1) returning *) select * from b",
        "select * from (with b as (delete from a returning *) select * from b)",
    ],
)
def test_it_refuses_a_step_that_is_not_a_reading_select(sql: str) -> None:
    with pytest.raises(NotSelect):
        steps.parse(f"-- step: a\n{sql}")


def test_it_refuses_two_statements_in_one_step() -> None:
    with pytest.raises(NotSelect, match="2 statements"):
        steps.parse("-- step: a\nselect 1; select 2")


def test_it_refuses_an_empty_step() -> None:
    with pytest.raises(NotSelect, match="0 statements"):
        steps.parse("-- step: a\n-- nothing\n")


@pytest.mark.parametrize("name", ["", "A", "1a", 'a"; drop', "a b", "é"])
def test_it_refuses_a_name_that_is_no_plain_identifier(name: str) -> None:
    with pytest.raises(BadSteps):
        steps.parse(f"-- step: {name}\nselect 1")


def test_it_refuses_the_same_name_twice() -> None:
    with pytest.raises(BadSteps, match="twice"):
        steps.parse("-- step: a\nselect 1\n-- step: a\nselect 2")


def test_it_refuses_sql_before_the_first_header_and_text_without_any() -> None:
    with pytest.raises(BadSteps, match="before"):
        steps.parse("select 0;\n-- step: a\nselect 1")
    with pytest.raises(BadSteps, match="no step"):
        steps.parse("select 1")


def test_it_refuses_broken_sql() -> None:
    with pytest.raises(BadSteps, match="not valid"):
        steps.parse("-- step: a\nselect from from")


def test_an_unknown_step_is_refused_with_the_names_there_are() -> None:
    found = steps.parse("-- step: a\nselect 1\n-- step: b\nselect 2")
    with pytest.raises(UnknownStep, match="a, b"):
        steps.find(found, "c")


def test_steps_keep_their_order_their_parameters_and_can_be_shown_alone(tmp_path: Path) -> None:
    file = tmp_path / "steps.sql"
    file.write_text(
        "-- a note\n-- step: one\nselect $quarter as q, '$no' as n;\n\n-- step: two\n-- why\nselect * from one"
    )
    one, two = steps.read(file)
    assert (one.name, one.parameters, two.name, two.parameters) == ("one", {"quarter"}, "two", frozenset())
    assert steps.show(one) == "-- step: one\nselect $quarter as q, '$no' as n;\n"
    assert steps.parse(steps.show(one) + steps.show(two)) == (one, two)
