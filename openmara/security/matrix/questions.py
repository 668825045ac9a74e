"""What one person asks of one table, and what the model expects: the cells of the matrix."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from openmara.security.matrix.asking import move_name, telling
from openmara.security.matrix.cast import SHARED, SPACE, Principal, Story, person_id, stories_of
from openmara.security.matrix.model import Asker, may
from openmara.security.matrix.steps import STEPS, TRIED_ON, changes
from openmara.security.matrix.world import World, as_json, has_mission, key_column, model_of, row_of

Key = str
ABSENT = uuid.uuid5(SPACE, "absent")
REFUSED, ZERO, DONE = "refused", "zero rows", "done"


@dataclass
class Question:
    """One table, one person: statements for matrix.ask, and the expectation of every cell."""

    payload: dict[str, Any]
    keys: dict[str, set[Key] | str] = field(default_factory=dict)  # operation → keys touched, or refused
    tries: dict[str, str] = field(default_factory=dict)  # name → refused, zero rows or done
    pairs: list[tuple[str, str]] = field(default_factory=list)  # tries that must end alike
    groups: dict[Key, str] = field(default_factory=dict)  # key → situation, as this person would name it


def key_of(table: str, row: dict[str, Any]) -> Key:
    return f"{row.get('mission_id') or ''}/{row[key_column(table)]}"


def own_stories(world: World, one: Principal) -> list[Story]:
    """The situations a person meets: the shared ones, those about them, and one about somebody else."""
    another = next(other for other in world.principals if other.name == ("swpa" if one.name != "swpa" else "hr"))
    known = {story.name for story in world.stories}
    return [*SHARED, *(story for story in [*stories_of(one, world.now), stories_of(another, world.now)[0]] if story.name in known)]


def group_of(label: str, one: Principal) -> str:
    """A row's situation in the words of this person."""
    situation, _colon, whose = label.partition(":")
    return situation if not whose or whose == one.name else "somebody_elses"


def ask(world: World, one: Principal, table: str) -> Question:
    """Everything this person asks of this table."""
    asker, rows = world.asker(one), world.rows[table]
    names = {story.name for story in own_stories(world, one)}
    near = [row for row in rows if row.get("_story", "cast") in names | {"cast"}]
    question = Question({"table": table, "truncate": f"truncate public.{table}", "keys": [key_of(table, row) for row in near] + [f"{one.mission or ''}/{ABSENT}"], "tries": []})
    question.groups = {key_of(table, row): group_of(row.get("_story", "cast"), one) for row in rows}
    _whole(world, one, asker, table, question, near)
    for name, call, value, expected in [*_inserts(world, one, asker, table), *_moves(world, one, asker, table, near)]:
        question.payload["tries"].append({"name": name, "call": call, "value": value})
        question.tries[name] = expected
    if one.opens == "command" and "@" not in one.name:
        for name, alike, value, other in probes(world, one, table):
            for title, said in ((name, value), (alike, other)):
                question.payload["tries"].append({"name": title, "call": f"{table} insert", "value": said, "at_once": True})
            question.pairs.append((name, alike))
    return question


def _whole(world: World, one: Principal, asker: Asker | None, table: str, question: Question, near: list[dict[str, Any]]) -> None:
    entry = world.policy["tables"][table]
    granted = lambda operation: bool(entry.get(operation)) and one.opens != "owner"  # noqa: E731  # two words, used thrice below
    seen = {key_of(table, row) for row in world.rows[table] if may(asker, table, row, "select", world.facts)}
    question.keys["select"] = seen if one.opens == "owner" or granted("select") else REFUSED
    for operation in ("update", "delete"):
        if one.opens == "owner":
            question.keys[operation] = set()
        elif not granted(operation):
            question.keys[operation] = REFUSED
        elif operation == "update" and table in STEPS:
            question.keys[operation] = {  # a touch is no step, unless the steps say so
                key_of(table, row) for row in near
                if key_of(table, row) in seen and asker and may(asker, table, row, operation, world.facts) and STEPS[table](asker, row, row, world.now)
            }  # fmt: skip
        else:
            question.keys[operation] = {
                key_of(table, row) for row in near if key_of(table, row) in seen and may(asker, table, row, operation, world.facts)
            }
    if one.opens == "owner":
        del question.payload["truncate"]  # who owns a table may empty it: the role cannot sign in


def _inserts(world: World, one: Principal, asker: Asker | None, table: str) -> Iterator[tuple[str, str, Any, str]]:
    entry = world.policy["tables"][table]
    for number, story in enumerate(own_stories(world, one)):
        row = world.fresh_row(table, story, 70_000 + number)
        allowed = bool(entry.get("insert")) and one.opens != "owner" and may(asker, table, row, "insert", world.facts)
        if asker is not None and table in STEPS:
            allowed = allowed and STEPS[table](asker, None, row, world.now)
        yield f"insert {group_of(story.name, one)}", f"{table} insert", as_json(row), DONE if allowed else REFUSED


def _moves(world: World, one: Principal, asker: Asker | None, table: str, near: list[dict[str, Any]]) -> Iterator[tuple[str, str, Any, str]]:
    """Rows put into another situation: what may be changed must not become what may not be (R3)."""
    if not world.policy["tables"][table].get("update") or one.opens == "owner":
        return
    another = person_id("swpa" if one.name != "swpa" else "hr")
    for row in near:
        base = group_of(row.get("_story", "cast"), one)
        if table in STEPS:
            if base == "cast" and row["person_id"] not in {one.person, *(person_id(name) for name in TRIED_ON)}:
                continue
            for name, changed in changes(table, one.person, another, world.now).items():
                yield _move(world, asker, table, row, f"{base} {row['status'] if base == 'cast' else ''} {row['person_id']}: {name}", changed)
        elif base in ("own", "mine") and may(asker, table, row, "update", world.facts) and may(asker, table, row, "select", world.facts):
            tried: set[tuple[str, str]] = set()
            for story in own_stories(world, one):
                told = row_of(table, story, 80_000)
                for column in telling(table):
                    if told[column] != row[column] and column != key_column(table) and (column, str(told[column])) not in tried:
                        tried.add((column, str(told[column])))
                        yield _move(world, asker, table, row, f"move {base}.{column} to {group_of(story.name, one)}", {column: told[column]})


def _move(world: World, asker: Asker | None, table: str, row: dict[str, Any], name: str, changed: dict[str, Any]) -> tuple[str, str, Any, str]:
    """One row changed: zero rows where it is not open, done where what it becomes is allowed as well, else refused."""
    moved, facts = row | changed, world.facts
    expected = ZERO
    if asker is not None and may(asker, table, row, "update", facts) and may(asker, table, row, "select", facts):
        step = table not in STEPS or STEPS[table](asker, row, moved, world.now)
        expected = DONE if step and may(asker, table, moved, "update", facts) and may(asker, table, moved, "select", facts) else REFUSED
    where = {"_mission": str(row.get("mission_id")), "_key": str(row[key_column(table)])}
    return name, move_name(table, tuple(changed)), as_json(changed) | where, expected


def probes(world: World, one: Principal, table: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Does a reference, or a key that must be unique, tell whether another mission has the row? (R7, R8)"""
    if not world.policy["tables"][table].get("insert") or not has_mission(table):
        return
    there = next(story for story in SHARED if story.name == "only_there")
    base = stories_of(one, world.now)[0]
    foreign = row_of(table, there, 90_000)
    for number, field in enumerate(model_of(table)._meta.local_fields):
        row = world.fresh_row(table, base, 91_000 + number)
        if isinstance(field, models.ForeignKey) and field.column != "mission_id":
            known = person_id("spare there") if field.related_model.__name__ == "Person" else foreign[field.column]  # type: ignore[union-attr]  # resolved
            if known is not None:
                yield f"reference {field.column} foreign", f"reference {field.column} absent", as_json(row | {field.column: known}), as_json(row | {field.column: ABSENT})
    for row in world.rows[table]:
        if row.get("_story") == there.name:
            fresh = world.fresh_row(table, base, 92_000)
            taken = {one.column: row[one.column] for one in model_of(table)._meta.local_fields if _says_itself(one)}
            yield "unique taken there", "unique nowhere", as_json(fresh | taken), as_json(world.fresh_row(table, base, 92_001))


def _says_itself(field: models.Field) -> bool:
    """A plain value that a unique key could be about."""
    return isinstance(field, models.CharField | models.IntegerField | models.BinaryField) and not field.null and field.column not in telling(field.model._meta.db_table) or field.column == "id"


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
    found = []
    for operation, expected in question.keys.items():
        got = answer.get(operation)
        if isinstance(got, str) or isinstance(expected, str):
            if not (isinstance(got, str) and got.startswith("42501") and expected == REFUSED):
                found.append(f"{operation}: expected {_short(expected)}, got {_short(got)}")
            continue
        for key in expected ^ set(got or []):
            what = "hidden" if key in expected else "open"
            found.append(f"{operation} {question.groups.get(key, 'unknown row')}: {what}")
    if "truncate" in question.payload and not answer["truncate"].startswith("42501"):
        found.append(f"truncate: {answer['truncate'][:60]}")
    for name, expected_end in question.tries.items():
        if simple(answer["tries"][name]) != expected_end:
            found.append(f"{name}: expected {expected_end}, got {answer['tries'][name][:90]}")
    for name, alike in question.pairs:
        if without_ids(answer["tries"][name]) != without_ids(answer["tries"][alike]):
            found.append(f"{name} differs: {answer['tries'][name][:70]!r} / {answer['tries'][alike][:70]!r}")
    return found


def _short(value: object) -> str:
    return value[:60] if isinstance(value, str) else json.dumps(sorted(value))[:40] if isinstance(value, set | list) else repr(value)


def count(question: Question) -> int:
    """Cells asked: each operation in each situation once, the absent row among them; each try once."""
    situations = len(set(question.groups.values())) + 1
    return 3 * situations + 1 + len(question.tries) + len(question.pairs)
