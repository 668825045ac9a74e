"""IND-PROT-08, drawn: from the end of an incident to its first report. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PROT-08"


def found(incidents, quarters="2026Q1", status="received"):
    drawn = frame("incidents", incidents)
    steps = "incident_key | to_status | stated_on\n" + "\n".join(
        f"{key} | {status} | 2026-03-31" for key in drawn.column("incident_key").to_pylist()
    )
    return result(INDICATOR, quarters, incidents=drawn, verification_steps=frame("verification_steps", steps))


def test_it_leaves_out_incidents_known_by_month_or_range_and_says_how_many():
    cells = found("""
        incident_key | month_to   | reported_month | date_precision | delay_days
        a            | 2026-02-01 | 2026-03-01     | day            | 4
        b            | 2026-02-01 | 2026-03-01     | week           | 9
        c            | 2026-02-01 | 2026-03-01     | month          |
        d            | 2026-02-01 | 2026-03-01     | range          | 99
    """)
    assert picked(cells, "") == rows("2026Q1 |  |  | 2 | 4 | 6.5 | 2")


def test_it_leaves_out_incidents_that_no_longer_count():
    cells = found(
        """
        incident_key | month_to   | reported_month | delay_days
        a            | 2026-02-01 | 2026-03-01     | 4
        """,
        status="did_not_occur",
    )
    assert picked(cells, "") == rows("2026Q1 |  |  | 0 | 0 | - | 0")


def test_the_quarter_is_that_of_the_first_report_and_not_of_the_incident():
    cells = found(
        """
        incident_key | month_to   | reported_month | delay_days
        march        | 2026-03-01 | 2026-03-01     | 0
        april        | 2026-03-01 | 2026-04-01     | 1
        """,
        "2026Q1 2026Q2",
    )
    assert picked(cells, "") == rows("""
        2026Q1 |  |  | 1 | 1 | 0 | 0
        2026Q2 |  |  | 1 | 1 | 1 | 0
    """)


def test_a_report_before_the_end_of_the_incident_is_no_delay():
    cells = found("""
        incident_key | month_to   | reported_month | delay_days
        a            | 2026-03-01 | 2026-03-01     | -3
    """)
    assert picked(cells, "", "delay", zeros=False)[:2] == rows("""
        2026Q1 |       |     | 1 | 1 | 0 | 0
        2026Q1 | delay | 0-3 | 1 | 1 | - | 0
    """)


def test_bands_meet_without_gap_and_give_no_percentage_below_twenty():
    days = (0, 3, 4, 14, 15, 30, 31, 90, 91, 400)
    lines = [f"i{day} | 2026-02-01 | 2026-03-01 | {day}" for day in days]
    head = "incident_key | month_to | reported_month | delay_days"
    assert picked(found("\n".join([head, *lines])), "delay") == rows("""
        2026Q1 | delay | 0-3   | 2 | 10 | - | 0
        2026Q1 | delay | 15-30 | 2 | 10 | - | 0
        2026Q1 | delay | 31-90 | 2 | 10 | - | 0
        2026Q1 | delay | 4-14  | 2 | 10 | - | 0
        2026Q1 | delay | 91-   | 2 | 10 | - | 0
    """)
    twenty = [f"j{number} | 2026-02-01 | 2026-03-01 | 2" for number in range(10)]
    assert picked(found("\n".join([head, *lines, *twenty])), "delay")[0] == rows("2026Q1 | delay | 0-3 | 12 | 20 | 60 | 0")[0]
