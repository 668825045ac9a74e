"""Each frame runs in DuckDB over entries and gives named columns without free text."""

import json
from datetime import date

import duckdb
import pytest

from openmara import forms

TODAY = date(2026, 10, 15)
SECRET = "synthetic free text that must not leave"


def frame(register, rows):
    """Store rows as entries, as the room does, and run the frame's SQL over them."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE entries (entry_key VARCHAR, adm1 VARCHAR, adm2 VARCHAR, occurred_on DATE,"
        " quarter VARCHAR, data JSON)"
    )
    for number, row in enumerate(rows):
        found = forms.check(register.form, row, today=TODAY)
        assert found.errors == {}
        day = found.values[register.definition["date"]]
        areas = [found.values.get(register.definition.get(area, "")) for area in ("adm1", "adm2")]
        entry = [f"k{number}", *areas, day, f"{day.year}Q{(day.month + 2) // 3}", json.dumps(found.as_json())]
        connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", entry)
    result = connection.execute(register.frame_sql)
    names = [column[0] for column in result.description]
    return names, [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def test_no_sensitive_answer_reaches_the_frame(register):
    sensitive = [question.name for question in register.form.answered if question.sensitive]
    names, rows = frame(register, [row | dict.fromkeys(sensitive, SECRET) for row in register.rows()])
    assert sensitive and not set(sensitive) & set(names)
    assert SECRET not in str(rows)
    assert not [name for name in sensitive if name in register.frame_sql]


def test_its_columns_are_the_ones_the_definition_names_and_its_key_is_unique(register):
    names, rows = frame(register, register.rows())
    assert names == register.definition["frame_columns"]
    keys = [tuple(row[column] for column in register.definition["frame_key"]) for row in rows]
    assert len(set(keys)) == len(keys) >= len(register.rows())
    assert {row["entry_key"] for row in rows} == {f"k{number}" for number in range(len(register.rows()))}


def test_it_runs_over_no_entries_at_all(register):
    assert frame(register, [])[1] == []


def test_the_patrol_frame_judges_each_patrol_as_the_form_does(register_named):
    patrol = register_named("patrol")
    rows = patrol.rows()
    _, framed = frame(patrol, rows)
    judged = [forms.check(patrol.form, row, today=TODAY).values for row in rows]
    assert [row["criteria_met"] for row in framed] == [values["criteria_met"] for values in judged]
    assert [row["gender_responsive"] for row in framed] == [v["gender_responsive"] == "yes" for v in judged]
    assert {row["gender_responsive"] for row in framed} == {True, False}


@pytest.mark.parametrize(
    ("women", "stored", "has_woman", "unknown"),
    [("unknown", None, None, 1), ("0", 0, False, 0), ("2", 2, True, 0)],
)
def test_the_patrol_frame_keeps_zero_and_unknown_apart(register_named, women, stored, has_woman, unknown):
    patrol = register_named("patrol")
    row = patrol.rows()[0] | {"women_in_team": women, "team_size": "9"}
    row |= {"gender_briefed": "yes", "route_on_gendered_risk": "no", "women_consulted": "no"}
    _, framed = frame(patrol, [row | {"women_consulted_count": ""}])
    assert (framed[0]["women_in_team"], framed[0]["has_woman"]) == (stored, has_woman)
    assert framed[0]["criteria_unknown"] == unknown


def test_the_training_frame_keeps_sessions_and_strength_apart(register_named):
    training = register_named("training")
    _, rows = frame(training, training.rows())
    assert {row["entry_kind"] for row in rows} == {"session", "strength"}
    for row in rows:
        is_session = row["entry_kind"] == "session"
        assert (row["course"] is not None) is is_session
        assert row["women_on_strength" if is_session else "women_trained"] is None


def test_the_frames_give_each_answer_under_its_own_name(register):
    """The institution frame is long and has its own test; dates and p-codes come from the entry."""
    if "rank_band" in register.definition["frame_key"]:
        assert register.folder.name == "ssr_institution"
        return
    rows = register.rows()
    names, framed = frame(register, rows)
    for row, shown in zip(rows, framed, strict=True):
        answers = forms.check(register.form, row, today=TODAY).values
        for name in set(names) & set(answers) - {"gender_responsive"}:
            expected = (
                None
                if answers[name] == forms.UNKNOWN and not register.form.by_name[name].choices
                else answers[name]
            )
            assert shown[name] == expected, name


def test_the_institution_frame_has_three_rank_bands_that_add_up(register_named):
    ssr = register_named("ssr_institution")
    rows = ssr.rows()
    _, framed = frame(ssr, rows)
    assert len(framed) == 3 * len(rows)
    assert {row["rank_band"] for row in framed} == {"senior", "officer", "other_rank"}
    for number, row in enumerate(rows):
        women = [band["women"] for band in framed if band["entry_key"] == f"k{number}"]
        total = forms.check(ssr.form, row, today=TODAY).values["women_total"]
        assert (None if None in women else sum(women)) == total
