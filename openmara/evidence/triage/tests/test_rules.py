"""What stops interviewing, and what a changed route needs: refusals first."""

from datetime import date, datetime, timedelta

import pytest

from openmara.evidence.models import Incident, Report
from openmara.evidence.triage import rules

TODAY = date(2026, 11, 20)
ALL = dict.fromkeys(rules.MODULES, TODAY)
FULL = rules.Covered("yes", "yes")


def codes(**changes: object) -> list[str]:
    given = {"covered": FULL, "modules": ALL, "today": TODAY} | changes
    return [stop.code for stop in rules.stops(**given)]  # type: ignore[arg-type]


def test_interviewing_stops_where_no_health_care_or_no_psychosocial_support_works() -> None:
    assert codes(covered=rules.Covered("no", "yes")) == ["health_no"]
    assert codes(covered=rules.Covered("yes", "no")) == ["psychosocial_no"]
    assert codes(covered=rules.Covered("no", "no")) == ["health_no", "psychosocial_no"]


def test_what_nobody_has_said_is_not_taken_for_a_yes() -> None:
    assert codes(covered=rules.Covered()) == ["health_unknown", "psychosocial_unknown"]


def test_interviewing_stops_without_each_module_and_the_day_after_its_last() -> None:
    for code in rules.MODULES:
        assert codes(modules={one: day for one, day in ALL.items() if one != code}) == [f"{code}_missing"]
        assert codes(modules=ALL | {code: TODAY - timedelta(days=1)}) == [f"{code}_expired"]


def test_each_stop_says_why_and_what_to_do_in_both_languages() -> None:
    for lang in ("en", "fr"):
        found = rules.stops(covered=rules.Covered("no", "unknown"), modules={}, today=TODAY, lang=lang)
        assert len(found) == 6 and all(stop.reason and stop.to_do for stop in found)


def test_nothing_stops_who_holds_all_modules_where_both_work_or_no_area_is_chosen() -> None:
    assert codes() == [] and codes(covered=None) == []


@pytest.mark.parametrize(
    ("before", "after", "reason", "problem"),
    [
        ("untriaged", "sea_route", "", "route"),
        ("untriaged", "nonsense", "", "route"),
        ("gbv_context", "gbv_context", "A long enough reason", "route"),
        ("gbv_context", "mrm_xref", "", "reason"),
        ("gbv_context", "untriaged", "too short", "reason"),
        ("untriaged", "hq_routing", "", None),
        ("hq_routing", "out_of_scope", "Headquarters has answered", None),
    ],
)
def test_a_decision_changes_with_a_reason_only(before: str, after: str, reason: str, problem: str | None) -> None:
    assert list(rules.check_change(before, after, reason)) == ([problem] if problem else [])


@pytest.mark.parametrize(("types", "fits"), [([], False), (["causal:maybe"], False), (["magical:direct"], False), (["causal:direct", "temporal:indirect"], True)])
def test_the_link_to_the_conflict_is_at_least_one_that_is_known(types: list[str], fits: bool) -> None:
    assert (not rules.check_nexus(types)) is fits


@pytest.mark.parametrize(
    ("day", "wording"),
    [(date(2014, 1, 1), "v2014"), (date(2016, 1, 1), "v2016"), (date(2018, 12, 31), "v2016"), (date(2019, 6, 1), "v2019"), (TODAY, "v2020")],
)
def test_the_wording_in_force_follows_the_day(day: date, wording: str) -> None:
    assert rules.definition_on(day) == wording


def test_a_receipt_has_a_reference_and_lies_between_the_routing_and_now() -> None:
    made, now = datetime(2026, 11, 20, 10), datetime(2026, 11, 20, 18)
    assert set(rules.check_receipt("", None, made, now)) == {"reference", "received_at"}
    assert set(rules.check_receipt("CDT-1", made - timedelta(minutes=1), made, now)) == {"received_at"}
    assert set(rules.check_receipt("CDT-1", now + timedelta(minutes=1), made, now)) == {"received_at"}
    assert rules.check_receipt("CDT-1", now, made, now) == {}


def test_accounts_of_one_event_are_looked_for_from_the_month_before_to_the_month_after() -> None:
    assert rules.months_around(date(2026, 1, 1), date(2026, 12, 1)) == (date(2025, 12, 1), date(2027, 1, 1))
    assert rules.months_around(date(2026, 11, 1), date(2026, 11, 1)) == (date(2026, 10, 1), date(2026, 12, 1))


def test_the_months_weigh_more_than_the_forms_and_these_more_than_the_number() -> None:
    report = Report(month_from=date(2026, 7, 1), month_to=date(2026, 7, 1), forms=["rape", "abduction"], total=2)
    month = Incident(month_from=date(2026, 7, 1), month_to=date(2026, 8, 1), forms=[], total=9)
    forms = Incident(month_from=date(2026, 8, 1), month_to=date(2026, 8, 1), forms=["abduction"], total=9)
    number = Incident(month_from=date(2026, 6, 1), month_to=date(2026, 6, 1), forms=["forced_marriage"], total=2)
    assert sorted([number, forms, month], key=lambda one: rules.likeness(report, one), reverse=True) == [month, forms, number]
