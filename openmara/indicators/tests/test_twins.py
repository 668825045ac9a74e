"""Each indicator's SQL and its plain-Python twin agree on generated data, on both bases."""

from datetime import date
from importlib import import_module

import pytest

from openmara.indicators import calculation, definitions, periods
from openmara.indicators.tests import made

AS_OF = date(2026, 11, 21)
QUARTERS = periods.full_quarters(AS_OF)
SEEDS = range(30)


def cells(computed: calculation.Computed) -> list[tuple[object, ...]]:
    return [tuple(getattr(row, name) for name in calculation.COLUMNS) for row in computed.rows]


@pytest.mark.parametrize("indicator", definitions.ids())
def test_the_twin_counts_as_the_sql_does(indicator: str) -> None:
    twin = import_module(f"openmara.indicators.catalogue.{indicator}.twin")
    filled = 0
    for seed in SEEDS:
        frames = made.frames(seed)
        basis = periods.BASES[seed % 2]
        computed = cells(calculation.compute(indicator, frames, QUARTERS, basis, AS_OF))
        plain = {name: table.to_pylist() for name, table in frames.items()}
        assert computed == twin.rows(plain, periods.parameters(QUARTERS, basis, AS_OF)), f"seed {seed}"
        filled += sum(bool(cell[3]) for cell in computed)
    assert filled > 100


@pytest.mark.parametrize("indicator", definitions.ids())
def test_the_twin_is_not_the_sql_with_other_frames(indicator: str) -> None:
    """A comparison that could not fail would be worth nothing."""
    twin = import_module(f"openmara.indicators.catalogue.{indicator}.twin")
    computed = cells(calculation.compute(indicator, made.frames(4), QUARTERS, "as_known", AS_OF))
    other = {name: table.to_pylist() for name, table in made.frames(5).items()}
    assert computed != twin.rows(other, periods.parameters(QUARTERS, "as_known", AS_OF))
