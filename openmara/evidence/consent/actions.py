"""Writes of consent: the basis, one answer, a withdrawal, the erasure that follows it. Each: right, rule, write, audit, one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import Conflict, NotFound, NotNow, NotValid
from openmara.evidence.consent import permissions, queries, rules
from openmara.evidence.consent.models import ConsentAnswer, Tombstone
from openmara.evidence.models import (
    Consent,
    Decision,
    DecisionText,
    Incident,
    IncidentPlace,
    IncidentText,
    Link,
    Report,
    ReportPlace,
)  # fmt: skip
from openmara.evidence.rules import pii_findings, quarter_of
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.keys import content_mac
from openmara.security.models import Organisation, Person

# What of a case that rested on one erased account figures already reported are not made of.
BLANKED = ("adm2", "place_type", "time_of_day", "activity_context", "during_military_operation", "perpetrator_count")
EMPTIED = ("nexus_types", "nexus_evidence", "tactic_use", "associated_violations")


def recipients() -> dict[str, tuple[str, ...]]:
    """Each use one can be asked about, with the recipients it may name."""
    named = {"referral": vocabulary.codes("service_sector"), "accountability": vocabulary.codes("accountability_body")}
    return {scope: named.get(scope, ()) for scope in vocabulary.codes("consent_scope")}


def correct_basis(*, by: Person, report: Report, basis: str, recontact: str, explained: bool | None, given_on: date | None) -> Consent:
    """On which basis consent stands. The earlier version stays in the history."""
    permissions.check_can_record(by, report)
    counted = {group: sum(getattr(report, name) or 0 for name in names) for group, names in (("children", queries.CHILDREN), ("adults", queries.ADULTS))}
    problems = {} if basis in vocabulary.codes("consent_basis") else {"basis": _("Choose one.")}
    problems = problems or rules.check_basis(basis=basis, **counted)
    if recontact.partition(":")[0] not in ("", *vocabulary.codes("recontact")):
        problems["recontact"] = _("Choose one.")
    if given_on and given_on > clock.today():
        problems["given_on"] = _("This date lies in the future.")
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        consent = Consent.objects.filter(report=report).first()
        fresh = consent is None
        consent = consent or Consent(mission_id=report.mission_id, report=report, scope=[])
        consent.basis, consent.recontact, consent.mandatory_reporting_explained, consent.given_on = basis, recontact, explained, given_on
        consent.save(force_insert=fresh)
        record("evidence:consent:correct", objects=[report.id], sensitivity="S3", purpose=basis)
    return consent


def answer(
    *, by: Person, report: Report, scope: str, answer: str, recipient: str = "", answered_on: date | None = None, limits: str = ""
) -> ConsentAnswer:
    """One answer about one use and its recipient. A refusal of counting takes effect with the next scheduled revision."""
    permissions.check_can_record(by, report)
    problems = rules.check_answer(scope=scope, recipient=recipient, answer=answer, known=recipients())
    if answered_on and answered_on > clock.today():
        problems["answered_on"] = _("This date lies in the future.")
    if pii_findings(limits):
        problems["limits"] = _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(pii_findings(limits))}
    if problems:
        raise NotValid(problems=problems)
    return _write(by, report, [(scope, recipient)], answer, answered_on, limits.strip())[0]


def withdraw(*, by: Person, report: Report, scopes: Iterable[tuple[str, str]] = (), everything: bool = False) -> Sequence[ConsentAnswer]:
    """Take back what was agreed to, one use or all. No future use is possible from the moment this ends; no proof is asked for it."""
    permissions.check_can_record(by, report)
    known, chosen = recipients(), sorted(set(scopes))
    if not everything and not chosen:
        raise NotValid(problems={"scopes": _("Choose what is withdrawn.")})
    if any(scope not in known for scope, _recipient in chosen):
        raise NotValid(problems={"scopes": _("Choose a use.")})
    return _write(by, report, [(rules.EVERYTHING, "")] if everything else chosen, rules.WITHDRAWN, clock.today(), "")


def _write(by: Person, report: Report, uses: Sequence[tuple[str, str]], said: str, on: date | None, limits: str) -> list[ConsentAnswer]:
    rows = [
        ConsentAnswer(
            mission_id=report.mission_id, report=report, scope=scope, recipient=recipient, answer=said, answered_on=on, limits=limits,
            recorded_by_id=by.id, recorded_at=clock.now(),
        )
        for scope, recipient in uses
    ]  # fmt: skip
    with transaction.atomic():
        for row in rows:
            row.save(force_insert=True)
        record(f"evidence:consent:{said}", objects=[report.id], sensitivity="S3", purpose=uses[0][0])
    return rows


def mark_of(organisation: Organisation, reference: str) -> str:
    """By which an account that was erased is known again without its reference being kept."""
    return content_mac(f"{organisation.id}|{reference}".encode())


def check_none_erased(*, organisation: Organisation, references: Sequence[str]) -> None:
    """What was erased does not come in again by the next copy of the same file."""
    marks = [mark_of(organisation, one) for one in references]
    with connection.cursor() as cursor:
        cursor.execute("select sec.erased(%s::text[])", [marks])
        found = cursor.fetchone()[0]
    if found:
        raise Conflict(
            _("%(n)s of these accounts were erased here at the request of the person concerned. Take them out of the file, and out of your own records.")
            % {"n": len(found)}
        )


def erase(*, by: Person, report: Report) -> Tombstone:
    """Erase an account whose every use was withdrawn: texts, exact place and time, sources, consent, exhibits, and all earlier versions.

    A case that rested on it alone keeps what figures already reported are made of, closed and out of every later revision.
    """
    said = queries.of_report(for_user=by, report=report)
    asked = next((one for one in reversed(said.answers) if one.scope == rules.EVERYTHING), None)
    permissions.check_can_record(by, report)
    permissions.check_can_erase(by, asked)
    if asked is None or not rules.all_withdrawn(said.account):
        raise NotNow(_("Only an account whose every use was withdrawn is erased. Record the withdrawal first."))
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    incident = link.incident if link else None
    exact = ReportPlace.objects.filter(report=report).first()
    if exact is None:
        raise NotFound(_("The exact place and time of this report are not open to you."))
    with transaction.atomic():
        stone = _tombstone(by, report, asked, incident, exact)
        if incident is not None:
            _forget_texts(incident)
            if stone.alone:
                _forget_case(incident)
        Link.objects.filter(report=report).delete()
        with connection.cursor() as cursor:  # the database takes with it what is not open to us: texts, sources, exhibits, pairs
            cursor.execute("delete from evidence_report where mission_id = %s and id = %s", [report.mission_id, report.id])
            if cursor.rowcount != 1:
                raise NotNow(_("The report could not be erased: it lies outside your area. Ask another senior adviser."))
        if stone.alone and incident is not None:
            with connection.cursor() as cursor:
                cursor.execute("select public.evidence_incident_forget(%s)", [incident.id])
        record("evidence:report:erase", objects=[stone.id, *([incident.id] if incident else [])], sensitivity="S4")
    return stone


def _tombstone(by: Person, report: Report, asked: ConsentAnswer, incident: Incident | None, exact: ReportPlace) -> Tombstone:
    alone = incident is not None and not Link.objects.filter(incident=incident, undone_at=None).exclude(report=report).exists()
    place = IncidentPlace.objects.filter(incident=incident).first() if alone else None
    stone = Tombstone(
        id=report.id, mission_id=report.mission_id, adm1=report.adm1, quarter=quarter_of(exact.date_to), incident=incident, alone=alone,
        status=incident.verification_status if incident else report.route, mark=mark_of(report.organisation, report.their_reference),
        asked_by_id=asked.recorded_by_id, asked_at=asked.recorded_at, made_by_id=by.id, made_at=clock.now(), **_days(incident, place),
    )  # fmt: skip
    stone.save(force_insert=True)
    return stone


def _days(incident: Incident | None, place: IncidentPlace | None) -> Mapping[str, int | None]:
    """The two delays that reported figures hold, without the days they were counted from."""
    if incident is None or place is None:
        return {"delay_days": None, "verify_days": None}
    precise = incident.date_precision in ("day", "week")
    return {
        "delay_days": max((place.date_reported - place.date_to).days, 0) if precise else None,
        "verify_days": (incident.verified_on - place.date_reported).days if incident.verified_on else None,
    }


def _forget_texts(incident: Incident) -> None:
    """Working texts and reasons may retell any of the accounts: they go, with their history, and are written anew from those that remain."""
    with connection.cursor() as cursor:  # those of gathering, meetings and kept edits too, open to us or not
        cursor.execute("select sec.retold_forget(%s)", [incident.id])
    DecisionText.objects.filter(decision__in=Decision.objects.filter(incident=incident)).delete()
    if IncidentText.objects.filter(incident=incident).delete()[0]:
        IncidentText(mission_id=incident.mission_id, incident=incident).save(force_insert=True)


def _forget_case(incident: Incident) -> None:
    IncidentPlace.objects.filter(incident=incident).delete()
    for name in BLANKED:
        setattr(incident, name, "")
    for name in EMPTIED:
        setattr(incident, name, [])
    incident.forms = [incident.principal_form]
    incident.location_precision = "adm1"
    incident.month_from, incident.month_to, incident.reported_month = (
        day.replace(month=(day.month - 1) // 3 * 3 + 1) for day in (incident.month_from, incident.month_to, incident.reported_month)
    )
    incident.total_min = incident.total_max = None
    incident.version += 1
    incident.save()
