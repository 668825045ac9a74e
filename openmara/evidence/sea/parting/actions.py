"""One write: the part that stays becomes a report, the account as a whole becomes the draft."""

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict
from openmara.evidence import actions, queries
from openmara.evidence.accounts import Account
from openmara.evidence.models import Report
from openmara.evidence.sea.actions import Rows
from openmara.evidence.triage.actions import hand_over
from openmara.evidence.triage.models import SeaDraft
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import has_role


def part(*, by: Person, report: Report, account: Account, rows: Rows) -> tuple[Report, SeaDraft]:
    """Both or neither. The report that stays is of the same office where its right allows, else of the writer's own; it waits for triage."""
    organisation = report.organisation if has_role("swpa") else queries.own_organisation(for_user=by)
    if organisation is None:
        raise Conflict(_("You have no office in this mission in whose name a report could be kept. Ask your focal point."))
    mission = by.active_mission  # type: ignore[attr-defined]  # carried by the view and by `acting`
    with transaction.atomic():
        actions.take_in(by=by, mission=mission, organisation=organisation, accounts=[account], short_form=report.short_form)
        stays = Report.objects.get(organisation=organisation, their_reference=account.their_reference)
        draft = hand_over(by=by, report=report, rows=rows)
        record("evidence:report:part", objects=[stays.id], sensitivity="S2")
    return stays, draft
