"""Reads of triage for people: decisions, services, what stops interviewing, one's own drafts."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import ngettext

from openmara.evidence.models import Incident, IncidentText, Report, ReportText
from openmara.evidence.rules import CLOSED
from openmara.evidence.triage import rules
from openmara.evidence.triage.models import ASKED_AFTER, SeaDraft, ServiceInfo, TriageDecision
from openmara.places.queries import coverage_of
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.people.training.queries import modules
from openmara.security.permissions import can
from openmara.security.queries import Waiting

CONSIDERED = 100


def decisions(*, for_user: Person, report: Report) -> Sequence[TriageDecision]:
    """Where a report was sent, the last first."""
    return list(TriageDecision.objects.filter(report=report).select_related("made_by__name").order_by("-made_at", "-id"))


def near(*, for_user: Person, report: Report) -> Sequence[Incident]:
    """Incidents a report may speak of: its district, about its months, not closed, the most alike first; one audit row for the list."""
    if not can("evidence_incident", "select"):
        return []
    first, last = rules.months_around(report.month_from, report.month_to)
    there = {"adm1": report.adm1} | ({"adm2": report.adm2} if report.adm2 else {})
    rows = Incident.objects.filter(**there, month_from__lte=last, month_to__gte=first).exclude(verification_status__in=CLOSED)
    found = sorted(rows.order_by("-month_to", "-id")[:CONSIDERED], key=lambda one: rules.likeness(report, one), reverse=True)[: rules.NEAR]
    if found:
        record("evidence:incident:near", objects=[report.id], sensitivity="S2", result=[one.id for one in found])
    return found


def next_to_triage(*, for_user: Person, besides: Report | None = None) -> str:
    """The reference of the report that has waited longest for triage; '' where none waits."""
    rows = Report.objects.filter(route="untriaged")
    if besides:
        rows = rows.exclude(id=besides.id)
    return rows.order_by("recorded_at", "id").values_list("ref", flat=True).first() or ""


def services(*, for_user: Person, report: Report) -> ServiceInfo | None:
    """What was said last about services."""
    return ServiceInfo.objects.filter(report=report).order_by("-made_at", "-id").first()


def covered(*, for_user: Person, adm2: str) -> rules.Covered:
    found = coverage_of(adm2, for_user=for_user) if adm2 else None
    return rules.Covered(found.health, found.psychosocial) if found else rules.Covered()


def stops(*, for_user: Person, adm2: str | None, lang: str) -> list[rules.Stop]:
    """Why this person does not interview now, there; without a district, only what lies with the person."""
    area = None if adm2 is None else covered(for_user=for_user, adm2=adm2)
    return rules.stops(covered=area, modules=modules(for_user=for_user), today=clock.today(), lang=lang)


def text(*, for_user: Person, report: Report) -> ReportText | None:
    """The words of an account; recorded before they are shown, apart from the codes."""
    record("evidence:report:open_text", objects=[report.id], sensitivity="S4")
    return ReportText.objects.filter(report=report).first()


def has_text(*, for_user: Person, report: Report) -> bool:
    """Whether there are words that would open; none of them is read."""
    return ReportText.objects.filter(report=report).exists()


def incident_text(*, for_user: Person, incident: Incident) -> IncidentText | None:
    """The working text of an incident; recorded before it is shown, apart from the codes."""
    record("evidence:incident:open_text", objects=[incident.id], sensitivity="S4")
    return IncidentText.objects.filter(incident=incident).first()


def has_incident_text(*, for_user: Person, incident: Incident) -> bool:
    return IncidentText.objects.filter(incident=incident).exists()


def drafts(*, for_user: Person) -> list[tuple[uuid.UUID, bool]]:
    """One's own drafts, the oldest first, and whether each is asked after."""
    now = clock.now()
    rows = SeaDraft.objects.filter(person=for_user).order_by("made_at").values_list("id", "made_at")
    return [(key, made + ASKED_AFTER <= now) for key, made in rows]


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """One's own drafts for the conduct channel; after 24 hours the line says that a receipt is asked for."""
    rows = list(SeaDraft.objects.filter(person=for_user).order_by("made_at").values_list("id", "made_at"))
    if not rows:
        return []
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    late = sum(1 for _key, made in rows if clock.now() - made >= timedelta(hours=24))
    if late:
        label = ngettext("draft for the conduct channel, longer than a day: is its receipt there?", "drafts for the conduct channel, longer than a day: are their receipts there?", late)
    else:
        label = ngettext("draft for the conduct channel waits for its receipt", "drafts for the conduct channel wait for their receipts", len(rows))
    return [Waiting(label, late or len(rows), rows[0][1], reverse("sea-draft", args=[code, rows[0][0]]))]
