"""A sample of the HTTP matrix that still touches every address: every cell as the policy file says, either layer alone."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from openmara.config.bench_requests import arena
from openmara.security.matrix import layers
from openmara.security.matrix.http import Arena, Tally

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


def test_either_layer_alone_refuses_every_foreign_row(ring: Ring) -> None:
    made, owner = ring
    made.askers = {name: one for name, one in made.askers.items() if name == "role.hr"}
    with layers.application_off():
        asked, refused = layers.foreign(made)
    assert asked == refused > 50
    with layers.rows_open(owner):
        asked, refused = layers.foreign(made)
        assert asked == refused > 50
        with layers.application_off():  # both off: then the marks must be seen, or the matrix is blind
            asked, refused = layers.foreign(made)
    assert refused < asked - 10


def test_forms_hosts_and_redirects_are_refused(ring: Ring) -> None:
    found = layers.requests(ring[0])
    assert found["csrf_posts"] == found["csrf_refused"] > 50
    assert found["hosts_tried"] == found["hosts_refused"] > 5
    assert found["redirects_tried"] > 30 and found["redirects_outside"] == 0
