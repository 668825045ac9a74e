"""What waits for one person, gathered from the rooms that have something to say."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from importlib import import_module
from types import ModuleType

from django.urls import NoReverseMatch

from openmara.security.models import Person
from openmara.security.queries import Waiting

ROOMS = ("security", "evidence", "linkage", "activities", "indicators", "publish")


def gather(person: Person) -> list[Waiting]:
    """Every line with something in it, the longest waiting first. A room without `waiting_for` has nothing to say."""
    found: list[Waiting] = []
    for room in ROOMS:
        waiting_for = getattr(_queries(room), "waiting_for", None)
        if waiting_for is not None:
            with suppress(NoReverseMatch):  # like the navigation: a room whose pages are not there has nothing to say
                found += waiting_for(for_user=person)
    return sorted((line for line in found if line.count), key=_age)


def _queries(room: str) -> ModuleType | None:
    name = f"openmara.{room}.queries"
    try:
        return import_module(name)
    except ModuleNotFoundError as problem:
        if problem.name != name:
            raise
        return None


def _age(line: Waiting) -> datetime:
    """Lines without a date come last."""
    oldest: datetime | date | None = line.oldest
    if oldest is None:
        return datetime.max.replace(tzinfo=UTC)
    return oldest if isinstance(oldest, datetime) else datetime.combine(oldest, time(), UTC)
