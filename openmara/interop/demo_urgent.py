"""Urgent products, a pattern assessment and saved views of the demonstration, each by the person whose work it is. Synthetic."""

from datetime import date, timedelta

from openmara.evidence.flash import actions as urgent
from openmara.evidence.flash import queries as flashes
from openmara.evidence.parties_view import actions as patterns
from openmara.evidence.parties_view import queries as parties
from openmara.evidence.search import actions as views
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission

DISTRICT, PROVINCE, PARTY = "CR0801", "CR08", "ICSC"


def seed(mission: Mission, as_of: date) -> None:
    """An alert that holds for 72 hours from now, a flash report that went out, a pattern that waits for its second person, two views."""
    with acting("wpa.leppko", mission.code) as by:
        urgent.raise_alert(by=by, mission=mission, danger=urgent.Danger(
            adm2=DISTRICT, threat="movement", timing="within_24h", party=PARTY, care=("patrol_wide",), note="Armed men gather beside the road to the market.",
        ))  # fmt: skip
        flash = urgent.draft(by=by, mission=mission, written=urgent.Draft(
            received_at=clock.now() - timedelta(hours=2), adm2=DISTRICT, forms=("rape",), party_category="armed_group", women=3, girls=1, triggers=("children", "ongoing"),
            risk="The threat goes on in the district.", care_72h="yes", action_taken="Child protection told; health partner told of a need without details.",
            action_requested="Presence of patrols along the market road for three days.", addressees=("hom", "swpa", "cp", "hq"),
        ))  # fmt: skip
    with acting("swpa", mission.code) as by:
        found = flashes.find_flash(for_user=by, ref=flash.ref)
        urgent.send(by=by, flash=urgent.clear(by=by, flash=found))
        views.keep_view(by=by, mission=mission, name="Leppko: to verify", filters={"adm1": PROVINCE, "status": "open"}, shared_with=("hr", "wpa"))
        views.keep_view(by=by, mission=mission, name="Verified late", filters={"status": "late"})
    _pattern(mission, as_of)


def _pattern(mission: Mission, as_of: date) -> None:
    months = (date(as_of.year - 1, 1, 1), as_of.replace(day=1))
    with acting("hr.1", mission.code) as by:
        party = parties.find_party(for_user=by, code=PARTY)
        chosen = parties.choosable(for_user=by, party=party, months=months)[:6]
        if len(chosen) > 1:
            patterns.assess(by=by, mission=mission, party=party, written=patterns.Assessment(
                finding="pattern", criteria=("several_incidents", "over_time", "same_method"), month_from=months[0], month_to=months[1], incidents=[one.id for one in chosen],
                rationale="Verified incidents over several months, alike in form and circumstances. Synthetic, for training.",
            ))  # fmt: skip
