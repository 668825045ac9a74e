"""A reader of statistics puts every page of a quarter side by side, and still works out no small count. Synthetic."""

from datetime import date

import pytest

from openmara.disclosure.attacker import Leak, attack
from openmara.indicators import protection
from openmara.indicators.calculation import Row, compute
from openmara.indicators.tests.made import frames

QUARTERS = ("2025Q1", "2025Q2", "2026Q1")
AS_OF = date(2026, 11, 21)


def row(breakdown: str, code: str, n: int) -> Row:
    return Row("2026Q3", breakdown, code, n, None, float(n), 0)


def tile(verified: int, under: int, not_verified: int) -> dict[str, list[Row]]:
    lines = {"verified": verified, "under_verification": under, "reported_not_verified": not_verified}
    rows = [row("status", code, n) for code, n in lines.items()]
    return {"IND-PROT-01": [row("", "", sum(lines.values())), *rows]}


def leaks(rows: dict[str, list[Row]], places: frozenset[str]) -> list[Leak]:
    """What an attacker finds who holds every printed number and knows every sum."""
    whole = protection.system(rows)
    zeros = {name: value for name, value in whole.values.items() if value == 0}
    printed = zeros | {name: value for name, value in whole.values.items() if name in places}
    small = {name: value for name, value in whole.values.items() if 1 <= value < 5}
    return attack(printed, set(whole.values) - set(printed), whole.sums, 5, small)


def quarters_of(seed: int) -> list[dict[str, list[Row]]]:
    made, found = frames(seed), {quarter: {} for quarter in QUARTERS}
    for indicator in protection.OFFERED:
        for one in compute(indicator, made, QUARTERS, "as_reported", AS_OF).rows:
            found[one.quarter].setdefault(indicator, []).append(one)
    return list(found.values())


def test_one_small_line_is_not_the_difference_between_the_whole_and_the_others() -> None:
    rows = tile(9, 5, 1)
    places = protection.shown(rows)
    assert "IND-PROT-01|status|reported_not_verified|above" not in places
    assert leaks(rows, places) == []
    old = places | {f"IND-PROT-01|{one}|above" for one in ("|", "status|verified", "status|under_verification")}
    assert leaks(rows, frozenset(old))


def test_a_small_late_line_is_not_worked_out_from_the_days_to_verification() -> None:
    rows = tile(37, 12, 6)
    rows["IND-PROT-01"].append(row("status", "late", 3))
    rows["IND-PROT-10"] = [Row("2026Q3", "", "", 30, 40, None, 0)]
    places = protection.shown(rows)
    assert leaks(rows, places) == []
    assert not {"IND-PROT-10|||below", "IND-PROT-01|status|verified|above"} <= places


@pytest.mark.parametrize("seed", range(12))
def test_an_attacker_with_all_pages_finds_no_small_count(seed: int) -> None:
    for rows in quarters_of(seed):
        assert leaks(rows, protection.shown(rows)) == []


def test_an_attacker_notices_a_hidden_cell_that_is_shown() -> None:
    caught = tried = 0
    for rows in quarters_of(3):
        places, whole = protection.shown(rows), protection.system(rows)
        for name in sorted(set(whole.printed) & set(whole.values) - places):
            if whole.values[name] in range(1, 5):
                tried += 1
                caught += bool(leaks(rows, places | {name}))
    assert tried and caught == tried


def test_what_the_solver_cannot_prove_is_not_shown_at_all() -> None:
    rows = tile(9, 12, 6)
    rows["IND-PROT-01"][0] = row("", "", 99)
    assert protection.shown(rows) == frozenset()


def test_breakdowns_that_overlap_or_cross_are_never_cleared() -> None:
    rows = tile(90, 12, 6)
    rows["IND-PROT-01"] += [row("party", "ICSC", 60), row("status.adm1", "verified.CR01", 60)]
    assert not [name for name in protection.shown(rows) if "party" in name or "status.adm1" in name]
    assert "IND-PROT-01|||above" in protection.shown(rows)
