"""Ways in which row security was bypassed in PostgreSQL itself, tried on the server we run (security advisories, by number)."""

import pytest
from django.db import connection, transaction

from openmara.config import postgres
from openmara.parties.models import Party
from openmara.security.context import acting
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.usefixtures("committed")

COUNT = "select count(*) from security_organisation where code like %s"


def counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, ["%"])
        return int(cursor.fetchone()[0])


def test_a_statement_planned_for_one_person_answers_the_next_by_their_own_rights() -> None:
    """CVE-2024-10976, CVE-2016-2193: a plan kept for one was used for another. Ours are kept on purpose (ADR 0012)."""
    with acting("swpa", "carana"):
        here = counted()
    with acting("stranger", "other"):
        there = counted()
    assert here != there and here > 0, "the two missions must differ for this to say anything"
    for _turn in range(8):  # past the number of uses after which a statement is prepared, and its plan made general
        with acting("swpa", "carana"):
            assert counted() == here
        with transaction.atomic():
            assert counted() == 0
        with acting("stranger", "other"):
            assert counted() == there
    with acting("swpa", "carana"), connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like 'select count(*) from security_organisation%'")
        assert cursor.fetchone()[0] == 1, "the statement was not prepared: nothing was tried"


def test_it_refuses_what_merge_would_change_beyond_the_policies() -> None:
    """CVE-2023-39418: MERGE checked the policies of one command only."""
    with acting("stranger", "other") as person:
        make_areas_and_parties(person.active_mission)  # type: ignore[attr-defined]  # carried, not stored
        foreign = Party.objects.get(code="CDF")
        mine = _merged(foreign)
    with acting("swpa", "carana"):
        assert _merged(foreign) == 0
    assert mine == 1, "who may change the row must be able to, or this says nothing"


def _merged(party: Party) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "merge into parties_party p using (select %s::uuid as id, %s::uuid as mission) x on p.id = x.id and p.mission_id = x.mission"
            " when matched then update set status = 'dissolved'", [party.id, party.mission_id],
        )  # fmt: skip
        return cursor.rowcount


def test_statistics_of_hidden_rows_say_nothing() -> None:
    """CVE-2017-7484, CVE-2019-10130, CVE-2025-8713: values of rows read from the planner's statistics."""
    with postgres.superuser(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("analyze")
    with acting("swpa", "carana"), connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stats s join pg_class c on c.relname = s.tablename where c.relforcerowsecurity")
        assert cursor.fetchone()[0] == 0
