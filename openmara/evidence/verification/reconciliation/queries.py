"""Reads of reconciliation: sheets, their cells, and MARA's figures counted from the incidents. Exact, for the working group alone."""

import uuid
from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.evidence import rules as evidence
from openmara.evidence.verification.models import Reconciliation, ReconciliationCell, ReconciliationSignature
from openmara.evidence.verification.quarters import first_day
from openmara.evidence.verification.reconciliation import rules
from openmara.evidence.verification.reconciliation.rules import Cell, Counted
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import check_can, has_role

# Verified at the end of the quarter: the last step stated by then, without verifications the very next step took back (ADR 0007).
# An incident that repeats another is none. It occurred in the quarter, or ended before and was verified in it (late).
VERIFIED = """
with steps as (
  select d.incident_id, d.to_status, d.stated_on, row_number() over w as n, lead(d.to_status) over w as following
  from evidence_decision d
  where d.mission_id = (select sec.mission()) and d.axis = 'verification'
    and d.incident_id in (select v.incident_id from evidence_decision v where v.mission_id = (select sec.mission())
      and v.axis = 'verification' and v.to_status = 'verified' and v.stated_on <= %(last)s)
  window w as (partition by d.incident_id order by d.recorded_at,
    case d.from_status when 'received' then 0 when 'under_verification' then 1 else 2 end, d.id)
), standing as (
  select distinct on (incident_id) incident_id, to_status, stated_on from steps
  where stated_on <= %(last)s and not (to_status = 'verified' and coalesce(following, '') = 'under_verification')
  order by incident_id, n desc
)
select i.principal_form, i.adm1,
  coalesce((select array_agg(distinct a.category::text order by a.category::text) from evidence_allegedperpetrator a
    where a.mission_id = i.mission_id and a.incident_id = i.id), '{}'),
  coalesce(i.women, 0) + coalesce(i.girls, 0) + coalesce(i.men, 0) + coalesce(i.boys, 0) + coalesce(i.adult_unknown, 0)
    + coalesce(i.child_unknown, 0) + coalesce(i.unknown, 0),
  coalesce(i.girls, 0) + coalesce(i.boys, 0) + coalesce(i.child_unknown, 0),
  i.month_to < %(first)s
from standing s join evidence_incident i on i.mission_id = (select sec.mission()) and i.id = s.incident_id
where s.to_status = 'verified' and i.record_class = 'crsv' and i.verification_status <> 'duplicate' and i.month_to <= %(last)s
  and (i.month_to >= %(first)s or s.stated_on >= %(first)s)
"""


def count(quarter: str) -> list[Cell]:
    """MARA's figures of a quarter: occurred in it and verified by its end; late apart."""
    days = {"first": first_day(quarter), "last": evidence.quarter_end(quarter)}
    with connection.cursor() as cursor:
        cursor.execute(VERIFIED, days)
        rows = cursor.fetchall()
    return rules.cells(
        Counted(rules.group_of(form), adm1, tuple(categories), people, children, late) for form, adm1, categories, people, children, late in rows
    )


def sees_every_incident() -> bool:
    """Whoever sees a part of the incidents would count that part and call it the mission's."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.areas() is null and sec.walled() = array[]::text[] and sec.clearance() >= 3")
        row = cursor.fetchone()
    return bool(row and row[0]) and has_role("triage", "hr", "unct")


def check_counts_everything() -> None:
    if not sees_every_incident():
        raise NotAllowed(_("You are cleared for a part of the incidents only, so figures counted by you would be of that part."))


def check_may_read() -> None:
    check_can("evidence_reconciliation", "select", _("Reconciliation is the working group’s. Your role does not include it."))


def sheets(*, for_user: Person) -> Sequence[Reconciliation]:
    """Sheets by quarter, the latest first."""
    check_may_read()
    return list(Reconciliation.objects.select_related("made_by__name").order_by("-quarter")[:60])


def find_sheet(*, for_user: Person, key: uuid.UUID) -> Reconciliation:
    """Open one sheet; recorded before it is shown, because its counts are exact."""
    check_may_read()
    found = Reconciliation.objects.filter(id=key).select_related("made_by__name").first()
    if found is None:
        raise NotFound(_("There is no such sheet, or it is not open to you."))
    record("evidence:reconciliation:open", objects=[found.id], sensitivity="S2", purpose=found.quarter)
    return found


def cells(*, for_user: Person, sheet: Reconciliation) -> list[ReconciliationCell]:
    order = {code: place for place, code in enumerate(("children", "rape", "slavery", "reproductive", "other_forms"))}
    rows = ReconciliationCell.objects.filter(sheet=sheet)
    return sorted(rows, key=lambda one: (one.breakdown, one.code, order.get(one.form_group, 9)))


def as_cell(row: ReconciliationCell) -> Cell:
    return Cell(
        row.form_group, row.breakdown, row.code, row.incidents, row.mara, row.late, row.human_rights, row.mrm, row.reason_code, row.words
    )


def signatures(*, for_user: Person, sheet: Reconciliation) -> list[ReconciliationSignature]:
    """Signatures that stand, in the order in which they were given."""
    return list(ReconciliationSignature.objects.filter(sheet=sheet, undone_at=None).select_related("made_by__name").order_by("made_at"))


def check_quarter(text: str, today_quarter: str) -> str:
    """A full quarter: what has not ended cannot be reconciled."""
    if len(text) != 6 or not (text[:4].isdigit() and text[4] == "Q" and text[5] in "1234"):
        raise NotValid(problems={"quarter": _("Write a quarter as 2026Q3.")})
    if text >= today_quarter:
        raise NotValid(problems={"quarter": _("This quarter has not ended yet.")})
    return text
