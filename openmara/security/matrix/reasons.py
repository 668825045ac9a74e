"""Why some mutants change no answer. Each reason is looked up in the policy file or the world where it can be, not remembered."""

import re
from collections.abc import Mapping
from typing import Any

from openmara.security.matrix.asking import HISTORY
from openmara.security.matrix.model import walled_in
from openmara.security.matrix.world import World, model_of

Entry = Mapping[str, Any]


def unreachable(world: World, table: str, command: str, role: str) -> bool:
    """No row of the table, in any situation, is inside the walls of somebody with this role: a right more would open nothing."""
    one = next(one for one in world.principals if one.name == role)
    asker = world.asker(one)
    operation = command.lower()
    return asker is None or not any(walled_in(asker, table, row, operation, world.facts) for row in world.rows[table])


# Mutants that change no answer, each with its reason: table, name, reason.
ARGUED: list[tuple[str, str, str]] = [
    (r"security_(person|personname|grant)", r"^compartment (dropped|using: open to all|check: open to all)", "every right on it asks for the person or the mission itself"),
    (r"security_named|security_breakglass|security_recovery|security_lockdown|(?!security_).*", r"^compartment .*without \( ?SELECT \(sec\.person\(\) IS NOT NULL",
     "a context with a mission has a person"),
    (r"security_grant", r"^update_rows (using|check): without \(person_id <> ", "one's own grant is open by the other line of the same right; the steps refuse the rest"),
    (r"evidence_(report|incident)", r"^compartment check: .*sec\.broken", "what broken glass opens is never written: glass_insert and glass_update refuse first"),
    (r".*_history", r"^compartment", "earlier versions are found by asking the row itself, whose own wall has the same mission and class"),
    (r".*", r"without \((t|p\d*|i|r|o)\.mission_id = ", "the other row is asked under its own wall, which knows one mission; its id alone finds it"),
]
ALONE = {"fresh", "all", "unlocked"}  # situations that say nothing of the row


def argued(world: World, table: str, name: str, verbs: tuple[str, ...]) -> str | None:
    """Why nobody can notice this mutant, or None. What is said of a table is looked up in the policy file, not remembered here."""
    for tables, pattern, reason in ARGUED:
        if re.fullmatch(tables, table) and re.search(pattern, name):
            return reason
    told = set(re.findall(r"'(\w+_(?:id|at))'", name)) if name.startswith("trigger ") else set()
    if told and not told & {one.column for one in model_of(table)._meta.local_fields}:
        return "the table has none of the columns that this part of the step speaks of"
    operation, entry = next(iter(verbs), "truncate"), world.policy["tables"][table.removesuffix(HISTORY)]
    if table.endswith(HISTORY):
        return _of_history(entry, name)
    if name == "trigger keep off" and not entry.get("update") and not entry.get("delete"):
        return "nobody changes a row: there is no earlier version to keep"
    if name.startswith("glass_") and not entry.get(operation):
        return "nobody has this right on the table at all: the policy stands for a right that may be given one day"
    if "using" in name and "sec.unlocked()" in name and entry["class"] > "S0" and not entry.get("across_missions"):
        return "a locked mission is entered with class S0 alone, which the wall asks about"
    return _of_wall(world, entry, name) or _of_roles(world, table, name, entry.get(operation, []), operation)


def _of_history(entry: Entry, name: str) -> str | None:
    hangs = entry.get("wall") or entry.get("follows")
    if not hangs and {"roles": ["anyone"]} in entry["select"] and "select_rows" in name:
        return "the row is open to everybody of the mission at this class, as its earlier versions are"
    whole = not hangs and all(not right.get("where") for right in entry["select"])
    if whole and re.search(r"(without|or|and) \(t\.id = ", name):
        return "the rights on the row say nothing of the row: who sees one sees all, and so all their versions"
    return None


def _of_wall(world: World, entry: Entry, name: str) -> str | None:
    """The restrictive policy of a table that hangs on another, or that nobody writes."""
    if not name.startswith("compartment"):
        return None
    if name.startswith("compartment check") and "walled()" in name and not entry.get("update"):
        if "open_compartment" in entry.get("wall", []) and all("made_by_me" in right.get("where", []) for right in entry["insert"]):
            return "whoever puts a row in is its maker, to whom it is open"
    level, above = int(entry["class"][1]), [world.policy["tables"][other] for other in entry.get("follows", {}).values()]
    if above and re.match(r"compartment (using|check): without \(mission_id = ", name):
        return "the row it hangs on is of the same mission, and is asked under its own wall"
    if name.startswith("compartment using: ") and re.search(r"\bp\.id = |EXISTS \( ?SELECT 1 FROM \w+ p ", name) and _seen_by_all(world, entry, name):
        return "whoever has a right on these rows sees every row they can hang on"
    floor = re.match(r"compartment using: (class \d|without \(.*sec\.clearance\(\))", name)
    if floor and any(int(one["class"][1]) >= level for one in above) and name[-1] != str(level + 1):
        return "the row it hangs on asks for the same class"
    if name.startswith("compartment check") and not entry.get("insert") and not entry.get("update"):
        return "nobody writes this table"
    return None


def _seen_by_all(world: World, entry: Entry, name: str) -> bool:
    """Each parent that the change speaks of is open, without any situation and at no higher class, to every role that has a right on the children."""

    def roles(rights: list[Entry]) -> set[str]:
        return {name for right in rights for named in right["roles"] for name in world.policy["groups"].get(named, [named])}

    asked = roles([right for operation in ("select", "update", "delete") for right in entry.get(operation, [])])
    told = re.match(r"compartment using: (?:without|or) \(p\.id = \w+\.(\w+)\)", name)  # else: of all of them
    follows = entry.get("follows", {})
    for other in [follows[told.group(1)]] if told else follows.values():
        above = world.policy["tables"][other]
        free = roles([right for right in above["select"] if not right.get("where")])
        if above.get("wall") or above.get("follows") or above["class"] > entry["class"] or not asked <= free:
            return False
    return bool(follows)


def _opens_nothing(world: World, role: str, where: list[str]) -> str | None:
    """The right's own situation holds for no row whoever has the role."""
    if {"own_register", "own_register_entry"} & set(where) and not any(role in roles for roles in world.registers.values()):
        return "that role enters no register"
    named = {one for table in ("evidence_incident", "evidence_report") for right in world.policy["tables"][table]["select"] for one in right["roles"]}
    if "open_object" in where and role not in {one for name in named for one in world.policy["groups"].get(name, [name])}:
        return "no case is open to that role"
    return None


def _roles(world: World, right: Entry) -> set[str]:
    return {name for named in right["roles"] for name in world.policy["groups"].get(named, [named])}


def _of_list(world: World, table: str, rights: list[Entry], operation: str, how: str, role: str, place: int) -> str | None:
    """A role more, or a role less, in one list of roles."""
    lists = list(dict.fromkeys(frozenset(_roles(world, right)) for right in rights if right["roles"] != ["anyone"]))  # as protect groups them
    changed = lists[place - 1]
    others = [right for right in rights if right["roles"] == ["anyone"] or _roles(world, right) != changed]
    if how == "also" and unreachable(world, table, operation, role):
        return "no row is inside the walls of that role, which sees none of the rows these hang on"
    own = [_opens_nothing(world, role, right.get("where", [])) for right in rights if right not in others]
    if how == "also" and all(own):
        return own[0]
    held = [right.get("where", []) for right in others if right["roles"] == ["anyone"] or role in _roles(world, right)]
    if table == "security_personname" and ["of_a_colleague"] in held:
        return "already reads of all colleagues, and whoever is on a case is one"
    asked = [set(right.get("where", [])) for right in rights if right not in others]
    if held and all(any(set(free) <= narrow for free in held) for narrow in asked):
        return "the role has this right already, on every row that the list would open"
    return None


def _of_roles(world: World, table: str, name: str, rights: list[Entry], operation: str) -> str | None:
    if found := re.search(r"(also|no) role (\w+) in list (\d+)", name):
        return _of_list(world, table, rights, operation, found.group(1), found.group(2), int(found.group(3)))
    if operation == "update" and re.search("check: open to all", name) and "compartment" not in name:
        if all(set(right.get("where", [])) <= ALONE for right in rights):
            return "the right says nothing of the row: who may change it before may after; the wall has a check of its own"
    if "without" in name and "sec.roles()" in name and any({"own_register", "own_register_entry"} & set(right.get("where", [])) for right in rights):
        if set().union(*world.registers.values()) <= set().union(*(_roles(world, right) for right in rights)):
            return "only these roles enter any register"
    only = re.search(r"without .*sec\.roles\(\).* && ARRAY\[([^\]]*)\]\)*( AS \S+\))?$", name)
    bare = re.search(r"_rows (using|check): open to all", name) and all(not right.get("where") for right in rights)
    if only or bare:
        inside = set(re.findall(r"'(\w+)'", only.group(1))) if only else set().union(*(_roles(world, right) for right in rights))
        if rights and all(unreachable(world, table, operation, role) for role in set(world.policy["roles"]) - inside):
            return "every other role is outside the walls already"
    return None
