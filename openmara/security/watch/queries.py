"""What a person may read of break-glass and of lock-downs. Row security shows own rows, and all to those who review."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.models import Count, Min
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound
from openmara.security import scope
from openmara.security.models import BreakGlass, LockDown, Person
from openmara.security.permissions import check_role, has_role
from openmara.security.queries import Waiting
from openmara.security.watch import rules

# Records that people call by a reference: model → name of their page.
RECORDS = {"evidence.Incident": "incident", "evidence.Report": "report"}
SHOWN = 100
REVIEWERS = ("swpa", "priv")


@dataclass(frozen=True)
class Record:
    """A record that is open to the reader: its id, its reference and the name of its page."""

    id: uuid.UUID
    ref: str
    page: str


def moment() -> datetime:
    """The database's time: the one by which broken glass closes again, whatever clock a replay has set."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def record_at(*, for_user: Person, ref: str) -> Record | None:
    """The record under a reference, if it is open to this person; else None, whether it exists or not."""
    for name, page in RECORDS.items():
        found = apps.get_model(name).objects.filter(ref=ref).values_list("id", flat=True).first()  # type: ignore[attr-defined]  # scoped
        if found is not None:
            return Record(found, ref, page)
    return None


def record_of(*, for_user: Person, key: uuid.UUID) -> Record | None:
    """The same by its id."""
    for name, page in RECORDS.items():
        found = apps.get_model(name).objects.filter(id=key).values_list("ref", flat=True).first()  # type: ignore[attr-defined]  # scoped
        if found is not None:
            return Record(key, found, page)
    return None


def owns_record(*, for_user: Person, key: uuid.UUID) -> bool:
    """Whether this person watches over a record: who recorded or opened it, its verifier, the senior adviser."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.owns_record(%s)", [key])
        return bool(cursor.fetchone()[0])


def glass_on(*, for_user: Person, ref: str) -> BreakGlass | None:
    """The person's own broken glass on one reference, while it lasts; the one that lasts longest. Asked once a request."""
    asked: dict[str, BreakGlass | None] = for_user.__dict__.setdefault("glass_asked", {})
    if ref not in asked:
        live = BreakGlass.objects.filter(person_id=for_user.id, ref=ref, ended_at=None, until__gt=Now())
        asked[ref] = live.order_by("-until").first()
    return asked[ref]


def own_glass(*, for_user: Person) -> Sequence[BreakGlass]:
    """What the person opened by break-glass, the newest first."""
    return list(BreakGlass.objects.filter(person_id=for_user.id).select_related("reviewed_by__name").order_by("-asked_at")[:SHOWN])


def reviews(*, for_user: Person) -> tuple[Sequence[BreakGlass], Sequence[BreakGlass]]:
    """Broken glass that waits for a review, the oldest first, so that the overdue stand on top; and what was reviewed."""
    check_role(*REVIEWERS, reason=_("Reviews are made by the senior adviser and the data protection officer."))
    rows = BreakGlass.objects.select_related("person__name", "reviewed_by__name")
    waiting = list(rows.filter(reviewed_at=None).order_by("asked_at"))
    return waiting, list(rows.exclude(reviewed_at=None).order_by("-reviewed_at")[:SHOWN])


def find_glass(*, for_user: Person, key: uuid.UUID) -> BreakGlass:
    found = BreakGlass.objects.select_related("person__name", "reviewed_by__name").filter(id=key).first()
    if found is None:
        raise NotFound(_("There is no such entry, or it is not open to you."))
    return found


def is_closed() -> bool:
    """Whether the running mission is locked down. Its contexts hold nothing above class S0, so all others need not ask."""
    standing = scope.now()
    if standing is None or standing.mission is None or standing.clearance > 0:
        return False
    return LockDown.objects.filter(confirmed_at__isnull=False, lifted_at=None).exists()


def lock_down(*, for_user: Person) -> LockDown | None:
    """The lock-down in force, else the newest request that still holds."""
    rows = LockDown.objects.select_related("asked_by__name", "confirmed_by__name", "lift_asked_by__name")
    active = rows.filter(confirmed_at__isnull=False, lifted_at=None).order_by("-confirmed_at").first()
    if active is not None:
        return active
    return rows.filter(confirmed_at=None, asked_at__gt=moment() - rules.REQUEST_HOLDS).order_by("-asked_at").first()


def earlier_lock_downs(*, for_user: Person) -> Sequence[LockDown]:
    """Lock-downs that were lifted, the newest first."""
    rows = LockDown.objects.exclude(lifted_at=None).select_related("asked_by", "confirmed_by", "lift_asked_by", "lift_confirmed_by")
    return list(rows.order_by("-confirmed_at")[:20])


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Broken glass to review, and a request to close the mission that wants a second person."""
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    found = []
    if has_role(*REVIEWERS):
        found.append(_to_review(for_user, reverse("break-glass-reviews", args=[code])))
    if has_role("rights_officers"):
        request = lock_down(for_user=for_user)
        if request is not None and request.confirmed_at is None and request.asked_by_id != for_user.id:
            label = _("A request to close the mission waits for a second person")
            found.append(Waiting(label, 1, request.asked_at, reverse("lock-down", args=[code])))
    return found


def _to_review(person: Person, href: str) -> Waiting:
    rows = BreakGlass.objects.filter(reviewed_at=None).exclude(person_id=person.id)
    count, oldest = rows.aggregate(count=Count("id"), oldest=Min("asked_at")).values()
    return Waiting(ngettext("Broken glass to review", "Broken glass to review", count), count, oldest, href)
