"""The SQL cells: everybody asks every table everything; the answer is compared with the model's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from openmara.security.matrix.asking import HISTORY
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.model import may
from openmara.security.matrix.questions import (
    BOTH,
    REFUSED,
    VERBS,
    Asking,
    Question,
    count,
    differences,
    group_of,
    key_of,
)
from openmara.security.matrix.world import World
from openmara.security.sessions import dated_proof

READ = {"audit.entry": 2, "audit.leaf": 2, "audit.submission": 1, "audit.checkpoint": 1, "audit.head": 0}  # what auditors see of the world's log


WAYS = {  # how a context is opened; with which proof
    "command": "'command', 6, clock_timestamp()", "session": "'session', 6, clock_timestamp()", "stale": "'session', 6, now() - interval '1 hour'",
    "late session": "'session', 6, clock_timestamp()", "late command": "'command', 6, clock_timestamp()",
}  # fmt: skip


@dataclass
class Tally:
    """Cells asked, cells as designed, and the first differences."""

    cells: int = 0
    wrong: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        return self.cells - self.wrong

    def add(self, where: str, cells: int, found: list[str]) -> None:
        self.cells += cells
        self.wrong += min(cells, len(found))
        self.told += [f"{where}: {one}" for one in found]


def stands_for(one: Principal, table: str, policy: dict[str, Any]) -> bool:
    """`role@2` is there for tables of class S3, cleared but for that one class; and for S2, cleared to that class exactly."""
    role, at, level = one.name.partition("@")
    entry = policy["tables"].get(table.removesuffix(HISTORY), {"class": "S0"})
    readers = {name for right in entry.get("select", []) for named in right["roles"] for name in policy["groups"].get(named, [named])}
    return not at or int(entry["class"][1]) in ({int(level) + 1, int(level)} if role in readers else {int(level) + 1})


def enter(connection: psycopg.Connection, one: Principal) -> None:
    """Open this person's context in the running transaction and become the role of the application."""
    if one.opens.startswith("late"):  # the tree has not grown for long
        connection.execute("update audit.head set last_entry = 0")
    if one.opens in WAYS:
        connection.execute(f"select sec.open_for(%s, %s, {WAYS[one.opens]})".encode(), [one.person, one.mission])
    elif one.opens == "job":
        made = connection.execute("insert into sec.job (mission_id, person_id, purpose) values (%s, %s, 'matrix') returning id", [one.mission, one.person])
        row = made.fetchone()
        connection.execute("select sec.enter_job(%s, %s, %s)", [row and row[0], *dated_proof(f"job|{row and row[0]}")])
    connection.execute(f"set local role {one.database_role}")


def in_the_name_of(connection: psycopg.Connection, one: Principal) -> Iterator[None]:
    """Used as `for _ in in_the_name_of(…)`: one savepoint, undone."""
    connection.execute("savepoint person")
    enter(connection, one)
    yield
    connection.execute("rollback to savepoint person")


def put(connection: psycopg.Connection, question: Question) -> dict[str, Any]:
    """The database's answer."""
    row = connection.execute("select matrix.ask(%s)", [Jsonb(question.payload)]).fetchone()
    assert row is not None
    answer: dict[str, Any] = row[0]
    return answer


def tables_of(world: World) -> list[str]:
    """Every table of the policy file, and the histories."""
    kept = world.policy["tables"]
    return [*kept, *(table + HISTORY for table, entry in kept.items() if entry.get("history"))]


def question_for(world: World, one: Principal, table: str, layer: str = BOTH, verbs: tuple[str, ...] = VERBS) -> Question:
    if table.endswith(HISTORY):
        return ask_history(world, one, table.removesuffix(HISTORY))
    return Asking(world, one, table, layer).build(verbs)


def ask_history(world: World, one: Principal, table: str) -> Question:
    """Earlier versions are open to whom the row is open, at its class; nobody writes them."""
    asker = world.asker(one)
    nothing = one.opens == "owner"
    tried = {"name": "insert", "call": f"{table}{HISTORY} insert", "value": {"m": str(one.mission)}}
    question = Question({"table": table + HISTORY, "verbs": list(VERBS), "blind": [], "keys": [], "tries": [tried]}, tries={"insert": REFUSED})
    if not nothing:
        question.payload["truncate"] = f"truncate public.{table}{HISTORY}"
    seen = {key_of(table, row) for row in world.rows[table] if may(asker, table, row, "select", world.facts)}
    question.keys = {"select": seen, "update": set() if nothing else REFUSED, "delete": set() if nothing else REFUSED}
    question.groups = {key_of(table, row): group_of(row["_story"], one) for row in world.rows[table]}
    return question


def copied(connection: psycopg.Connection, table: str) -> int | str:
    """How many rows COPY OUT gives, or the refusal."""
    connection.execute("savepoint copying")
    lines = 0
    try:
        with connection.cursor() as cursor, cursor.copy(f"copy public.{table} to stdout") as out:
            for block in out:
                lines += bytes(block).count(b"\n")
    except psycopg.Error as problem:
        connection.execute("rollback to savepoint copying")
        return str(problem.sqlstate)
    return lines


def run(connection: psycopg.Connection, world: World, people: list[Principal] | None = None, tables: list[str] | None = None) -> Tally:
    """All cells of these people on these tables, in one transaction that is undone."""
    tally = Tally()
    for one in people or world.principals:
        with connection.transaction(force_rollback=True):
            enter(connection, one)
            for table in tables or tables_of(world):
                if not stands_for(one, table, world.policy):
                    continue
                question = question_for(world, one, table)
                answer = put(connection, question)
                expected = question.keys["select"]
                out = copied(connection, table)
                found = differences(question, answer)
                if out != (len(expected) if isinstance(expected, set) else "42501"):
                    found.append(f"copy: expected {len(expected) if isinstance(expected, set) else 'a refusal'}, got {out}")
                tally.add(f"{one.name} on {table}", count(question) + 1, found)
            if one.opens != "owner":
                _keepers_tables(connection, one, tally)
    return tally


def _keepers_tables(connection: psycopg.Connection, one: Principal, tally: Tally) -> None:
    """Sessions, keys, accounts, jobs, and whatever else lies in the keepers' schemas: nobody writes there, nobody reads there."""
    found = connection.execute(
        "select n.nspname || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('sec', 'audit') and c.relkind in ('r', 'v', 'm', 'p') order by 1"
    ).fetchall()
    for (name,) in found:
        verbs = {"select": f"select 1 from {name}", "insert": f"insert into {name} default values", "delete": f"delete from {name}",
                 "truncate": f"truncate {name}", "lock": f"lock table {name} in share mode"}  # fmt: skip
        for verb, statement in verbs.items():
            row = connection.execute("select matrix.said(%s)", [statement]).fetchone()
            assert row is not None
            readers = verb == "select" and name in READ and one.granted == one.mission and {"audit", "priv"} & set(one.roles)
            lives = readers and one.active and not one.revoked and one.status == "confirmed" and one.days[0] <= 0 <= one.days[1] and one.opens != "none"
            wanted = str(READ[name]) if lives else "0" if verb == "select" and name in READ else "42501"
            if name == "audit.head" and verb == "select":
                wanted = "0"
            tally.add(f"{one.name} on {name}", 1, [] if row[0].startswith(wanted) else [f"{verb}: expected {wanted}, got {row[0][:60]}"])
