"""A sample of the HTTP matrix that still touches every address: every cell as the policy file says, either layer alone."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from openmara.config.bench_requests import arena
from openmara.security.matrix import layers
from openmara.security.matrix.expected import Cell
from openmara.security.matrix.http import Arena, Tally, shows_closed
from openmara.security.matrix.tales import INSIDE, ref_of

pytestmark = pytest.mark.usefixtures("committed")
Ring = tuple[Arena, psycopg.Connection]


@pytest.fixture
def ring() -> Iterator[Ring]:
    with arena(connection.settings_dict["NAME"]) as made:
        yield made


def check(tally: Tally, cells: int, pairs: int) -> None:
    assert not tally.wrong, f"{len(tally.wrong)}: " + "\n".join(tally.wrong[:40])
    assert tally.cells > cells and tally.pairs > pairs


def test_every_address_answers_every_method_as_the_policy_file_says(ring: Ring) -> None:
    check(ring[0].run(["anonymous"], situations=("own", "foreign")), 400, -1)
    check(ring[0].run(["role.hr"], ("GET", "POST")), 400, 100)
    check(ring[0].run(["role.gender", "role.admin", "expired", "elsewhere", "by.passphrase", "by.code", "not.fresh"], ("GET",), ("own",)), 300, -1)


def test_rows_of_the_own_mission_open_to_whom_the_roles_say_and_look_absent_to_all_others(ring: Ring) -> None:
    asked = ("absent", *INSIDE)
    check(ring[0].run(["area.hr", "national.hr", "contingent.force"], ("GET", "POST"), asked), 300, 80)
    check(ring[0].run(["class.two.hr", "contingent.other"], ("GET",), asked), 80, 20)


def test_a_page_that_shows_a_closed_row_or_lacks_an_open_one_is_found_out(ring: Ring) -> None:
    made = ring[0]
    one = made.askers["national.hr"]
    cell = Cell("incident", "GET", one.name, "unassigned", f"/m/here/incidents/{ref_of('unassigned', 'evidence_incident')}/")
    response = made.send(cell)
    assert response.status_code == 200 and not shows_closed(made.objects, one, cell, response) and not made._lacks(one, cell, response)
    response.said = response.said.replace(b"zzunassigned.ip.", b"zzcompartment.rt.")
    assert shows_closed(made.objects, one, cell, response) == "evidence_reporttext of compartment"
    assert made._lacks(one, cell, response) == "evidence_incidentplace of unassigned"


def test_either_layer_alone_refuses_every_foreign_row(ring: Ring) -> None:
    made, owner = ring
    made.askers = {name: made.askers[name] for name in ("area.national.hr",)}
    with layers.application_off():
        check(layers.foreign(made), 80, -1)
    with layers.rows_open(owner):
        check(layers.foreign(made), 80, -1)
        with layers.application_off():  # both off: then the marks must be seen, or the matrix is blind
            assert len(layers.foreign(made).wrong) > 30


def test_forms_hosts_and_redirects_are_refused(ring: Ring) -> None:
    found = layers.requests(ring[0])
    assert found["csrf_posts"] == found["csrf_refused"] > 50
    assert found["hosts_tried"] == found["hosts_refused"] > 5
    assert found["redirects_tried"] > 30 and found["redirects_outside"] == 0
