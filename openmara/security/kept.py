"""Nothing typed is lost by a time-out: what was sent too late is kept half an hour, encrypted, for the same person only (decision 24)."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from openmara.security.crypto import Unreadable, key_for, seal, unseal
from openmara.security.sessions import dated_proof

LARGEST = 200_000
NEVER = ("csrfmiddlewaretoken", "password", "credential", "code")


@dataclass(frozen=True)
class Kept:
    """What somebody sent: when, to which address, and its fields in order."""

    id: uuid.UUID
    at: datetime
    path: str
    fields: list[tuple[str, str]]


@dataclass(frozen=True)
class Sealed:
    """The same, encrypted for its person."""

    id: uuid.UUID
    person: uuid.UUID
    content: bytes


def sealed(request: HttpRequest, person: uuid.UUID) -> Sealed | None:
    """The fields of a form, encrypted; none of files and very large forms."""
    if request.FILES or int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    fields = [(name, value) for name, values in request.POST.lists() if name not in NEVER for value in values]
    made = uuid.uuid4()
    content = json.dumps({"path": request.get_full_path(), "fields": fields}).encode()
    return Sealed(made, person, seal(content, key=_key(), belongs_to=f"{person}|{made}"))


def store(one: Sealed) -> None:
    with connection.cursor() as cursor:
        proof = dated_proof(f"keep|{one.id}|{one.person}")
        cursor.execute("select sec.keep(%s, %s, %s, %s, %s)", [one.id, one.person, one.content, *proof])


def mine(person: uuid.UUID) -> list[Kept]:
    """What is kept for the person of the running session, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("select id, at, sealed from sec.my_kept()")
        rows = cursor.fetchall()
    found = []
    for made, at, sealed in rows:
        try:
            content = json.loads(unseal(bytes(sealed), key=_key(), belongs_to=f"{person}|{made}"))
        except Unreadable:
            continue
        found.append(Kept(made, at, content["path"], [(name, value) for name, value in content["fields"]]))
    return found


def drop(one: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select sec.drop_kept(%s)", [one])


def _key() -> bytes:
    return key_for("kept", settings.AUTHENTICATOR_KEY)
