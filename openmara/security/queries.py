"""What a person may read about their own missions, roles and rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module

from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import AuditEntry, Grant, Mission, Person
from openmara.security.permissions import check_role
from openmara.security.protect import policy, roles_of

LOG_READERS = ("audit", "priv")  # as the policy `read_log` of sql/audit.sql has it
PAGE = 50
# Parts of this room with something to say on a person's home: each has `waiting_for(*, for_user)` in its queries.
WAITING_PARTS = ("watch",)


@dataclass(frozen=True)
class Waiting:
    """One line of a person's home: something that waits for them, since when, and where to do it."""

    label: str
    count: int
    oldest: datetime | date | None
    href: str


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """What waits for this person in the parts of this room."""
    parts = [import_module(f"openmara.security.{part}.queries") for part in WAITING_PARTS]
    return [line for part in parts for line in part.waiting_for(for_user=for_user)]


@dataclass(frozen=True)
class Standing:
    """What somebody is in one mission: the mission, their roles, and the highest class they may read."""

    mission: Mission
    roles: tuple[str, ...]
    clearance: int


def missions_of(person: Person) -> list[Standing]:
    """The missions in which this person has a live grant, by code. Row security shows own grants only."""
    today = clock.today()
    grants = Grant.objects.filter(
        person_id=person.id, status="confirmed", revoked_at=None, valid_from__lte=today, valid_to__gte=today
    ).select_related("mission")
    return sorted((_standing(grant) for grant in grants), key=lambda standing: standing.mission.code)


def standing_in(mission: Mission, *, for_user: Person) -> Standing | None:
    """The person's standing in this mission, if they have a live grant there."""
    return next((found for found in missions_of(for_user) if found.mission.id == mission.id), None)


def may(table: str, operation: str, standing: Standing) -> bool:
    """Whether the policy file names somebody of this standing for an operation on any row of this table."""
    entry = policy()["tables"].get(table)
    if entry is None or standing.clearance < int(entry["class"][1]):
        return False
    named = [role for right in entry.get(operation, []) for role in right["roles"]]
    if "anyone" in named:
        return True
    return not set(roles_of(named)).isdisjoint(standing.roles)


def _standing(grant: Grant) -> Standing:
    return Standing(grant.mission, tuple(grant.roles), grant.clearance)


@dataclass(frozen=True)
class LogPage:
    """One page of the audit log by key: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[AuditEntry]
    after: str
    before: str


def log(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> LogPage:
    """A page of the mission's audit log, newest first. Reading it is itself recorded, once per page."""
    check_role(*LOG_READERS, reason=_("The log is read by the auditor and by the data protection officer."))
    rows = AuditEntry.objects.filter(mission_id=for_user.active_mission.id)  # type: ignore[attr-defined]  # carried by the view
    rows = rows.filter(**{name: filters[name] for name in ("event", "outcome") if filters.get(name)})
    if before:
        found = list(rows.filter(id__gt=_log_key(before)).order_by("id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        page = LogPage(found, str(found[-1].id) if found else "", str(found[0].id) if more else "")
    else:
        rows = rows.filter(id__lt=_log_key(after)) if after else rows
        found = list(rows.order_by("-id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE]
        page = LogPage(found, str(found[-1].id) if more else "", str(found[0].id) if after and found else "")
    record("security:log:list", sensitivity="S2")
    return page


def _log_key(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotValid(_("This address is not a page of the list. Start again from its first page."))
    return int(key)
