"""Who may do what with reports and incidents (docs/reference/roles.md); the reason is what a refused person reads."""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.models import Incident
from openmara.security.models import Person
from openmara.security.permissions import check_role
from openmara.security.protect import roles_of
from openmara.security.watch.permissions import check_only_reads as check_only_reads


def check_can_report() -> None:
    check_role("reporters", reason=_("Your role does not submit reports. Hand the information to your focal point."))


def check_can_triage() -> None:
    check_role("case_workers", reason=_("Reports are triaged by the working group. Your role does not include it."))


def check_can_verify() -> None:
    check_role("verifiers", reason=_("Incidents are verified by human rights and child protection."))


def check_can_assign() -> None:
    check_role("swpa", "verifiers", reason=_("A verifier is named by the senior adviser, by human rights or by child protection."))


def check_may_be_named(person: Person) -> None:
    """A verifier holds a verifying role in this mission now."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.holds(%s, %s::text[])", [person.id, roles_of(["verifiers"])])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise NotAllowed(_("This person does not verify. Name a human rights officer or a child protection adviser."))


def check_is_assigned(by: Person, incident: Incident) -> None:
    """Only the assigned verifier reads what a decision rests on, so only the assigned verifier decides."""
    if incident.assigned_to_id != by.id:
        raise NotAllowed(_("Only the assigned verifier decides. Ask the senior adviser or human rights to assign it to you."))


def check_stays_open(by: Person, incident: Incident, compartment: Collection[str]) -> None:
    """Nobody walls themselves out by accident: who is left out by the compartment hands the step to a colleague."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.walled()")
        walled = set(cursor.fetchone()[0])
    if walled & set(compartment) and by.id not in (incident.assigned_to_id, incident.opened_by_id):
        raise NotAllowed(_("This allegation is open to named colleagues only. Hand this step to the senior adviser or to human rights."))
