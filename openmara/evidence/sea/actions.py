"""Conduct of United Nations personnel: what an account says goes to the conduct channel through its writer alone.

The draft is sealed for its owner and lies in no list, count, frame or link. It is asked after at 24 hours and erased with the
channel's receipt; the routing notice alone remains (domain brief 1.5, SEA; ST/SGB/2003/13: duty to report).
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.evidence import permissions
from openmara.evidence.models import (
    AllegedPerpetrator,
    Incident,
    IncidentPlace,
    IncidentText,
    Report,
    SeaRouting,
)
from openmara.evidence.triage import rules
from openmara.evidence.triage.models import SeaDraft
from openmara.security import clock, scope
from openmara.security.actions import record
from openmara.security.crypto import Unreadable, key_for, seal, unseal
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_fresh

CHANNEL = "conduct_and_discipline"
CLASS = 4
Rows = Sequence[tuple[str, str]]
# What an incident said is replaced by nothing at all; the province stays, because the rights to the row rest on it.
EMPTY: Mapping[str, object] = {
    "record_class": "", "date_precision": "unknown", "adm2": "", "location_precision": "adm1", "place_type": "", "time_of_day": "",
    "displacement_context": "", "activity_context": "", "during_military_operation": "", "principal_form": "", "total": 1, "number_estimated": False,
    "perpetrator_count": "", "verification_status": "out_of_scope", "attribution_status": "unknown", "standard_of_proof": "", "verified_on": None,
    **dict.fromkeys(("forms", "nexus_types", "nexus_evidence", "tactic_use", "associated_violations"), ()),
    **dict.fromkeys(("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown", "total_min", "total_max", "child_protection_routed")),
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A draft as its owner reads it."""

    draft: SeaDraft
    rows: Rows


def may_keep_draft() -> bool:
    """A draft is of class S4: whoever may not read such a thing could not read their own either."""
    standing = scope.now()
    return standing is not None and standing.clearance >= CLASS


def check_can_keep_draft() -> None:
    if not may_keep_draft():
        raise NotAllowed(_("The draft for the conduct channel is of class S4, and yours is lower. Ask the senior adviser to take this step with you."))


def notice(by: Person, mission_id: uuid.UUID) -> SeaRouting:
    """That something was routed, when and by whom; nothing of what it says."""
    row = SeaRouting(mission_id=mission_id, channel=CHANNEL, routed_on=clock.today(), routed_by=by, recorded_at=clock.now())
    row.save(force_insert=True)
    return row


def draft(by: Person, mission_id: uuid.UUID, rows: Rows) -> SeaDraft:
    """Seal what goes to the channel, for whoever routes it; the notice comes with it."""
    key = uuid.uuid4()
    content = json.dumps([list(one) for one in rows if one[1]], ensure_ascii=False).encode()
    made = SeaDraft(
        id=key, mission_id=mission_id, person=by, routing=notice(by, mission_id), made_at=clock.now(),
        sealed=seal(content, key=_key(), belongs_to=f"{by.id}|{key}"),
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _key() -> bytes:
    return key_for("sea-draft", settings.AUTHENTICATOR_KEY)


def keep_typed(*, by: Person, mission: Mission, rows: Rows) -> SeaDraft | None:
    """What was typed into the sheet of one account becomes a draft; below class S4 the notice alone is kept, and nothing typed."""
    permissions.check_can_report()
    with transaction.atomic():
        made = draft(by, mission.id, rows) if may_keep_draft() else None
        kept = made.routing_id if made else notice(by, mission.id).id
        record("evidence:report:route_sea", objects=[kept], sensitivity="S2")
    return made


def open_draft(*, by: Person, key: uuid.UUID) -> Opened:
    """One's own draft; anybody else's is not there."""
    found = SeaDraft.objects.filter(id=key, person=by).select_related("routing").first()
    if found is None:
        raise NotFound(_("There is no such draft, or it is not open to you."))
    record("evidence:sea:open_draft", objects=[found.routing_id], sensitivity="S4")
    try:
        content = json.loads(unseal(bytes(found.sealed), key=_key(), belongs_to=f"{by.id}|{found.id}"))
    except Unreadable:
        raise NotFound(_("There is no such draft, or it is not open to you.")) from None
    return Opened(found, [(str(label), str(text)) for label, text in content])


def record_receipt(*, by: Person, draft: SeaDraft, reference: str, received_at: datetime | None) -> SeaRouting:
    """The channel has it: its time and reference join the notice, and the draft is erased."""
    check_fresh()
    problems = rules.check_receipt(reference, received_at, draft.made_at.replace(second=0, microsecond=0), clock.now())
    if problems:
        raise NotValid(problems=problems)
    routing = SeaRouting.objects.get(id=draft.routing_id)
    with transaction.atomic():
        routing.receipt_reference, routing.receipt_at = reference.strip(), received_at
        routing.save(update_fields=["receipt_reference", "receipt_at"])
        _erase("evidence_seadraft", draft.mission_id, draft.id)
        record("evidence:sea:receipt", objects=[routing.id], sensitivity="S2")
    return routing


def hand_over(*, by: Person, report: Report, left: Incident | None, rows: Rows) -> SeaDraft:
    """The report leaves every table but the draft. An incident left without any report is emptied and closed with it."""
    made = draft(by, report.mission_id, rows)
    if left is not None:
        empty(by, left)
    with connection.cursor() as cursor:
        cursor.execute("delete from evidence_link where mission_id = %s and report_id = %s", [report.mission_id, report.id])
    _erase("evidence_report", report.mission_id, report.id)  # the database takes with it what is not open to us: texts, sources, pairs
    if left is not None:
        _forget(left)
    record("evidence:report:route_sea", objects=[made.routing_id], sensitivity="S2")
    return made


def empty(by: Person, incident: Incident) -> None:
    """Nothing of what it said stays in an incident that has lost its only report; its reference does, so that no link leads nowhere."""
    if not IncidentText.objects.filter(incident=incident).exists():
        raise NotAllowed(_("The incident of this report has a working text that is not open to you. Ask the senior adviser to take this step."))
    today, month = clock.today(), clock.today().replace(day=1)
    IncidentText.objects.filter(incident=incident).update(nexus_note="", narrative_confidential="", narrative_shareable="")
    IncidentPlace.objects.filter(incident=incident).update(date_from=today, date_to=today, date_reported=today, adm3="", settlement="")
    AllegedPerpetrator.objects.filter(incident=incident).delete()
    for name, value in EMPTY.items():
        setattr(incident, name, list(value) if isinstance(value, tuple) else value)
    incident.month_from = incident.month_to = incident.reported_month = month
    incident.closed_on, incident.version = today, incident.version + 1
    incident.save()


def _forget(incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select public.evidence_forget(%s)", [incident.id])
        found = cursor.fetchone()
    if not (found and found[0]):
        raise NotAllowed(_("The earlier versions of this incident could not be erased. Ask the senior adviser to take this step."))


def _erase(table: str, mission: uuid.UUID, key: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {table} where mission_id = %s and id = %s", [mission, key])
        gone = cursor.rowcount
    if gone != 1:
        raise NotAllowed(_("This could not be erased. Ask the senior adviser to take this step."))
