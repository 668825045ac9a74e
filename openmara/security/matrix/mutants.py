"""Mutants: the policy with one rule less. Each is made in a transaction, asked the cells of its own table, and undone.

A mutant that no cell notices is a rule nobody proves. Those that cannot change any answer are argued one by one in ARGUED.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from openmara.security.matrix import expressions
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.questions import Question, differences
from openmara.security.matrix.sql import enter, put, question_for, stands_for, tables_of
from openmara.security.matrix.world import World


@dataclass(frozen=True)
class Mutant:
    """One rule changed: `table`'s cells must notice. `clue`: the role or word by which to guess who notices first."""

    table: str
    name: str
    statement: str
    clue: str = ""


@dataclass
class Killing:
    made: int = 0
    killed: int = 0
    argued: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Policy:
    """A policy as the catalogue has it."""

    table: str
    name: str
    permissive: bool
    command: str
    roles: str
    using: str | None
    check: str | None

    def text(self, name: str, using: str | None, check: str | None, permissive: bool | None = None) -> str:
        kind = "permissive" if (self.permissive if permissive is None else permissive) else "restrictive"
        return (
            f"create policy {name} on public.{self.table} as {kind} for {self.command} to {self.roles}"
            + (f" using ({using})" if using is not None else "")
            + (f" with check ({check})" if check is not None else "")
        )


def policies_of(connection: psycopg.Connection, table: str) -> list[Policy]:
    """The policies of one table but the keepers', who are no role of the application."""
    found = connection.execute(
        "select policyname, permissive = 'PERMISSIVE', cmd, array_to_string(roles, ', '), qual, with_check from pg_policies"
        " where schemaname = 'public' and tablename = %s and policyname <> 'keeper' order by 1",
        [table],
    ).fetchall()
    return [Policy(table, *row) for row in found]


def of_policy(policy: Policy, roles: list[str]) -> Iterator[Mutant]:
    """Dropped; opened; each operand of each condition; each role out of and into each list; the class moved."""
    drop = f"drop policy {policy.name} on public.{policy.table}"
    yield Mutant(policy.table, f"{policy.name}: dropped", drop)
    for side in ("using", "check"):
        text = getattr(policy, side)
        if text is None:
            continue
        changed = [expressions.Change("open to all", "true"), *expressions.changes(text), *expressions.lower_floor(text)]
        if policy.permissive:
            changed += [*expressions.without_role(text), *expressions.with_role(text, roles)]
        for one in changed:
            again = policy.text(policy.name, one.text if side == "using" else policy.using, one.text if side == "check" else policy.check)
            clue = one.what.rpartition(" ")[2].split("'")[1] if "role '" in one.what else ""
            yield Mutant(policy.table, f"{policy.name} {side}: {one.what}", f"{drop}; {again}", clue)
    if not policy.permissive:
        yield Mutant(policy.table, f"{policy.name}: permissive", f"{drop}; {policy.text(policy.name, policy.using, policy.check, True)}")


def of_table(connection: psycopg.Connection, world: World, table: str) -> Iterator[Mutant]:
    """Everything that guards one table."""
    roles = list(world.policy["roles"])
    for policy in policies_of(connection, table):
        yield from of_policy(policy, roles)
    yield Mutant(table, "row security off", f"alter table public.{table} disable row level security")
    yield Mutant(table, "row security not forced on the owner", f"alter table public.{table} no force row level security", "owner")
    for right in ("select", "insert", "update", "delete", "truncate"):
        held = connection.execute("select has_table_privilege('app_web', %s, %s)", [f"public.{table}", right]).fetchone()
        if held and held[0]:
            yield Mutant(table, f"right to {right} taken", f"revoke {right} on public.{table} from app_web, app_worker")
        else:
            yield Mutant(table, f"right to {right} given", f"grant {right} on public.{table} to app_web, app_worker")
    yield from of_triggers(connection, table)


def of_triggers(connection: psycopg.Connection, table: str) -> Iterator[Mutant]:
    """Each trigger of ours switched off, and each operand of the steps it guards."""
    found = connection.execute(
        "select t.tgname, p.oid::regprocedure::text, pg_get_functiondef(p.oid), p.prosrc from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
        " where t.tgrelid = %s::regclass and not t.tgisinternal order by 1",
        [f"public.{table}"],
    ).fetchall()
    for name, _function, definition, source in found:
        if name == "keep":
            continue  # keeps earlier versions, refuses nobody; proved by its own tests
        yield Mutant(table, f"trigger {name} off", f"alter table public.{table} disable trigger {name}")
        for one in expressions.changes(source):
            yield Mutant(table, f"trigger {name}: {one.what}", definition.replace(source, one.text))


class Bench:
    """Questions prepared once, put to each mutant until one answer differs."""

    def __init__(self, connection: psycopg.Connection, world: World) -> None:
        self.connection, self.world = connection, world
        self.questions: dict[tuple[str, str], Question] = {}
        self.noticed: dict[str, list[str]] = {}  # table → people by when they last noticed something

    def question(self, one: Principal, table: str) -> Question:
        if (one.name, table) not in self.questions:
            self.questions[one.name, table] = question_for(self.world, one, table)
        return self.questions[one.name, table]

    def order(self, mutant: Mutant) -> list[Principal]:
        """Who is likely to notice, first."""
        recent = self.noticed.get(mutant.table, [])

        def rank(one: Principal) -> tuple[int, int]:
            clue = 0 if mutant.clue and one.name == mutant.clue else 1
            return clue, recent.index(one.name) if one.name in recent else 99

        asked = [one for one in self.world.principals if stands_for(one, mutant.table, self.world.policy)]
        return sorted(asked, key=rank)

    def notices(self, mutant: Mutant) -> str | None:
        """The first cell that differs, or None. Everything is undone."""
        with self.connection.transaction(force_rollback=True):
            try:
                self.connection.execute(mutant.statement.encode())
            except psycopg.Error as problem:
                return f"refused by the server: {problem.sqlstate}"
            for one in self.order(mutant):
                found = self._ask(one, mutant.table)
                if found:
                    recent = self.noticed.setdefault(mutant.table, [])
                    if one.name in recent:
                        recent.remove(one.name)
                    recent.insert(0, one.name)
                    return f"{one.name}: {found[0]}"
        return None

    def _ask(self, one: Principal, table: str) -> list[str]:
        with contextlib.suppress(psycopg.errors.InFailedSqlTransaction), self.connection.transaction(force_rollback=True):
            enter(self.connection, one)
            question = self.question(one, table)
            try:
                with self.connection.transaction():
                    return differences(question, put(self.connection, question))
            except psycopg.Error as problem:
                return [f"the question itself failed: {problem.sqlstate}"]
        return ["the question itself failed"]


# Mutants that change no answer, each with its reason. (table, a pattern of the name) → reason.
ARGUED: list[tuple[str, str, str]] = []


def argued(mutant: Mutant) -> str | None:
    return next((reason for table, name, reason in ARGUED if re.fullmatch(table, mutant.table) and re.search(name, mutant.name)), None)


def all_mutants(connection: psycopg.Connection, world: World) -> Iterator[Mutant]:
    for table in tables_of(world):
        yield from of_table(connection, world, table)


def run(connection: psycopg.Connection, world: World, every: int = 1) -> Killing:
    """Make mutants (each, or every n-th) and see who notices."""
    bench, result = Bench(connection, world), Killing()
    for number, mutant in enumerate(list(all_mutants(connection, world))):
        if number % every:
            continue
        if (reason := argued(mutant)) is not None:
            result.argued.append(f"{mutant.table} {mutant.name}: {reason}")
            continue
        result.made += 1
        if bench.notices(mutant):
            result.killed += 1
        else:
            result.survivors.append(f"{mutant.table} {mutant.name}")
    return result


