"""Who is left out of a closed case sees neither it nor a count of it, until a colleague names them on the incident's page."""

import pytest
from django.db import transaction

from openmara.evidence import actions
from openmara.evidence.models import Report
from openmara.parties.models import Party
from openmara.security.context import acting
from openmara.security.models import AuditEntry, Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties
from tests.people import signed_in

pytestmark = pytest.mark.usefixtures("committed")


def opened(*parties: str) -> str:
    with transaction.atomic(), acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        if not Party.objects.exists():
            make_areas_and_parties(mission)
        office = Organisation.objects.get(code="police")
        done = actions.take_in(by=by, mission=mission, organisation=office, accounts=[account("R-" + "-".join(parties), alleged_parties=parties)])
        return actions.open_incident(by=by, report=Report.objects.get(id=done.added[0])).ref


def test_naming_opens_a_closed_case_and_taking_it_back_closes_it() -> None:
    ref = opened("CDF")
    left_out = signed_in("hr.nat")
    address = f"/m/carana/incidents/{ref}/"
    assert left_out.get(address).status_code == 404
    assert ref not in left_out.get("/m/carana/incidents/").content.decode()
    officer = signed_in("hr.1")
    page = officer.get(address).content.decode()
    assert "Closed case" in page and "national staff" in page
    with acting("hr.1", "carana"):
        one, other = Person.objects.get(code="hr.nat").id, Person.objects.get(code="hr.2").id
    assert f'<option value="{one}">' in page.split("Closed case")[1].split("</section>")[0]
    assert officer.post(f"{address}name/", {"person": str(other)}).status_code == 422  # not left out
    assert officer.post(f"{address}name/", {"person": str(one)}).status_code == 302
    assert left_out.get(address).status_code == 200
    assert signed_in("swpa").post(f"{address}name/", {"person": str(one), "do": "undo"}).status_code == 302
    assert left_out.get(address).status_code == 404
    with acting("auditor", "carana"):
        events = AuditEntry.objects.filter(event__startswith="security:compartment").order_by("id").values_list("event", flat=True)
        assert list(events) == ["security:compartment:name", "security:compartment:unname"]


def test_it_refuses_who_may_not_name_and_where_nothing_is_closed() -> None:
    ref = opened("CDF")
    with acting("hr.1", "carana"):
        one = Person.objects.get(code="hr.nat").id
    assert signed_in("wpa").post(f"/m/carana/incidents/{ref}/name/", {"person": str(one)}).status_code == 403
    assert signed_in("hr.nat").post(f"/m/carana/incidents/{ref}/name/", {"person": str(one)}).status_code == 404
    plain = opened("ICSC")
    assert "Closed case" not in signed_in("hr.1").get(f"/m/carana/incidents/{plain}/").content.decode()
    assert signed_in("hr.1").post(f"/m/carana/incidents/{plain}/name/", {"person": str(one)}).status_code == 409
