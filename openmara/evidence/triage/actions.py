"""Writes of triage: where a report goes and why that changed, what was said about services."""

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import permissions
from openmara.evidence.holding import check_may_lose, hold, month_of
from openmara.evidence.models import Incident, IncidentPlace, Link, Report, ReportPlace
from openmara.evidence.sea import actions as sea
from openmara.evidence.triage import rules
from openmara.evidence.triage.models import SeaDraft, ServiceInfo, TriageDecision
from openmara.security import clock
from openmara.security.actions import insert_rows, record
from openmara.security.models import Person
from openmara.security.permissions import check_can, check_fresh


def check_may_triage() -> None:
    permissions.check_can_triage()
    check_can("evidence_report", "update", _("Your role reads with the working group, but does not triage."))  # triage changes it


def decided(by: Person, report: Report, before: str, route: str, reason: str = "", nexus_types: Iterable[str] = ()) -> TriageDecision:
    """The row that says where a report went, under which wording of the definition, by whom and when; to be inserted."""
    return TriageDecision(
        mission_id=report.mission_id, report=report, from_route=before, to_route=route, reason=reason.strip(), made_by_id=by.id,
        made_at=clock.now(), definition=rules.definition_on(clock.today()), nexus_types=list(nexus_types),
    )  # fmt: skip


def route_report(*, by: Person, report: Report, route: str, reason: str = "") -> Report | None:
    """Triage (SCR 1960 guidance): another route than an incident, or back to none. A changed decision says why, and leaves its incident."""
    if route == "sea_route":
        hand_over(by=by, report=report)
        return None
    check_may_triage()
    problems = rules.check_change(report.route, route, reason)
    if problems:
        raise NotValid(problems=problems)
    if report.context_only:
        raise NotNow(_("This report is kept as context. It is never opened as an incident, and never counted."))
    if route == "crsv":
        raise NotNow(_("Open an incident from it, or link it to one: that is the decision."))
    with transaction.atomic():
        left = leave_incident(by, report)
        if left is not None:
            _close(left)
        elif report.route == "crsv" and not Link.objects.filter(report=report).exists():  # linked, and not open to us
            raise NotAllowed(_("This report belongs to records that are not open to you. Ask the senior adviser to take this step."))
        before, report.route = report.route, route
        report.save(update_fields=["route"])
        insert_rows([decided(by, report, before, route, reason)])
        record("evidence:report:route", objects=[report.id], sensitivity="S2", purpose=route)
    return report


def hand_over(*, by: Person, report: Report, rows: sea.Rows = ()) -> SeaDraft:
    """Conduct of United Nations personnel: out of its incident, out of every table, into a draft for the conduct channel."""
    check_may_triage()
    # Without the right to erase it the report would stay.
    check_can("evidence_report", "delete", _("Only the women’s protection advisers hand a report over to conduct and discipline."))
    check_fresh()
    sea.check_can_keep_draft()
    try:
        with transaction.atomic():
            made = sea.hand_over(by=by, report=report, left=leave_incident(by, report), rows=rows)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")  # what still speaks of the report holds it: said here, not at the end
                cursor.execute("set constraints all deferred")
    except IntegrityError:
        raise NotAllowed(_("This report belongs to records that are not open to you. Ask the senior adviser to take this step.")) from None
    return made


def leave_incident(by: Person, report: Report) -> Incident | None:
    """Take a report out of its incident; the incident if no report is left in it."""
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    if link is None:
        return None
    incident = link.incident
    hold(incident)
    check_may_lose(link)
    link.undone_by, link.undone_at = by, clock.now()
    link.save(update_fields=["undone_by", "undone_at"])
    record("evidence:report:unlink", objects=[incident.id], sensitivity="S2")
    if Link.objects.filter(incident=incident, undone_at=None).exists():
        first_reported(incident)
        return None
    return incident


def first_reported(incident: Incident) -> None:
    """Keep the incident's date of reporting at the earliest of its live reports."""
    dates = ReportPlace.objects.filter(report__links__incident=incident, report__links__undone_at=None).values_list("date_reported", flat=True)
    earliest = min(dates, default=None)
    if earliest:
        IncidentPlace.objects.filter(incident=incident).update(date_reported=earliest)
        Incident.objects.filter(id=incident.id).update(reported_month=month_of(earliest))


def _close(incident: Incident) -> None:
    """No report speaks of it any more: out of scope, and of no class that is counted."""
    incident.verification_status, incident.closed_on, incident.record_class = "out_of_scope", clock.today(), ""
    incident.version += 1
    incident.save(update_fields=["verification_status", "closed_on", "record_class", "version"])


def say_services(*, by: Person, report: Report, information: str, referral: str) -> ServiceInfo:
    """What was said to the source about services; never which provider."""
    permissions.check_can_report()
    offered = {"information": vocabulary.codes("yes_no_unknown"), "referral": vocabulary.codes("service_referral")}
    problems = {name: _("Choose one.") for name, given in (("information", information), ("referral", referral)) if given not in offered[name]}
    if problems:
        raise NotValid(problems=problems)
    row = ServiceInfo(
        mission_id=report.mission_id, report=report, information=information, referral=referral, made_by_id=by.id, made_at=clock.now()
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        record("evidence:report:services", objects=[report.id], sensitivity="S3")
    return row
