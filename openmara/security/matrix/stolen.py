"""Somebody has the database password of the web role, and nothing else: what psql would show, and what it would take.

A try counts as refused only where it is for want of a right (or finds no row): refused for a slip of its own, it proves nothing (`odd`).
"""

from dataclasses import dataclass, field

import psycopg

from openmara.security.matrix.place import Place, beside_the_point, undone

# Tables without mission data that the role must read; everything else must show no row.
OPEN = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions", "security_mission")
WRITES = (
    "insert into audit.entry (event) values ('a:b:c')",
    "select audit.write('a:b:c', '{}', 'S4', '', 'done', null, null, null, null, null, null, now()::text, sha256('x'))",
    "update audit.entry set event = 'a:b:c'",
    "delete from audit.entry",
    "alter table audit.entry disable trigger all",
    "insert into audit.leaf (index, at, hash) values (1, now(), sha256('x'))",
    "insert into sec.session (hash, data, expires_at) values ('x', '', now())",
    "insert into sec.account (person_id, password) select id, 'x' from security_person",
    "update security_grant set clearance = 6",
    "insert into sec.token (hash) values ('x')",
)
SEEN = "select count(*) from pg_stat_activity where query not in ('', '<insufficient privilege>') and pid <> pg_backend_pid()"


@dataclass
class Stolen:
    tried: int = 0
    reached: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def add(self, what: str, reached: bool | str) -> None:
        """`reached`: whether it got through, or why it was refused where that was beside the point."""
        self.tried += 1
        if isinstance(reached, str) and reached:
            self.odd.append(f"{what}: {reached}")
        elif reached:
            self.reached.append(what)


def run(place: Place, role: str = "app_web") -> Stolen:
    """Every table, every view, every function that takes no proof, the log, other people's statements, other databases."""
    found = Stolen()
    with place.connect(role) as connection:
        for name in _relations(connection):
            found.add(f"rows of {name}", _rows(connection, name))
        for function in _functions(connection):
            found.add(f"an answer from {'.'.join(function[:2])}", _answers(connection, function))
        for statement in WRITES:
            found.add(statement, _done(connection, statement))
        with undone(connection):
            row = connection.execute(SEEN).fetchone()
            found.add("statements of others", bool(row and row[0]))
    for database in ("postgres", "template1"):
        found.add(f"a connection to {database}", _connects(place, role, database))
    return found


def _relations(connection: psycopg.Connection) -> list[str]:
    with undone(connection):
        rows = connection.execute(
            "select n.nspname || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'matrix') order by 1"
        ).fetchall()
    return [name for (name,) in rows if name.removeprefix("public.") not in OPEN and "procrastinate" not in name]


def _rows(connection: psycopg.Connection, name: str) -> bool | str:
    try:
        with undone(connection):
            row = connection.execute(f"select count(*) from {name}".encode()).fetchone()
            return bool(row and row[0])
    except psycopg.Error as problem:
        return beside_the_point(problem)


def _functions(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Functions of ours that the role may call: schema, name, the types of what they take."""
    with undone(connection):
        rows = connection.execute(
            "select n.nspname, p.proname, oidvectortypes(p.proargtypes) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname in ('sec', 'audit') and has_function_privilege(p.oid, 'execute') and p.prorettype <> 'trigger'::regtype"
            " and p.proname not in ('same', 'hmac', 'pads', 'recovery_delay', 'setting_of', 'session_sweep', 'unlocked') order by 1, 2"  # arithmetic, settings, housekeeping; of no mission: not locked
        ).fetchall()
    return [(schema, name, taken) for schema, name, taken in rows]


ARGUMENTS = {"bytea": "'x'", "text": "'x'", "uuid": "gen_random_uuid()", "boolean": "true", "integer": "1", "bigint": "1", "uuid[]": "array[gen_random_uuid()]",
             "text[]": "array['hr']", "timestamp with time zone": "now()", "jsonb": "'{}'", "smallint": "1::smallint"}  # fmt: skip


def _answers(connection: psycopg.Connection, function: tuple[str, str, str]) -> bool | str:
    """Whether a call without any proof says more than no: a row with something in it."""
    schema, name, taken = function
    given = ", ".join(f"{ARGUMENTS.get(kind.strip(), 'null')}::{kind.strip()}" for kind in taken.split(",") if kind.strip())
    try:
        with undone(connection):
            rows = connection.execute(f"select * from {schema}.{name}({given})".encode()).fetchall()
    except psycopg.Error as problem:
        return beside_the_point(problem)
    return any(value not in (None, False, "", 0, -1, "{}", [], "international") for row in rows for value in row)


def _done(connection: psycopg.Connection, statement: str) -> bool | str:
    try:
        with undone(connection):
            return connection.execute(statement.encode()).rowcount != 0
    except psycopg.Error as problem:
        return beside_the_point(problem)


def _connects(place: Place, role: str, database: str) -> bool | str:
    try:
        with place.connect(role, database=database):
            return True
    except psycopg.Error as problem:  # before there is a session, the reason is in words alone
        return "" if "permission denied for database" in str(problem) else str(problem)[:160]
