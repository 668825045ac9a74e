"""The audit log's only writer, and the acts of an installation: missions, people, organisations, grants."""

import contextlib
import contextvars
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection, connections, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.ledger.receipt import batch_root
from openmara.security import clock, scope
from openmara.security.models import Grant, Mission, Organisation, Person, PersonName
from openmara.security.permissions import check_can
from openmara.security.sessions import dated_proof

request_id: contextvars.ContextVar[uuid.UUID | None] = contextvars.ContextVar("openmara_request", default=None)
M = TypeVar("M", bound=Model)
PURPOSE = re.compile(r"[A-Za-z0-9_:.-]{0,80}")  # a code, never words
BUCKETS = ((0, "0"), (1, "1"), (10, "2-10"), (100, "11-100"), (1000, "101-1000"))


def bucket(count: int) -> str:
    """How many, roughly: an exact count of a list would itself say something."""
    return next((name for limit, name in BUCKETS if count <= limit), "1001+")


def record(
    event: str,
    *,
    objects: Iterable[uuid.UUID] = (),
    sensitivity: str = "S1",
    purpose: str = "",
    outcome: str = "done",
    result: Sequence[uuid.UUID] | None = None,
    submitted: Sequence[tuple[uuid.UUID, bytes]] | None = None,
) -> None:
    """Write one entry in the running transaction: `room:thing:verb`, ids only. `result` is hashed, not listed.

    `submitted` names records taken in with the SHA-256 of each: the entry then holds the root over them, and each has a receipt.
    """
    said = purpose if PURPOSE.fullmatch(purpose) else "other"
    ids = list(objects)
    request = request_id.get()
    counted = submitted if submitted is not None else result
    moment, proved = dated_proof("|".join(["audit", event, sensitivity, said, outcome, str(request or ""), ",".join(map(str, ids))]))
    with connection.cursor() as cursor:
        cursor.execute(
            "select audit.write(%s, %s::uuid[], %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s::bytea[], %s, %s)",
            [
                event, ids, sensitivity, said, outcome, _result_hash(result, submitted), bucket(len(counted)) if counted is not None else None,
                request, clock.now(), [one for one, _content in submitted] if submitted else None,
                [content for _one, content in submitted] if submitted else None, moment, proved,
            ],
        )  # fmt: skip


def _result_hash(result: Sequence[uuid.UUID] | None, submitted: Sequence[tuple[uuid.UUID, bytes]] | None) -> bytes | None:
    if submitted is not None:
        return batch_root(submitted)
    return hashlib.sha256(b"".join(one.bytes for one in result)).digest() if result is not None else None


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert rows, of several models too, in one statement in the running transaction and context (measured: a third of bulk_create's time)."""
    if not rows:
        return
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    *before, last = (_insert_sql(model) for model in by_model)
    together = f"with {', '.join(f'step{number} as ({one})' for number, one in enumerate(before))} {last}" if before else last
    with connection.cursor() as cursor:
        cursor.execute(together, [_as_json(found) for found in by_model.values()])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _insert_sql(model: type[Model]) -> str:
    table, names = model._meta.db_table, ", ".join(f'"{field.column}"' for field in model._meta.local_fields)
    return f"insert into {table} ({names}) select {names} from jsonb_populate_recordset(null::{table}, %s::jsonb)"


def _as_json(rows: Sequence[Model]) -> str:
    fields = rows[0]._meta.local_fields
    return json.dumps([{field.column: row.__dict__[field.attname] for field in fields} for row in rows], default=_as_text)


def _as_text(value: object) -> str:
    """How PostgreSQL reads a value from text."""
    return "\\x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


@contextlib.contextmanager
def installing() -> Iterator[None]:
    """Acts of an installation run as the keeper of the context, who exists only while the migrating role may sign in."""
    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            cursor.execute("set local role sec_owner")
        with scope.installing():
            yield


def _keep(row: M) -> M:
    row.save(using="owner", force_insert=True)
    return row


def found_mission(*, code: str, name_en: str, name_fr: str, zone: str = "UTC", synthetic: bool = False) -> Mission:
    """Make a mission. Called inside `installing()` only."""
    return _keep(Mission(code=code, name_en=name_en, name_fr=name_fr, zone=zone, synthetic=synthetic))


def found_organisation(*, mission: Mission, code: str, name_en: str, name_fr: str) -> Organisation:
    return _keep(Organisation(mission=mission, code=code, name_en=name_en, name_fr=name_fr))


def add_organisation(*, by: Person, mission: Mission, code: str, name_en: str, name_fr: str) -> Organisation:
    """An office or partner that sends reports, added by the senior adviser of the mission."""
    check_can("security_organisation", "insert", _("Organisations are added by the senior women’s protection adviser."))
    if not code or len(code) > 40 or not name_en.strip() or not name_fr.strip():
        raise NotValid(problems={"code": _("An organisation needs a code, and a name in English and in French.")})
    with transaction.atomic():
        found = Organisation(mission=mission, code=code, name_en=name_en, name_fr=name_fr)
        found.save(force_insert=True)
        record("security:organisation:add", objects=[found.id])
    return found


def enrol(*, username: str, code: str, display_name: str, password: str, language: str = "en") -> Person:
    """Make an account. Called inside `installing()` only."""
    person = _keep(Person(username=username, code=code, language=language))
    _keep(PersonName(person=person, display_name=display_name))
    with connections["owner"].cursor() as cursor:
        cursor.execute("insert into sec.account (person_id, password) values (%s, %s)", [person.id, make_password(password)])
    return person


def give_grant(
    *,
    person: Person,
    mission: Mission,
    roles: list[str],
    clearance: int,
    organisation: Organisation | None = None,
    areas: list[str] | None = None,
    staff: str = "international",
    contingent: str = "",
    status: str = "confirmed",
    valid_from: date | None = None,
    days: int = 365,
    granted_by: str = "installation",
) -> Grant:
    """Give one person roles in one mission for at most a year. Called inside `installing()` only."""
    start = valid_from or clock.today()
    return _keep(
        Grant(
            mission=mission, person=person, organisation=organisation, roles=roles, clearance=clearance, areas=areas,
            staff=staff, contingent=contingent, status=status, valid_from=start, valid_to=start + timedelta(days=min(days, 366)), granted_by=granted_by,
        )
    )  # fmt: skip
