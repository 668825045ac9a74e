"""Writes of the ways back: asked by one officer, approved by another, seen and stopped by the person (security 3.d)."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotNow, NotValid
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Grant, Person, Recovery
from openmara.security.people import permissions, queries, tokens
from openmara.security.people.actions import entered
from openmara.security.sessions import dated_proof

KINDS = ("reset", "emergency")


def ask(*, by: Person, grant: Grant, kind: str) -> Recovery:
    """The first officer's wish. The person is told on every page; nothing happens without a second officer."""
    permissions.check_can_ask(by, grant.person_id)
    permissions.check_fresh()
    if kind not in KINDS:
        raise NotValid(problems={"kind": _("Choose one.")})
    if kind == "emergency" and grant.status != "confirmed":
        raise NotNow(_("An emergency opening is for somebody whose rights are active."))
    if queries.running_recovery(for_user=by, person=grant.person) is not None:
        raise NotNow(_("A way back is already under way for this person. Approve or cancel it first."))
    with transaction.atomic():
        wish = Recovery(mission=by.active_mission, person=grant.person, kind=kind, asked_by=by, asked_at=clock.now())  # type: ignore[attr-defined]  # carried by the view or by `acting`
        wish.save(force_insert=True)
        record(f"security:{kind}:ask", objects=[wish.id, grant.person_id])
    return wish


def approve(*, by: Person, recovery: Recovery) -> None:
    """The second officer's yes. A reset now waits its delay; an emergency opening may be handed over for ten minutes."""
    permissions.check_can_approve(by, recovery)
    permissions.check_fresh()
    _step("sec.approve_recovery(%s)", recovery, "approve")


def make_link(*, by: Person, recovery: Recovery) -> str:
    """The one-time link, for one of the two officers to hand over; an earlier one dies."""
    permissions.check_can_ask(by, recovery.person_id)
    permissions.check_fresh()
    secret, hashed = tokens.fresh()
    _step("sec.recovery_link(%s, %s)", recovery, "link", hashed)
    return secret


def cancel(*, by: Person, recovery: Recovery) -> None:
    """An officer's no."""
    permissions.check_can_ask(by, recovery.person_id)
    _step("sec.cancel_recovery(%s)", recovery, "cancel")


def cancel_own(*, notice: queries.Notice) -> None:
    """The person's own no, wherever they are signed in; whose it is the database reads off the context."""
    with transaction.atomic():
        if not _called("sec.cancel_recovery(%s)", notice.id):
            raise NotFound(_("There is nothing to stop."))
        record(f"security:{notice.kind}:cancel", objects=[notice.id])


def review(*, by: Person, recovery: Recovery) -> None:
    """An officer without a part in it has looked at an emergency opening."""
    permissions.check_can_review(by, recovery)
    permissions.check_fresh()
    _step("sec.review_recovery(%s)", recovery, "review")


def use_reset(*, token: tokens.Token, phrase: str, again: str) -> Person | None:
    """A new pass phrase; second factors and sessions are gone. None where the token no longer counts."""
    tokens.check_phrase(phrase, again, token.username)
    hashed = make_password(phrase)
    moment, signed = dated_proof(f"reset|{token.hashed.hex()}|{hashed}")
    with transaction.atomic():
        person_id = _called("sec.use_recovery(%s, %s, %s, %s)", token.hashed, hashed, moment, signed)
        return entered(person_id, "security:reset:use") if person_id else None  # type: ignore[arg-type]  # an id or none


def _step(call: str, recovery: Recovery, verb: str, *values: Any) -> None:
    with transaction.atomic():
        if not _called(call, recovery.id, *values):
            raise NotNow(_("This step is not open: it was decided or has run out meanwhile, or the delay is not over."))
        record(f"security:{recovery.kind}:{verb}", objects=[recovery.id, recovery.person_id])


def _called(call: str, *values: Any) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"select {call}", list(values))
        return cursor.fetchone()[0]


def delay_hours() -> int:
    """How long a reset waits in this installation, in whole hours."""
    with connection.cursor() as cursor:
        cursor.execute("select ceil(extract(epoch from sec.recovery_delay()) / 3600)")
        return int(cursor.fetchone()[0])
