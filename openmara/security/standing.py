"""How somebody is signed in: what their own page shows, and which of their sessions live where."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpRequest

from openmara.security import kept
from openmara.security.models import Person
from openmara.security.queries import missions_of
from openmara.security.sessions import PASSKEY, PHRASE, hash_of, strength_of

STATISTICS = 1


@dataclass(frozen=True)
class Session:
    """One place where the person is signed in."""

    id: uuid.UUID
    device: str
    since: datetime
    last_seen: datetime
    strength: int
    is_this: bool


@dataclass(frozen=True)
class Passkey:
    id: int
    name: str
    added: datetime
    last_used: datetime | None


def sessions(request: HttpRequest) -> list[Session]:
    with connection.cursor() as cursor:
        cursor.execute("select * from sec.my_sessions(%s)", [hash_of(str(request.session.session_key))])
        return [Session(*row) for row in cursor.fetchall()]


def end_one(given: str) -> bool:
    """End one of the person's own sessions; anything else is not there."""
    try:
        wanted = uuid.UUID(given)
    except ValueError:
        return False
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_session(%s)", [wanted])
        return bool(cursor.fetchone()[0])


def end_others(request: HttpRequest) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select sec.end_other_sessions(%s)", [hash_of(str(request.session.session_key))])
        return int(cursor.fetchone()[0])


def of(request: HttpRequest, person: Person) -> dict[str, Any]:
    """All that the page of one's own sign-in shows."""
    mine = list(Authenticator.objects.filter(user_id=person.id).order_by("created_at"))
    codes = next((one for one in mine if one.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = [Passkey(one.pk, one.wrap().name, one.created_at, one.last_used_at) for one in mine if one.type == Authenticator.Type.WEBAUTHN]
    strength = strength_of(request.session)
    return {
        "passkeys": passkeys,
        "app": next((one for one in mine if one.type == Authenticator.Type.TOTP), None),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": sessions(request),
        "first_steps": strength == PHRASE,
        "passkey_wanted": strength < PASSKEY and wants_passkey(person),
        "has_passkey": bool(passkeys),
        "kept": kept.mine(person.id),
        "missions": [one.mission for one in missions_of(person)] if strength > PHRASE else [],
    }


def wants_passkey(person: Any) -> bool:
    """Whether a role of the person reads above statistics in a mission that is not for training."""
    return any(one.clearance > STATISTICS and not one.mission.synthetic for one in missions_of(person))
