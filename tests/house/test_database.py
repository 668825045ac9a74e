"""The rules of the security model that the database's own catalogue can answer (3.b.3, R1 to R13)."""

import re

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tests.house.open_tables import OPEN_TABLES

pytestmark = pytest.mark.django_db
APPLICATION = ("app_web", "app_worker")
NOT_OURS = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%%' and n.nspname not like 'pg_temp%%'"


def asked(statement: str, values: tuple[object, ...] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_no_role_of_ours_can_do_more_than_its_rights() -> None:
    rows = asked(
        "select rolname from pg_roles where rolname in ('app_web', 'app_worker', 'migrator', 'data_owner', 'sec_owner')"
        " and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)"
    )
    assert rows == []
    assert asked("select rolname from pg_roles where rolname in ('data_owner', 'sec_owner') and rolcanlogin") == []
    assert asked("select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname in ('app_web', 'app_worker')") == []


def test_the_application_owns_nothing_and_makes_nothing() -> None:
    assert asked("select relname from pg_class where pg_get_userbyid(relowner) in ('app_web', 'app_worker')") == []
    assert asked("select proname from pg_proc where pg_get_userbyid(proowner) in ('app_web', 'app_worker')") == []
    for role in APPLICATION:
        assert asked("select nspname from pg_namespace where has_schema_privilege(%s, oid, 'create')", (role,)) == []
        assert asked("select has_database_privilege(%s, current_database(), 'create'), has_database_privilege(%s, current_database(), 'temporary')",
                     (role, role)) == [(False, False)]  # fmt: skip


def test_no_right_past_row_security() -> None:
    """TRUNCATE, REFERENCES and TRIGGER know no rows (R12)."""
    for role in APPLICATION:
        for right in ("truncate", "references", "trigger"):
            rows = asked(
                f"select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm') and {NOT_OURS}"
                " and has_table_privilege(%s, c.oid, %s)",
                (role, right),
            )
            assert rows == [], right


def test_functions_that_act_as_their_owner_have_a_fixed_search_path() -> None:
    """One written as an expression (`return …`) has its names resolved when it is made, and follows no path."""
    rows = asked(
        f"select n.nspname, p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {NOT_OURS}"
        " and (p.prosecdef or n.nspname in ('sec', 'audit')) and not (p.prosqlbody is not null and not p.prosecdef)"
        " and not coalesce(array_to_string(p.proconfig, ';') ~ 'search_path=(\"\"|pg_catalog)', false)"
    )
    assert rows == []


def test_no_function_of_ours_is_everybodys() -> None:
    rows = asked(
        "select n.nspname, p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where (n.nspname in ('sec', 'audit') or (n.nspname = 'public' and p.prosecdef))"
        " and exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)"
    )
    assert rows == []


def test_there_is_no_materialised_view_and_no_view_acts_as_its_owner() -> None:
    """R9: a materialised view gives all rows, a default view those of its owner."""
    rows = asked(f"select c.relname, c.relkind, c.reloptions from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and {NOT_OURS}")
    assert [name for name, kind, options in rows if kind == "m" or "security_invoker=true" not in (options or [])] == []


def test_claims_are_read_once_a_statement() -> None:
    """R4: a function of claims called for each row would cost a keyed hash for each row."""
    bare = re.compile(r"(?<!SELECT )(?<!SELECT \()sec\.(person|mission|organisation|roles|clearance|areas|walled|fresh|named|broken|claims)\(\)")
    for table, name, using, check in asked("select tablename, policyname, qual, with_check from pg_policies where schemaname = 'public'"):
        assert not bare.search(f"{using} {check}"), (table, name)


def test_what_is_unique_is_unique_in_its_mission() -> None:
    """R8: a key that is unique across missions tells one that another has it."""
    rows = asked(
        "select c.relname, i.relname, (select array_agg(a.attname::text) from unnest(x.indkey) k join pg_attribute a on a.attrelid = c.oid and a.attnum = k)"
        " from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace"
        " where x.indisunique and n.nspname = 'public' and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'mission_id')"
    )
    assert rows
    assert [row for row in rows if "mission_id" not in row[2] and not row[0].endswith("_history")] == []


def test_references_carry_the_mission() -> None:
    """R7: a plain reference would say whether a row of another mission exists."""
    rows = asked(
        "select c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class f on f.oid = c.confrelid where c.contype = 'f'"
        " and exists (select 1 from pg_attribute a where a.attrelid = f.oid and a.attname = 'mission_id')"
        " and exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'mission_id') and array_length(c.conkey, 1) < 2"
    )
    assert rows == []


def test_keepers_tables_are_out_of_reach() -> None:
    for role in APPLICATION:
        rows = asked("select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'sec' and c.relkind = 'r'"
                     " and has_table_privilege(%s, c.oid, 'select, insert, update, delete')", (role,))  # fmt: skip
        assert rows == []
        rows = asked("select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'audit' and c.relkind = 'r'"
                     " and has_table_privilege(%s, c.oid, 'insert, update, delete')", (role,))  # fmt: skip
        assert rows == []


@pytest.mark.skipif(bool(settings.EXTERNAL_DATABASE), reason="roles of an external server are its administrator's")
def test_each_role_has_its_limits_and_one_database() -> None:
    wanted = {"statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"}
    for role in APPLICATION:
        ((found,),) = asked("select rolconfig from pg_roles where rolname = %s", (role,))
        assert wanted <= {setting.partition("=")[0] for setting in found}, role
        assert asked("select datname from pg_database where datname in ('postgres', 'template1') and has_database_privilege(%s, oid, 'connect')", (role,)) == []


def test_a_role_may_not_shadow_what_the_policies_call() -> None:
    """R11: neither a temporary table nor a function of one's own, under any name."""
    for statement in ("create temp table security_grant (id int)", "create function public.person() returns int language sql as 'select 1'",
                      "create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_eq)", "create schema mine", "select lo_create(0)"):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_open_tables_have_no_mission() -> None:
    rows = asked("select table_name from information_schema.columns where table_schema = 'public' and column_name = 'mission_id'")
    assert {name for (name,) in rows} & set(OPEN_TABLES) == set()
