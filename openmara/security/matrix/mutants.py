"""Mutants: the policy with one rule less. Each is made in a transaction, asked the cells of its own table, and undone.

A mutant that no cell notices is a rule nobody proves. Those that cannot change any answer are argued one by one in ARGUED.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

from openmara.security.matrix import expressions
from openmara.security.matrix.asking import HISTORY
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.model import walled_in
from openmara.security.matrix.questions import (
    BOTH,
    MOVES,
    POLICIES,
    STEPS_ALONE,
    VERBS,
    Question,
    differences,
)
from openmara.security.matrix.sql import enter, put, question_for, stands_for, tables_of
from openmara.security.matrix.steps import STEPS
from openmara.security.matrix.world import World


@dataclass(frozen=True)
class Mutant:
    """One rule changed: `table`'s cells must notice. `clue` and `verbs` guess who notices first, and by what."""

    table: str
    name: str
    statement: str
    clue: str = ""
    verbs: tuple[str, ...] = VERBS
    layer: str = BOTH


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


def unreachable(world: World, table: str, command: str, role: str) -> bool:
    """No row of the table, in any situation, is inside the walls of somebody with this role: a right more would open nothing."""
    one = next(one for one in world.principals if one.name == role)
    asker = world.asker(one)
    operation = command.lower()
    return asker is None or not any(walled_in(asker, table, row, operation, world.facts) for row in world.rows[table])


def of_policy(policy: Policy, roles: list[str], layer: str) -> Iterator[Mutant]:
    """Dropped; opened; each operand of each condition; each role out of and into each list; the class moved."""
    before = f"alter table public.{policy.table} disable trigger user; " if layer == POLICIES else ""
    drop = f"{before}drop policy {policy.name} on public.{policy.table}"
    verbs = (policy.command.lower(),) if policy.command != "ALL" else VERBS

    def made(name: str, using: str | None, check: str | None, clue: str = "") -> Mutant:
        return Mutant(policy.table, f"{policy.name} {name}", f"{drop}; {policy.text(policy.name, using, check)}", clue, verbs, layer)

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


PERSON = re.compile(r"without \(*\(? ?SELECT sec\.(roles|fresh)\(\)[^.]*\)*")  # an operand about whoever asks, not about the row


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
        return sorted((one for one in asked if mutant.layer == BOTH or one.opens != "owner"), key=rank)

    def notices(self, mutant: Mutant) -> str | None:
        """The first cell that differs, or None. Everything is undone."""
        with self.connection.transaction(force_rollback=True):
            try:
                self.connection.execute(mutant.statement.encode())
            except psycopg.Error as problem:
                raise RuntimeError(f"{mutant.table} {mutant.name} cannot be made: {problem}") from problem
            people = self.order(mutant)
            narrow = mutant.verbs if MOVES not in mutant.verbs else tuple(verb for verb in mutant.verbs if verb != MOVES)
            likely = [(one, narrow) for one in people] if mutant.verbs != VERBS else [(one, ("select",)) for one in people]
            for one, verbs in [*likely, *((one, VERBS) for one in people)]:
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


# Mutants that change no answer, each with its reason: table, name, reason.
ARGUED: list[tuple[str, str, str]] = [
    (r"security_(person|personname|grant)", r"^compartment (dropped|using: open to all|check: open to all)", "every right on it asks for the person or the mission itself"),
    (r"security_named|security_breakglass|security_recovery|security_lockdown|(?!security_).*", r"^compartment .*without \(\(? ?SELECT sec\.person\(\)",
     "a context with a mission has a person"),
    (r"security_grant", r"^update_rows (using|check): without \(person_id <> ", "one's own grant is open by the other line of the same right; the steps refuse the rest"),
    (r"evidence_(report|incident)", r"^compartment check: .*sec\.broken", "what broken glass opens is never written: glass_insert and glass_update refuse first"),
    (r".*_history", r"^compartment", "earlier versions are found by asking the row itself, whose own wall has the same mission and class"),
    (r".*", r"without \((t|p\d*|i|r)\.mission_id = ", "the other row is asked under its own wall, which knows one mission; its id alone finds it"),
]
ALONE = {"fresh", "all"}  # situations that say nothing of the row


def argued(world: World, mutant: Mutant) -> str | None:
    """Why nobody can notice this mutant, or None. What is said of a table is looked up in the policy file, not remembered here."""
    for table, name, reason in ARGUED:
        if re.fullmatch(table, mutant.table) and re.search(name, mutant.name):
            return reason
    table, operation = mutant.table.removesuffix(HISTORY), next(iter(mutant.verbs), "truncate")
    entry = world.policy["tables"][table]
    if mutant.table.endswith(HISTORY):
        bare = not entry.get("wall") and not entry.get("follows") and {"roles": ["anyone"]} in entry["select"]
        if bare and "select_rows" in mutant.name:
            return "the row is open to everybody of the mission at this class, as its earlier versions are"
        whole = not entry.get("wall") and not entry.get("follows") and all(not right.get("where") for right in entry["select"])
        if whole and re.search(r"(without|or|and) \(t\.id = ", mutant.name):
            return "the rights on the row say nothing of the row: who sees one sees all, and so all their versions"
        return None
    if re.match(r"compartment (using|check): without \(mission_id = ", mutant.name) and entry.get("follows"):
        return "the row it hangs on is of the same mission, and is asked under its own wall"
    above = [int(world.policy["tables"][other]["class"][1]) for other in entry.get("follows", {}).values()]
    if mutant.name.startswith("compartment using: ") and re.search(r"\bp\.id = |EXISTS \( ?SELECT 1 FROM \w+ p ", mutant.name) and _seen_by_all(world, entry):
        return "whoever has a right on these rows sees every row they can hang on"
    floor = re.match(r"compartment using: (class \d|without \(.*sec\.clearance\(\))", mutant.name)
    if floor and above and max(above) >= int(entry["class"][1]) and mutant.name[-1] != str(int(entry["class"][1]) + 1):
        return "the row it hangs on asks for the same class"
    if mutant.name.startswith("compartment check") and not entry.get("insert") and not entry.get("update"):
        return "nobody writes this table"
    if mutant.name.startswith("glass_") and not entry.get(operation):
        return "nobody has this right on the table at all: the policy stands for a right that may be given one day"
    return _argued_of_roles(world, mutant, entry.get(operation, []), operation)


def _seen_by_all(world: World, entry: dict[str, Any]) -> bool:
    """Each parent is open, without any situation and at no higher class, to every role that has a right on the children."""

    def roles(rights: list[dict[str, Any]]) -> set[str]:
        return {name for right in rights for named in right["roles"] for name in world.policy["groups"].get(named, [named])}

    asked = roles([right for operation in ("select", "update", "delete") for right in entry.get(operation, [])])
    for other in entry.get("follows", {}).values():
        above = world.policy["tables"][other]
        free = roles([right for right in above["select"] if not right.get("where")])
        if above.get("wall") or above.get("follows") or above["class"] > entry["class"] or not asked <= free:
            return False
    return bool(entry.get("follows"))


def _argued_of_roles(world: World, mutant: Mutant, rights: list[dict[str, Any]], operation: str) -> str | None:
    def whole(right: dict[str, Any]) -> set[str]:
        return {name for named in right["roles"] for name in world.policy["groups"].get(named, [named])}

    found = re.search(r"(also|no) role (\w+) in list", mutant.name)
    if found:
        if found.group(1) == "also" and unreachable(world, mutant.table, operation, found.group(2)):
            return "no row is inside the walls of that role, which sees none of the rows these hang on"
        if "list 2" in mutant.name and any(right.get("where") == ["of_a_colleague"] and found.group(2) in whole(right) for right in rights):
            return "already reads of all colleagues, and whoever is on a case is one"
        free = sum(found.group(2) in whole(right) and not right.get("where") for right in rights)
        return "the role has this right already, on every row" if free and len(rights) > 1 else None
    if operation == "update" and re.search("check: open to all", mutant.name) and "compartment" not in mutant.name:
        if all(set(right.get("where", [])) <= ALONE for right in rights):
            return "the right says nothing of the row: who may change it before may after; the wall has a check of its own"
    only = re.search(r"without .*sec\.roles\(\).* && ARRAY\[([^\]]*)\]\)*$", mutant.name)
    bare = re.search(r"_rows (using|check): open to all", mutant.name) and all(not right.get("where") for right in rights)
    if only or bare:
        inside = set(re.findall(r"'(\w+)'", only.group(1))) if only else set().union(*(whole(right) for right in rights))
        if rights and all(unreachable(world, mutant.table, operation, role) for role in set(world.policy["roles"]) - inside):
            return "every other role is outside the walls already"
    return None


def all_mutants(connection: psycopg.Connection, world: World) -> Iterator[Mutant]:
    for table in tables_of(world):
        yield from of_table(connection, world, table)


def run(connection: psycopg.Connection, world: World, *, every: int = 1, start: int = 0, apart: frozenset[tuple[str, str]] = frozenset()) -> Killing:
    """Make mutants (all, or every n-th from `start`) and see who notices."""
    bench, result = Bench(connection, world, apart), Killing()
    for mutant in list(all_mutants(connection, world))[start::every]:
        if (reason := argued(world, mutant)) is not None:
            result.argued.append(f"{mutant.table} {mutant.name}: {reason}")
            continue
        result.made += 1
        if bench.notices(mutant):
            result.killed += 1
        else:
            result.survivors.append(f"{mutant.table} {mutant.name}")
    return result
