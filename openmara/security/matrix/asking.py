"""The statements of the matrix as functions of the scratch database: static SQL, planned once, run in the caller's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.db import models

from openmara.security.matrix.steps import STEPPED
from openmara.security.matrix.world import has_mission, key_column, model_of

HISTORY = "_history"
BLIND_NOT = {"status", "until", "asked_at", "reviewed_at", "ended_at", "revoked_at", "undone_at", "lifted_at", "confirmed_at"}  # conditions speak of them
TELLING = {"adm1", "girls", "register", "compartment", "audience", "organisation_id", "mission_id"}


def key_sql(table: str) -> str:
    mission = "t.mission_id::text" if has_mission(table) else "''"
    return f"{mission} || '/' || t.{key_column(table)}::text"


def telling(table: str) -> list[str]:
    """Columns that say in which situation a row is: references, area, compartment, audience."""
    return [one.column for one in model_of(table)._meta.local_fields if isinstance(one, models.ForeignKey) or one.column in TELLING]


def moved_columns(table: str) -> list[tuple[str, ...]]:
    """Sets of columns that are changed together."""
    return [*((column,) for column in telling(table)), *STEPPED.get(table, ())]


def _function(name: str, returns: str, body: str) -> str:
    return f'create function matrix."{name}"(v jsonb) returns {returns} language plpgsql as $$ {body} $$'


def _counted(name: str, statement: str) -> str:
    return _function(name, "int", f"declare n int; begin {statement}; get diagnostics n = row_count; return n; end")


def _keys(name: str, statement: str) -> str:
    return _function(name, "jsonb", f"declare found jsonb; begin {statement}; return found; end")


def functions(table: str) -> Iterator[str]:
    """Select, update, delete by key; insert a row; change each telling set of columns."""
    key, column = key_sql(table), key_column(table)
    chosen = f"({key}) in (select jsonb_array_elements_text(v))"
    gathered = "select jsonb_agg(d.key) into found from d"
    yield _keys(f"{table} select", f"select jsonb_agg({key}) into found from public.{table} t")
    yield _keys(f"{table} update", f"with d as (update public.{table} t set {column} = t.{column} where {chosen} returning {key} as key) {gathered}")
    yield _keys(f"{table} delete", f"with d as (delete from public.{table} t where {chosen} returning {key} as key) {gathered}")
    names = ", ".join(f'"{one.column}"' for one in model_of(table)._meta.local_fields)
    source = f"jsonb_populate_record(null::public.{table}, v)"
    yield _counted(f"{table} insert", f"insert into public.{table} ({names}) select {names} from {source}")
    for one in telling(table):
        yield _counted(f"{table} blind {one}"[:63], f"update public.{table} set {one} = ({source}).{one}")
    mission = "t.mission_id = (v->>'_mission')::uuid and " if has_mission(table) else ""
    for columns in moved_columns(table):
        sets = ", ".join(f"{one} = ({source}).{one}" for one in columns)
        where = f"{mission}t.{column} = (v->>'_key')::uuid"
        yield _counted(move_name(table, columns), f"update public.{table} t set {sets} where {where}")


    yield _counted(f"{table} blind delete", f"delete from public.{table}")
    if (plain := plain_column(table)) is not None:
        yield _counted(f"{table} blind update", f"update public.{table} set {plain} = {plain_value(table, plain)}")


def plain_column(table: str) -> str | None:
    """A column that tells nothing and need not be unique: changed in all rows at once, without reading any."""
    model = model_of(table)
    apart = {name for one in [*model._meta.unique_together, *(c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint))] for name in one}
    kinds = (models.TextField, models.CharField, models.BooleanField, models.DateTimeField)
    found = [
        one.column for one in model._meta.local_fields
        if isinstance(one, kinds) and not one.unique and one.name not in apart and one.column not in {*telling(table), "ref", *BLIND_NOT}
    ]  # fmt: skip
    return found[0] if found else None


def plain_value(table: str, column: str) -> str:
    """A constant of the column's kind, unlike what the world holds."""
    field = next(one for one in model_of(table)._meta.local_fields if one.column == column)
    if isinstance(field, models.DateTimeField):
        return "'2020-01-01 02:00+00'"
    return "true" if isinstance(field, models.BooleanField) else "'z'"


def move_name(table: str, columns: tuple[str, ...]) -> str:
    return f"{table} {','.join(columns)}"[:63]


def history_functions(table: str) -> Iterator[str]:
    """What becomes of earlier versions when the row is changed or erased; and the history itself."""
    one = "mission_id = (v->>'_mission')::uuid and id = (v->>'_key')::uuid"
    left = f"return matrix.versions('{table}', (v->>'_mission')::uuid, (v->>'_key')::uuid)"
    yield _function(f"{table} kept", "int", f"begin update public.{table} set id = id where {one}; {left}; end")
    yield _function(f"{table} erased", "int", f"begin delete from public.{table} where {one}; {left}; end")
    key, name = "t.mission_id::text || '/' || t.id::text", f"public.{table}{HISTORY}"
    gathered = "select jsonb_agg(d.key) into found from d"
    yield _keys(f"{table}{HISTORY} select", f"select jsonb_agg(distinct {key}) into found from {name} t")
    yield _keys(f"{table}{HISTORY} update", f"with d as (update {name} t set earlier = t.earlier returning {key} as key) {gathered}")
    yield _keys(f"{table}{HISTORY} delete", f"with d as (delete from {name} t returning {key} as key) {gathered}")
    yield _counted(f"{table}{HISTORY} insert", f"insert into {name} (mission_id, id, earlier) select (v->>'m')::uuid, (v->>'m')::uuid, '{{}}'")


def install(connection: psycopg.Connection, policy: dict[str, Any]) -> None:
    """The functions that ask; scratch databases alone have them."""
    connection.execute(Path(__file__).with_name("cells.sql").read_text().encode())
    made: list[str] = []
    for table, entry in policy["tables"].items():
        made += functions(table)
        made += history_functions(table) if entry.get("history") else ()
    connection.execute(";\n".join(made).encode())
    connection.execute("grant execute on all functions in schema matrix to public")
    settle(connection)


def settle(connection: psycopg.Connection) -> None:
    """Each statement is planned once a session, however many people ask."""
    connection.execute("set plan_cache_mode = force_generic_plan")
