"""A scratch database for benchmarks: migrated, with one synthetic mission in it, dropped at the end."""

import contextlib
import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, connections, transaction

from openmara.config import install, postgres
from openmara.security import actions as security
from openmara.security.context import acting
from openmara.security.sessions import RECORDS, RECORDS_OF, SessionStore


def _point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@contextlib.contextmanager
def scratch_database() -> Iterator[str]:
    """A fresh migrated database to which this process's connections point while it lasts."""
    before, name = connection.settings_dict["NAME"], f"openmara_bench_{os.getpid()}"
    postgres.drop_database(name)
    postgres.create_database(name)
    try:
        with install.owner_connection():
            _point_at(name)
            install.migrate()
            yield name
    finally:
        _point_at(before)
        postgres.drop_database(name)


@contextlib.contextmanager
def scratch_mission(password: str, script: str, values: dict[str, int]) -> Iterator[str]:
    """A scratch database with mission `carana`, its areas and parties, the adviser `swpa`, and what a script loads in her name."""
    from openmara.interop.demo import load_library

    with scratch_database() as name:
        with security.installing():
            mission = security.found_mission(code="carana", name_en="UNAC, Carana", name_fr="UNAC, Carana", synthetic=True)
            office = security.found_organisation(mission=mission, code="WPA-U", name_en="Unit", name_fr="Unité")
            person = security.enrol(username="swpa", code="swpa", display_name="Adviser", password=password)
            security.give_grant(person=person, mission=mission, roles=["swpa"], clearance=4, organisation=office)
        load_library(lambda _done, _total: None)
        with acting("swpa", "carana"), connection.cursor() as cursor:
            for statement in script.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)
        with postgres.superuser(name) as owner:
            owner.execute("analyze")
        yield name


def session_of(username: str, strength: int = 2) -> str:
    """The cookie's secret of a live session of this person, freshly proved, without the page of sign-in.

    For benchmarks and tests only. It asks for no more than the process has anyway: the key that opens sessions.
    """
    ways = ({"method": "password"}, {"method": "mfa", "type": "totp"}, {"method": "mfa", "type": "webauthn", "passwordless": True})
    with transaction.atomic():
        with acting(username) as person:
            mark = person.get_session_auth_hash()
        session = SessionStore()
        session[SESSION_KEY] = session[RECORDS_OF] = str(person.id)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = mark
        session[RECORDS] = [ways[strength] | {"at": time.time()}]
        session.save()
    return str(session.session_key)
