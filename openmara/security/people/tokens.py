"""One-time links: the secret is shown once and handed over in person; the database keeps its SHA-256 (security 3.d)."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.security import signin
from openmara.security.models import Person
from openmara.security.sessions import dated_proof

LONGEST = 200


@dataclass(frozen=True)
class Token:
    """What its bearer may know: what the link is for, whose it is, who made it, and until when."""

    purpose: str
    person: uuid.UUID
    username: str
    code: str
    language: str
    made_by: str
    roles: list[str]
    clearance: int | None
    expires_at: datetime
    hashed: bytes = field(repr=False, default=b"")


def fresh() -> tuple[str, bytes]:
    """A new secret and its hash."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def find(secret: str) -> Token | None:
    """The live token of this secret. Unknown, used, expired and withdrawn ones are all none."""
    hashed = hash_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.find_token(%s, %s, %s)", [hashed, *dated_proof(f"token|{hashed.hex()}")])
        row = cursor.fetchone()
    if row is None:
        return None
    purpose, person, username, code, language, made_by, roles, clearance, expires_at = row
    return Token(purpose, person, username, code, language, made_by or "", list(roles or []), clearance, expires_at, hashed)


def check_phrase(phrase: str, again: str, username: str) -> None:
    """Refuse a pass phrase that is short, common, typed differently twice, or holds the sign-in name."""
    if len(phrase) > LONGEST:
        raise NotValid(problems={"phrase": _("A pass phrase has at most 200 characters.")})
    try:
        signin.check_pass_phrase(phrase, person=Person(username=username))
    except NotValid as refusal:
        raise NotValid(problems={"phrase": str(refusal)}) from None
    if username in phrase.lower():
        raise NotValid(problems={"phrase": _("The pass phrase must not hold your sign-in name.")})
    if phrase != again:
        raise NotValid(problems={"again": _("The two are not the same. Type it once more.")})
