"""Reads of verification: release, origin, what a step back would touch, the backlog, and what waits for verifier and releaser."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound
from openmara.evidence import queries, rules
from openmara.evidence.models import Decision, Incident, Report, Source
from openmara.evidence.verification import actions, quarters
from openmara.evidence.verification.models import BodyRecord, QuarterChange, Release, SameOrigin
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import has_role
from openmara.security.queries import Waiting

REMINDERS = (30, 14)  # days
RECENT = 92  # a release is asked for in the quarter after the verification; older ones wait in the list, not at home
BANDS = (("0-13", 0, 14), ("14-29", 14, 30), ("30-89", 30, 90), ("90", 90, 36_500))


def is_released(incident: Incident) -> bool:
    """Whether person-level use is open: released by another, by the decision that verifies it now."""
    return Release.objects.filter(incident=incident, undone_at=None).exists() and incident.verification_status == "verified"


def live_release(incident: Incident) -> Release | None:
    return Release.objects.filter(incident=incident, undone_at=None).select_related("made_by__name").first()


def body_records(decisions: Sequence[Decision]) -> Mapping[object, BodyRecord]:
    """The other body's record behind decisions taken over by reference."""
    return {one.decision_id: one for one in BodyRecord.objects.filter(decision__in=decisions)}


def find_origin(*, for_user: Person, incident: Incident, key: str) -> SameOrigin:
    found = next((one for one in queries.origins(incident) if str(one.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such judgement, or it is not open to you."))
    return found


def find_source(*, for_user: Person, report: Report, key: str) -> Source | None:
    """A source of a report; None where a new one is meant."""
    if not key:
        return None
    found = next((one for one in Source.objects.filter(report=report) if str(one.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    return found


FIRST = "0001-01-01T00:00:00+00:00~00000000-0000-0000-0000-000000000000"  # before every key


@dataclass(frozen=True)
class Reach:
    """What taking a verification back reaches: quarters with their lines before and after, and what was made of those quarters."""

    quarters: Sequence[quarters.Touched]
    made: Sequence[tuple[str, str, str, str, datetime]]


def reach(*, for_user: Person, incident: Incident, to_status: str) -> Reach:
    """Rooms further right say themselves what they have made of a quarter (settings.TOUCHED_BY); evidence does not know them."""
    found = quarters.touched(actions.steps_of(incident), incident.month_to, to_status, clock.day_in(incident.mission))
    names = [one.quarter for one in found if one.is_published]
    readers: list[Callable[..., Sequence[tuple[str, str, str, str, datetime]]]] = [import_string(path) for path in settings.TOUCHED_BY]
    record("evidence:incident:reach", objects=[incident.id], sensitivity="S2")
    return Reach(found, [row for reader in readers for row in reader(for_user=for_user, quarters=names)])


def changed_at(*, for_user: Person) -> dict[str, datetime]:
    """For each quarter the last moment at which a verification was taken back in it."""
    return dict(QuarterChange.objects.values("quarter").annotate(last=Max("changed_at")).values_list("quarter", "last"))


@dataclass(frozen=True)
class Backlog:
    """Open incidents, the oldest first: one page, the moment each reached its state, and how many there are in each age band."""

    page: "queries.Page"
    since: Mapping[uuid.UUID, datetime]
    bands: Sequence[tuple[str, int, int]]


def _open(person: Person, whose: str) -> QuerySet:
    rows = Incident.objects.filter(verification_status__in=rules.OPEN)
    return rows.filter(assigned_to_id=person.id) if whose == "me" else rows.filter(assigned_to=None) if whose == "nobody" else rows


def _oldest_first(rows: QuerySet, after: str, before: str) -> "queries.Page":
    """The list's own paging, turned round: who waits longest stands first."""
    found = queries.paged(rows, "recorded_at", before, "") if before else queries.paged(rows, "recorded_at", "", after or FIRST)
    return queries.Page(list(found.rows)[::-1], found.before, found.after if after or before else "")


def backlog(*, for_user: Person, whose: str = "", band: str = "", status: str = "", after: str = "", before: str = "") -> Backlog:
    """What is open, whose, since when. Exact, because each row is open to the reader anyway; one audit row for the page."""
    queries.check_may_read_incidents()
    now = clock.now()
    rows = _open(for_user, whose)
    counts = rows.aggregate(**{
        f"{state}_{place}": Count("id", filter=Q(verification_status=state, recorded_at__lte=now - timedelta(days=low), recorded_at__gt=now - timedelta(days=high)))
        for state in ("received", "under_verification") for place, (_name, low, high) in enumerate(BANDS)
    })  # fmt: skip
    limits = {name: (low, high) for name, low, high in BANDS}
    if band in limits:
        low, high = limits[band]
        rows = rows.filter(recorded_at__lte=now - timedelta(days=low), recorded_at__gt=now - timedelta(days=high))
    if status in rules.OPEN:
        rows = rows.filter(verification_status=status)
    page = _oldest_first(rows.select_related("assigned_to__name"), after, before)
    made = Decision.objects.filter(incident_id__in=[row.id for row in page.rows], axis="verification")
    since = dict(made.values("incident_id").annotate(last=Max("recorded_at")).values_list("incident_id", "last"))
    record("evidence:incident:backlog", sensitivity="S2", result=[row.id for row in page.rows])
    bands = [(name, counts[f"received_{place}"], counts[f"under_verification_{place}"]) for place, (name, _low, _high) in enumerate(BANDS)]
    return Backlog(page, since, bands)


def to_release(rows: QuerySet) -> QuerySet:
    """Verified incidents without a release that stands."""
    return rows.filter(verification_status="verified").extra(where=[
        "not exists (select 1 from evidence_release r where r.mission_id = evidence_incident.mission_id"
        " and r.incident_id = evidence_incident.id and r.undone_at is null)"
    ])  # fmt: skip


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Reminders without content: how many, since when. For verifiers at 14 and 30 days, for the senior adviser what waits for release."""
    code, now = for_user.active_mission.code, clock.now()  # type: ignore[attr-defined]  # carried by the view
    out: list[Waiting] = []
    if has_role("verifiers"):
        latest = datetime.min.replace(tzinfo=UTC)
        for days in REMINDERS:
            rows = _open(for_user, "me").filter(recorded_at__lte=now - timedelta(days=days), recorded_at__gt=latest)
            found = rows.aggregate(count=Count("id"), oldest=Min("recorded_at"))
            label = ngettext(
                "incident of yours open for %(days)d days or more", "incidents of yours open for %(days)d days or more", found["count"]
            ) % {"days": days}  # fmt: skip
            band = "30-89" if days == REMINDERS[0] else "14-29"
            out.append(Waiting(label, found["count"], found["oldest"], reverse("backlog", args=[code]) + f"?whose=me&band={band}"))
            latest = now - timedelta(days=days)
    if has_role("swpa"):
        recent = to_release(Incident.objects.filter(verified_on__gte=clock.today() - timedelta(days=RECENT)))
        found = recent.aggregate(count=Count("id"), oldest=Min("verified_on"))
        label = ngettext("verified incident to release", "verified incidents to release", found["count"])
        out.append(Waiting(label, found["count"], found["oldest"], reverse("incidents", args=[code]) + "?status=to_release"))
    return out
