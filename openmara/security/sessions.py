"""Sessions: the table keeps the hash of the cookie's secret, and content that only this cookie and this process can read.

How strongly somebody signed in and when they last proved it is read from the sign-in library's own records and kept
beside the session, where the database caps what is opened (sec.enter) and ends what is idle or too old.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection
from django.utils import timezone

from openmara.security.crypto import Unreadable, key_for, seal, unseal

RECORDS = "account_authentication_methods"  # as django-allauth names them
RECORDS_OF = "account_authentication_methods_user"
PHRASE, CODE, PASSKEY = 0, 1, 2


def proof(message: bytes) -> bytes:
    """The keyed hash (RFC 2104, SHA-256) that only a process with the session key can make."""
    return hmac.new(settings.SESSION_MAC_KEY, message, hashlib.sha256).digest()


def dated_proof(message: str) -> tuple[str, bytes]:
    """(moment, keyed hash) over message and moment; the database takes it for two minutes (sec.proved)."""
    moment = timezone.now().isoformat()
    return moment, proof(f"{message}|{moment}".encode())


def hash_of(session_key: str) -> bytes:
    return hashlib.sha256(session_key.encode()).digest()


def _records(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    mine = data.get(SESSION_KEY) and data.get(RECORDS_OF) == data.get(SESSION_KEY)
    found = data.get(RECORDS)
    return found if mine and isinstance(found, list) else []


def strength_of(data: Mapping[str, Any]) -> int:
    """0 pass phrase alone, 1 a code, 2 a passkey: the strongest way in which this session was proved."""
    kinds = {record.get("type") for record in _records(data) if record.get("method") == "mfa"}
    return PASSKEY if "webauthn" in kinds else CODE if kinds else PHRASE


def proved_at(data: Mapping[str, Any]) -> float | None:
    """When the person last showed who they are, in seconds."""
    return max((float(record["at"]) for record in _records(data)), default=None)


class SessionStore(SessionBase):
    """Django's session interface over `sec.*` functions; the role of the application has no right on the table."""

    ended_others = 0  # how many older sessions of the person ended because this one began

    def _get_new_session_key(self) -> str:
        return secrets.token_urlsafe(32)

    def _call(self, statement: str, values: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return row[0] if row else None

    def load(self) -> dict[str, Any]:
        key = self.session_key or ""
        found = self._call("select sec.session_load(%s, %s, %s)", [hash_of(key), *dated_proof(f"load|{hash_of(key).hex()}")])
        try:
            data: dict[str, Any] = json.loads(unseal(base64.b64decode(found), key=_key_of(key), belongs_to="session")) if found else {}
        except Unreadable:
            found = None
        if not found:
            self._session_key = None
            return {}
        return data

    def exists(self, session_key: str | None) -> bool:
        hashed = hash_of(session_key or "")
        return self._call("select sec.session_load(%s, %s, %s)", [hashed, *dated_proof(f"load|{hashed.hex()}")]) is not None

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # in Django since 1.0, not in its stubs
        hashed, person, strength = hash_of(self.session_key), str(data.get(SESSION_KEY) or ""), strength_of(data)
        proved = f"{moment:.6f}" if (moment := proved_at(data)) else ""
        sealed = base64.b64encode(seal(json.dumps(data).encode(), key=_key_of(self.session_key), belongs_to="session")).decode()
        ended = self._call(
            "select sec.session_save(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [hashed, sealed, person or None, strength, proved, str(data.get("device", "")), must_create,
             *dated_proof(f"save|{hashed.hex()}|{person}|{strength}|{proved}")],
        )  # fmt: skip
        if ended is None or ended < 0:
            raise CreateError if must_create else UpdateError
        self.ended_others += ended

    def cycle_key(self) -> None:
        """The same session under a new secret; its place in the person's list stays."""
        data = self._get_session()  # type: ignore[attr-defined]  # as above
        old = self.session_key
        if old is None:
            return self.create()
        new = self._get_new_session_key()
        pair = f"renew|{hash_of(old).hex()}|{hash_of(new).hex()}"
        if not self._call("select sec.session_renew(%s, %s, %s, %s)", [hash_of(old), hash_of(new), *dated_proof(pair)]):
            raise UpdateError
        self._session_key, self._session_cache = new, data
        self.save()
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            hashed = hash_of(key)
            self._call("select sec.session_delete(%s, %s, %s)", [hashed, *dated_proof(f"delete|{hashed.hex()}")])

    @classmethod
    def clear_expired(cls) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select sec.session_sweep()")


def _key_of(session_key: str) -> bytes:
    return key_for("session " + session_key, settings.SESSION_MAC_KEY)
