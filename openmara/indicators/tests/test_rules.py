"""What may be shown of a figure."""

import pytest

from openmara.indicators import periods, rules
from openmara.indicators.calculation import Row


def share(code: str, n: int, of: int) -> Row:
    return Row("2026Q3", "adm1", code, n, of, None, 0)


@pytest.mark.parametrize(("n", "of", "why"), [(0, 0, "not_applicable"), (5, 19, "too_few"), (5, 20, "given")])
def test_a_percentage_needs_a_denominator_of_twenty(n: int, of: int, why: str) -> None:
    assert rules.percentage(share("a", n, of)) == why


def test_a_quarter_is_full_on_the_day_after_its_last_one() -> None:
    from datetime import date

    assert periods.full_quarters(date(2026, 9, 30), 1) == ("2026Q2",)
    assert periods.full_quarters(date(2026, 10, 1), 1) == ("2026Q3",)
    assert periods.full_quarters(date(2026, 11, 21))[0] == "2024Q4"
    with pytest.raises(ValueError, match="basis"):
        periods.parameters(("2026Q3",), "as_wished", date(2026, 11, 21))
