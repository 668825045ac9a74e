"""What one person did, day by day, against their own habit. Neutral: a large day may have a good reason."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, TruncDate
from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.security.actions import record
from openmara.security.models import AuditEntry, Person
from openmara.security.watch import entries, permissions, queries, words

PERIODS = (30, 90, 365)
LARGE, AT_LEAST = 3, 10  # a day stands out from three times the own median on, and from ten records
MOST = 0.9  # share of entries that the usual hours hold


@dataclass(frozen=True)
class Day:
    """One day of one person: entries by class, records opened, refusals, and entries outside their usual hours."""

    day: date
    entries: int
    by_class: Mapping[str, int]
    opened: int
    refused: int
    outside: int
    large: bool


@dataclass(frozen=True)
class Habit:
    """A person's days, their median of records opened on days with any, and the hours that hold most of their entries."""

    code: str
    since: date
    period: int
    zone: str
    days: Sequence[Day]
    median: float
    hours: tuple[int, int] | None


def usual_hours(counts: Mapping[int, int]) -> tuple[int, int] | None:
    """The shortest run of hours (first, last) that holds nine tenths of the entries; it may pass midnight. None for nothing."""
    total = sum(counts.values())
    if not total:
        return None
    for length in range(1, 25):
        runs = [(sum(counts.get((start + step) % 24, 0) for step in range(length)), start) for start in range(24)]
        held, start = max(runs, key=lambda run: (run[0], -run[1]))
        if held >= MOST * total:
            return start, (start + length - 1) % 24
    raise AssertionError("a whole day holds everything")


def is_within(hour: int, hours: tuple[int, int] | None) -> bool:
    if hours is None:
        return True
    first, last = hours
    return first <= hour <= last if first <= last else hour >= first or hour <= last


def stands_out(opened: int, median: float) -> bool:
    return opened >= AT_LEAST and opened >= LARGE * median


def of_person(*, for_user: Person, code: str, period: int) -> Habit:
    """The days of one person in this mission, newest first. For auditor and data protection officer; recorded."""
    permissions.check_can_read_log()
    found = {principal: who for principal, who in entries.people_of_log().items() if who.code == code}
    if not found:
        raise NotFound(_("There is nobody with this code in this mission."))
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view
    zone = ZoneInfo(mission.zone)
    since = queries.moment().astimezone(zone).date() - timedelta(days=period - 1)
    rows = (
        AuditEntry.objects.filter(mission_id=mission.id, principal__in=list(found))
        .annotate(day=TruncDate("at", tzinfo=zone), hour=ExtractHour("at", tzinfo=zone)).filter(day__gte=since)
        .values("day", "hour", "sensitivity")
        .annotate(many=Count("id"), opened=Count("id", filter=Q(event__in=words.OPENS)), refused=Count("id", filter=Q(outcome="refused")))
    )  # fmt: skip
    record("security:log:person", objects=sorted({who.person for who in found.values()}), sensitivity="S2")
    return _habit(code, since, period, mission.zone, list(rows))


def _habit(code: str, since: date, period: int, zone: str, rows: Sequence[Mapping[str, Any]]) -> Habit:
    by_hour: dict[int, int] = {}
    by_day: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_hour[row["hour"]] = by_hour.get(row["hour"], 0) + row["many"]
        by_day.setdefault(row["day"], []).append(row)
    hours = usual_hours(by_hour)
    opened = {day: sum(row["opened"] for row in found) for day, found in by_day.items()}
    median = statistics.median([many for many in opened.values() if many] or [0])
    days = [_day(day, by_day[day], opened[day], hours, median) for day in sorted(by_day, reverse=True)]
    return Habit(code, since, period, zone, days, median, hours)


def _day(day: date, rows: Sequence[Mapping[str, Any]], opened: int, hours: tuple[int, int] | None, median: float) -> Day:
    by_class: dict[str, int] = {}
    for row in rows:
        by_class[row["sensitivity"]] = by_class.get(row["sensitivity"], 0) + row["many"]
    outside = sum(row["many"] for row in rows if not is_within(row["hour"], hours))
    refused = sum(row["refused"] for row in rows)
    return Day(day, sum(row["many"] for row in rows), by_class, opened, refused, outside, stands_out(opened, median))
