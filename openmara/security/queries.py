"""What a person may read about their own missions, roles and rooms."""

from dataclasses import dataclass
from datetime import date, datetime

from openmara.security import clock
from openmara.security.models import Grant, Mission, Person
from openmara.security.protect import policy, roles_of


@dataclass(frozen=True)
class Waiting:
    """One line of a person's home: something that waits for them, since when, and where to do it."""

    label: str
    count: int
    oldest: datetime | date | None
    href: str


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


def may_read(table: str, standing: Standing) -> bool:
    """Whether the policy file opens any row of this table to somebody of this standing."""
    entry = policy()["tables"].get(table)
    if entry is None or standing.clearance < int(entry["class"][1]):
        return False
    named = [role for right in entry.get("select", []) for role in right["roles"]]
    if "anyone" in named:
        return True
    return not set(roles_of(named)).isdisjoint(standing.roles)


def _standing(grant: Grant) -> Standing:
    return Standing(grant.mission, tuple(grant.roles), grant.clearance)
