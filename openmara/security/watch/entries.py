"""The only place that reads the log for people. Reading it is itself recorded, once per page."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.security.actions import record
from openmara.security.models import AuditEntry, BreakGlass, Person
from openmara.security.sessions import dated_proof
from openmara.security.watch import permissions, queries, words

PAGE = 50
EXPORTED = 50_000
FILTERS = ("group", "event", "outcome", "class", "from", "to", "person", "record", "purpose")


@dataclass(frozen=True)
class Filters:
    """What was asked for, and what of it was not understood."""

    values: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    wanted: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Who:
    """Somebody behind a pseudonym: the code, and the account if it belongs to this mission."""

    code: str
    person: uuid.UUID


@dataclass(frozen=True)
class LogPage:
    """One page of the log by key: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[AuditEntry]
    people: Mapping[str, Who]
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Look:
    """One entry about one record: who did what with it, when, as what and to what end."""

    id: int
    at: datetime
    event: str
    person: uuid.UUID | None
    code: str
    role: str
    sensitivity: str
    purpose: str
    outcome: str


def people_of_log() -> dict[str, Who]:
    """Pseudonym → person of the running mission. The database answers auditor and data protection officer alone."""
    with connection.cursor() as cursor:
        cursor.execute("select principal, code, person from sec.people_of_log()")
        return {principal: Who(code, person) for principal, code, person in cursor.fetchall()}


def read_filters(given: Mapping[str, str], *, for_user: Person) -> Filters:
    """Filters from an address. What is not understood is said beside its field and filters nothing."""
    permissions.check_can_read_log()
    values = {name: given.get(name, "").replace("\0", "").strip() for name in FILTERS}
    problems: dict[str, str] = {}
    wanted = Q()
    if values["group"] in words.GROUPS:
        prefixes = words.GROUPS[values["group"]][1]
        either = Q()
        for prefix in prefixes:
            either |= Q(event__startswith=prefix)
        wanted &= either
    for name, column in (("event", "event"), ("outcome", "outcome"), ("class", "sensitivity"), ("purpose", "purpose")):
        if values[name]:
            wanted &= Q(**{column: values[name]})
    for name, lookup, day_after in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        if values[name]:
            try:
                day = date.fromisoformat(values[name]) + timedelta(days=day_after)
                wanted &= Q(**{lookup: datetime.combine(day, time(), UTC)})
            except (ValueError, OverflowError):
                problems[name] = _("Write a day as 2026-03-31.")
    wanted &= _person_filter(values["person"], problems) & _record_filter(values["record"], problems, for_user)
    return Filters(values, problems, wanted)


def _person_filter(code: str, problems: dict[str, str]) -> Q:
    if not code:
        return Q()
    found = [principal for principal, who in people_of_log().items() if who.code == code]
    if not found:
        problems["person"] = _("Nobody in this mission has this code.")
    return Q(principal__in=found)


def _record_filter(key: str, problems: dict[str, str], for_user: Person) -> Q:
    if not key:
        return Q()
    found = _object_of(key, for_user)
    if found is None:
        problems["record"] = _("Write the code of the record as the log has it. A reference works only for those who may read the record.")
        return Q(pk=None)
    return Q(object_ids__contains=[found]) & ~Q(object_ids=[])


def _object_of(key: str, for_user: Person) -> uuid.UUID | None:
    """A record's id from its id, or from a reference that is open to the reader."""
    try:
        return uuid.UUID(key)
    except ValueError:
        found = queries.record_at(for_user=for_user, ref=key.lower())
        return found.id if found else None


def _entries(for_user: Person) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(mission_id=for_user.active_mission.id)  # type: ignore[attr-defined]  # carried by the view


def log(*, for_user: Person, filters: Filters, after: str = "", before: str = "") -> LogPage:
    """A page of the mission's log, newest first."""
    permissions.check_can_read_log()
    after_id, before_id = _log_key(after), _log_key(before)
    people = people_of_log()
    if filters.problems:
        return LogPage((), people)
    page = _page(_entries(for_user).filter(filters.wanted), people, after_id, before_id)
    record("security:log:list", sensitivity="S2")
    return page


def _page(rows: QuerySet[AuditEntry], people: Mapping[str, Who], after_id: int | None, before_id: int | None) -> LogPage:
    if before_id is not None:
        found = list(rows.filter(id__gt=before_id).order_by("id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return LogPage(found, people, str(found[-1].id) if found else "", str(found[0].id) if more else "")
    rows = rows.filter(id__lt=after_id) if after_id is not None else rows
    found = list(rows.order_by("-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return LogPage(found, people, str(found[-1].id) if more else "", str(found[0].id) if after_id is not None and found else "")


def _log_key(key: str) -> int | None:
    if not key:
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotValid(_("This address is not a page of the list. Start again from its first page."))
    return int(key)


def export(*, for_user: Person, filters: Filters) -> Iterator[dict[str, Any]]:
    """The filtered entries, oldest first, at most EXPORTED of them (the newest). Recorded before the first is given out."""
    permissions.check_can_read_log()
    permissions.check_fresh()
    if filters.problems:
        raise NotValid(problems=dict(filters.problems))
    record("security:log:export", sensitivity="S2")
    people = people_of_log()
    newest = list(_entries(for_user).filter(filters.wanted).order_by("-id").values_list("id", flat=True)[:EXPORTED])
    rows = _entries(for_user).filter(filters.wanted, id__gte=newest[-1] if newest else 0, id__lte=newest[0] if newest else -1)
    for one in rows.order_by("id").iterator(2000):
        who = people.get(one.principal)
        yield {
            "id": one.id, "at": one.at.astimezone(UTC).isoformat(timespec="milliseconds"), "event": one.event, "person": who.code if who else "",
            "pseudonym": one.principal, "role": one.role, "class": one.sensitivity, "outcome": one.outcome,
            "records": [str(key) for key in one.object_ids], "how_many": one.count_bucket or "", "purpose": one.purpose,
            "request": str(one.request_id or ""),
        }  # fmt: skip


@dataclass(frozen=True)
class Looks:
    """Who looked at one record. `record` is None for readers of the log who may not read the record itself."""

    key: uuid.UUID
    record: queries.Record | None
    rows: Sequence[Look]
    after: str
    names: Mapping[uuid.UUID, str]


def readers(*, for_user: Person, key: str, after: str = "") -> Looks:
    """Everything the log holds about one record, for whoever watches over it.

    The record is looked up under the reader's own policies first; sec.readers_of asks the same again with the reader's rights
    and wants a proof made by this process, because the step behind it reads the log as the context's keeper.
    """
    found, object_id = _record_for(key, for_user)
    if object_id is None:
        raise NotFound(_("There is no such record, or it is not yours to watch over."))
    proof = dated_proof(f"readers|{for_user.id}|{object_id}")
    if not permissions.reads_log() and not queries.owns_record(for_user=for_user, key=object_id):
        raise NotFound(_("There is no such record, or it is not yours to watch over."))
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.readers_of(%s, %s, %s, %s, %s)", [object_id, _log_key(after), PAGE + 1, *proof])
        rows = [Look(*row) for row in cursor.fetchall()]
    record("security:log:record", objects=[object_id], sensitivity="S2")
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Looks(object_id, found, rows, str(rows[-1].id) if more else "", _names({row.person for row in rows if row.person}))


def under_glass(*, for_user: Person, glass: BreakGlass) -> Looks | None:
    """What its breaker did with the record while the glass was broken, for the officer who reviews it."""
    permissions.check_can_review()
    object_id = _behind(for_user, glass)
    if object_id is None:
        return None
    proof = dated_proof(f"readers|{for_user.id}|{object_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.* from sec.readers_of(%s, null, 10000, %s, %s) r where r.person = %s and r.at between %s and %s limit %s",
            [object_id, *proof, glass.person_id, glass.asked_at - timedelta(seconds=1), glass.ended_at or glass.until, PAGE],
        )
        rows = [Look(*row) for row in cursor.fetchall()]
    record("security:log:record", objects=[object_id, glass.id], sensitivity="S2", purpose="review")
    return Looks(object_id, None, rows, "", _names({glass.person_id}))


def _behind(for_user: Person, glass: BreakGlass) -> uuid.UUID | None:
    """The record that was opened: under its reference where the reviewer may read it, else from the entry in the log."""
    found = queries.record_at(for_user=for_user, ref=glass.ref)
    if found is not None:
        return found.id
    entry = _entries(for_user).filter(event="security:glass:break", object_ids__contains=[glass.id]).exclude(object_ids=[]).first()
    return next((key for key in entry.object_ids if key != glass.id), None) if entry else None


def _record_for(key: str, for_user: Person) -> tuple[queries.Record | None, uuid.UUID | None]:
    try:
        object_id = uuid.UUID(key)
    except ValueError:
        found = queries.record_at(for_user=for_user, ref=key.lower())
        return found, found.id if found else None
    return queries.record_of(for_user=for_user, key=object_id), object_id


def _names(people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names where the reader may see them (the case team, user administration), else codes."""
    return {one.id: one.shown_name for one in Person.objects.filter(id__in=people).select_related("name")}


@dataclass(frozen=True)
class LogState:
    """Where the log itself stands."""

    size: int
    latest: datetime | None
    waiting: int
    oldest: datetime | None
    heartbeat: datetime | None
    checkpoint_size: int | None
    checkpoint_at: datetime | None
    witnesses: int


def log_state(*, for_user: Person) -> LogState:
    """Size of the tree, last heartbeat, last published checkpoint with its co-signatures, and how far the tree is behind."""
    permissions.check_can_read_log()
    with connection.cursor() as cursor:
        cursor.execute("select size, latest, waiting, oldest, heartbeat from sec.log_state()")
        state = cursor.fetchone() or (0, None, 0, None, None)
        cursor.execute("select size, at, cosignatures from audit.checkpoint where published order by size desc limit 1")
        last = cursor.fetchone() or (None, None, "")
    size, latest, waiting, oldest, heartbeat = state
    return LogState(size, latest, waiting, oldest, heartbeat, last[0], last[1], sum(bool(line.strip()) for line in last[2].splitlines()))
