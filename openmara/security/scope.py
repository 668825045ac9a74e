"""The application's own wall: every query of a mission's table carries the mission and the row situations of the policy file.

The database decides by itself (row security); this stands beside it, so that either one alone still refuses a foreign row
(ADR 0010). What a query set cannot say is left to the database. No context = no rows.
"""

import contextvars
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from openmara.security.protect import policy, roles_of

M = TypeVar("M", bound=models.Model)
ALL = object()
INSTALLATION = "installation"  # way of the keeper, who exists only while the migrating role may sign in


@dataclass(frozen=True)
class Standing:
    """The claims of the running context, as the database signed them."""

    person: uuid.UUID | None
    mission: uuid.UUID | None
    organisation: uuid.UUID | None
    roles: frozenset[str]
    clearance: int
    areas: tuple[str, ...] | None
    walled: tuple[str, ...]
    way: str

_now: contextvars.ContextVar[Standing | None] = contextvars.ContextVar("openmara_standing", default=None)


def now() -> Standing | None:
    """The standing of the running context; None without one."""
    return _now.get()


def put(standing: Standing | None) -> None:
    _now.set(standing)


def read(claims: Sequence[str] | None) -> Standing | None:
    """A standing from `sec.claims()`: version, person, mission, organisation, roles, clearance, areas, …, way, walled."""
    if not claims:
        return None
    person, mission, organisation = (uuid.UUID(one) if one else None for one in claims[1:4])
    areas = tuple(claims[6].split(",")) if claims[6] else None
    walled = tuple(claims[10].split(",")) if len(claims) > 10 and claims[10] else ()
    roles = frozenset(role for role in claims[4].split(",") if role)
    return Standing(person, mission, organisation, roles, int(claims[5] or -1), areas, walled, claims[9])


@contextmanager
def installing() -> Iterator[None]:
    """What an installation reads and writes over the owner's connection has no wall."""
    before = _now.get()
    _now.set(Standing(None, None, None, frozenset(), -1, None, (), INSTALLATION))
    try:
        yield
    finally:
        _now.set(before)


class ScopedManager(models.Manager[M]):
    """Default manager of what belongs to a mission. Saving and following a key use Django's base manager."""

    def get_queryset(self) -> QuerySet[M]:
        standing, rows = _now.get(), super().get_queryset()
        if standing is None:
            return rows.none()
        if standing.way == INSTALLATION:
            return rows
        ready: QuerySet[M] = _ready(self.model, standing)
        return ready.using(self._db) if self._db else ready.all()


@lru_cache(maxsize=2_000)
def _ready(model: type[models.Model], standing: Standing) -> QuerySet[Any]:
    """The rows behind the wall, as a query not yet asked: the same for every request of the same standing."""
    wall, rows = wall_of(model, standing), QuerySet[Any](model)
    return rows.none() if wall is None else rows.filter(wall)


def wall_of(model: type[models.Model], standing: Standing) -> Q | None:
    """What every row of this model must be for this standing; None where no row is open."""
    entry = policy()["tables"].get(model._meta.db_table)
    if entry is None or standing.person is None:
        return None
    wall = Q()
    if not entry.get("across_missions"):
        if standing.mission is None or standing.clearance < int(entry["class"][1]):
            return None
        wall = Q(mission_id=standing.mission)
    rows = _situations(model, entry, standing)
    if rows is None:
        return None
    for column, parent in entry.get("follows", {}).items():
        above = _parent(parent, standing)
        if above is None:
            return None
        if above is not ALL:
            wall &= Q(**{f"{column}__in": above})
    return wall & rows


def _situations(model: type[models.Model], entry: dict[str, Any], standing: Standing) -> Q | None:
    """The walls of the entry, and one of the rights whose roles the standing has."""
    found: list[Q] = []
    for right in entry.get("select", []):
        if right["roles"] == ["anyone"] or standing.roles & set(roles_of(right["roles"])):
            found.append(_all(right.get("where", []), standing))
    if not found:
        return None
    either = Q()
    if all(found):  # a right without a situation opens every row
        for one in found:
            either |= one
    return _all(entry.get("wall", []), standing) & either


def _all(names: Sequence[str], standing: Standing) -> Q:
    both = Q()
    for name in names:
        if name in SAID:
            both &= SAID[name](standing)
    return both


def _parent(table: str, standing: Standing) -> object:
    """Ids of the open rows above, as a query not yet asked; ALL where every row of the mission is open, None where none is."""
    model = _model(table)
    wall = wall_of(model, standing)
    if wall is None:
        return None
    return ALL if wall == Q(mission_id=standing.mission) else model._base_manager.filter(wall).values("id")


def _model(table: str) -> type[models.Model]:
    return next(one for one in apps.get_models() if one._meta.db_table == table)


def _rows(table: str, standing: Standing, *conditions: Q, **named: Any) -> QuerySet[Any]:
    return _model(table)._base_manager.filter(*conditions, mission_id=standing.mission, **named)


def _glass(standing: Standing) -> QuerySet[Any]:
    """References for which the person broke the glass, while it lasts."""
    return _rows("security_breakglass", standing, person_id=standing.person, until__gt=Now(), ended_at=None).values("ref")


def _compartment(standing: Standing, *team: str) -> Q:
    """Open unless walled off, or in the case team, or named, or behind broken glass."""
    if not standing.walled:
        return Q()
    found = ~Q(compartment__overlap=list(standing.walled)) | Q(ref__in=_glass(standing))
    for column in team:
        found |= Q(**{column: standing.person})
    return found | Q(id__in=_rows("security_named", standing, person_id=standing.person).values("object_id"))


def _assigned_reports(standing: Standing) -> QuerySet[Any]:
    mine = _rows("evidence_incident", standing, assigned_to_id=standing.person).values("id")
    return _rows("evidence_link", standing, incident_id__in=mine, undone_at=None).values("report_id")


def _team_incidents(standing: Standing) -> QuerySet[Any]:
    return _rows("evidence_incident", standing, Q(assigned_to_id=standing.person) | Q(opened_by_id=standing.person)).values("id")


_CHILDREN = Q(girls__gt=0) | Q(boys__gt=0) | Q(child_unknown__gt=0)


def _child_reports(standing: Standing) -> QuerySet[Any]:
    """Reports that belong to a case of children, or to one's own."""
    theirs = _CHILDREN | Q(assigned_to_id=standing.person) | Q(opened_by_id=standing.person)
    cases = _rows("evidence_incident", standing, theirs).values("id")
    return _rows("evidence_link", standing, incident_id__in=cases, undone_at=None).values("report_id")


def _open(table: str, standing: Standing) -> QuerySet[Any]:
    """Ids of what is open of a table, and not by broken glass."""
    model = _model(table)
    wall, rows = wall_of(model, standing), model._base_manager
    return (rows.none() if wall is None else rows.filter(wall).exclude(ref__in=_glass(standing))).values("id")


def _locked(standing: Standing) -> QuerySet[Any]:
    """The mission, while it is under lock-down."""
    return _rows("security_lockdown", standing, confirmed_at__isnull=False, lifted_at=None).values("mission_id")


# The situations of protect.CONDITIONS that a query set can say, under the same names. An empty Q says: every row.
SAID: dict[str, Callable[[Standing], Q]] = {
    "own_organisation": lambda s: Q(organisation_id=s.organisation) if s.organisation else Q(pk=None),
    "own_area": lambda s: Q() if s.areas is None else Q(adm1__in=s.areas),
    "self": lambda s: Q(id=s.person),
    "own": lambda s: Q(person_id=s.person),
    "of_a_colleague": lambda s: Q(person_id__in=_rows("security_grant", s).values("person_id")),
    "this_mission": lambda s: Q(mission_id=s.mission) if s.mission else Q(pk=None),
    "not_named": lambda s: ~Q(audience="named"),
    "assigned_report": lambda s: Q(report_id__in=_assigned_reports(s)),
    "assigned_incident": lambda s: Q(incident_id__in=_team_incidents(s)),
    "assigned_decision": lambda s: Q(decision_id__in=_rows("evidence_decision", s, made_by_id=s.person).values("id")),
    "open_incident_compartment": lambda s: _compartment(s, "assigned_to_id", "opened_by_id"),
    "open_report_compartment": lambda s: _compartment(s, "recorded_by_id"),
    "child_incident": lambda s: _CHILDREN | Q(assigned_to_id=s.person) | Q(opened_by_id=s.person),
    "child_report": lambda s: _CHILDREN | Q(id__in=_child_reports(s)),
    "open_object": lambda s: Q(object_id__in=_open("evidence_incident", s)) | Q(object_id__in=_open("evidence_report", s)),
    "unlocked": lambda s: ~Q(mission_id__in=_locked(s)),
    "open_compartment": lambda s: (~Q(compartment__overlap=list(s.walled)) | Q(made_by_id=s.person)) if s.walled else Q(),
    "not_over": lambda s: Q(expires_at__gt=Now()),
    "addressed": lambda s: Q(sent_at__isnull=False, addressees__overlap=sorted(s.roles)),
    "shared_with_me": lambda s: Q(shared_with__overlap=sorted(s.roles)),
    "broke_glass": lambda s: Q(ref__in=_glass(s)),
    "broke_glass_incident": lambda s: Q(incident_id__in=_rows("evidence_incident", s, ref__in=_glass(s)).values("id")),
    "broke_glass_report": lambda s: Q(report_id__in=_rows("evidence_report", s, ref__in=_glass(s)).values("id")),
}
SAID |= {f"{who}_by_me": lambda s, who=who: Q(**{f"{who}_by_id": s.person}) for who in ("asked", "made", "opened", "recorded", "routed", "written")}  # type: ignore[misc]  # bound now
