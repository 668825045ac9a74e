"""What the self-assessment shows: answers, versions, process measures from the mission's own rows, and the plan of action."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import rules
from openmara.evidence.meetings.models import Forum, Measure, Meeting, SelfAssessment
from openmara.evidence.models import Decision, Incident, IncidentPlace, Link, Report
from openmara.evidence.verification.quarters import first_day
from openmara.places.models import Area
from openmara.security import clock
from openmara.security.models import Person

Measures = dict[str, Any]


def versions(*, for_user: Person, quarter: str) -> Sequence[SelfAssessment]:
    """The versions of one quarter, the latest first; the latest counts."""
    return list(SelfAssessment.objects.filter(quarter=quarter).select_related("made_by__name").order_by("-made_at", "-id"))


def history(*, for_user: Person, quarters: Sequence[str]) -> dict[str, SelfAssessment]:
    """The latest version of each of these quarters."""
    rows = SelfAssessment.objects.filter(quarter__in=list(quarters)).order_by("made_at", "id")
    return {row.quarter: row for row in rows}


def plan_of_action(*, for_user: Person, origin: str, quarter: str = "") -> Sequence[Measure]:
    """Measures by day; of one quarter, those open from earlier ones too."""
    rows = Measure.objects.filter(origin=origin)
    if quarter:
        rows = rows.filter(quarter=quarter) | rows.filter(quarter__lt=quarter, state__in=("open", "under_way"))
    return list(rows.order_by("due_on", "id"))


def find_measure(*, for_user: Person, key: str) -> Measure:
    found = next((row for row in Measure.objects.all() if str(row.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such measure, or it is not open to you."))
    return found


def measures(*, for_user: Person, quarter: str) -> Measures:
    """Meetings, timeliness, coverage, verification delay, share late. Days and shares on fewer than k are left out."""
    first, last, k = first_day(quarter), evidence_rules.quarter_end(quarter), rules.arrangements()["disclosure"]["k"]
    end = min(last, clock.today())
    verified = list(_verified_in(first, last).values_list("id", "month_to", "verified_on"))
    late = sum(evidence_rules.is_late(month, day) for _key, month, day in verified)
    return {
        "as_of": end.isoformat(),
        "meetings": Meeting.objects.filter(held_on__range=(first, last), state__in=("held", "minuted")).count(),
        "forums": Forum.objects.filter(held_on__range=(first, last), state="held").count(),
        "triage_days": rules.middle(_triage_days(first, last), k),
        "decision_days": rules.middle(_decision_days(first, last), k),
        "areas_heard": Report.objects.filter(recorded_at__date__range=(first, last)).exclude(adm2="").values("adm2").distinct().count(),
        "areas": Area.objects.filter(level=2).count(),
        "verification_days": rules.middle(_verification_days([key for key, _month, _day in verified]), k),
        "share_late": rules.share(late, len(verified), k),
    }


def _verified_in(first: date, last: date) -> Any:
    return Incident.objects.filter(record_class="crsv", verification_status="verified", verified_on__range=(first, last))


def _days(span: timedelta) -> float:
    return span.total_seconds() / 86400


def _triage_days(first: date, last: date) -> list[float]:
    """From the arrival of a report to its place in an incident."""
    rows = Link.objects.filter(report__recorded_at__date__range=(first, last)).values_list("report__recorded_at", "made_at")
    return [max(0.0, _days(made - came)) for came, made in rows]


def _decision_days(first: date, last: date) -> list[float]:
    """From the opening of an incident to the first decision that settles it."""
    settled = Decision.objects.filter(axis="verification", stated_on__range=(first, last)).exclude(to_status="under_verification")
    earliest: dict[Any, float] = {}
    for incident, opened, day in settled.order_by("stated_on").values_list("incident_id", "incident__recorded_at", "stated_on"):
        earliest.setdefault(incident, max(0.0, float((day - opened.date()).days)))
    return list(earliest.values())


def _verification_days(incidents: Sequence[Any]) -> list[float]:
    """From the first report to the decision that verified."""
    rows = IncidentPlace.objects.filter(incident_id__in=list(incidents)).values_list("date_reported", "incident__verified_on")
    return [float((verified - reported).days) for reported, verified in rows if verified]
