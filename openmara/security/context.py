"""The verified context: opened per transaction, bound to session, backend and transaction (R1-R6)."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from openmara.errors import NotAllowed
from openmara.security import scope
from openmara.security.models import Mission, Person
from openmara.security.sessions import dated_proof, hash_of


class NoContext(NotAllowed):
    """There is no live grant: account closed, grant ended or mission unknown. All look the same."""


def _call(statement: str, values: Sequence[Any]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _open(call: str, values: Sequence[Any]) -> object:
    """Open a context, and keep what the database signed for the application's own wall. Answers what the call answers."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {call}, sec.claims()", values)
        answer, claims = cursor.fetchone()
    scope.put(scope.read(claims) if answer else None)
    return answer


def enter_session(session_key: str, mission: uuid.UUID | None) -> bool:
    """Open the context of a signed-in session in the running transaction."""
    hashed = hash_of(session_key)
    moment, signed = dated_proof(f"enter|{hashed.hex()}|{mission or ''}")
    return bool(_open("sec.enter(%s, %s, %s, %s)", [hashed, mission, moment, signed]))


def enter_as(person: uuid.UUID, mission: uuid.UUID | None) -> bool:
    """Open the context of a named person for a command, in the running transaction."""
    moment, signed = dated_proof(f"command|{person}|{mission or ''}")
    return bool(_open("sec.enter_as(%s, %s, %s, %s)", [person, mission, moment, signed]))


def enter_sign_in(person: uuid.UUID) -> bool:
    """Open the context between first and second factor: the person's own account and nothing else."""
    moment, signed = dated_proof(f"sign-in|{person}")
    return bool(_open("sec.open_sign_in(%s, %s, %s)", [person, moment, signed]))


def leave() -> None:
    _call("select sec.leave()", [])
    scope.put(None)


@contextlib.contextmanager
def _restoring() -> Iterator[None]:
    """A transaction rolled back takes its context with it; what was open around it is open again."""
    before = scope.now()
    try:
        yield
    except BaseException:
        scope.put(before)
        raise


@contextlib.contextmanager
def acting(username: str, mission_code: str | None = None, isolation: str = "read committed") -> Iterator[Person]:
    """One transaction in the name of a person, as commands and replays need it. Leaves the context at its end.

    A snapshot asks for `isolation="repeatable read"`, so that all it reads is of one moment.
    """
    with _restoring(), transaction.atomic():
        _isolate(isolation)
        person_id = _person_id(username)
        if person_id is None or not enter_as(person_id, None):
            raise NoContext(f"There is no active account {username!r}.")
        mission = None
        if mission_code is not None:
            mission = Mission.objects.filter(code=mission_code).first()
            if mission is None or not enter_as(person_id, mission.id):
                raise NoContext(f"{username!r} has no live grant in mission {mission_code!r}.")
        person = Person.objects.get(id=person_id)
        person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored
        yield person
        leave()


def _isolate(level: str) -> None:
    """Must be the first statement of the transaction; the database refuses it inside another one."""
    if level not in ("read committed", "repeatable read"):
        raise ValueError(f"no such isolation: {level}")
    if level != "read committed":
        with connection.cursor() as cursor:
            cursor.execute(f"set transaction isolation level {level}")


def _person_id(username: str) -> uuid.UUID | None:
    value = _call("select id from sec.find_login(%s, %s, %s)", [username, *dated_proof(f"login|{username}")])
    return value if isinstance(value, uuid.UUID) else None


@contextlib.contextmanager
def job(job_id: uuid.UUID) -> Iterator[str]:
    """One transaction of a job, with the grants its sender has now. Yields the job's purpose."""
    with _restoring(), transaction.atomic():
        purpose = _open("sec.enter_job(%s, %s, %s)", [job_id, *dated_proof(f"job|{job_id}")])
        if not isinstance(purpose, str):
            raise NoContext("The job is finished, or its sender no longer has the right.")
        yield purpose
        leave()
