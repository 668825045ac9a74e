"""IND-PROT-09, drawn: verified among those first reported in the quarter. Synthetic."""

from openmara.indicators.drawn import frame, picked, result, rows

INDICATOR = "IND-PROT-09"
HEAD = "incident_key | month_to | reported_month | adm1"
STEPS = "incident_key | to_status | stated_on"


def found(states, quarters="2026Q1", adm1="CR01", day="2026-03-31", **options):
    incidents = [f"i{number} | 2026-01-01 | 2026-03-01 | {adm1}" for number in range(len(states))]
    steps = [f"i{number} | {state} | {day}" for number, state in enumerate(states)]
    return result(
        INDICATOR, quarters, incidents=frame("incidents", "\n".join([HEAD, *incidents])),
        verification_steps=frame("verification_steps", "\n".join([STEPS, *steps])), **options,
    )  # fmt: skip


def test_without_any_incident_there_is_nothing_to_divide():
    assert picked(found([]), "") == rows("2026Q1 |  |  | 0 | 0 | - | 0")


def test_it_gives_no_percentage_below_twenty():
    assert picked(found(["verified"] * 10 + ["received"] * 9), "") == rows("2026Q1 |  |  | 10 | 19 | - | 0")
    assert picked(found(["verified"] * 10 + ["received"] * 10), "") == rows("2026Q1 |  |  | 10 | 20 | 50 | 0")


def test_closed_incidents_are_on_neither_side_and_are_counted_apart():
    states = ["verified", "reported_not_verified", "under_verification", "received", "did_not_occur", "out_of_scope"]
    assert picked(found(states), "") == rows("2026Q1 |  |  | 1 | 4 | - | 2")


def test_verified_a_day_after_the_quarter_counts_as_known_only():
    assert picked(found(["verified"], day="2026-04-01"), "") == rows("2026Q1 |  |  | 0 | 0 | - | 0")
    assert picked(found(["verified"], day="2026-04-01", basis="as_known"), "") == rows("2026Q1 |  |  | 1 | 1 | - | 0")


def test_it_says_so_by_area_and_party_with_the_unknown_apart():
    assert picked(found(["verified", "received"], adm1="CR08"), "adm1", "party") == rows("""
        2026Q1 | adm1  | CR08    | 1 | 2 | - | 0
        2026Q1 | party | unknown | 1 | 2 | - | 0
    """)
