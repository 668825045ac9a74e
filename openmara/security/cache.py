"""Django's cache over the database, for counters of attempts that all processes share: hashed keys, JSON values, never pickle."""

import hashlib
import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from openmara.security.sessions import dated_proof

LONGEST = 7 * 24 * 3600
# The library forgets a used code after one period; taken half a minute either way, the same code would pass once more (RFC 6238, 5.2).
USED_CODE, TAKEN_FOR = "allauth.mfa.totp.used", 120


class DatabaseCache(BaseCache):
    """Every call carries a dated proof of the process key: with the role's password alone nobody resets a counter."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def validate_key(self, key: str) -> None:
        """Any key will do: it is hashed."""

    def _hashed(self, key: Any, version: int | None) -> bytes:
        return hashlib.sha256(self.make_key(key, version=version).encode()).digest()

    def _call(self, statement: str, values: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        hashed = self._hashed(key, version)
        found = self._call("select sec.cache_get(%s, %s, %s)", [hashed, *dated_proof(f"cache|get|{hashed.hex()}")])
        return default if found is None else json.loads(found)

    def _put(self, key: Any, value: Any, timeout: Any, version: int | None, only_new: bool) -> bool:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if str(key).startswith(USED_CODE):
            seconds = TAKEN_FOR
        hashed, packed = self._hashed(key, version), json.dumps(value)
        values = [hashed, packed, max(0, min(LONGEST, int(LONGEST if seconds is None else seconds))), only_new]
        moment = dated_proof(f"cache|put|{hashed.hex()}|{packed}")
        return bool(self._call("select sec.cache_put(%s, %s, %s, %s, %s, %s)", [*values, *moment]))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._put(key, value, timeout, version, only_new=True)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._put(key, value, timeout, version, only_new=False)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        value = self.get(key, version=version)
        return value is not None and self._put(key, value, timeout, version, only_new=False)

    def delete(self, key: Any, version: int | None = None) -> bool:
        hashed = self._hashed(key, version)
        return bool(self._call("select sec.cache_delete(%s, %s, %s)", [hashed, *dated_proof(f"cache|delete|{hashed.hex()}")]))
