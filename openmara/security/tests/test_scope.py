"""The application's wall and the database agree row by row, for everybody of the matrix's world; and either closes by itself."""

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction

from openmara.config import postgres
from openmara.security import context, scope
from openmara.security.matrix import layers, world
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.model import may
from openmara.security.models import Grant, MissionModel
from openmara.security.protect import policy

pytestmark = pytest.mark.usefixtures("committed")
World = tuple[world.World, psycopg.Connection]


@pytest.fixture
def whole() -> Iterator[World]:
    """The matrix's rows in place of the cast's."""
    with postgres.superuser(connection.settings_dict["NAME"]) as owner:
        with owner.transaction():
            owner.execute("set local session_replication_role = replica")
            for table in policy()["tables"]:
                owner.execute(f"delete from public.{table}")
        yield world.build(owner, policy()), owner


def models() -> list[type[MissionModel]]:
    return [model for model in apps.get_models() if issubclass(model, MissionModel)]


def people(found: world.World) -> list[Principal]:
    """Every tenth of those at lower classes, and everybody else whose context a command can open."""
    chosen = [one for one in found.principals if one.opens == "command"]
    return [one for number, one in enumerate(chosen) if "@" not in one.name or number % 10 == 0]


def seen(one: Principal) -> Iterator[tuple[type[MissionModel], set[object], set[object]]]:
    """(model, ids the query set shows, ids the table shows to this person)."""
    with transaction.atomic():
        if one.mission is None or context.enter_as(one.person, one.mission):
            for model in models():
                with connection.cursor() as cursor:
                    try:
                        with transaction.atomic():
                            cursor.execute(f"select id from {model._meta.db_table}")
                            table = {row[0] for row in cursor.fetchall()}
                    except Exception:  # no right on the table at all
                        table = set()
                yield model, set(model.objects.values_list("id", flat=True)), table
        context.leave()


def test_no_query_shows_less_than_the_database_opens(whole: World) -> None:
    for one in people(whole[0]):
        for model, said, table in seen(one):
            assert said == table, f"{model.__name__} for {one.name}: {len(said)} of {len(table)}"


def test_without_row_security_no_query_shows_a_row_of_another_mission(whole: World) -> None:
    found, owner = whole
    facts, extra, rows = found.facts, [], 0
    with layers.rows_open(owner):
        for one in people(found):
            asker = found.asker(one)
            for model, said, _table in seen(one):
                for row in facts.rows[model._meta.db_table]:
                    if row["id"] in said and row["mission_id"] != one.mission:
                        twin = facts.one(model._meta.db_table, one.mission, row["id"])  # the same number in two missions
                        assert twin is not None or model is Grant, f"{model.__name__} for {one.name}"
                    if row["id"] in said and row["mission_id"] == one.mission and asker:
                        rows += 1
                        if not may(asker, model._meta.db_table, row, "select", facts):
                            extra.append(f"{model.__name__} for {one.name}: {found.label[model._meta.db_table, row['mission_id'], row['id']]}")
    assert rows > 1_000 and not extra, f"{len(extra)} of {rows}: {extra[:20]}"


def test_without_a_context_there_are_no_rows_and_no_question_to_the_database(whole: World) -> None:
    scope.put(None)
    with transaction.atomic():
        for model in models():
            assert model.objects.count() == 0 and not model.objects.exists()
