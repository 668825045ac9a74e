"""Writes of verification by reference. Nothing of a case is typed or kept: body, reference, day, standard, outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotNow, NotValid, Refusal
from openmara.evidence import permissions, queries, rules
from openmara.evidence.accounts import CHILDREN
from openmara.evidence.holding import hold
from openmara.evidence.models import Decision, Incident, Report
from openmara.evidence.verification import actions
from openmara.evidence.verification.by_reference.rules import REASON, Row, check
from openmara.evidence.verification.models import BodyRecord
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import has_role

ROLES = {"human_rights": "hr", "child_protection": "cp"}


def check_speaks_for(body: str) -> None:
    """Each body's decisions are entered by its own people."""
    if body not in ROLES or not has_role(ROLES[body]):
        raise NotAllowed(_("Decisions of a body are entered by that body’s own officers."))


def by_reference(*, by: Person, incident: Incident, body: str, row: Row) -> Decision | None:
    """Take over what a body has verified in its own system; None where exactly this was taken over before.

    The body's statement stands for the minimum of sources (V6); whoever alone reported the incident still does not enter it.
    """
    permissions.check_can_verify()
    check_speaks_for(body)
    permissions.check_only_reads(by, incident.ref)
    hold(incident)
    if _is_known(incident, body, row):
        return None
    children = sum(getattr(incident, name) or 0 for name in CHILDREN)
    problem = check(body=body, before=incident.verification_status, outcome=row.outcome, children=children)
    if problem:
        raise NotNow(problem)
    if row.verified_on is None:
        raise NotValid(problems={"verified_on": _("Not a date. Write year-month-day, for example 2026-03-31.")})
    if row.outcome == "verified":
        _check_may_be_verified(by, incident, row.standard_of_proof)
    permissions.check_has_not_stepped_back(by, incident)
    with transaction.atomic():
        before = incident.assigned_to
        if incident.assigned_to_id != by.id:  # the database lets the assigned verifier alone change what is verified
            actions.assign(by=by, incident=incident, to=by)
        if incident.verification_status == "received":
            actions.check_step(incident, "under_verification", row.verified_on, "", "")
            actions.write_step(by, incident, "under_verification", row.verified_on, "", basis="by_reference")
        code = REASON.get(row.outcome, "")
        actions.check_step(incident, row.outcome, row.verified_on, code, "")
        decision = actions.write_step(
            by, incident, row.outcome, row.verified_on, "", standard=row.standard_of_proof if row.outcome == "verified" else "",
            basis="by_reference", reason_code=code,
        )  # fmt: skip
        BodyRecord(
            mission_id=incident.mission_id, decision=decision, body=body, external_reference=row.their_reference, verified_on=row.verified_on,
            standard_of_proof=row.standard_of_proof, outcome=row.outcome,
        ).save(force_insert=True)  # fmt: skip
        if before is not None and before.id != by.id and permissions.may_be_named(before):  # the case stays with the colleague who had it
            actions.assign(by=by, incident=incident, to=before)
        record("evidence:incident:decide_by_reference", objects=[incident.id, decision.id], sensitivity="S3", purpose=row.outcome)
    return decision


def _is_known(incident: Incident, body: str, row: Row) -> bool:
    same = BodyRecord.objects.filter(decision__incident=incident, body=body, external_reference=row.their_reference)
    return row.verified_on is not None and same.filter(verified_on=row.verified_on, outcome=row.outcome).exists()


def _check_may_be_verified(by: Person, incident: Incident, standard: str) -> None:
    reporters = Report.objects.filter(links__incident=incident, links__undone_at=None).values_list("recorded_by_id", flat=True)
    problems = rules.check_verification(
        primary=0, secondary=0, standard=standard, verifier=str(by.id), reporters={str(one) for one in reporters},
        nexus=incident.nexus_types, nexus_note="", stated_by_body=True,
    )  # fmt: skip
    if problems:
        raise NotValid(_("This incident cannot be verified yet."), problems)


@dataclass(frozen=True)
class Said:
    """What becomes of one line: taken over, there already, or why not."""

    row: Row
    text: str
    refused: bool


def take_over(*, by: Person, body: str, rows: Sequence[Row], dry_run: bool = False) -> list[Said]:
    """A list, all or none; a dry run says the same and writes nothing but that it was asked."""
    permissions.check_can_verify()
    check_speaks_for(body)
    with transaction.atomic():
        said = [_take(by, body, row) for row in rows]
        if dry_run or any(one.refused for one in said):
            transaction.set_rollback(True)
    record("evidence:reference:check" if dry_run else "evidence:reference:take_over", sensitivity="S2", purpose=str(len(rows)))
    return said


def _take(by: Person, body: str, row: Row) -> Said:
    try:
        with transaction.atomic():
            incident = queries.find_incident(for_user=by, ref=row.our_reference)
            done = by_reference(by=by, incident=incident, body=body, row=row)
    except Refusal as refusal:
        return Said(row, "; ".join(getattr(refusal, "problems", {}).values()) or str(refusal), True)
    return Said(row, _("Fits.") if done else _("Taken over before: nothing changes."), False)
