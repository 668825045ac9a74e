"""Colleagues and invitations of the tests about people."""

from datetime import timedelta

from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Grant
from openmara.security.people import actions, queries, tokens
from openmara.security.people.rules import Proposal

PHRASE = "seven brown kettles under rain"


def proposal(*roles: str, clearance: int = 3, days: int = 200, **more: object) -> Proposal:
    return Proposal(roles or ("wpa",), clearance, str(more.pop("staff", "international")), clock.today() + timedelta(days=days), **more)  # type: ignore[arg-type]


def invited(by: str = "swpa", code: str = "wpa-9", **more: object) -> actions.Invited:
    with acting(by, "carana") as person:
        return actions.invite(by=person, newcomer=actions.Newcomer("Ada Example", code, "en"), proposal=proposal(**more))  # type: ignore[arg-type]


def accepted(by: str = "swpa", code: str = "wpa-9", **more: object) -> actions.Invited:
    made = invited(by, code, **more)
    token = tokens.find(made.secret)
    assert token and actions.accept(token=token, phrase=PHRASE, again=PHRASE)
    return made


def confirmed(by: str = "swpa", second: str = "priv", code: str = "wpa-9", **more: object) -> actions.Invited:
    made = accepted(by, code, **more)
    with acting(second, "carana") as person:
        actions.confirm(by=person, grant=queries.find_grant(for_user=person, key=made.grant), seen=True)
    return made


def grant_of(key: object) -> Grant:
    """The row as it is, read by the one who keeps contexts."""
    from django.db import connection

    from openmara.config import postgres

    with postgres.superuser(connection.settings_dict["NAME"]) as direct:
        found = direct.execute("select status, revoked_at, proposed_by_id, confirmed_by_id, revoked_by_id, person_id from security_grant where id = %s", [key]).fetchone()
    return Grant(id=key, status=found[0], revoked_at=found[1], proposed_by_id=found[2], confirmed_by_id=found[3], revoked_by_id=found[4], person_id=found[5])
