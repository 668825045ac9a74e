"""A world of rows: every story told in every table of the policy file, made from the models' own metadata.

A new table needs nothing here: values come from the field types, references from the story. A table for which no row can
be made stops the run. Rows are written by the server's superuser into a scratch database, past all policies and triggers.
"""

import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from openmara.security.matrix.cast import (
    OTHER,
    OWN,
    SHARED,
    SHUT,
    SHUT_OFFICE,
    SPACE,
    THERE,
    A,
    B,
    Principal,
    Story,
    person_id,
    principals,
    stories_of,
)  # fmt: skip
from openmara.security.matrix.model import Asker, Facts, admit

BASE = ("security_mission", "security_organisation", "security_person", "security_personname", "security_grant")
LONG_AGO, DAY = datetime(2020, 1, 1, tzinfo=UTC), date(2026, 1, 1)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
# Columns whose meaning no field type tells: (table, column) → value, or the name of a story's person.
EXCEPTIONS: dict[str, dict[str, Any]] = {
    "evidence_incident": {"assigned_to_id": "person"},
    "security_named": {"object_id": "evidence_incident"},
    "security_grant": {"proposed_by_id": "by", "status": "proposed"},
    "security_recovery": {"kind": "reset"},
    "security_module": {"recorded_by_id": "by"},
    "evidence_consentanswer": {"answer": "given"},
    "activities_registerentry": {"register": "training"},  # one that many enter
    "evidence_alert": {"made_at": LATER, "expires_at": LATER},  # one that is not over
}
ZERO: dict[type[models.Field], Any] = {
    models.DateField: DAY, models.DateTimeField: LONG_AGO, models.BooleanField: False, models.JSONField: {}, ArrayField: [],
    models.FloatField: 0.0, models.DecimalField: 0, models.GenericIPAddressField: "127.0.0.1", models.DurationField: timedelta(0),
}  # fmt: skip


LOG = f"""
insert into audit.entry (id, at, mission_id, event) overriding system value
  select 900000 + n, '2020-01-01', case when n < 3 then '{A}'::uuid else '{B}'::uuid end, 'a:b:c' from generate_series(1, 4) n;
insert into audit.leaf (index, entry_id, at, hash) select 900000 + n, 900000 + n, now(), sha256('x') from generate_series(1, 4) n;
insert into audit.submission (mission_id, record_id, entry_id, position, content_sha256)
  values ('{A}', '{A}', 900001, 0, sha256('x')), ('{B}', '{B}', 900003, 0, sha256('x'));
insert into audit.checkpoint (size, root, note, published) values (900000, sha256('x'), 'x', true);
update audit.head set last_entry = 900004
"""


class NoRow(Exception):
    """The world could not make a row of a table; the matrix would be blind there."""


def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def has_mission(table: str) -> bool:
    return any(field.column == "mission_id" for field in model_of(table)._meta.local_fields)


def key_column(table: str) -> str:
    key = model_of(table)._meta.pk
    assert key is not None
    return key.column


def _names_person(field: models.Field) -> bool:
    return isinstance(field, models.ForeignKey) and field.related_model is apps.get_model("security", "Person")


def value_of(field: models.Field, story: Story, number: int) -> Any:
    """What a story puts into a field."""
    table, column = field.model._meta.db_table, field.column
    said = EXCEPTIONS.get(table, {}).get(column)
    if said is not None:
        return getattr(story, said) if said in ("person", "by") else row_id(said, story) if said == "evidence_incident" else said
    if field.primary_key:
        return row_id(table, story)
    if column in ("mission_id", "organisation_id"):
        return story.mission if column == "mission_id" else story.organisation
    if isinstance(field, models.ForeignKey):
        if _names_person(field):
            return None if field.null else _person(story, field)
        return row_id(field.related_model._meta.db_table, story)  # type: ignore[union-attr]  # resolved once apps are loaded
    if column == "adm1":
        return story.area
    if column == "ref":
        return f"{number:08x}"
    if field.null:
        return None
    return _plain(field, number)


def _person(story: Story, field: models.Field) -> uuid.UUID:
    """Tables about a person name that person first, then who acted; all others name who made the row."""
    if column_of_person(field.model):
        return (story.about or story.person) if field.column == "person_id" else story.by
    return story.person


def column_of_person(model: type[models.Model]) -> bool:
    return any(field.column == "person_id" for field in model._meta.local_fields)


def _plain(field: models.Field, number: int) -> Any:
    if isinstance(field, models.CharField | models.TextField):
        return "" if field.blank else f"{number:x}"[: field.max_length or 40]
    if isinstance(field, models.BinaryField):
        return number.to_bytes(8)
    if isinstance(field, models.UUIDField):
        return uuid.uuid5(SPACE, f"{field.model._meta.db_table} {field.column} {number}")
    if isinstance(field, models.IntegerField):
        return 1
    for kind in type(field).__mro__:
        if kind in ZERO:
            return ZERO[kind]
    raise NoRow(f"{field.model._meta.db_table}.{field.column}: no value for a {type(field).__name__}")


def signs(table: str) -> list[str]:
    """Columns in which a row says who acted: whoever puts it in."""
    model = model_of(table)
    return [] if column_of_person(model) else [one.column for one in model._meta.local_fields if _names_person(one) and not one.null]


def row_id(table: str, story: Story) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"{table} {story.keys}")


def row_of(table: str, story: Story, number: int) -> dict[str, Any]:
    """One row of one story."""
    row: dict[str, Any] = {}
    for one in model_of(table)._meta.local_fields:
        row[one.column] = story.columns[one.column] if one.column in story.columns else value_of(one, story, number)
    row |= story.cells.get(table, {})
    if set(story.cells.get(table, {})) - set(row):
        raise NoRow(f"{table} lacks {sorted(set(story.cells[table]) - set(row))}, which a story speaks of")
    return row


@dataclass
class World:
    """The rows, who asks, and which story each row belongs to."""

    policy: dict[str, Any]
    now: datetime
    registers: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def principals(self) -> list[Principal]:
        return principals(tuple(self.policy["roles"]))

    @cached_property
    def stories(self) -> list[Story]:
        cast = [one for one in self.principals if "@" not in one.name and one.opens not in ("none", "owner")]
        return [*SHARED, *(story for one in cast for story in stories_of(one, self.now))]

    @cached_property
    def story_names(self) -> set[str]:
        return {story.name for story in self.stories}

    @cached_property
    def label(self) -> dict[tuple[Any, ...], str]:
        """(table, mission, id) → story."""
        return {(table, row.get("mission_id"), row[key_column(table)]): row.get("_story", "cast") for table, rows in self.rows.items() for row in rows}

    @cached_property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        made: dict[str, list[dict[str, Any]]] = {table: [] for table in self.policy["tables"]} | self._cast()
        for table in self.policy["tables"]:
            if table not in BASE:
                for number, story in enumerate(self.stories, 256):
                    made[table].append(row_of(table, story, number) | {"_story": story.name})
        return made

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.policy, self.rows, self.now, self.registers)  # type: ignore[arg-type]  # rows are read, never changed

    def asker(self, one: Principal) -> Asker | None:
        if one.opens in ("none", "owner"):
            return None
        cap = 3 if one.opens == "late session" else 6  # no account is opened that a log lagging behind could lose
        return admit(self.facts, one.person, one.mission, fresh=one.opens != "stale", cap=cap)

    def fresh_row(self, table: str, story: Story, number: int) -> dict[str, Any]:
        """A row nobody has put in yet, telling this story; its references go to the story's rows, which are there."""
        row = row_of(table, story, number)
        made = uuid.uuid5(SPACE, f"new {table} {story.name} {number}")
        key = key_column(table)
        return row | ({key: made} if key == "id" else {key: person_id("spare")})

    def _cast(self) -> dict[str, list[dict[str, Any]]]:
        people = [(one.name, one.active) for one in self.principals] + [("author", True), ("second hand", True), ("spare", True), ("spare there", True)]
        grants = [self._grant(one) for one in self.principals if one.granted]
        grants += [self._grant(Principal("author", ())), self._grant(Principal("second hand", ())), self._grant(Principal("spare there", (), granted=B, organisation=THERE))]
        # One's own grant, not yet confirmed; and one's own, travelling, elsewhere: nobody takes the next step for themselves.
        swpa = next(one for one in self.principals if one.name == "swpa")
        grants += [self._grant(replace(swpa, status="proposed"), "again"), self._grant(replace(swpa, status="travelling", granted=B, organisation=THERE), "there")]
        return {
            "security_mission": [_filled("security_mission", n, id=one, code=f"m{n}") for n, one in enumerate((A, B, SHUT))],
            "security_organisation": [
                _filled("security_organisation", n, id=one, mission_id=where, code=f"o{n}")
                for n, (one, where) in enumerate(((OWN, A), (OTHER, A), (THERE, B), (SHUT_OFFICE, SHUT)))
            ],
            "security_person": [
                _filled("security_person", n, id=person_id(name), username=name, code=name, is_active=active) for n, (name, active) in enumerate(people)
            ],
            "security_personname": [_filled("security_personname", n, person_id=person_id(name)) for n, (name, _active) in enumerate(people)],
            "security_grant": grants,
        }

    def _grant(self, one: Principal, which: str = "") -> dict[str, Any]:
        start, end = one.grant_days(self.now.date())
        return _filled(
            "security_grant", 0, id=uuid.uuid5(SPACE, f"grant {one.name}{which}"), mission_id=one.granted, person_id=one.person,
            organisation_id=one.organisation, roles=list(one.roles), clearance=one.clearance, areas=list(one.areas) if one.areas is not None else None,
            staff=one.staff, contingent=one.contingent, status="proposed" if one.status.startswith("proposed") else one.status, valid_from=start, valid_to=end, granted_by="installation",
            revoked_at=LONG_AGO if one.revoked else None, proposed_by_id=person_id("swpa" if one.status == "proposed_by_me" else "author"),
        )  # fmt: skip


def _filled(table: str, number: int, **said: Any) -> dict[str, Any]:
    """A row of the cast: what is said, the rest from the field types."""
    story = Story("cast", person=person_id("author"))
    row = {field.column: None if field.null else value_of(field, story, number) for field in model_of(table)._meta.local_fields}
    return row | {name: value for name, value in said.items() if name in row}


def as_text(value: object) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps({name: value for name, value in row.items() if name != "_story"}, default=as_text))
    return found


def build(connection: psycopg.Connection, policy: dict[str, Any]) -> World:
    """Write the world into the database of this superuser's connection."""
    entered = connection.execute("select register, array_agg(role) from sec.register_role group by 1").fetchall()
    world = World(policy, datetime.now(UTC), {register: frozenset(roles) for register, roles in entered})
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        for table, rows in world.rows.items():
            if not rows:
                raise NoRow(f"no row of {table}")
            names = ", ".join(f'"{field.column}"' for field in model_of(table)._meta.local_fields)
            try:
                connection.execute(
                    f"insert into public.{table} ({names}) select {names} from jsonb_populate_recordset(null::public.{table}, %s::jsonb)",
                    [json.dumps([as_json(row) for row in rows])],
                )
            except psycopg.Error as problem:
                raise NoRow(f"{table}: {problem}") from problem
            if policy["tables"][table].get("history"):
                connection.execute(f"insert into public.{table}_history (mission_id, id, earlier) select mission_id, id, '{{}}' from public.{table}")
        connection.execute(LOG.encode())
    connection.execute("analyze")
    return world
