"""IND-TRN-01, drawn: persons trained over strength. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-TRN-01"


def found(training, quarters="2026Q1"):
    return result(INDICATOR, quarters, training=frame("training", training))


def test_without_a_count_of_strength_there_is_nothing_to_divide():
    cells = found("""
        entry_key | occurred_on | entry_kind | women_trained | men_trained
        a         | 2026-03-31  | session    | 4             | 30
    """)
    assert picked(cells, "") == rows("2026Q1 |  |  | 34 | 0 | - | 0")


def test_a_number_not_known_adds_nothing_and_is_counted_apart():
    cells = found("""
        entry_key | occurred_on | entry_kind | women_trained | men_trained | women_on_strength | men_on_strength
        a         | 2026-02-01  | session    |               | 10          |                   |
        b         | 2026-03-31  | strength   |               |             |                   | 100
    """)
    assert picked(cells, "", "sex") == rows("""
        2026Q1 |     |       | 10 | 100 | 10 | 2
        2026Q1 | sex | men   | 10 | 100 | 10 | 0
        2026Q1 | sex | women | 0  | 0   | -  | 2
    """)


def test_the_latest_count_in_or_before_the_quarter_is_the_strength():
    cells = found(
        """
        entry_key | occurred_on | entry_kind | women_trained | men_trained | women_on_strength | men_on_strength
        early     | 2026-01-10  | strength   |               |             | 10                | 10
        last      | 2026-03-31  | strength   |               |             | 20                | 20
        next      | 2026-07-01  | strength   |               |             | 99                | 99
        course    | 2026-03-31  | session    | 2             | 2           |                   |
        later     | 2026-04-01  | session    | 5             | 5           |                   |
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "") == rows("""
        2026Q1 |  |  | 4  | 40 | 10 | 0
        2026Q2 |  |  | 10 | 40 | 25 | 0
    """)


def test_components_stand_apart_and_add_up():
    cells = found("""
        entry_key | occurred_on | entry_kind | component | women_trained | men_trained | women_on_strength | men_on_strength
        a         | 2026-02-01  | strength   | police    |               |             | 50                | 150
        b         | 2026-02-01  | strength   | civilian  |               |             | 30                | 10
        c         | 2026-02-02  | session    | police    | 10            | 15          |                   |
    """)
    assert picked(cells, "", "component", "component.sex", zeros=False) == rows("""
        2026Q1 |               |                | 25 | 240 | 10.4167 | 0
        2026Q1 | component     | civilian       | 0  | 40  | 0       | 0
        2026Q1 | component     | police         | 25 | 200 | 12.5    | 0
        2026Q1 | component.sex | civilian.men   | 0  | 10  | -       | 0
        2026Q1 | component.sex | civilian.women | 0  | 30  | 0       | 0
        2026Q1 | component.sex | police.men     | 15 | 150 | 10      | 0
        2026Q1 | component.sex | police.women   | 10 | 50  | 20      | 0
    """)
