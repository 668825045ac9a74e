"""IND-SSR-01, drawn: women in institutions. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-SSR-01"


def found(institutions, quarters="2026Q1"):
    return result(INDICATOR, quarters, ssr_institution=frame("ssr_institution", institutions))


def test_without_an_entry_in_the_quarter_there_is_nothing_to_divide():
    cells = found("""
        entry_key | occurred_on | institution | women | men
        a         | 2025-12-31  | CNP         | 10    | 90
        b         | 2026-04-01  | CNP         | 11    | 90
    """)
    assert picked(cells, "", "institution") == rows("2026Q1 |  |  | 0 | 0 | - | 0")


def test_a_rank_with_a_number_not_known_is_left_out_on_both_sides():
    cells = found("""
        entry_key | occurred_on | institution | rank_band  | women | men
        a         | 2026-03-31  | PEF         | senior     | 0     | 14
        a         | 2026-03-31  | PEF         | officer    |       | 200
        a         | 2026-03-31  | PEF         | other_rank | 6     | 80
    """)
    assert picked(cells, "", "rank") == rows("""
        2026Q1 |      |            | 6 | 100 | 6      | 1
        2026Q1 | rank | officer    | 0 | 0   | -      | 1
        2026Q1 | rank | other_rank | 6 | 86  | 6.9767 | 0
        2026Q1 | rank | senior     | 0 | 14  | -      | 0
    """)


def test_the_latest_entry_of_the_quarter_counts_and_the_edge_belongs_to_it():
    cells = found(
        """
        entry_key | occurred_on | institution | women | men
        early     | 2026-01-31  | CNP         | 1     | 99
        last      | 2026-03-31  | CNP         | 20    | 80
        next      | 2026-04-01  | CNP         | 30    | 70
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "") == rows("""
        2026Q1 |  |  | 20 | 100 | 20 | 0
        2026Q2 |  |  | 30 | 100 | 30 | 0
    """)


def test_institutions_stand_apart():
    cells = found("""
        entry_key | occurred_on | institution | women | men
        a         | 2026-03-31  | CNP         | 10    | 30
        b         | 2026-03-31  | CDF         | 5     | 10
    """)
    assert picked(cells, "institution") == rows("""
        2026Q1 | institution | CDF | 5  | 15 | -  | 0
        2026Q1 | institution | CNP | 10 | 40 | 25 | 0
    """)
