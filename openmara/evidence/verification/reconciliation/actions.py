"""Writes of reconciliation: open a sheet, count again, type the others' figures, explain, sign. Closed to change once signed by three."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotAllowed, NotNow, NotValid
from openmara.evidence import rules as evidence
from openmara.evidence.verification.models import Reconciliation, ReconciliationCell, ReconciliationSignature
from openmara.evidence.verification.reconciliation import queries, rules
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_role, has_role


def check_may_edit() -> None:
    check_role("case_workers", reason=_("Figures are reconciled by the advisers, human rights and child protection."))


def open_sheet(*, by: Person, mission: Mission, quarter: str) -> Reconciliation:
    """A sheet for a quarter that has ended, with MARA's figures."""
    check_may_edit()
    queries.check_counts_everything()
    queries.check_quarter(quarter, evidence.quarter_of(clock.today()))
    sheet = Reconciliation(mission=mission, quarter=quarter, made_by=by, made_at=clock.now())
    with transaction.atomic():
        try:
            with transaction.atomic():
                sheet.save(force_insert=True)
        except IntegrityError:
            raise Conflict(_("There is a sheet of this quarter already.")) from None
        _count(by, sheet)
        record("evidence:reconciliation:start", objects=[sheet.id], sensitivity="S2", purpose=quarter)
    return sheet


def count_again(*, by: Person, sheet: Reconciliation) -> Reconciliation:
    """MARA's figures as they are now; what was typed stays."""
    check_may_edit()
    queries.check_counts_everything()
    _hold_open(sheet)
    with transaction.atomic():
        _count(by, sheet)
        record("evidence:reconciliation:count", objects=[sheet.id], sensitivity="S2")
    return sheet


def _hold_open(sheet: Reconciliation) -> None:
    """Nothing changes under a signature."""
    Reconciliation.objects.select_for_update().get(id=sheet.id)
    sheet.refresh_from_db()
    if sheet.frozen_at is not None:
        raise NotNow(_("Three have signed this sheet: it does not change any more."))
    if ReconciliationSignature.objects.filter(sheet=sheet, undone_at=None).exists():
        raise NotNow(_("This sheet carries a signature. Whoever signed takes it back first."))


def _count(by: Person, sheet: Reconciliation) -> None:
    rows = {(row.form_group, row.breakdown, row.code): row for row in ReconciliationCell.objects.filter(sheet=sheet)}
    now = {cell.key: cell for cell in queries.count(sheet.quarter)}
    for key in sorted({*rows, *now}):
        cell = now.get(key) or rules.Cell(*key, 0, 0, 0)
        row = rows.get(key) or ReconciliationCell(mission_id=sheet.mission_id, sheet=sheet, form_group=key[0], breakdown=key[1], code=key[2])
        if row.incidents != cell.incidents or row.mara != cell.mara or row.late != cell.late:
            row.incidents, row.mara, row.late = cell.incidents, cell.mara, cell.late
            row.recorded_by, row.recorded_at = by, clock.now()
            row.save(force_insert=key not in rows)


def state_cell(*, by: Person, sheet: Reconciliation, key: tuple[str, str, str], values: Mapping[str, str]) -> ReconciliationCell:
    """What human rights and MRM count in a cell, and why it differs. Each types its own figure; the advisers may type both."""
    check_may_edit()
    _hold_open(sheet)
    row = ReconciliationCell.objects.filter(sheet=sheet, form_group=key[0], breakdown=key[1], code=key[2]).first()
    row = row or ReconciliationCell(
        mission_id=sheet.mission_id, sheet=sheet, form_group=key[0], breakdown=key[1], code=key[2], incidents=0, mara=0, late=0
    )
    problems: dict[str, str] = {}
    for name, role in (("human_rights", "hr"), ("mrm", "cp")):
        number, problem = _number(values.get(name, ""))
        if problem:
            problems[name] = problem
        elif number != getattr(row, name) and not has_role("triage", role):
            problems[name] = _("This figure is typed by its own body or by the senior adviser.")
        else:
            setattr(row, name, number)
    row.reason_code, row.words = values.get("reason_code", ""), " ".join(values.get("words", "").split())[:300]
    if findings := evidence.pii_findings(row.words):
        problems["words"] = _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(findings)}
    lacking = rules.check_cell(queries.as_cell(row))
    if lacking and not problems:
        problems[lacking] = _("A difference needs a reason and a few words.")
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        row.recorded_by, row.recorded_at = by, clock.now()
        row.save()
        record("evidence:reconciliation:state", objects=[sheet.id, row.id], sensitivity="S2")
    return row


def _number(text: str) -> tuple[int | None, str]:
    if not text.strip():
        return None, ""
    if text.strip().isdecimal() and int(text) < 1_000_000:
        return int(text), ""
    return None, _("Write a whole number, or leave blank what is not stated.")


def sign(*, by: Person, sheet: Reconciliation, body: str) -> ReconciliationSignature:
    """One person for each body; with the third the sheet is frozen. A difference without a reason keeps everybody from signing."""
    if body not in rules.BODIES or not has_role(rules.BODIES[body]):
        raise NotAllowed(_("For each body one of its own signs: senior adviser, human rights, child protection."))
    Reconciliation.objects.select_for_update().get(id=sheet.id)
    sheet.refresh_from_db()
    standing = list(ReconciliationSignature.objects.filter(sheet=sheet, undone_at=None))
    if sheet.frozen_at is not None or any(one.body == body for one in standing):
        raise NotNow(_("This body has signed already."))
    if any(one.made_by_id == by.id for one in standing):
        raise NotAllowed(_("Three different people sign. You have signed for another body."))
    found = [queries.as_cell(row) for row in queries.cells(for_user=by, sheet=sheet)]
    if any(rules.check_cell(cell) for cell in found):
        raise NotNow(_("A difference has no reason yet. Nobody signs before each is explained."))
    with transaction.atomic():
        made = ReconciliationSignature(
            mission_id=sheet.mission_id, sheet=sheet, body=body, content_sha256=rules.fingerprint(sheet.quarter, found), made_by=by, made_at=clock.now()
        )
        made.save(force_insert=True)
        record("evidence:reconciliation:sign", objects=[sheet.id], sensitivity="S2", purpose=body)
        if len(standing) == len(rules.BODIES) - 1:
            sheet.frozen_at = clock.now()
            sheet.save(update_fields=["frozen_at"])
            record("evidence:reconciliation:freeze", objects=[sheet.id], sensitivity="S2")
    return made


def take_signature_back(*, by: Person, sheet: Reconciliation) -> ReconciliationSignature:
    """Before the third signature each may take theirs back; the row stays."""
    Reconciliation.objects.select_for_update().get(id=sheet.id)
    sheet.refresh_from_db()
    if sheet.frozen_at is not None:
        raise NotNow(_("Three have signed this sheet: it does not change any more."))
    mine = ReconciliationSignature.objects.filter(sheet=sheet, made_by=by, undone_at=None).first()
    if mine is None:
        raise NotNow(_("You have not signed this sheet."))
    with transaction.atomic():
        mine.undone_by, mine.undone_at = by, clock.now()
        mine.save(update_fields=["undone_by", "undone_at"])
        record("evidence:reconciliation:unsign", objects=[sheet.id], sensitivity="S2")
    return mine
