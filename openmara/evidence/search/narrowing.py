"""What the filters of a list make of its rows; for lists of incidents and for the search alike."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.evidence import rules
from openmara.evidence.models import AllegedPerpetrator
from openmara.evidence.verification import queries as verification
from openmara.parties.models import Party
from openmara.security.models import Person

IS_LATE = "verified_on >= (date_trunc('quarter', month_to) + interval '3 months')::date"  # rules.is_late, for many rows

FEW = 4  # of a party's incidents in one of 256 slices of their keys, which are random: about a thousand in all
SLICE = uuid.UUID(int=1 << 120)
ALLEGED = (
    "exists (select 1 from evidence_allegedperpetrator a where a.mission_id = evidence_incident.mission_id"
    " and a.incident_id = evidence_incident.id and a.party_id = %s offset 0)"
)


@contextlib.contextmanager
def planned_for(filters: Mapping[str, str]) -> Iterator[None]:
    """A party has ten incidents or a hundred thousand: the plan the database keeps for any value reads them all (measured: 800 ms for 130)."""
    if not filters.get("party"):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("set local plan_cache_mode = force_custom_plan")
        yield
        cursor.execute("set local plan_cache_mode = auto")


def narrowed(rows: QuerySet, filters: Mapping[str, str], *, for_user: Person) -> QuerySet:
    """Incidents by the codes of a list's filters; a filter that is not set asks nothing."""
    rows = _with_status(rows, filters.get("status", ""))
    for name in ("adm1", "adm2"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("form"):
        rows = rows.filter(forms__contains=[filters["form"]])
    if filters.get("party"):
        rows = _with_party(rows, filters["party"])
    for name, lookup in (("month_from", "month_to__gte"), ("month_to", "month_to__lte")):
        if filters.get(name):
            rows = rows.filter(**{lookup: _month(filters[name])})
    if filters.get("assigned"):
        rows = rows.filter(assigned_to_id={"me": for_user.id, "nobody": None}[filters["assigned"]])
    return rows


def _with_status(rows: QuerySet, status: str) -> QuerySet:
    """One state, `open` for those still to be decided, or `late` for what was verified after its quarter."""
    if status == "open":
        return rows.filter(verification_status__in=rules.OPEN)
    if status == "to_release":
        return verification.to_release(rows)
    if status == "late":
        return rows.filter(verification_status="verified").extra(where=[IS_LATE])
    return rows.filter(verification_status=status) if status else rows


def _with_party(rows: QuerySet, code: str) -> QuerySet:
    """A party with few incidents is looked up first, one with many row by row; `offset 0` keeps the list's own order (measured).

    Few or many is told from a slice: asked for a thousand rows, the database reads every incident to check whether they are open.
    """
    party = Party.objects.filter(code=code).values_list("id", flat=True).first()
    if party is None:
        return rows.none()
    of_party = AllegedPerpetrator.objects.filter(party_id=party)
    if len(of_party.filter(incident_id__lt=SLICE)[: FEW + 1]) > FEW:
        return rows.extra(where=[ALLEGED], params=[party])
    return rows.filter(id__in=list(of_party.values_list("incident_id", flat=True)))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(text + "-01")
    except ValueError:
        raise NotValid(problems={"month": _("Write a month as 2026-03.")}) from None
