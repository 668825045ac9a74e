"""What one person asks of one table, and what the model expects: the cells of the matrix."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from openmara.security.matrix.asking import move_name, plain_column, telling
from openmara.security.matrix.cast import SHARED, SPACE, Principal, Story, only_new, person_id, stories_of
from openmara.security.matrix.model import may
from openmara.security.matrix.steps import ONLY_STEPS, STEPS, TRIED_ON, changes, filled
from openmara.security.matrix.world import World, as_json, has_mission, key_column, model_of, row_of, signs

Key = str
Try = tuple[str, str, Any, str]  # name, function, value, expected
OTHERWISE = object()  # unlike any value
ABSENT = uuid.uuid5(SPACE, "absent")
MOVES = "moves"
VERBS = ("select", "insert", "update", "delete", MOVES)
REFUSED, ZERO, DONE = "refused", "zero rows", "done"
HELD = "held"  # a right there is, a step of the table stands in the way
BOTH, POLICIES, STEPS_ALONE = "both", "policies alone", "steps alone"  # which layer is in force


@dataclass
class Question:
    """One table, one person: what matrix.ask is given, and the expectation of every cell."""

    payload: dict[str, Any]
    keys: dict[str, set[Key] | str] = field(default_factory=dict)  # operation → keys touched, or refused
    spoilt: dict[str, set[Key]] = field(default_factory=dict)  # operation → keys whose touch is refused
    blind: dict[str, int | str] = field(default_factory=dict)  # operation → rows touched without reading any
    tries: dict[str, str] = field(default_factory=dict)  # name → refused, zero rows or done
    pairs: list[tuple[str, str]] = field(default_factory=list)  # tries that must end alike
    closed: bool = False  # nobody may insert at all: refused by right, not by any row
    groups: dict[Key, str] = field(default_factory=dict)  # key → situation, as this person would name it


def key_of(table: str, row: dict[str, Any]) -> Key:
    return f"{row.get('mission_id') or ''}/{row[key_column(table)]}"


def group_of(label: str, one: Principal) -> str:
    """A row's situation in the words of this person."""
    situation, _colon, whose = label.partition(":")
    return situation if not whose or whose == one.name else "somebody_elses"


def own_stories(world: World, one: Principal) -> list[Story]:
    """The situations a person meets: the shared ones, those about them, and one about somebody else."""
    another = next(other for other in world.principals if other.name == ("swpa" if one.name != "swpa" else "hr"))
    return [*SHARED, *(story for story in [*stories_of(one, world.now), stories_of(another, world.now)[0]] if story.name in world.story_names)]


class Asking:
    """Builds the question of one person to one table, under one layer or both."""

    def __init__(self, world: World, one: Principal, table: str, layer: str = BOTH) -> None:
        self.world, self.one, self.table, self.layer = world, one, table, layer
        self.asker, self.rows, self.entry = world.asker(one), world.rows[table], world.policy["tables"][table]
        self.owner = one.opens == "owner"
        self.step = STEPS.get(table) if layer != POLICIES else None
        self.another = person_id("swpa" if one.name != "swpa" else "hr")
        names = {story.name for story in own_stories(world, one)} | {"cast"}
        self.near = [row for row in self.rows if row.get("_story", "cast") in names]

    def may(self, row: dict[str, Any], operation: str) -> bool:
        return self.layer == STEPS_ALONE or may(self.asker, self.table, row, operation, self.world.facts)

    def granted(self, operation: str) -> bool:
        return self.owner or self.layer == STEPS_ALONE or bool(self.entry.get(operation))

    def opens(self, row: dict[str, Any], operation: str) -> bool:
        """Found by a statement that names the row."""
        return not self.owner and self.may(row, "select") and self.may(row, operation)

    def build(self, verbs: tuple[str, ...] = VERBS) -> Question:
        keys = [key_of(self.table, row) for row in self.near] + [f"{self.one.mission or ''}/{ABSENT}"]
        question = Question({"table": self.table, "verbs": list(verbs), "keys": keys, "blind": [], "tries": []})
        question.groups = {key_of(self.table, row): group_of(row.get("_story", "cast"), self.one) for row in self.rows}
        if self.layer == BOTH and not self.owner:  # who owns a table may empty it: that role cannot sign in
            question.payload["truncate"] = f"truncate public.{self.table}"
        if "select" in verbs:
            question.keys["select"] = {key_of(self.table, row) for row in self.rows if not self.owner and self.may(row, "select")} if self.granted("select") else REFUSED
        question.closed = not self.granted("insert")
        for verb in {"update", "delete"} & set(verbs):
            self._touches(question, verb)
        tried: list[Try] = [*(self._inserts() if "insert" in verbs else ()), *((*self._moves(), *self._blind_moves()) if "update" in verbs and MOVES in verbs else ())]
        tried += [one for verb in ("update", "delete") if verb in verbs for one in self._versions(verb)]
        for name, call, value, expected in tried:
            question.payload["tries"].append({"name": name, "call": call, "value": value})
            question.tries[name] = expected
        if "insert" in verbs and self.layer == BOTH and self.one.opens == "command" and "@" not in self.one.name:
            self._probes(question)
        return question

    def _touches(self, question: Question, verb: str) -> None:
        """Rows named and touched without changing what they tell; and all rows blindly."""
        if not self.granted(verb):
            question.keys[verb] = REFUSED
        else:
            found = {key_of(self.table, row) for row in self.near if self.opens(row, verb)}
            held = {key_of(self.table, row) for row in self.near if verb == "update" and self.step and not self.step(self.asker, row, row, self.world.facts)}
            question.keys[verb], question.spoilt[verb] = found - held, found & held
        if (self.step is None or self.table not in ONLY_STEPS) and self.layer != STEPS_ALONE and (verb == "delete" or plain_column(self.table)):
            question.payload["blind"].append(verb)
            touched = [row for row in self.rows if not self.owner and self.may(row, verb)]
            plain = {str(plain_column(self.table)): OTHERWISE}
            stopped = verb == "update" and self.step and not all(self.step(self.asker, row, row | plain, self.world.facts) for row in touched)
            question.blind[verb] = REFUSED if not self.granted(verb) else HELD if stopped else len(touched)

    def _versions(self, verb: str) -> Iterator[Try]:
        """A change leaves an earlier version more (the world has one of each row), an erasure none."""
        row = next((row for row in self.near if self.opens(row, verb)), None)
        if row is None or self.layer != BOTH or not self.entry.get("history") or not self.granted(verb):
            return
        where = {"_mission": str(row["mission_id"]), "_key": str(row[key_column(self.table)])}
        name, after = ("kept", "=2") if verb == "update" else ("erased", "=0")
        yield f"versions {name}", f"{self.table} {name}", where, after

    def _inserts(self) -> Iterator[Try]:
        for number, story in enumerate([*own_stories(self.world, self.one), *only_new(self.one, self.world.now)]):
            unsigned = self.world.fresh_row(self.table, story, 70_000 + number)
            row = unsigned | dict.fromkeys(signs(self.table), self.one.person)
            base = group_of(story.name, self.one)
            yield self._insert(f"insert {base}", row)
            if base in ("own", "children") and row != unsigned:
                yield self._insert(f"insert {base} in another's name", unsigned)
            if base == "glass" and "ref" in row and self.entry.get("wall"):  # under the very reference that the glass was broken over
                held = next((one for one in self.near if one.get("_story") == story.name), row)
                yield self._insert("insert glass again", row | {"ref": held["ref"]})
            if base in ("mine", "assigned_only", "break now"):
                for name, said in filled(self.table, self.another, self.world.now).items():
                    if set(said) <= set(row):
                        yield self._insert(f"insert {base} {name}", row | said)

    def _insert(self, name: str, row: dict[str, Any]) -> Try:
        allowed = self.granted("insert") and not self.owner and self.may(row, "insert")
        allowed = allowed and (self.step is None or self.step(self.asker, None, row, self.world.facts))
        return name, f"{self.table} insert", as_json(row), DONE if allowed else REFUSED

    def _moves(self) -> Iterator[Try]:
        """Rows put into another situation: what may be changed must not become what may not be (R3)."""
        if not self.granted("update") or self.owner:
            return
        for row in self.near:
            base = group_of(row.get("_story", "cast"), self.one)
            if self._steps_on(row, base):
                for name, changed in changes(self.table, self.one.person, self.another, self.world.now).items():
                    yield self._move(row, f"{base} {row[key_column(self.table)]}: {name}", changed)
            if self.table not in ONLY_STEPS and base in ("own", "mine") and self.opens(row, "update"):
                tried: set[tuple[str, str]] = set()
                for story in own_stories(self.world, self.one):
                    told = row_of(self.table, story, 80_000)
                    for column in telling(self.table):
                        if told[column] != row[column] and column != key_column(self.table) and (column, str(told[column])) not in tried:
                            tried.add((column, str(told[column])))
                            yield self._move(row, f"move {base}.{column} to {group_of(story.name, self.one)}", {column: told[column]})

    def _steps_on(self, row: dict[str, Any], base: str) -> bool:
        """Whether steps are tried on this row: all but most of the cast; of a case, those that differ in who stands behind it."""
        if self.table not in ONLY_STEPS:
            return base in ("own", "mine", "state", "assigned_only", "closed_assigned", "children_no_longer_of_it")
        return base != "cast" or row["person_id"] in {self.one.person, *(person_id(name) for name in TRIED_ON)}

    def _move(self, row: dict[str, Any], name: str, changed: dict[str, Any]) -> Try:
        """One row changed: zero rows where it is not open, done where what it becomes is allowed as well, else refused."""
        moved, expected = row | changed, ZERO
        if self.opens(row, "update"):
            step = self.step is None or self.step(self.asker, row, moved, self.world.facts)
            expected = DONE if step and self.opens(moved, "update") else REFUSED
        where = {"_mission": str(row.get("mission_id")), "_key": str(row[key_column(self.table)])}
        return name, move_name(self.table, tuple(changed)), as_json(changed) | where, expected

    def _blind_moves(self) -> Iterator[Try]:
        """All rows put into one situation by a statement that reads none: only the rule for changing stands in the way."""
        if not self.granted("update") or self.owner or (self.step and self.table in ONLY_STEPS) or self.layer == STEPS_ALONE:
            return
        open_rows = [row for row in self.rows if self.may(row, "update")]
        plain, tried = row_of(self.table, SHARED[0], 85_000), set()
        for story in SHARED[1:]:
            told = row_of(self.table, story, 85_000)
            for column in telling(self.table):
                if column != key_column(self.table) and told[column] != plain[column] and column not in tried:
                    tried.add(column)  # one other value each
                    moved = [(row, row | {column: told[column]}) for row in open_rows]
                    fits = all(self.may(new, "update") and (not self.step or self.step(self.asker, old, new, self.world.facts)) for old, new in moved)
                    expected = ZERO if not open_rows else DONE if fits else REFUSED
                    yield f"all {column} to {story.name}", f"{self.table} blind {column}"[:63], as_json({column: told[column]}), expected

    def _probes(self, question: Question) -> None:
        """Does a reference, or a key that must be unique, tell whether another mission has the row? (R7, R8)"""
        for name, value, alike, other in self._pairs():
            for title, row in ((name, value), (alike, other)):
                question.payload["tries"].append({"name": title, "call": f"{self.table} insert", "value": as_json(row), "at_once": True})
            question.pairs.append((name, alike))
            if not self.may(other, "insert") or not self.granted("insert"):
                question.tries[alike] = REFUSED  # refused by right, before any reference is looked at

    def _pairs(self) -> Iterator[tuple[str, dict[str, Any], str, dict[str, Any]]]:
        if not self.entry.get("insert") or not has_mission(self.table):
            return
        there = next(story for story in SHARED if story.name == "only_there")
        if self.one.mission == there.mission:
            return  # at home there: nothing of it is foreign
        base, foreign = stories_of(self.one, self.world.now)[0], row_of(self.table, there, 90_000)
        for number, one in enumerate(model_of(self.table)._meta.local_fields):
            if isinstance(one, models.ForeignKey) and one.column != "mission_id":
                row = self.world.fresh_row(self.table, base, 91_000 + number)
                known = person_id("spare there") if one.related_model.__name__ == "Person" else foreign[one.column]  # type: ignore[union-attr]  # resolved
                if known is not None:
                    yield f"reference {one.column} foreign", row | {one.column: known}, f"reference {one.column} absent", row | {one.column: ABSENT}
        for row in self.rows:
            if row.get("_story") == there.name:
                taken = {one.column: row[one.column] for one in model_of(self.table)._meta.local_fields if says_itself(one)}
                fresh, nowhere = (self.world.fresh_row(self.table, base, number) for number in (92_000, 92_001))
                yield "unique taken there", fresh | taken, "unique nowhere", nowhere


def says_itself(field: models.Field) -> bool:
    """A plain value that a unique key could be about."""
    plain = isinstance(field, models.CharField | models.IntegerField | models.BinaryField) and not field.null
    return field.column == "id" or (plain and field.column not in {*telling(field.model._meta.db_table), "kind", "status"})


def simple(outcome: str) -> str:
    """refused, zero rows, or done. A rule of the table that stops a try (unique, check, reference) comes after its rights."""
    if outcome == "0":
        return ZERO
    return DONE if outcome[:5] in ("23505", "23514", "23503", "23502") or outcome.isdigit() else REFUSED if outcome[:5] == "42501" else outcome


def without_ids(outcome: str) -> str:
    """What a refusal says, the ids in it made alike."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", outcome)


def differences(question: Question, answer: dict[str, Any]) -> list[str]:
    """Cells that are not as the model expects."""
    found = [*_of_keys(question, answer), *_of_blind(question, answer)]
    if "truncate" in question.payload and not answer["truncate"].startswith("42501"):
        found.append(f"truncate: {answer['truncate'][:60]}")
    for name, expected in question.tries.items():
        got = answer["tries"][name]
        if (got != expected[1:] if expected.startswith("=") else simple(got) != expected) or (question.closed and name.startswith("insert ") and not got.startswith("42501 permission denied")):
            found.append(f"{name}: expected {expected}, got {got[:90]}")
    for name, alike in question.pairs:
        if without_ids(answer["tries"][name]) != without_ids(answer["tries"][alike]):
            found.append(f"{name} differs: {answer['tries'][name][:70]!r} / {answer['tries'][alike][:70]!r}")
    return found


def _of_keys(question: Question, answer: dict[str, Any]) -> Iterator[str]:
    for operation, expected in question.keys.items():
        got = answer.get(operation)
        if isinstance(got, str) or isinstance(expected, str):
            if not (isinstance(got, str) and got.startswith("42501") and expected == REFUSED):
                yield f"{operation}: expected {_short(expected)}, got {_short(got)}"
            continue
        for key in expected ^ set(got or []):
            yield f"{operation} {question.groups.get(key, 'unknown row')}: {'hidden' if key in expected else 'open'}"
        for key in question.spoilt.get(operation, set()) ^ set(answer.get(f"{operation} refused") or []):
            yield f"{operation} {question.groups.get(key, 'absent')}: refused, or not, unlike expected"


def _of_blind(question: Question, answer: dict[str, Any]) -> Iterator[str]:
    """How many rows, or refused by right; a rule of the table may stop a write that was allowed."""
    for operation, many in question.blind.items():
        got = answer.get(f"{operation} blind", "")
        refused = many == REFUSED and got.startswith("42501 permission")
        held = many == HELD and got.startswith("42501 ") and not got.startswith("42501 permission")
        stopped = isinstance(many, int) and many > 0 and simple(got) == DONE and not got.isdigit()
        if not (refused or held or got == str(many) or stopped):
            yield f"blind {operation}: expected {many}, got {got[:90]}"


def _short(value: object) -> str:
    return value[:60] if isinstance(value, str) else json.dumps(sorted(value))[:40] if isinstance(value, set | list) else repr(value)


def count(question: Question) -> int:
    """Cells asked: each operation in each situation once, the absent row among them; each try and each blind write once."""
    situations = len(set(question.groups.values())) + 1
    return len(question.keys) * situations + ("truncate" in question.payload) + len(question.blind) + len(question.tries) + len(question.pairs)
