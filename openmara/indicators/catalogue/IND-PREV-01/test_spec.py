"""IND-PREV-01, drawn: two of four criteria. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PREV-01"


def found(patrols, quarters="2026Q1"):
    return result(INDICATOR, quarters, patrol=frame("patrol", patrols))


def test_without_a_patrol_there_is_nothing_to_divide():
    assert picked(found(""), "", "force") == rows("2026Q1 |  |  | 0 | 0 | - | 0")


def test_one_criterion_is_not_enough_and_an_unknown_one_is_not_met():
    cells = found("""
        entry_key | occurred_on | criteria_met | criteria_unknown
        a         | 2026-01-01  | 2            | 0
        b         | 2026-02-01  | 1            | 1
        c         | 2026-02-02  | 1            | 0
        d         | 2026-02-03  | 0            | 1
    """)
    assert picked(cells, "") == rows("2026Q1 |  |  | 1 | 4 | - | 1")


def test_31_march_and_1_april_lie_in_different_quarters():
    cells = found(
        """
        entry_key | occurred_on | criteria_met
        a         | 2026-03-31  | 3
        b         | 2026-04-01  | 0
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "") == rows("""
        2026Q1 |  |  | 1 | 1 | - | 0
        2026Q2 |  |  | 0 | 1 | - | 0
    """)


def test_it_says_so_by_force_time_and_area_with_the_unknown_apart():
    cells = found("""
        entry_key | occurred_on | criteria_met | force | day_night | adm1
        a         | 2026-01-05  | 4            | unpol | night     | CR08
        b         | 2026-01-06  | 0            | joint | day       |
    """)
    assert picked(cells, "force", "daynight", "adm1") == rows("""
        2026Q1 | adm1     | CR08    | 1 | 1 | - | 0
        2026Q1 | adm1     | unknown | 0 | 1 | - | 0
        2026Q1 | daynight | day     | 0 | 1 | - | 0
        2026Q1 | daynight | night   | 1 | 1 | - | 0
        2026Q1 | force    | joint   | 0 | 1 | - | 0
        2026Q1 | force    | unpol   | 1 | 1 | - | 0
    """)


def test_twenty_patrols_make_a_percentage_and_nineteen_do_not():
    head = "entry_key | occurred_on | criteria_met"
    patrols = [f"p{number} | 2026-01-09 | {2 if number < 7 else 1}" for number in range(20)]
    assert picked(found("\n".join([head, *patrols])), "") == rows("2026Q1 |  |  | 7 | 20 | 35 | 0")
    assert picked(found("\n".join([head, *patrols[:19]])), "") == rows("2026Q1 |  |  | 7 | 19 | - | 0")
