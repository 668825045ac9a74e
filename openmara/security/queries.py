"""What a person may read about their own missions, roles and rooms."""

from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module

from django.db import connection

from openmara.security import clock
from openmara.security.models import Grant, Mission, Person
from openmara.security.protect import policy, roles_of

# Parts of this room with something to say on a person's home: each has `waiting_for(*, for_user)` in its queries.
WAITING_PARTS = ("people", "watch")


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
    """What somebody is in one mission: the mission, their roles, and the highest class they may read. `closed`: locked down."""

    mission: Mission
    roles: tuple[str, ...]
    clearance: int
    closed: bool = False


def missions_of(person: Person) -> list[Standing]:
    """The missions in which this person has a live grant, closed ones too, by code. Row security shows own grants only."""
    today = clock.today()
    grants = Grant.objects.filter(
        person_id=person.id, status__in=("confirmed", "locked"), revoked_at=None, valid_from__lte=today, valid_to__gte=today
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


def log_is_behind() -> bool:
    """Whether entries wait for the log for more than two minutes; accounts (S4 and above) are closed until it catches up."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.log_is_behind()")
        return bool(cursor.fetchone()[0])


def _standing(grant: Grant) -> Standing:
    closed = grant.status == "locked"
    return Standing(grant.mission, tuple(grant.roles), 0 if closed else grant.clearance, closed)
