"""What the tests of the pages share: one mission, sign-in, an incident under way, the log."""

import re

from django.db import connection

from openmara.evidence import actions
from openmara.evidence.models import Incident, Report
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account
from tests.people import signed_in as signed_in

BASE = "/m/carana/"


def received(mission: Mission, reference: str = "A-1", by: str = "hr.2", **changes: object) -> str:
    """A report of this reference, not triaged."""
    with acting(by, "carana") as person:
        office = Organisation.objects.get(code="hr_office")
        done = actions.take_in(by=person, mission=mission, organisation=office, accounts=[account(reference, **changes)])
        return Report.objects.get(id=done.added[0]).ref


def opened(mission: Mission, reference: str = "A-1", verifier: str = "", **changes: object) -> str:
    """An incident opened from one report of hr.2 and, if asked, assigned and under verification."""
    ref = received(mission, reference, **changes)
    with acting("swpa", "carana") as adviser:
        incident = actions.open_incident(by=adviser, report=Report.objects.get(ref=ref))
        if verifier:
            actions.assign(by=adviser, incident=incident, to=Person.objects.get(username=verifier))
    if verifier:
        with acting(verifier, "carana") as person:
            actions.decide(by=person, incident=Incident.objects.get(ref=incident.ref), to_status="under_verification", rationale="")
    return incident.ref


def events() -> list[str]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        return [event for (event,) in cursor.fetchall()]


def body(answer: object) -> str:
    """A page without what changes from one answer to the next."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", answer.content.decode())  # type: ignore[attr-defined]


def status_of(ref: str) -> tuple[str, str]:
    with acting("swpa", "carana"):
        found = Incident.objects.get(ref=ref)
        return found.verification_status, found.attribution_status
