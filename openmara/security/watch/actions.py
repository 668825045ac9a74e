"""Break-glass and lock-down: right, rule, write, one entry in the log, one transaction."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotFound, NotNow, NotValid
from openmara.security.actions import record
from openmara.security.models import BreakGlass, LockDown, Person
from openmara.security.watch import permissions, queries, rules


def break_glass(*, by: Person, ask: rules.Ask) -> BreakGlass:
    """Open one reference to oneself for a while. It is recorded the same whether there is such a reference or not."""
    permissions.check_can_break()
    problems = rules.problems_of(ask)
    if problems:
        raise NotValid(problems=problems)
    now = queries.moment()
    if BreakGlass.objects.filter(person_id=by.id, ended_at=None, until__gt=now).count() >= rules.OPEN_AT_ONCE:
        raise NotNow(_("You hold %(many)d references open in this way. Close one first.") % {"many": rules.OPEN_AT_ONCE})
    with transaction.atomic():
        glass = BreakGlass(
            mission=by.active_mission, person=by, ref=ask.ref, reason_code=ask.reason_code, reason=ask.note,  # type: ignore[attr-defined]  # carried
            asked_at=now, until=now + timedelta(minutes=ask.minutes), told_at=now,
        )  # fmt: skip
        glass.save(force_insert=True)
        by.__dict__.pop("glass_asked", None)
        found = queries.record_at(for_user=by, ref=ask.ref)
        record("security:glass:break", objects=[glass.id, *([found.id] if found else [])], sensitivity="S4", purpose=ask.reason_code)
    return glass


def end_glass(*, by: Person, glass: BreakGlass) -> BreakGlass:
    """Close what one has opened, before its time."""
    permissions.check_can_break()
    if glass.person_id != by.id:
        raise NotFound(_("There is no such entry, or it is not open to you."))
    if glass.ended_at is None:
        with transaction.atomic():
            glass.ended_at = queries.moment()
            glass.save(update_fields=["ended_at"])
            by.__dict__.pop("glass_asked", None)
            record("security:glass:end", objects=[glass.id], sensitivity="S2")
    return glass


def review_glass(*, by: Person, glass: BreakGlass, verdict: str, note: str) -> BreakGlass:
    """Say, as another person, whether it was justified. Once; a second look is a new follow-up outside."""
    permissions.check_may_review(by, glass)
    problems = rules.problems_of_review(verdict, note)
    if problems:
        raise NotValid(problems=problems)
    if glass.reviewed_at is not None:
        raise Conflict(_("Somebody has reviewed this in the meantime."))
    with transaction.atomic():
        glass.reviewed_by, glass.reviewed_at, glass.verdict, glass.review_note = by, queries.moment(), verdict, note
        glass.save(update_fields=["reviewed_by", "reviewed_at", "verdict", "review_note"])
        record("security:glass:review", objects=[glass.id], sensitivity="S2", purpose=verdict)
    return glass


def ask_lock_down(*, by: Person, reason_code: str) -> LockDown:
    """Ask to close the mission. It happens when another rights officer confirms."""
    permissions.check_can_lock()
    if reason_code not in rules.LOCK_REASONS:
        raise NotValid(problems={"reason": _("Choose the reason.")})
    if queries.lock_down(for_user=by) is not None:
        raise NotNow(_("A request waits already, or the mission is closed."))
    with transaction.atomic():
        asked = LockDown(mission=by.active_mission, reason_code=reason_code, asked_by=by, asked_at=queries.moment())  # type: ignore[attr-defined]  # carried
        asked.save(force_insert=True)
        record("security:lockdown:ask", objects=[asked.id], purpose=reason_code)
    return asked


def confirm_lock_down(*, by: Person, lock: LockDown) -> None:
    """Close the mission, as the second person: sessions end, grants are locked, nothing is read until it is lifted."""
    permissions.check_can_lock()
    with transaction.atomic():
        record("security:lockdown:confirm", objects=[lock.id], purpose=lock.reason_code)
        _step("sec.lock_down", lock, _("A request is confirmed by another person than who asked, within 30 minutes."))


def ask_lift(*, by: Person, lock: LockDown) -> None:
    """Ask to open the mission again."""
    permissions.check_can_lock()
    with transaction.atomic():
        record("security:lockdown:ask_lift", objects=[lock.id])
        _step("sec.ask_lift", lock, _("The mission is not closed."))


def lift(*, by: Person, lock: LockDown) -> None:
    """Open the mission again, as the second person. Everybody signs in anew; the grants are as they were."""
    permissions.check_can_lock()
    with transaction.atomic():
        record("security:lockdown:lift", objects=[lock.id])
        _step("sec.lift", lock, _("Opening is confirmed by another person than who asked for it."))


def _step(function: str, lock: LockDown, refusal: str) -> None:
    """One step of the keeper's functions; their answer says whether it was taken."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [lock.id])
        if not cursor.fetchone()[0]:
            raise NotNow(refusal)


def take_lock_step(*, by: Person, step: str, lock: LockDown | None, reason_code: str) -> None:
    """One of the four steps by its name, on what stands now."""
    if step == "ask":
        ask_lock_down(by=by, reason_code=reason_code)
    elif lock is None or step not in LOCK_STEPS:
        raise NotNow(_("There is nothing to confirm."))
    else:
        LOCK_STEPS[step](by=by, lock=lock)


LOCK_STEPS = {"confirm": confirm_lock_down, "ask_lift": ask_lift, "lift": lift}
