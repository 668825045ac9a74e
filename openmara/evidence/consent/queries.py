"""What was said about consent, for the gate and for the pages. `gate` is asked before anything person-level leaves."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from openmara.evidence.consent import rules
from openmara.evidence.consent.models import ConsentAnswer, Tombstone
from openmara.evidence.models import Consent, Incident, IncidentText, Link, Report
from openmara.evidence.verification.models import Release
from openmara.security.models import Person

CHILDREN = ("girls", "boys", "child_unknown")
ADULTS = ("women", "men", "adult_unknown")


@dataclass(frozen=True)
class Said:
    """What is recorded about one report: what it came in with, and every answer since, oldest first."""

    report: Report
    consent: Consent | None
    answers: Sequence[ConsentAnswer]
    account: rules.Account


def of_reports(*, for_user: Person, reports: Sequence[Report]) -> list[Said]:
    """Consent of several reports in two statements. What is not open to the reader counts as missing, and missing means no."""
    ids = [report.id for report in reports]
    consents = {row.report_id: row for row in Consent.objects.filter(report_id__in=ids)}
    answers: dict[uuid.UUID, list[ConsentAnswer]] = {}
    rows = ConsentAnswer.objects.filter(report_id__in=ids).select_related("recorded_by__name").order_by("recorded_at", "id")
    for row in rows:
        answers.setdefault(row.report_id, []).append(row)
    return [_said(report, consents.get(report.id), answers.get(report.id, [])) for report in reports]


def of_report(*, for_user: Person, report: Report) -> Said:
    return of_reports(for_user=for_user, reports=[report])[0]


def _said(report: Report, consent: Consent | None, answers: Sequence[ConsentAnswer]) -> Said:
    came = rules.of_intake(consent.scope, consent.withdrawn_scope) if consent and consent.withdrawn_at is None else []
    since = [rules.Answer(row.scope, row.recipient, row.answer, row.recorded_at, row.limits) for row in answers]
    account = rules.Account(
        basis=consent.basis if consent else "", answers=(*came, *since), children=any(getattr(report, name) for name in CHILDREN),
        child_protection_routed=bool(report.child_protection_routed), short_form=report.short_form,
    )  # fmt: skip
    return Said(report, consent, answers, account)


def reports_of(*, for_user: Person, incidents: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Report]]:
    """The live accounts of several incidents, in one statement."""
    found: dict[uuid.UUID, list[Report]] = {}
    for link in Link.objects.filter(incident_id__in=incidents, undone_at=None).select_related("report").order_by("made_at", "id"):
        found.setdefault(link.incident_id, []).append(link.report)
    return found


def gate(*, for_user: Person, incident: Incident, use: str, recipient: str = "", text: str | None = None) -> str:
    """Why nothing person-level of an incident may leave for this use and recipient; '' where it may. Asked at the moment of leaving."""
    return gates(for_user=for_user, incidents=[incident], use=use, recipient=recipient, texts={} if text is None else {incident.id: text})[incident.id]


def gates(
    *, for_user: Person, incidents: Sequence[Incident], use: str, recipient: str = "", texts: Mapping[uuid.UUID, str] | None = None
) -> dict[uuid.UUID, str]:
    """The gate for several incidents at once, in five statements."""
    found = standing(for_user=for_user, incidents=incidents)
    return {
        one.id: rules.may_leave(
            use=use, accounts=found[one.id][0], status=one.verification_status, released=found[one.id][1], recipient=recipient,
            text=(texts or {}).get(one.id),
        )
        for one in incidents
    }  # fmt: skip


def standing(
    *, for_user: Person, incidents: Sequence[Incident], reports: Mapping[uuid.UUID, Sequence[Report]] | None = None
) -> dict[uuid.UUID, tuple[list[rules.Account], bool]]:
    """What the gate looks at: the accounts of each incident, and whether its verification is released.

    `reports` are the live accounts by incident where the caller has read them already.
    """
    ids = [one.id for one in incidents]
    by_incident = reports_of(for_user=for_user, incidents=ids) if reports is None else reports
    said = {one.report.id: one.account for one in of_reports(for_user=for_user, reports=[each for those in by_incident.values() for each in those])}
    verified = [one.id for one in incidents if one.verification_status == "verified"]
    released = set(Release.objects.filter(incident_id__in=verified, undone_at=None).values_list("incident_id", flat=True))
    there = _how_many(ids)
    open_to_us = {one: [said[each.id] for each in by_incident.get(one, [])] for one in ids}
    return {one: ([*open_to_us[one], *[rules.Account()] * (there.get(one, 0) - len(open_to_us[one]))], one in released) for one in ids}


def _how_many(incidents: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many accounts there are, those that are not open to the reader too: whom one cannot ask has not agreed."""
    with connection.cursor() as cursor:
        cursor.execute("select incident_id, accounts from sec.live_links(%s::uuid[])", [list(incidents)])
        return dict(cursor.fetchall())


def tellable(*, for_user: Person, incidents: Sequence[Incident]) -> list[tuple[Incident, str]]:
    """Incidents with their text for sharing, where the gate lets them be told as a case."""
    rows = IncidentText.objects.filter(incident__in=incidents).values_list("incident_id", "narrative_shareable")
    texts = dict(rows)
    closed = gates(for_user=for_user, incidents=[one for one in incidents if one.id in texts], use="case", texts=texts)
    return [(one, texts[one.id]) for one in incidents if one.id in texts and not closed[one.id]]


def earlier_interview(*, for_user: Person, report: Report) -> bool:
    """Whether another account of the same incident rests on an interview: nobody is asked twice."""
    others = Link.objects.filter(incident__links__report=report, incident__links__undone_at=None, undone_at=None).exclude(report=report)
    return Consent.objects.filter(report_id__in=others.values("report_id"), basis__in=rules.INTERVIEWED).exists()


def tombstones(*, for_user: Person, incident: Incident) -> Sequence[Tombstone]:
    """What remains of accounts of an incident that were erased."""
    return list(Tombstone.objects.filter(incident=incident).select_related("made_by__name").order_by("made_at"))


def owed(*, for_user: Person) -> list[Said]:
    """Accounts whose every use was withdrawn by a colleague's record and that this person may erase, the longest waiting first."""
    asked = ConsentAnswer.objects.filter(scope=rules.EVERYTHING).exclude(recorded_by_id=for_user.id).order_by("recorded_at")
    reports = list(dict.fromkeys(row.report for row in asked.select_related("report")))
    return [one for one in of_reports(for_user=for_user, reports=reports) if rules.all_withdrawn(one.account)]
