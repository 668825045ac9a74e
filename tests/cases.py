"""Accounts, places and parties the tests speak of: synthetic, of Carana."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from openmara.evidence.accounts import Account
from openmara.parties.models import Party
from openmara.places.models import Area, AreaCoverage
from openmara.security import scope
from openmara.security.models import Mission


def make_areas_and_parties(mission: Mission) -> None:
    """Two provinces, three districts, two parties. In the context of somebody who may (swpa)."""
    for pcode, level, parent in (("CR01", 1, ""), ("CR08", 1, ""), ("CR0101", 2, "CR01"), ("CR0801", 2, "CR08"), ("CR0802", 2, "CR08")):
        Area.objects.create(mission=mission, pcode=pcode, level=level, parent_pcode=parent, name_en=pcode, name_fr=pcode)
    by = scope.now().person  # type: ignore[union-attr]  # called in a context
    for pcode in ("CR0101", "CR0801"):  # CR0802: nobody has said
        AreaCoverage.objects.create(
            mission=mission, adm2=pcode, health="yes", psychosocial="yes", as_of=date(2026, 1, 1), recorded_by_id=by, recorded_at=timezone.now()
        )
    for code, category in (("ICSC", "armed_group"), ("CDF", "armed_force")):
        Party.objects.create(mission=mission, code=code, category=category)


def account(reference: str = "A-1", **changes: Any) -> Account:
    """A complete account, varied by name."""
    plain = Account(
        their_reference=reference, source_org_type="un_civilian", record_class="crsv", date_from=date(2026, 7, 3),
        date_to=date(2026, 7, 3), date_precision="day", date_reported=date(2026, 7, 9), adm1="CR08", adm2="CR0801",
        location_precision="adm2", forms=("rape",), alleged_parties=("ICSC",), classification="confidential", total=2,
        number_estimated=False, tally={"women": 2}, nexus_types=("causal:direct",), nexus_note="Fighters present. Synthetic.",
        source_category="primary_victim", consent_basis="survivor_adult", consent_scope=("aggregate_reporting",),
        narrative_shareable="Account held by the source. Synthetic.",
    )  # fmt: skip
    return replace(plain, **changes)
