"""The time actions write. A demonstration may set it; a real mission refuses that."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from openmara.errors import NotAllowed
from openmara.security.models import Mission

_set: ContextVar[datetime | None] = ContextVar("openmara_clock", default=None)


def now() -> datetime:
    """The set time, else the server's."""
    return _set.get() or timezone.now()


def today() -> date:
    return now().date()


def day_in(mission: Mission) -> date:
    """Today where the mission is: the day that its cases and decisions are dated by (decision 8)."""
    return now().astimezone(ZoneInfo(mission.zone)).date()


@contextlib.contextmanager
def set_to(moment: datetime, mission: Mission) -> Iterator[None]:
    """Replay at another time, in synthetic missions only."""
    if not mission.synthetic:
        raise NotAllowed("The clock can be set in synthetic missions only.")
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
