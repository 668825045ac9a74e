"""Writes about sources: what kind of source stands behind a report, and which accounts are of one origin. Codes only, never who."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotAllowed, NotFound, NotNow, NotValid
from openmara.evidence import permissions
from openmara.evidence.holding import hold
from openmara.evidence.models import Incident, Link, Report, Source
from openmara.evidence.verification.models import SameOrigin
from openmara.security import clock, scope
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import check_can

FIELDS = ("source_category", "source_type", "source_reliability", "source_credibility")


def check_may_assess(by: Person, report: Report) -> None:
    """Sources are stated by the office that handed the report in, or judged by the assigned verifier of its incident."""
    check_can("evidence_source", "insert", _("Your role does not state sources."))
    permissions.check_only_reads(by, report.ref)
    standing = scope.now()
    mine = standing is not None and standing.organisation == report.organisation_id
    verifies = Link.objects.filter(report=report, undone_at=None, incident__assigned_to=by).exists()
    if not (mine or verifies):
        raise NotAllowed(_("Sources are corrected by the office that handed the report in, or by the verifier of its incident."))


def check_codes(values: Mapping[str, str]) -> dict[str, str]:
    problems = {name: _("Choose one.") for name in FIELDS if values.get(name) and values[name] not in vocabulary.codes(name)}
    if not values.get("source_category"):
        problems["source_category"] = _("Choose one.")
    return problems


def state_source(*, by: Person, report: Report, values: Mapping[str, str]) -> Source:
    """One more source behind a report."""
    check_may_assess(by, report)
    problems = check_codes(values)
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        source = Source(mission_id=report.mission_id, report=report, **{name: values.get(name, "") for name in FIELDS})
        source.save(force_insert=True)
        record("evidence:source:state", objects=[report.id, source.id], sensitivity="S3")
    return source


def correct_source(*, by: Person, report: Report, source: Source, values: Mapping[str, str]) -> Source:
    """Another judgement of a source; the earlier one is kept by the database."""
    check_may_assess(by, report)
    if source.report_id != report.id:
        raise NotFound(_("There is no such report, or it is not open to you."))
    problems = check_codes(values)
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        for name in FIELDS:
            setattr(source, name, values.get(name, ""))
        source.save(update_fields=list(FIELDS))
        record("evidence:source:correct", objects=[report.id, source.id], sensitivity="S3")
    return source


def judge_same_origin(*, by: Person, incident: Incident, report: Report, other: Report) -> SameOrigin:
    """The judgement that two accounts go back to one source, so that they count as one (V6)."""
    permissions.check_can_triage()
    permissions.check_only_reads(by, incident.ref)
    hold(incident)
    here = set(Link.objects.filter(incident=incident, undone_at=None).values_list("report_id", flat=True))
    if report.id == other.id or not {report.id, other.id} <= here:
        raise NotValid(problems={"other": _("Choose two accounts of this incident.")})
    first, second = sorted((report, other), key=lambda one: str(one.id))
    if SameOrigin.objects.filter(incident=incident, report_a=first, report_b=second, undone_at=None).exists():
        raise NotNow(_("These two are judged to be of one origin already."))
    with transaction.atomic():
        made = SameOrigin(mission_id=incident.mission_id, incident=incident, report_a=first, report_b=second, made_by=by, made_at=clock.now())
        made.save(force_insert=True)
        record("evidence:origin:judge", objects=[incident.id, first.id, second.id], sensitivity="S3")
    return made


def undo_same_origin(*, by: Person, judgement: SameOrigin) -> SameOrigin:
    """Take the judgement back; the row stays with who took it back."""
    permissions.check_can_triage()
    if judgement.undone_at is not None:
        raise NotNow(_("This has been undone already."))
    with transaction.atomic():
        judgement.undone_by, judgement.undone_at = by, clock.now()
        judgement.save(update_fields=["undone_by", "undone_at"])
        record("evidence:origin:undo", objects=[judgement.incident_id], sensitivity="S3")
    return judgement
