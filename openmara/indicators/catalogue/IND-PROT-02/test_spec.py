"""IND-PROT-02, drawn: persons, apart from incidents. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PROT-02"
STEPS = """
    incident_key | to_status | stated_on
    a            | verified  | 2026-03-31
    b            | received  | 2026-03-31
    c            | verified  | 2026-04-01
"""


def found(incidents, quarters="2026Q1"):
    return result(
        INDICATOR, quarters, incidents=frame("incidents", incidents), verification_steps=frame("verification_steps", STEPS)
    )


def test_it_never_shares_out_persons_of_sex_or_age_not_known():
    cells = found("""
        incident_key | month_to   | women | adult_unknown | unknown
        a            | 2026-03-01 | 2     | 3             | 4
    """)
    assert picked(cells, "person", zeros=False) == rows("""
        2026Q1 | person | adult_unknown | 3 | - | 3 | 0
        2026Q1 | person | unknown       | 4 | - | 4 | 0
        2026Q1 | person | woman         | 2 | - | 2 | 0
    """)


def test_an_incident_whose_number_of_persons_is_not_known_adds_nothing_and_is_counted_apart():
    cells = found("""
        incident_key | month_to   | women
        a            | 2026-03-01 | 5
        b            | 2026-03-01 | 0
    """)
    assert picked(cells, "") == rows("2026Q1 |  |  | 5 | - | 5 | 1")
    assert [row for row in picked(cells, "status") if row[2] == "under_verification"] == rows(
        "2026Q1 | status | under_verification | 0 | - | 0 | 1"
    )


def test_persons_follow_the_line_of_their_incident_over_the_quarter_edge():
    cells = found(
        """
        incident_key | month_to   | girls | boys
        a            | 2026-03-01 | 1     | 0
        c            | 2026-03-01 | 0     | 6
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "status", "status.person", zeros=False) == rows("""
        2026Q1 | status        | verified      | 1 | - | 1 | 0
        2026Q1 | status.person | verified.girl | 1 | - | 1 | 0
        2026Q2 | status        | late          | 6 | - | 6 | 0
        2026Q2 | status.person | late.boy      | 6 | - | 6 | 0
    """)


def test_displacement_not_stated_stands_as_unknown():
    cells = found("""
        incident_key | month_to   | women | displacement_context
        a            | 2026-03-01 | 2     |
        b            | 2026-03-01 | 1     | during_flight
    """)
    assert picked(cells, "displacement") == rows("""
        2026Q1 | displacement | during_flight | 1 | - | 1 | 0
        2026Q1 | displacement | unknown       | 2 | - | 2 | 0
    """)


def test_no_incident_at_all_is_zero_persons_in_every_category():
    cells = found("")
    assert [row[3:] for row in picked(cells, "", "status", "person")] == [(0, None, 0, 0)] * (1 + 5 + 7)
