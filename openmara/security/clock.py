"""The time actions write. A demonstration may set it; a real mission refuses that."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

from openmara.errors import NotAllowed
from openmara.security.models import Mission

_set: ContextVar[datetime | None] = ContextVar("openmara_clock", default=None)


def now() -> datetime:
    """The set time, else the server's."""
    return _set.get() or timezone.now()


def today() -> date:
    return now().date()


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
