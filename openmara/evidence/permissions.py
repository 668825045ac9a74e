"""Who may do what with reports and incidents (docs/reference/roles.md); the reason is what a refused person reads."""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.meetings.models import ConflictOfInterest
from openmara.evidence.models import Incident, Report
from openmara.security import scope
from openmara.security.models import Organisation, Person
from openmara.security.permissions import check_role, has_role
from openmara.security.protect import roles_of
from openmara.security.watch.permissions import check_only_reads as check_only_reads


def check_can_report() -> None:
    check_role("reporters", reason=_("Your role does not submit reports. Hand the information to your focal point."))


def check_may_file_for(by: Person, organisation: Organisation | None) -> None:
    """Whoever could file for any office could learn, reference by reference, what another office has handed in."""
    standing = scope.now()
    if not has_role("swpa") and (organisation is None or standing is None or organisation.id != standing.organisation):
        raise NotAllowed(_("You hand in reports of your own office. Files of other offices are taken in by the senior adviser."))


def check_can_triage() -> None:
    check_role("case_workers", reason=_("Reports are triaged by the working group. Your role does not include it."))


def check_can_verify() -> None:
    check_role("verifiers", reason=_("Incidents are verified by human rights and child protection."))


def check_can_assign() -> None:
    check_role("swpa", "verifiers", reason=_("A verifier is named by the senior adviser, by human rights or by child protection."))


def check_can_release() -> None:
    check_role("swpa", reason=_("A verified incident is released by the senior women’s protection adviser."))


def may_be_named(person: Person) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select sec.holds(%s, %s::text[])", [person.id, roles_of(["verifiers"])])
        row = cursor.fetchone()
    return bool(row and row[0])


def check_may_be_named(person: Person) -> None:
    """A verifier holds a verifying role in this mission now."""
    if not may_be_named(person):
        raise NotAllowed(_("This person does not verify. Name a human rights officer or a child protection adviser."))


def check_is_assigned(by: Person, incident: Incident) -> None:
    """Only the assigned verifier reads what a decision rests on, so only the assigned verifier decides."""
    if incident.assigned_to_id != by.id:
        raise NotAllowed(_("Only the assigned verifier decides. Ask the senior adviser or human rights to assign it to you."))


def check_has_not_stepped_back(person: Person, incident: Incident) -> None:
    """A conflict of interest recorded at a meeting binds wherever the incident is decided on, not at that table alone."""
    if ConflictOfInterest.objects.filter(item__incident=incident, person=person).exists():
        raise NotAllowed(_("A conflict of interest is recorded for this incident. Ask the senior adviser to name another colleague."))


def check_stays_a_childs(by: Person, incident: Incident) -> None:
    """Child protection works on cases of children: to take the last child out of a coding is a colleague's step."""
    children = any(getattr(incident, name) for name in ("girls", "boys", "child_unknown"))
    mine = by.id in (incident.assigned_to_id, incident.opened_by_id)
    if not (children or mine or has_role("triage", "hr")):
        raise NotAllowed(_("Without children this case is no longer child protection’s. Hand this step to human rights or to the senior adviser."))


def check_stays_open(by: Person, incident: Incident, compartment: Collection[str]) -> None:
    """Nobody walls themselves out by accident: who is left out by the compartment hands the step to a colleague."""
    _check_open(compartment, by.id in (incident.assigned_to_id, incident.opened_by_id))


def check_report_stays_open(by: Person, report: Report, compartment: Collection[str]) -> None:
    _check_open(compartment, by.id == report.recorded_by_id)


def _check_open(compartment: Collection[str], mine: bool) -> None:
    standing = scope.now()
    if standing and set(standing.walled) & set(compartment) and not mine:
        raise NotAllowed(_("This allegation is open to named colleagues only. Hand this step to the senior adviser or to human rights."))
