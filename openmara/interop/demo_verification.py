"""Verification in the demonstration: releases of the last quarter and one reconciliation signed by three, through the rooms' actions. Synthetic."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openmara.evidence import rules
from openmara.evidence.models import Incident
from openmara.evidence.verification import actions as verification
from openmara.evidence.verification import queries as reads
from openmara.evidence.verification.quarters import first_day
from openmara.evidence.verification.reconciliation import actions as sheets
from openmara.evidence.verification.reconciliation import queries as cells
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission

RELEASED = 24


def seed(mission: Mission, quarter: str, as_of: date) -> None:
    """What stands beside the replayed judgements, so that no page of a new installation is empty. No figure depends on it."""
    moment = datetime.combine(max(as_of, rules.quarter_end(quarter) + timedelta(days=1)), time(9), ZoneInfo(mission.zone))
    with clock.set_to(moment, mission):
        _release(mission, quarter)
        _reconcile(mission, quarter)


def _release(mission: Mission, quarter: str) -> None:
    """Most of the last quarter's verified cases; some wait, as they do."""
    with acting("swpa", mission.code) as adviser:
        rows = reads.to_release(Incident.objects.filter(month_to__range=(first_day(quarter), rules.quarter_end(quarter))))
        for incident in rows.order_by("verified_on", "ref")[:RELEASED]:
            verification.release(by=adviser, incident=incident)


def _reconcile(mission: Mission, quarter: str) -> None:
    """The others count alike but for two cells, each explained; three sign."""
    with acting("swpa", mission.code) as adviser:
        sheet = sheets.open_sheet(by=adviser, mission=mission, quarter=quarter)
    said = {
        ("hr.1", "human_rights", "rape"): ("not_yet_verified", "One case is still being checked there."),
        ("cp.1", "mrm", "children"): ("late_verification", "Counted there by the day of the event."),
    }
    for (who, body, group), (reason, words) in said.items():
        with acting(who, mission.code) as person:
            for number, row in enumerate(one for one in cells.cells(for_user=person, sheet=sheet) if one.form_group == group):
                figure = row.mara - 1 if number == 0 and row.mara else row.mara
                values = {body: str(figure), "reason_code": reason if figure != row.mara else "", "words": words if figure != row.mara else ""}
                for other in {"human_rights", "mrm"} - {body}:
                    stated = getattr(row, other)
                    values[other] = "" if stated is None else str(stated)
                sheets.state_cell(by=person, sheet=sheet, key=(row.form_group, row.breakdown, row.code), values=values)
    for who, body in (("swpa", "mara"), ("hr.1", "human_rights"), ("cp.1", "mrm")):
        with acting(who, mission.code) as person:
            sheets.sign(by=person, sheet=sheet, body=body)
