"""Mutants: the policy with one rule less. Each is made in a transaction, asked the cells of its own table, and undone.

A mutant that no cell notices is a rule nobody proves. Those that cannot change any answer are argued in reasons.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from openmara.security.matrix import expressions
from openmara.security.matrix.asking import HISTORY
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.questions import (
    BOTH,
    MOVES,
    POLICIES,
    STEPS_ALONE,
    VERBS,
    Question,
    differences,
)
from openmara.security.matrix.reasons import argued
from openmara.security.matrix.sql import enter, put, question_for, stands_for, tables_of
from openmara.security.matrix.steps import STEPS
from openmara.security.matrix.world import World


@dataclass(frozen=True)
class Mutant:
    """One rule changed: `table`'s cells must notice. `clue` and `verbs` guess who notices first, and by what.

    A role put into a list or left out changes answers for those alone who hold it: `role` says which, and only they are asked.
    """

    table: str
    name: str
    statement: str
    clue: str = ""
    verbs: tuple[str, ...] = VERBS
    layer: str = BOTH
    role: str = ""

    @property
    def reaches(self) -> tuple[str, ...]:
        """What can answer otherwise: a rule of putting in, changing or taking out decides on that alone, a rule of reading on all."""
        alone: dict[tuple[str, ...], tuple[str, ...]] = {("insert",): ("insert",), ("delete",): ("delete",), ("update",): ("update", MOVES)}
        return alone.get(self.verbs, VERBS)


@dataclass
class Killing:
    """`made` leaves out what was made, noticed by nobody and is argued to change no answer: that is listed in `argued`."""

    made: int = 0
    killed: int = 0
    argued: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)

    def count(self, title: str, noticed: bool, reason: str | None) -> None:
        """Every mutant is made and asked about; a reason counts only for one that nobody noticed."""
        if not noticed and reason is not None:
            self.argued.append(f"{title}: {reason}")
            return
        self.made += 1
        if noticed:
            self.killed += 1
        else:
            self.survivors.append(title)


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


def of_policy(policy: Policy, roles: list[str], layer: str) -> Iterator[Mutant]:
    """Dropped; opened; each operand of each condition; each role out of and into each list; the class moved."""
    before = f"alter table public.{policy.table} disable trigger user; " if layer == POLICIES else ""
    drop = f"{before}drop policy {policy.name} on public.{policy.table}"
    verbs = (policy.command.lower(),) if policy.command != "ALL" else VERBS

    def made(name: str, using: str | None, check: str | None, role: str = "") -> Mutant:
        return Mutant(policy.table, f"{policy.name} {name}", f"{drop}; {policy.text(policy.name, using, check)}", role, verbs, layer, role)

    # Earlier versions are written by the owner's trigger: the cells of the table itself notice.
    cells = policy.table.removesuffix(HISTORY) if policy.name == "writer" else policy.table
    yield Mutant(cells, f"{policy.name} dropped", drop, "", ("update",) if policy.name == "writer" else verbs, layer)
    for side in ("using", "check"):
        text = getattr(policy, side)
        if text is None or text == "true":
            continue
        for one in [expressions.Change("open to all", "true"), *expressions.changes(text), *expressions.lower_floor(text)]:
            if PERSON.fullmatch(one.what) and policy.using == policy.check:  # says nothing of the row: one line of the file, both sides
                if side == "using":
                    yield made(f"both: {one.what}", one.text, one.text)
                continue
            using, check = (one.text, policy.check) if side == "using" else (policy.using, one.text)
            yield made(f"{side}: {one.what}", using, check)
    lists = (policy.using, policy.check if policy.check != policy.using else None)  # one right, one list: both sides change together
    for side, text in zip(("using", "check"), lists, strict=True):
        for one in [*expressions.without_role(text), *expressions.with_role(text, roles)] if text and policy.permissive else ():
            both = policy.using == policy.check
            using, check = one.text if side == "using" else policy.using, one.text if side == "check" or both else policy.check
            yield made(one.what, using, check, one.what.split("role ")[1].split(" ")[0])
    if not policy.permissive:
        yield Mutant(policy.table, f"{policy.name}: permissive", f"{drop}; {policy.text(policy.name, policy.using, policy.check, True)}", "", verbs, layer)


def of_table(connection: psycopg.Connection, world: World, table: str) -> Iterator[Mutant]:
    """Everything that guards one table."""
    layer = POLICIES if table in STEPS else BOTH
    for policy in policies_of(connection, table):
        yield from of_policy(policy, list(world.policy["roles"]), layer)
    yield Mutant(table, "row security off", f"alter table public.{table} disable row level security")
    yield Mutant(table, "row security not forced on the owner", f"alter table public.{table} no force row level security", "owner", ("select",))
    for right in ("select", "insert", "update", "delete", "truncate"):
        held = connection.execute("select has_table_privilege('app_web', %s, %s)", [f"public.{table}", right]).fetchone()
        verbs = (right,) if right in VERBS else ()
        if held and held[0]:
            yield Mutant(table, f"right to {right} taken", f"revoke {right} on public.{table} from app_web, app_worker", "", verbs)
        else:
            yield Mutant(table, f"right to {right} given", f"grant {right} on public.{table} to app_web, app_worker", "", verbs)
    yield from of_triggers(connection, table, bool(world.policy["tables"].get(table, {}).get("history")))


def of_triggers(connection: psycopg.Connection, table: str, has_history: bool) -> Iterator[Mutant]:
    """Each trigger that guards steps switched off, and each operand of those steps, with the policies out of the way."""
    if has_history:
        yield Mutant(table, "trigger keep off", f"alter table public.{table} disable trigger keep", "", ("update",))
    if table not in STEPS:
        return
    found = connection.execute(
        "select t.tgname, pg_get_functiondef(p.oid), p.prosrc from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
        " where t.tgrelid = %s::regclass and not t.tgisinternal and t.tgname <> 'keep' order by 1",
        [f"public.{table}"],
    ).fetchall()
    alone = f"alter table public.{table} disable row level security; grant all on public.{table} to app_web, app_worker; "
    for name, definition, source in found:
        yield Mutant(table, f"trigger {name} off", f"{alone}alter table public.{table} disable trigger {name}", "", ("insert", "update", MOVES), STEPS_ALONE)
        for one in expressions.changes(source):
            yield Mutant(table, f"trigger {name}: {one.what}", alone + definition.replace(source, one.text), "", ("insert", "update", MOVES), STEPS_ALONE)


PERSON = re.compile(r"without \(* ?SELECT \(?sec\.(roles|fresh|unlocked)\(\)[^.]*\)*")  # an operand about whoever asks, not about the row


# People who between them meet most rules; asked before the others.
FIRST = ("hr", "swpa", "national", "other_area", "stale", "wpa", "contingent_x", "no_mission", "admin", "priv", "at_home_there", "owner")


class Bench:
    """Questions prepared once, put to each mutant until one answer differs: first the likely ones, then all.

    `apart`: (person, table) whose answers differ without any mutant; they prove nothing.
    """

    def __init__(self, connection: psycopg.Connection, world: World, apart: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.connection, self.world, self.apart = connection, world, apart
        self.questions: dict[tuple[str, str, str, tuple[str, ...]], Question] = {}
        self.noticed: dict[str, list[str]] = {}  # table → people by when they last noticed something

    def question(self, one: Principal, mutant: Mutant, verbs: tuple[str, ...]) -> Question:
        key = (one.name, mutant.table, mutant.layer, verbs)
        if key not in self.questions:
            self.questions[key] = question_for(self.world, one, mutant.table, mutant.layer, verbs)
        return self.questions[key]

    def order(self, mutant: Mutant) -> list[Principal]:
        """Who is likely to notice, first."""
        recent = self.noticed.get(mutant.table, [])

        def rank(one: Principal) -> tuple[bool, bool, int]:
            first = FIRST.index(one.name) if one.name in FIRST else 50
            return one.name != mutant.clue, one.name not in recent[:2], first

        kept = self.world.principals
        asked = [one for one in kept if stands_for(one, mutant.table, self.world.policy) and (one.name, mutant.table) not in self.apart]
        return sorted((one for one in asked if (mutant.layer == BOTH or one.opens != "owner") and (not mutant.role or mutant.role in one.roles)), key=rank)

    def notices(self, mutant: Mutant, expected: bool = True) -> str | None:
        """The first cell that differs, or None. Everything is undone. Where nobody is expected to notice, all is asked at once."""
        with self.connection.transaction(force_rollback=True):
            try:
                self.connection.execute(mutant.statement.encode())
            except psycopg.Error as problem:
                raise RuntimeError(f"{mutant.table} {mutant.name} cannot be made: {problem}") from problem
            people = self.order(mutant)
            narrow = mutant.verbs if MOVES not in mutant.verbs else tuple(verb for verb in mutant.verbs if verb != MOVES)
            likely = [(one, narrow) for one in people] if mutant.verbs != VERBS else [(one, ("select",)) for one in people]
            for one, verbs in [*(likely if expected else ()), *((one, mutant.reaches) for one in people)]:
                found = self._ask(one, mutant, verbs)
                if found:
                    recent = self.noticed.setdefault(mutant.table, [])
                    if one.name in recent:
                        recent.remove(one.name)
                    recent.insert(0, one.name)
                    return f"{one.name}: {found[0]}"
        return None

    def _ask(self, one: Principal, mutant: Mutant, verbs: tuple[str, ...]) -> list[str]:
        question = self.question(one, mutant, verbs)
        try:
            with self.connection.transaction(force_rollback=True):
                enter(self.connection, one)
                return differences(question, put(self.connection, question))
        except psycopg.Error as problem:  # the mutant broke the question itself, which is noticed too
            return [f"the question failed: {problem.sqlstate}"]


def all_mutants(connection: psycopg.Connection, world: World) -> Iterator[Mutant]:
    for table in tables_of(world):
        yield from of_table(connection, world, table)


def run(
    connection: psycopg.Connection, world: World, *, every: int = 1, start: int = 0, apart: frozenset[tuple[str, str]] = frozenset(), all_made: bool = True
) -> Killing:  # fmt: skip
    """Make mutants (all, or every n-th from `start`) and see who notices. A sample may leave out those argued: everybody is asked about each."""
    bench, result = Bench(connection, world, apart), Killing()
    for mutant in list(all_mutants(connection, world))[start::every]:
        reason = argued(world, mutant.table, mutant.name, mutant.verbs)
        if reason is not None and not all_made:
            continue
        result.count(f"{mutant.table} {mutant.name}", bench.notices(mutant, reason is None) is not None, reason)
    return result
