"""What the rules of meetings ask of the rows: members, who is present, what may be due. Read in the running context."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import connection

from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import rules
from openmara.evidence.meetings.models import AgendaItem, ConflictOfInterest, Meeting, Participant
from openmara.evidence.models import Decision, Incident, Link
from openmara.evidence.verification import quarters
from openmara.evidence.verification.models import Release
from openmara.security.protect import roles_of

FUNCTIONS = ("swpa", "wpa", "hr", "cp", "unct")


def members() -> dict[uuid.UUID, str]:
    """Everybody who holds a working-group role now, with the function that role gives at a meeting."""
    assert set(FUNCTIONS) == set(roles_of(["working_group"]))
    cases = " ".join(f"when sec.holds(p.id, array['{name}']) then '{name}'" for name in FUNCTIONS)
    with connection.cursor() as cursor:
        cursor.execute(f"select id, function from (select p.id, p.code, case {cases} end as function from security_person p) f where function is not null order by code")
        return dict(cursor.fetchall())


def present(meeting: Meeting, without: AgendaItem | None = None) -> list[str]:
    """Functions of those present; of an item, without whoever stepped back from it."""
    rows = Participant.objects.filter(meeting=meeting, present=True)
    if without is not None:
        rows = rows.exclude(person_id__in=list(ConflictOfInterest.objects.filter(item=without).values_list("person_id", flat=True)))
    return list(rows.values_list("function", flat=True))


def of_open_and_recent(day: date) -> list[rules.Facts]:
    """Incidents of sexual violence in conflict that are open, or verified in the quarter of a day."""
    first = quarters.first_day(evidence_rules.quarter_of(day))
    names = ("id", "verification_status", "assigned_to_id", "month_to", "verified_on", "girls", "boys", "child_unknown")
    counted = Incident.objects.filter(record_class="crsv")
    rows = [
        *counted.filter(verification_status__in=evidence_rules.OPEN).values(*names),
        *counted.filter(verification_status="verified", verified_on__gte=first).values(*names),
    ]
    keys = [row["id"] for row in rows]
    differ, released = _parties_differ(keys), set(Release.objects.filter(incident_id__in=keys, undone_at=None).values_list("incident_id", flat=True))
    return [
        rules.Facts(
            key=str(row["id"]), status=row["verification_status"], assigned=row["assigned_to_id"] is not None, month_to=row["month_to"],
            verified_on=row["verified_on"], children=any(row[name] for name in rules.CHILDREN), parties_differ=row["id"] in differ,
            released=row["id"] in released,
        )
        for row in rows
    ]  # fmt: skip


def _parties_differ(keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Incidents whose accounts name different parties; an account that names none says nothing."""
    said: dict[uuid.UUID, set[frozenset[str]]] = {}
    live = Link.objects.filter(incident_id__in=list(keys), undone_at=None).exclude(report__party_codes=[])
    for incident, codes in live.values_list("incident_id", "report__party_codes"):
        said.setdefault(incident, set()).add(frozenset(codes))
    return {incident for incident, sets in said.items() if len(sets) > 1}


def lines_of(quarter: str) -> list[tuple[str, dict[str, object]]]:
    """(line, numbers) of every incident the quarter showed as it ended: one incident once (ADR 0007)."""
    last = evidence_rules.quarter_end(quarter)
    rows = Incident.objects.filter(record_class="crsv", month_to__lte=last).exclude(verification_status="duplicate")
    found = {row["id"]: row for row in rows.values("id", "adm1", "total", "month_to", "recorded_at", *rules.PERSONS)}
    steps = {key: [quarters.Step("received", row["recorded_at"].date())] for key, row in found.items()}
    made = Decision.objects.filter(incident_id__in=list(found), axis="verification").order_by("recorded_at", "id")
    for incident, status, day in made.values_list("incident_id", "to_status", "stated_on"):
        steps[incident].append(quarters.Step(status, day))
    out = []
    for key, row in found.items():
        line = quarters.line(steps[key], row["month_to"], quarter, last)
        if line in rules.LINES:
            out.append((line, row))
    return out
