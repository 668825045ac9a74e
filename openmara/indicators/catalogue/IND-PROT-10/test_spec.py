"""IND-PROT-10, drawn: sixty days from the first report. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PROT-10"


def found(incidents, steps, quarters="2026Q1"):
    return result(
        INDICATOR, quarters, incidents=frame("incidents", incidents), verification_steps=frame("verification_steps", steps)
    )


def test_without_a_verification_there_is_nothing_to_divide():
    assert picked(found("", ""), "", "adm1") == rows("2026Q1 |  |  | 0 | 0 | - | 0")


def test_sixty_days_are_in_time_and_sixty_one_are_not():
    cells = found(
        """
        incident_key | month_to   | verify_days | adm1
        sixty        | 2025-12-01 | 60          | CR01
        sixty_one    | 2025-12-01 | 61          | CR08
        """,
        """
        incident_key | to_status | stated_on
        sixty        | verified  | 2026-03-31
        sixty_one    | verified  | 2026-03-31
        """,
    )
    assert picked(cells, "", "adm1") == rows("""
        2026Q1 |      |      | 1 | 2 | - | 0
        2026Q1 | adm1 | CR01 | 1 | 1 | - | 0
        2026Q1 | adm1 | CR08 | 0 | 1 | - | 0
    """)


def test_late_verification_counts_in_the_quarter_of_the_verification():
    cells = found(
        """
        incident_key | month_to   | verify_days
        march        | 2025-11-01 | 10
        april        | 2025-11-01 | 11
        """,
        """
        incident_key | to_status | stated_on
        march        | verified  | 2026-03-31
        april        | verified  | 2026-04-01
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "") == rows("""
        2026Q1 |  |  | 1 | 1 | - | 0
        2026Q2 |  |  | 1 | 1 | - | 0
    """)


def test_an_incident_whose_verification_changed_since_is_left_out_and_counted():
    cells = found(
        """
        incident_key | month_to   | status        | verify_days
        a            | 2026-01-01 | did_not_occur |
        """,
        """
        incident_key | to_status     | stated_on
        a            | verified      | 2026-03-01
        a            | did_not_occur | 2026-05-01
        """,
    )
    assert picked(cells, "") == rows("2026Q1 |  |  | 0 | 0 | - | 1")


def test_twenty_verifications_make_a_percentage():
    keys = [f"i{number}" for number in range(20)]
    incidents = "\n".join(["incident_key | month_to | verify_days", *(f"{key} | 2026-01-01 | {5 * n}" for n, key in enumerate(keys))])
    steps = "\n".join(["incident_key | to_status | stated_on", *(f"{key} | verified | 2026-02-15" for key in keys)])
    assert picked(found(incidents, steps), "") == rows("2026Q1 |  |  | 13 | 20 | 65 | 0")
