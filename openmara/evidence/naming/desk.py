"""What the incident page shows of its compartment, and what naming somebody writes."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openmara.errors import NotNow, NotValid
from openmara.evidence import presenters, queries
from openmara.evidence.models import Incident
from openmara.evidence.permissions import check_only_reads
from openmara.security.models import Person
from openmara.security.people import actions as people
from openmara.security.people import queries as colleagues
from openmara.security.people.permissions import check_can_name


@dataclass(frozen=True)
class Naming:
    """To whom an incident is closed, who is named for it, and who may be."""

    closed_to: str
    named: list[Person]
    left_out: list[Person]
    reason: str


def shown(person: Person, incident: Incident, reads: str) -> Naming | None:
    """None where the incident is in no compartment. `reads` says why this person changes nothing here, if so."""
    if not incident.compartment:
        return None
    reason = reads or presenters.closed(check_can_name)
    named = colleagues.named_for(for_user=person, key=incident.id) if not reason else []
    known = {one.id for one in named}
    left = [] if reason else [one for one in colleagues.left_out(for_user=person, compartment=incident.compartment) if one.id not in known]
    return Naming(_closed_to(incident.compartment), named, left, reason)


def _closed_to(compartment: list[str]) -> str:
    words = []
    if "state" in compartment:
        words.append(_("national staff, and police seconded by a State or co-located"))
    words += [_("the contingent of %(code)s") % {"code": one.partition(":")[2]} for one in compartment if one.startswith("contingent:")]
    if "state" not in compartment and "contingent" in compartment:
        words.insert(0, _("national staff, and police seconded by a State or co-located"))
    return "; ".join(words)


def name(person: Person, ref: str, given: str, *, undo: bool) -> Person:
    """Name a colleague, or take the naming back, for the incident and the reports that belong to it."""
    incident = queries.find_incident(for_user=person, ref=ref)
    check_only_reads(person, incident.ref)
    if not incident.compartment:
        raise NotNow(_("This incident is open to the whole working group; nobody needs to be named."))
    offered = colleagues.named_for(for_user=person, key=incident.id) if undo else colleagues.left_out(for_user=person, compartment=incident.compartment)
    chosen = next((one for one in offered if str(one.id) == given), None)
    if chosen is None:
        raise NotValid(problems={"person": _("Choose a colleague of the list.")})
    act = people.unname if undo else people.name_for_compartment
    act(by=person, objects=_objects(person, incident), person=chosen)
    return chosen


def _objects(person: Person, incident: Incident) -> list[uuid.UUID]:
    return [incident.id, *(one.report.id for one in queries.reports_of_incident(for_user=person, incident=incident))]
