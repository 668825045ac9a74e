"""Sessions: the table keeps only the hash of the cookie's secret, and opening one needs the key of the web process."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection
from django.utils import timezone


def proof(message: bytes) -> bytes:
    """The keyed hash (RFC 2104, SHA-256) that only a process with the session key can make."""
    return hmac.new(settings.SESSION_MAC_KEY, message, hashlib.sha256).digest()


def dated_proof(message: str) -> tuple[str, bytes]:
    """(moment, keyed hash) over message and moment; the database takes it for two minutes (sec.proved)."""
    moment = timezone.now().isoformat()
    return moment, proof(f"{message}|{moment}".encode())


def hash_of(session_key: str) -> bytes:
    return hashlib.sha256(session_key.encode()).digest()


class SessionStore(SessionBase):
    """Django's session interface over `sec.*` functions; the role of the application has no right on the table."""

    def _get_new_session_key(self) -> str:
        return secrets.token_urlsafe(32)

    def _call(self, statement: str, values: list[Any]) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def load(self) -> dict[str, Any]:
        hashed = hash_of(self.session_key or "")
        row = self._call("select data from sec.session_load(%s, %s)", [hashed, proof(hashed)])
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = json.loads(base64.b64decode(row[0]))
        return data

    def exists(self, session_key: str | None) -> bool:
        hashed = hash_of(session_key or "")
        return self._call("select 1 from sec.session_load(%s, %s)", [hashed, proof(hashed)]) is not None

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
        hashed = hash_of(self.session_key)
        expires = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        packed = base64.b64encode(json.dumps(data).encode()).decode()
        row = self._call(
            "select sec.session_save(%s, %s, %s, %s, %s, %s)",
            [hashed, proof(hashed + str(data.get(SESSION_KEY) or "").encode()), packed, data.get(SESSION_KEY), expires, must_create],
        )
        if not (row and row[0]):
            raise CreateError if must_create else UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            hashed = hash_of(key)
            self._call("select sec.session_delete(%s, %s)", [hashed, proof(hashed)])

    @classmethod
    def clear_expired(cls) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select sec.session_sweep()")
