"""What may be shown of a figure."""

import pytest

from openmara.indicators import periods, rules, tiles
from openmara.indicators.calculation import Row


def count(code: str, n: int, breakdown: str = "adm1") -> Row:
    return Row("2026Q3", breakdown, code, n, None, float(n), 0)


def share(code: str, n: int, of: int) -> Row:
    return Row("2026Q3", "adm1", code, n, of, None, 0)


@pytest.mark.parametrize(("n", "text"), [(None, "–"), (0, "0"), (1, "< 5"), (4, "< 5"), (5, "5"), (120, "120")])
def test_it_shows_no_small_count_to_who_may_not_open_the_rows(n: int | None, text: str) -> None:
    assert rules.shown(n, exact=False) == text
    assert rules.shown(n, exact=True) == ("–" if n is None else str(n))


def test_a_total_does_not_give_a_withheld_cell_away() -> None:
    hidden = rules.hidden([count("a", 3), count("b", 40), count("c", 9), count("d", 0)], 5)
    assert hidden == {"a": rules.SMALL, "c": rules.WITHHELD}


def test_nothing_is_withheld_where_nothing_is_small_or_nothing_speaks_of_survivors() -> None:
    assert rules.hidden([count("a", 5), count("b", 0)], 5) == {}
    assert rules.hidden([count("a", 3), count("b", 9)], 0) == {}


@pytest.mark.parametrize(("n", "of"), [(2, 40), (38, 40), (0, 3), (20, 24)])
def test_a_share_is_withheld_when_few_are_on_either_side_of_the_line(n: int, of: int) -> None:
    assert rules.hidden([share("a", n, of)], 5) == {"a": rules.SMALL}


def test_late_and_older_lines_stand_alone_because_no_total_holds_them() -> None:
    rows = [count("verified", 30, "status"), count("under_verification", 12, "status"), count("late", 2, "status")]
    assert tiles.hidden_in(rows, 5) == {"late": rules.SMALL}
    assert tiles.hidden_in([*rows, count("reported_not_verified", 1, "status")], 5) == {
        "late": rules.SMALL, "reported_not_verified": rules.SMALL, "under_verification": rules.WITHHELD,
    }  # fmt: skip


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
