"""Candidate pairs are found, explained, repeatable, and never more than asked for."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from openmara.linkage import bench
from openmara.linkage.clusters import clusters
from openmara.linkage.columns import SCHEMA, TALLY, BadReports
from openmara.linkage.comparisons import COMPARISONS
from openmara.linkage.reports_of_truth import generate
from openmara.linkage.scoring import Scoring, TooManyPairs, candidates, score
from openmara.linkage.weights import fixed

PLAIN: dict[str, Any] = {
    "organisation": "A",
    "date_lo": date(2026, 7, 14),
    "date_hi": date(2026, 7, 14),
    "date_precision": "day",
    "adm1": "CR01",
    "adm2": "CR0103",
    "adm3": "CR010302",
    "settlement": "CR010302S01",
    "location_precision": "settlement",
    "place_type": "road",
    "forms": ["rape", "sexual_assault"],
    "parties": ["MPC"],
    "total": 2,
    "women": 2,
}


def reports(*changes: dict[str, Any]) -> pa.Table:
    """One plain report per change, keyed r0, r1, … and each from another organisation."""
    rows = [
        PLAIN | {"report_key": f"r{i}", "organisation": f"O{i}"} | change for i, change in enumerate(changes)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def pairs(table: pa.Table, threshold: float = 0.1) -> set[tuple[str, str]]:
    return {(c.report_a, c.report_b) for c in candidates(table, threshold)}


@pytest.fixture(scope="module")
def trained() -> tuple[dict[str, str], Scoring]:
    truth = generate(2_000, seed=5)
    return dict(truth.incident_of), score(truth.missions[0])


def test_it_refuses_more_pairs_than_the_budget_before_making_any() -> None:
    with pytest.raises(TooManyPairs, match="20 reports would give up to .* the budget is 100"):
        score(reports(*[{}] * 20), budget=100)


def test_it_refuses_a_table_that_is_not_of_reports() -> None:
    with pytest.raises(BadReports, match="adm2, forms"):
        candidates(reports({}).drop_columns(["adm2", "forms"]))
    with pytest.raises(BadReports, match="report_key"):
        candidates(reports({"report_key": "x"}, {"report_key": "x"}))
    with pytest.raises(BadReports, match="type"):
        candidates(reports({}).set_column(0, "report_key", pa.array([["x"]])))


def test_it_never_pairs_the_same_reference_of_the_same_organisation() -> None:
    same = {"organisation": "A", "their_reference": "77"}
    assert pairs(reports(same, same)) == set()
    assert pairs(reports(same, same | {"organisation": "B"})) == {("r0", "r1")}
    assert pairs(reports(same, same | {"their_reference": "78"})) == {("r0", "r1")}


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_reports_give_no_pairs(count: int) -> None:
    assert candidates(reports({}, {}).slice(0, count)) == []


def test_a_handful_of_reports_is_scored_with_fixed_weights_and_says_so() -> None:
    found = score(
        reports({}, {"settlement": None, "location_precision": "adm3"}, {"adm1": "CR05", "adm2": "CR0501"})
    )
    assert not found.trained
    assert [(c.report_a, c.report_b) for c in found.candidates] == [("r0", "r1")]
    assert found.candidates[0].features["place"] == "same_adm3_imprecise"


def test_columns_that_may_be_absent_are_not_needed() -> None:
    optional = ["their_reference", "place_type", "women", "girls", "men", "boys"]
    found = candidates(reports({}, {}).drop_columns(optional))
    assert (found[0].features["place_type"], found[0].features["people"]) == ("unknown", "unknown")


@pytest.mark.parametrize("days", [0, 1, 2, 3])
@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 7, 15), date(2026, 7, 28)])
def test_the_standing_rule_names_its_pairs_whatever_the_threshold(day: date, days: int) -> None:
    later = date.fromordinal(day.toordinal() + days)
    unlike = {
        "date_lo": later, "date_hi": later, "adm3": "CR010301", "settlement": "CR010301S09", "parties": ["CDF"],
        "forms": ["rape"], "total": 3, "women": 0, "boys": 3, "place_type": "camp", "organisation": "O0",
    }  # fmt: skip
    found = candidates(reports({"date_lo": day, "date_hi": day}, unlike), threshold=1.1)
    assert [c.features["rule"] for c in found] == ["v11"]


@pytest.mark.parametrize(
    "change",
    [
        {"adm2": "CR0104", "adm3": "CR010401", "settlement": "CR010401S01"},
        {"date_lo": date(2026, 7, 18), "date_hi": date(2026, 7, 18)},
        {"forms": ["forced_nudity"]},
        {"total": 9},
        {"date_lo": date(2026, 7, 1), "date_hi": date(2026, 7, 31), "date_precision": "month"},
    ],
)
def test_the_standing_rule_stops_where_it_says(change: dict[str, Any]) -> None:
    assert candidates(reports({}, change), threshold=1.1) == []


def test_windows_cover_every_start_of_a_season() -> None:
    """Blocks have edges; no two reports three days apart may fall on different sides of all of them."""
    changes: list[dict[str, Any]] = []
    for number, start in enumerate(range(date(2026, 1, 1).toordinal(), date(2026, 3, 10).toordinal())):
        for day in (date.fromordinal(start), date.fromordinal(start + 3)):
            district = {"adm1": f"CR{number}", "adm2": f"CR{number}01"}
            changes.append(district | {"date_lo": day, "date_hi": day, "parties": []})
    expected = {(f"r{i}", f"r{i + 1}") for i in range(0, len(changes), 2)}
    assert {tuple(sorted(pair)) for pair in pairs(reports(*changes), 1.1)} == {
        tuple(sorted(e)) for e in expected
    }


def test_a_report_without_a_date_has_no_window_and_no_pair() -> None:
    for change in ({"date_precision": "unknown"}, {"date_lo": None, "date_hi": None}):
        assert candidates(reports({}, change), threshold=0.0) == []


@pytest.mark.parametrize(
    ("change", "feature", "outcome"),
    [
        ({}, "date", "same_day"),
        ({"date_lo": date(2026, 7, 13), "date_hi": date(2026, 7, 19), "date_precision": "week"}, "date", "overlap_week"),
        ({"date_lo": date(2026, 7, 1), "date_hi": date(2026, 7, 31), "date_precision": "month"}, "date", "overlap_month"),
        ({"date_hi": None}, "date", "same_day"),
        ({"date_lo": date(2026, 7, 13), "date_hi": None, "date_precision": "week"}, "date", "overlap_week"),
        ({"date_lo": date(2026, 7, 1), "date_hi": date(2026, 7, 1), "date_precision": "month"}, "date", "overlap_month"),
        ({"date_lo": date(2026, 7, 1), "date_hi": None, "date_precision": "quarter"}, "date", "overlap_wide"),
        ({"date_lo": date(2026, 1, 1), "date_hi": None, "date_precision": "year"}, "date", "unknown"),
        ({"parties": ["unknown"]}, "parties", "unknown"),
        ({"settlement": "CR010302S02"}, "place", "same_adm3_different"),
        ({"location_precision": "adm2"}, "place", "same_adm2_imprecise"),
        ({"location_precision": "unknown"}, "place", "same_settlement"),
        ({"location_precision": "adm1"}, "place", "same_adm1_imprecise"),
        ({"adm3": "CR010301", "settlement": "CR010301S01"}, "place", "same_adm2_different"),
        ({"parties": []}, "parties", "unknown"),
        ({"parties": ["MPC", "CDF"]}, "parties", "one_shared"),
        ({"parties": ["CDF"]}, "parties", "none_shared"),
        ({"forms": ["rape"]}, "forms", "one_shared"),
        ({"total": None}, "count", "unknown"),
        ({"total": 3}, "count", "close_small"),
        ({"women": 0, "unknown": 2}, "people", "unknown"),
        ({"women": 1, "girls": 1}, "people", "overlapping"),
        ({"women": 0, "men": 2}, "people", "different"),
        ({"place_type": None}, "place_type", "unknown"),
        ({"organisation": "O0"}, "organisation", "same"),
    ],
)  # fmt: skip
def test_a_difference_is_named(change: dict[str, Any], feature: str, outcome: str) -> None:
    found = candidates(reports({}, change), threshold=0.0)
    assert [c.features[feature] for c in found] == [outcome]


def test_the_weights_of_the_features_add_up_to_the_weight(trained: tuple[dict[str, str], Scoring]) -> None:
    scoring = trained[1]
    constants = {round(c.weight - sum(c.contributions.values()), 2) for c in scoring.candidates}
    assert max(constants) - min(constants) <= 0.011
    assert all(set(c.contributions) == {each.name for each in COMPARISONS} for c in scoring.candidates)


def test_enough_reports_train_their_own_weights_and_the_same_reports_give_the_same_answer(
    trained: tuple[dict[str, str], Scoring],
) -> None:
    again = score(generate(2_000, seed=5).missions[0])
    assert again.trained
    assert again == trained[1]


def test_the_order_of_the_reports_makes_no_difference() -> None:
    table = generate(120, seed=3).missions[0]
    turned = table.take(list(reversed(range(table.num_rows))))
    assert candidates(turned) == candidates(table)


def test_pairs_found_are_right_often_enough(trained: tuple[dict[str, str], Scoring]) -> None:
    incident_of, scoring = trained
    figures = bench._pairs(scoring.candidates, incident_of)
    figures |= bench._groups(bench._group_of(clusters(scoring.candidates), incident_of), incident_of)
    assert figures["bcubed_f"] > 0.92
    assert figures["pair_precision"] > 0.75


def test_the_measure_of_groups_is_the_textbook_one() -> None:
    truth = {"a": "1", "b": "1", "c": "1", "d": "2"}
    figures = bench._groups({"a": "x", "b": "x", "c": "y", "d": "y"}, truth)
    assert figures["bcubed_precision"] == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert figures["bcubed_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert figures["exact_incidents"] == 0
    assert figures["cluster_pair_f1"] == pytest.approx(2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3))


def test_generated_reports_are_the_same_each_time_and_of_the_stated_shape() -> None:
    one, other = generate(1_000), generate(1_000)
    assert one.missions == other.missions
    assert one.incident_of == other.incident_of
    rows = one.missions[0].to_pylist()
    assert all(row["date_lo"] <= row["date_hi"] for row in rows)
    assert all(row["total"] is None or row["total"] == sum(row[kind] or 0 for kind in TALLY) for row in rows)
    assert {row["report_key"] for row in rows} == set(one.incident_of)


def test_each_mission_is_its_own_table() -> None:
    truth = generate(15_000, seed=2)
    places = [{name[:3] for name in table.column("adm1").to_pylist()} for table in truth.missions]
    assert places == [{"M0-"}, {"M1-"}]
    assert sum(table.num_rows for table in truth.missions) == len(truth.incident_of)


def test_reports_that_teach_nothing_are_scored_with_fixed_weights() -> None:
    table = generate(1_100, seed=4).missions[0]
    nowhere = table.set_column(
        table.column_names.index("settlement"), "settlement", pa.nulls(len(table), pa.string())
    )
    found = score(nowhere)
    assert not found.trained
    assert found.weights == fixed()
    assert found.candidates
