"""Incidents of the tests of gathering: one with several reports, under verification or verified by hr.1."""

import uuid
from datetime import date

from openmara.evidence import actions
from openmara.evidence.models import Incident, Link, Report
from openmara.evidence.tests.desk import opened, received
from openmara.security.context import acting
from openmara.security.models import Mission, Person

WHY = "The accounts name different places. Synthetic."
LATER = "A colleague was there since. Synthetic."


def gathered(mission: Mission, *references: str, verifier: str = "hr.1", verified: bool = False) -> str:
    """An incident opened from the first reference, the others linked to it."""
    first, *more = references
    ref = opened(mission, first, verifier=verifier)
    for reference in more:
        report = received(mission, reference)
        with acting("swpa", "carana") as adviser:
            actions.link_report(by=adviser, report=Report.objects.get(ref=report), incident=Incident.objects.get(ref=ref))
    if verified:
        verify(ref, verifier)
    return ref


def verify(ref: str, by: str = "hr.1") -> None:
    with acting(by, "carana") as person:
        actions.decide(
            by=person, incident=Incident.objects.get(ref=ref), to_status="verified", rationale="Reliable, fits the pattern. Synthetic.",
            standard_of_proof="reasonable_grounds_to_believe", stated_on=date(2026, 9, 1),
        )  # fmt: skip


def named(reference: str) -> uuid.UUID:
    """The key of a report by the reference its office gave it."""
    return Report.objects.get(their_reference=reference).id


def lie(ref: str) -> set[str]:
    """References of the reports that belong to an incident now."""
    return set(Link.objects.filter(incident__ref=ref, undone_at=None).values_list("report__their_reference", flat=True))


def person(username: str) -> Person:
    return Person.objects.get(username=username)
