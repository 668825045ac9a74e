"""What each level of each comparison is worth: learnt from the reports themselves, or fixed."""

from collections.abc import Mapping
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.blocking_rule_library import CustomRule
from splink.comparison_level_library import CustomLevel
from splink.comparison_library import CustomComparison
from splink.internals.exceptions import SplinkException

from openmara.linkage.comparisons import COMPARISONS, Comparison, Level

Weights = Mapping[str, Mapping[str, tuple[float, float]]]
FEWEST_TO_TRAIN = 1_000
# Half the other reports a report shares its incident with; a clerical figure, as its estimate moves the threshold.
LINKS_PER_REPORT = 1.0
SAMPLED_PAIRS = 1_000_000
# Splink leaves out every comparison that reads a blocked column. So: once with place left out, once with date.
# No area in the second: pairs of one area are alike in place without telling of one incident (measured, -0.02 F).
TRAINING_RULES = (
    "l.settlement = r.settlement",
    "l.day_lo = r.day_lo and l.day_hi = r.day_hi and l.day_hi - l.day_lo <= 6",
)
# Rarer than this among true pairs, a level keeps its fixed m: few pairs teach nothing, and EM would run it to nought.
RARE = 0.02
# So much of a learnt weight stays the fixed one: what was never seen is unlikely, not impossible.
KEPT = 0.03
# A trained model must still say that these speak for one incident, else what it learnt is something else.
MUST_FAVOUR = (
    ("date", "same_day"),
    ("place", "same_settlement"),
    ("parties", "same_one"),
    ("forms", "two_shared"),
)


def fixed() -> Weights:
    """The weights used where there is too little to learn from."""
    return {c.name: {level.name: (level.m, level.u) for level in c.levels[1:]} for c in COMPARISONS}


def learn(connection: duckdb.DuckDBPyConnection, reports: int) -> Weights | None:
    """Weights learnt without labels from the table `prepared`; None where they cannot be trusted."""
    if reports < FEWEST_TO_TRAIN:
        return None
    linker = make_linker(connection, fixed(), reports)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS, min_count_per_level=None, num_chunks=1
    )
    try:
        for rule in TRAINING_RULES:
            linker.training.estimate_parameters_using_expectation_maximisation(
                CustomRule(rule), estimate_without_term_frequencies=True
            )
    except (SplinkException, ValueError):  # no pairs to learn from, or a probability that ran to nought
        return None
    learnt = _read(linker.misc.save_model_to_json(out_path=None))
    favours = all(learnt[c][level][0] > learnt[c][level][1] for c, level in MUST_FAVOUR)
    return learnt if favours else None


def make_linker(
    connection: duckdb.DuckDBPyConnection,
    weights: Weights,
    reports: int,
    rules: tuple[Any, ...] = (),
    frequencies: bool = True,
) -> Linker:
    """A Splink model over the table `prepared`; in a handful of reports frequencies say nothing and stay out."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="report_key",
        comparisons=[_comparison(each, weights[each.name], frequencies) for each in COMPARISONS],
        blocking_rules_to_generate_predictions=list(rules),
        probability_two_random_records_match=min(0.5, 2 * LINKS_PER_REPORT / max(1, reports - 1)),
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        em_convergence=0.001,
        max_iterations=20,
    )
    database = DuckDBAPI(connection=connection)
    return Linker(database.register("prepared"), settings, log_level=None)


def _comparison(
    comparison: Comparison, weights: Mapping[str, tuple[float, float]], frequencies: bool
) -> CustomComparison:
    nothing = CustomLevel(comparison.nothing.condition, label_for_charts="unknown").configure(
        is_null_level=True
    )
    levels = [_level(level, *weights[level.name], frequencies) for level in comparison.levels[1:]]
    return CustomComparison([nothing, *levels], output_column_name=comparison.name)


def _level(level: Level, m: float, u: float, frequencies: bool) -> Any:
    made = CustomLevel(level.condition, label_for_charts=level.name).configure(
        m_probability=m, u_probability=u
    )
    if frequencies and level.frequency_of:
        made = made.configure(tf_adjustment_column=level.frequency_of)
    return made


def _short(value: float) -> float:
    """Six digits: threads add up in any order, and the last digits must not depend on it."""
    return max(float(f"{value:.6g}"), 1e-9)


def _read(model: dict[str, Any]) -> Weights:
    """The learnt m and u by name; a level that was never seen keeps its fixed weight."""
    known = fixed()
    learnt: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        learnt[name] = dict(known[name])
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if isinstance(m, float) and isinstance(u, float):
                kept = known[name][level["label_for_charts"]][0]
                learnt[name][level["label_for_charts"]] = (_short((1 - KEPT) * m + KEPT * kept), _short(u))
    return learnt
