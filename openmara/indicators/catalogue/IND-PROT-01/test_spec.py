"""IND-PROT-01, drawn: which incident stands in which line of which quarter. Synthetic."""

from datetime import date

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PROT-01"


def steps(text):
    return frame("verification_steps", text)


def incidents(text):
    return frame("incidents", text)


def filled(found, *breakdowns):
    return picked(found, *breakdowns, zeros=False)


def test_it_refuses_to_count_what_is_not_crsv_a_duplicate_or_not_yet_known():
    found = result(
        INDICATOR, "2026Q1",
        incidents=incidents("""
            incident_key | month_to   | record_class | status
            other        | 2026-02-01 | gbv_other    | verified
            twice        | 2026-02-01 | crsv         | duplicate
            unopened     | 2026-02-01 | crsv         | received
        """),
        verification_steps=steps("""
            incident_key | to_status | stated_on
            other        | verified  | 2026-02-10
            twice        | verified  | 2026-02-10
            unopened     | received  | 2026-04-01
        """),
    )  # fmt: skip
    assert filled(found, "", "status") == []


def test_the_quarter_ends_on_31_march_and_the_next_begins_on_1_april():
    """Verified by the last day counts; a day later the same incident is late in the next quarter."""
    found = result(
        INDICATOR, "2026Q1 2026Q2",
        incidents=incidents("""
            incident_key | month_to   | status
            in_time      | 2026-03-01 | verified
            a_day_late   | 2026-03-01 | verified
            april        | 2026-04-01 | verified
        """),
        verification_steps=steps("""
            incident_key | to_status          | stated_on
            in_time      | received           | 2026-03-20
            in_time      | verified           | 2026-03-31
            a_day_late   | received           | 2026-03-20
            a_day_late   | verified           | 2026-04-01
            april        | received           | 2026-04-01
            april        | verified           | 2026-04-01
        """),
    )  # fmt: skip
    assert filled(found, "status") == rows("""
        2026Q1 | status | under_verification | 1 | - | 1 | 0
        2026Q1 | status | verified           | 1 | - | 1 | 0
        2026Q2 | status | late               | 1 | - | 1 | 0
        2026Q2 | status | verified           | 1 | - | 1 | 0
    """)


def test_a_range_of_dates_belongs_to_the_quarter_in_which_it_ends():
    found = result(
        INDICATOR, "2026Q1 2026Q2",
        incidents=incidents("""
            incident_key | month_to   | date_precision | status
            spans        | 2026-04-01 | range          | verified
        """),
        verification_steps=steps("""
            incident_key | to_status | stated_on
            spans        | received  | 2026-03-30
            spans        | verified  | 2026-04-20
        """),
    )  # fmt: skip
    assert filled(found, "status") == rows("2026Q2 | status | verified | 1 | - | 1 | 0")


def test_open_incidents_of_earlier_quarters_are_a_line_of_their_own():
    found = result(
        INDICATOR, "2026Q1 2026Q2 2026Q3",
        incidents=incidents("""
            incident_key | month_to   | status
            waits        | 2026-02-01 | under_verification
            given_up     | 2026-02-01 | reported_not_verified
        """),
        verification_steps=steps("""
            incident_key | to_status             | stated_on
            waits        | received              | 2026-03-02
            waits        | under_verification    | 2026-04-02
            given_up     | received              | 2026-03-02
            given_up     | reported_not_verified | 2026-03-09
        """),
    )  # fmt: skip
    assert filled(found, "status") == rows("""
        2026Q1 | status | reported_not_verified | 1 | - | 1 | 0
        2026Q1 | status | under_verification    | 1 | - | 1 | 0
        2026Q2 | status | older_open            | 1 | - | 1 | 0
        2026Q3 | status | older_open            | 1 | - | 1 | 0
    """)
    assert filled(found, "") == rows("2026Q1 |  |  | 2 | - | 2 | 0")


def test_a_verification_taken_back_is_as_if_it_had_never_been_made():
    found = result(
        INDICATOR, "2026Q1 2026Q2",
        incidents=incidents("""
            incident_key | month_to   | status
            taken_back   | 2026-02-01 | under_verification
        """),
        verification_steps=steps("""
            incident_key | to_status          | stated_on
            taken_back   | under_verification | 2026-02-20
            taken_back   | verified           | 2026-03-01
            taken_back   | under_verification | 2026-05-01
        """),
    )  # fmt: skip
    assert filled(found, "status") == rows("""
        2026Q1 | status | under_verification | 1 | - | 1 | 0
        2026Q2 | status | older_open         | 1 | - | 1 | 0
    """)


def test_as_known_takes_the_state_of_the_snapshot_and_not_of_the_quarter():
    frames = {
        "incidents": incidents("""
            incident_key | month_to   | status
            later        | 2026-03-01 | verified
            after        | 2026-03-01 | verified
        """),
        "verification_steps": steps("""
            incident_key | to_status | stated_on
            later        | received  | 2026-03-20
            later        | verified  | 2026-07-01
            after        | received  | 2026-03-20
            after        | verified  | 2026-11-22
        """),
    }
    reported = result(INDICATOR, "2026Q1", **frames)
    known = result(INDICATOR, "2026Q1", basis="as_known", as_of=date(2026, 11, 21), **frames)
    assert filled(reported, "status") == rows("2026Q1 | status | under_verification | 2 | - | 2 | 0")
    assert filled(known, "status") == rows("""
        2026Q1 | status | under_verification | 1 | - | 1 | 0
        2026Q1 | status | verified           | 1 | - | 1 | 0
    """)


def test_every_line_is_there_even_when_it_is_empty():
    found = result(INDICATOR, "2026Q1", incidents=incidents(""), verification_steps=steps(""))
    assert picked(found, "", "status") == rows("""
        2026Q1 |        |                       | 0 | - | 0 | 0
        2026Q1 | status | late                  | 0 | - | 0 | 0
        2026Q1 | status | older_open            | 0 | - | 0 | 0
        2026Q1 | status | reported_not_verified | 0 | - | 0 | 0
        2026Q1 | status | under_verification    | 0 | - | 0 | 0
        2026Q1 | status | verified              | 0 | - | 0 | 0
    """)


def test_breakdowns_keep_the_unknown_apart_and_count_each_party_once():
    found = result(
        INDICATOR, "2026Q1",
        incidents=incidents("""
            incident_key | month_to   | adm1 | principal_form | parties  | party_categories
            two_parties  | 2026-02-01 | CR01 | rape           | CDF ICSC | armed_force armed_group
            nobody_named | 2026-02-01 | CR08 | gang_rape      |          |
        """),
        verification_steps=steps("""
            incident_key | to_status | stated_on
            two_parties  | verified  | 2026-03-20
            nobody_named | received  | 2026-03-20
        """),
    )  # fmt: skip
    assert filled(found, "form", "party", "status.adm1", "status.adm1.form") == rows("""
        2026Q1 | form             | gang_rape                         | 1 | - | 1 | 0
        2026Q1 | form             | rape                              | 1 | - | 1 | 0
        2026Q1 | party            | CDF                               | 1 | - | 1 | 0
        2026Q1 | party            | ICSC                              | 1 | - | 1 | 0
        2026Q1 | party            | unknown                           | 1 | - | 1 | 0
        2026Q1 | status.adm1      | under_verification.CR08           | 1 | - | 1 | 0
        2026Q1 | status.adm1      | verified.CR01                     | 1 | - | 1 | 0
        2026Q1 | status.adm1.form | under_verification.CR08.gang_rape | 1 | - | 1 | 0
        2026Q1 | status.adm1.form | verified.CR01.rape                | 1 | - | 1 | 0
    """)
