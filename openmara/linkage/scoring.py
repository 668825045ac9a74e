"""Finds pairs of reports that may tell of one incident, with a weight and named features for each pair.

Scores only propose; people decide (V11: never an automatic merge). Splink on DuckDB learns the weights
without labels (Fellegi and Sunter); where there is too little to learn from, fixed weights are used, and said so.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from splink.blocking_rule_library import CustomRule

from openmara.linkage.columns import TALLY, as_reports
from openmara.linkage.comparisons import COMPARISONS, prepare_sql
from openmara.linkage.weights import Weights, fixed, learn, make_linker

THREADS = 2
THRESHOLD = 0.1
PAIR_BUDGET = 10_000_000
DIGITS = 4


@dataclass(frozen=True)
class Rule:
    """One way for two reports to become a pair: they share a key, and a condition may hold."""

    key: str
    condition: str = ""
    listed: bool = False

    def for_splink(self) -> CustomRule:
        """The rule as Splink reads it."""
        condition = f"l.{self.key} = r.{self.key}" + (f" and {self.condition}" if self.condition else "")
        return CustomRule(condition, arrays_to_explode=[self.key] if self.listed else None)


# Windows overlap by three days, so every two reports that V11 speaks of share one.
RULES = (
    Rule("district_windows", listed=True),
    Rule("district_shifted"),
    Rule("area_ten_days", "(l.adm2 is null or r.adm2 is null)"),
    Rule("area_party"),
    Rule("area_party_shifted"),
)
# V11 (domain rules 3.11): same district, at most three days apart, overlapping forms, similar tally. Dates to the
# week or better; a tally is similar when it differs by one or by a quarter, or when one side does not state it.
STANDING_RULE = """(
  l.adm2 = r.adm2 and len(list_intersect(l.forms, r.forms)) > 0
  and greatest(l.day_hi - l.day_lo, r.day_hi - r.day_lo) <= 6
  and greatest(l.day_lo - r.day_hi, r.day_lo - l.day_hi) <= 3
  and coalesce(abs(l.total - r.total) <= greatest(1, 0.25 * greatest(l.total, r.total)), true))"""
SELECT_FOUND = """
select * exclude (same_reference) from (
  select report_key_l, report_key_r, match_weight, match_probability, columns('^(gamma|mw)_.*'), coalesce({standing_rule}, false) as standing_rule,
    coalesce(l.organisation = r.organisation and l.their_reference = r.their_reference, false) as same_reference
  from {scored} join prepared l on l.report_key = report_key_l join prepared r on r.report_key = report_key_r
)
where (match_probability >= $threshold or standing_rule) and not same_reference
"""


class TooManyPairs(Exception):
    """The reports would give more pairs than the budget allows."""


@dataclass(frozen=True)
class Candidate:
    """Two reports that may tell of one incident; features name what speaks for and against."""

    report_a: str
    report_b: str
    weight: float
    probability: float
    features: Mapping[str, str]
    contributions: Mapping[str, float]


@dataclass(frozen=True)
class Scoring:
    """The candidates, best first, and how they were found: learnt or fixed weights, pairs looked at."""

    candidates: tuple[Candidate, ...]
    trained: bool
    pairs_predicted: int
    pairs_scored: int
    weights: Weights


def candidates(reports: pa.Table, threshold: float = THRESHOLD, budget: int = PAIR_BUDGET) -> list[Candidate]:
    """Pairs at or above a probability, and every pair that V11 names, best first."""
    return list(score(reports, threshold, budget).candidates)


def score(reports: pa.Table, threshold: float = THRESHOLD, budget: int = PAIR_BUDGET) -> Scoring:
    """The candidates together with how they were found."""
    with duckdb.connect(
        ":memory:", config={"threads": THREADS, "autoinstall_known_extensions": False}
    ) as connection:
        _prepare(connection, as_reports(reports))
        predicted = _predicted_pairs(connection)
        if predicted > budget:
            raise TooManyPairs(
                f"{reports.num_rows} reports would give up to {predicted} pairs; the budget is {budget}. "
                "Take a shorter period or fewer areas."
            )
        if not predicted:
            return Scoring((), False, 0, 0, fixed())
        learnt = learn(connection, reports.num_rows)
        scored, rows = _predict(connection, learnt, reports.num_rows, threshold)
    found = sorted((_candidate(row) for row in rows), key=lambda c: (-c.weight, c.report_a, c.report_b))
    return Scoring(tuple(found), learnt is not None, predicted, scored, learnt or fixed())


def _prepare(connection: duckdb.DuckDBPyConnection, reports: pa.Table) -> None:
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection.register("reports", reports)
    connection.execute(f"create table prepared as {prepare_sql(TALLY)} order by report_key").fetchall()


def _predicted_pairs(connection: duckdb.DuckDBPyConnection) -> int:
    """An upper bound from the sizes of the blocks, without making one pair."""
    predicted = 0
    for rule in RULES:
        key = f"unnest({rule.key})" if rule.listed else rule.key
        sizes = f"select count(*) as n from (select {key} as k from prepared) where k is not null group by k"
        rows = connection.execute(
            f"select coalesce(sum(n * (n - 1) // 2), 0)::bigint from ({sizes})"
        ).fetchall()
        predicted += rows[0][0]
    return predicted


def _predict(
    connection: duckdb.DuckDBPyConnection, learnt: Weights | None, reports: int, threshold: float
) -> tuple[int, list[dict[str, Any]]]:
    rules = tuple(rule.for_splink() for rule in RULES)
    linker = make_linker(connection, learnt or fixed(), reports, rules, frequencies=learnt is not None)
    scored = linker.inference.predict(warning_mode="never").physical_name
    total = connection.execute(f"select count(*) from {scored}").fetchall()[0][0]
    query = SELECT_FOUND.format(standing_rule=STANDING_RULE, scored=scored)
    return total, connection.sql(query, params={"threshold": threshold}).to_arrow_table().to_pylist()


def _candidate(row: Mapping[str, Any]) -> Candidate:
    """Features by level name; contributions in bits, frequency of the shared value included."""
    features: dict[str, str] = {}
    contributions: dict[str, float] = {}
    for comparison in COMPARISONS:
        levels = comparison.levels
        gamma = row[f"gamma_{comparison.name}"]
        features[comparison.name] = levels[0 if gamma < 0 else len(levels) - 1 - gamma].name
        bits = row[f"mw_{comparison.name}"] + row.get(f"mw_tf_adj_{comparison.name}", 0.0)
        contributions[comparison.name] = round(bits, DIGITS)
    if row["standing_rule"]:
        features["rule"] = "v11"
    first, second = sorted((row["report_key_l"], row["report_key_r"]))
    weight, probability = round(row["match_weight"], DIGITS), round(row["match_probability"], DIGITS)
    return Candidate(first, second, weight, probability, features, contributions)
