"""Every field of every table is classified in the policy file, a table holds one class, and the file names nothing else."""

import pytest
from django.apps import apps
from django.db import connection

from openmara.security.protect import policy
from tests.house.open_tables import OPEN_TABLES, PERSONAL_TABLES
from tests.house.tables import mission_tables

MODELS = [model for model in apps.get_models() if model.__module__.startswith("openmara") and model._meta.managed]


def test_every_table_and_field_is_classified() -> None:
    tables = policy()["tables"]
    assert {model._meta.db_table for model in MODELS} == set(tables)
    for model in MODELS:
        entry = tables[model._meta.db_table]
        assert entry["class"] in {f"S{number}" for number in range(7)}
        assert set(entry["fields"]) == {field.column for field in model._meta.local_fields}, model


def test_free_text_and_exact_days_lie_in_their_own_class() -> None:
    for model in MODELS:
        level = int(policy()["tables"][model._meta.db_table]["class"][1])
        names = {field.name for field in model._meta.local_fields}
        if names & {"narrative_confidential", "narrative_shareable", "nexus_note", "rationale", "texts"}:
            assert level >= 4, model
        if names & {"date_from", "date_to", "settlement", "adm3"} and model._meta.app_label == "evidence":
            assert level >= 3, model


@pytest.mark.django_db
def test_every_table_of_the_database_is_protected_or_listed_as_open() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity, exists (select 1 from pg_policy p where p.polrelid = c.oid"
            " and not p.polpermissive) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname = 'public'"
        )
        for name, forced, walled in cursor.fetchall():
            assert name in OPEN_TABLES or (forced and walled), name
    assert all(table.startswith(("public.", "audit.")) for table in mission_tables())


@pytest.mark.django_db
def test_a_table_of_a_library_lies_open_with_a_reason_or_belongs_to_one_person() -> None:
    theirs = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if not model.__module__.startswith("openmara")}
    assert set(PERSONAL_TABLES) == theirs - set(OPEN_TABLES) - {"django_session"}
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, pg_get_expr(polqual, polrelid) from pg_policies join pg_policy on polname = policyname"
            " and polrelid = ('public.' || tablename)::regclass where permissive = 'RESTRICTIVE' and tablename = any(%s)", [list(PERSONAL_TABLES)],
        )  # fmt: skip
        walls = dict(cursor.fetchall())
    assert set(walls) == set(PERSONAL_TABLES)
    assert all("sec.person()" in wall or wall == "false" for wall in walls.values())


@pytest.mark.django_db
def test_the_database_has_the_policies_of_the_file() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tablename, lower(cmd) from pg_policies where schemaname = 'public' and policyname like '%%_rows'")
        found = set(cursor.fetchall())
    expected = {
        (table, operation)
        for table, entry in policy()["tables"].items()
        for operation in ("select", "insert", "update", "delete")
        if entry.get(operation)
    }
    assert {pair for pair in found if not pair[0].endswith("_history")} == expected


@pytest.mark.django_db
def test_roles_of_the_running_application_own_nothing_and_bypass_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname in ('app_web', 'app_worker', 'data_owner', 'sec_owner')")
        assert [value for (value,) in cursor.fetchall()] == [False] * 4
        cursor.execute("select current_user, count(*) from pg_class c where pg_get_userbyid(c.relowner) in ('app_web', 'app_worker')")
        assert cursor.fetchone() == ("app_web", 0)
