"""Writes about people: each verb checks right and rule, writes and records in one transaction."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotNow, NotValid
from openmara.security import clock, context
from openmara.security.actions import record
from openmara.security.models import Grant, Mission, Named, Organisation, Person
from openmara.security.people import permissions, queries, rules, tokens, words
from openmara.security.sessions import dated_proof

OPEN = ("invited", "accepted", "proposed")
LIVE = ("confirmed", "travelling", "locked")


@dataclass(frozen=True)
class Newcomer:
    """Whom an invitation is for."""

    name: str
    code: str
    language: str


@dataclass(frozen=True)
class Invited:
    """What the inviting officer hands over, once."""

    grant: uuid.UUID
    secret: str
    username: str


def invite(*, by: Person, newcomer: Newcomer, proposal: rules.Proposal) -> Invited:
    """Make an account that opens nothing yet, and the one-time link for the person."""
    permissions.check_can_propose()
    permissions.check_fresh()
    problems = _problems_of(newcomer) | _problems_in(by, proposal)
    if problems:
        raise NotValid(problems=problems)
    secret, hashed = tokens.fresh()
    office = _office(proposal.organisation)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "select person_id, grant_id, sign_in_name from sec.invite(%s, %s, %s, %s, %s::text[], %s, %s::text[], %s, %s, %s, %s)",
                [
                    newcomer.code, newcomer.name.strip(), newcomer.language, office.id if office else None, list(proposal.roles),
                    proposal.clearance, list(proposal.areas) or None, proposal.staff, proposal.contingent, proposal.until, hashed,
                ],
            )  # fmt: skip
            person_id, grant_id, username = cursor.fetchone()
        record("security:person:invite", objects=[grant_id, person_id])
    return Invited(grant_id, secret, username)


def invite_again(*, by: Person, grant: Grant) -> str:
    """A new link for an invitation not yet accepted; the earlier link dies."""
    permissions.check_can_propose()
    permissions.check_fresh()
    secret, hashed = tokens.fresh()
    with transaction.atomic():
        if not _done("sec.invite_again(%s, %s)", grant.id, hashed):
            raise NotNow(_("This invitation is accepted or ended; no new link can be made."))
        record("security:person:invite_again", objects=[grant.id, grant.person_id])
    return secret


def accept(*, token: tokens.Token, phrase: str, again: str) -> Person | None:
    """The invited person sets a pass phrase; the token is used up. None where it no longer counts: all such look the same."""
    tokens.check_phrase(phrase, again, token.username)
    hashed = make_password(phrase)
    moment, signed = dated_proof(f"accept|{token.hashed.hex()}|{hashed}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select sec.accept_invitation(%s, %s, %s, %s)", [token.hashed, hashed, moment, signed])
            person_id = cursor.fetchone()[0]
        if person_id is None:
            return None
        return entered(person_id, "security:invitation:accept")


def entered(person_id: uuid.UUID, event: str) -> Person:
    """The person at the door, with a context that opens their own account and nothing else; the act is written in their name."""
    context.enter_sign_in(person_id)
    record(event, objects=[person_id])
    return Person.objects.get(id=person_id)


def propose(*, by: Person, person: Person, proposal: rules.Proposal) -> Grant:
    """New or renewed rights for a colleague; they count when a second officer has confirmed them, and the earlier ones end then."""
    permissions.check_can_propose()
    permissions.check_can_change(by, person.id)
    permissions.check_fresh()
    problems = _problems_in(by, proposal)
    if problems:
        raise NotValid(problems=problems)
    if queries.open_proposal(for_user=by, person=person) is not None:
        raise NotNow(_("Something already waits for a second officer about this person. Decide that first."))
    today = clock.today()
    with transaction.atomic():
        given = Grant(
            mission=_mission(by), person=person, organisation=_office(proposal.organisation), roles=list(proposal.roles),
            clearance=proposal.clearance, areas=list(proposal.areas) or None, staff=proposal.staff, contingent=proposal.contingent,
            status="proposed", valid_from=today, valid_to=proposal.until, proposed_by=by, granted_by=by.code,
        )  # fmt: skip
        given.save(force_insert=True)
        record("security:grant:propose", objects=[given.id, person.id])
    return given


def confirm(*, by: Person, grant: Grant, seen: bool) -> None:
    """The second officer's yes. Earlier rights of the person in this mission end in the same act."""
    permissions.check_can_confirm(by, grant)
    permissions.check_fresh()
    if grant.revoked_at is not None or grant.status not in ("accepted", "proposed") or grant.valid_to < clock.today():
        raise NotNow(_("There is nothing to confirm here: it is not accepted yet, decided already, or past its last day."))
    if not seen:
        raise NotValid(problems={"seen": str(words.PROBLEMS["seen"])})
    with transaction.atomic():
        Grant.objects.filter(person_id=grant.person_id, mission_id=grant.mission_id, status__in=LIVE, revoked_at=None).update(
            revoked_by=by, revoked_at=clock.now()
        )
        _step(grant, "confirmed", confirmed_by=by)
        record("security:grant:confirm", objects=[grant.id, grant.person_id], purpose="seen_or_video")


def refuse(*, by: Person, grant: Grant, reason: str) -> None:
    """The second officer's no, or the proposer's second thought."""
    _end(by, grant, reason, rules.REFUSALS, OPEN, "security:grant:refuse")


def revoke(*, by: Person, grant: Grant, reason: str) -> None:
    """End rights at once: the person's next request finds them gone."""
    _end(by, grant, reason, rules.REVOCATIONS, LIVE, "security:grant:revoke")


def _end(by: Person, grant: Grant, reason: str, reasons: Sequence[str], states: Sequence[str], event: str) -> None:
    permissions.check_can_end(grant.person_id, by)
    permissions.check_fresh()
    if reason not in reasons:
        raise NotValid(problems={"reason": str(words.PROBLEMS["reason"])})
    with transaction.atomic():
        found = Grant.objects.filter(id=grant.id, mission_id=grant.mission_id, status__in=states, revoked_at=None)
        if not found.update(revoked_by=by, revoked_at=clock.now()):
            raise NotNow(_("This was decided meanwhile."))
        record(event, objects=[grant.id, grant.person_id], purpose=reason)


def go_away(*, by: Person, grant: Grant) -> None:
    """Travel mode: nothing is open to the person until another officer lets them in again. One may always do it for oneself."""
    if grant.person_id != by.id:
        permissions.check_can_end(grant.person_id, by)
        permissions.check_fresh()
    with transaction.atomic():
        record("security:grant:travel", objects=[grant.id, grant.person_id])
        _step(grant, "travelling", was="confirmed")


def let_in(*, by: Person, grant: Grant) -> None:
    """The person is back, and another officer has seen or heard them."""
    permissions.check_can_restore(by, grant)
    permissions.check_fresh()
    with transaction.atomic():
        _step(grant, "confirmed", was="travelling")
        record("security:grant:restore", objects=[grant.id, grant.person_id])


def name_for_compartment(*, by: Person, objects: Iterable[uuid.UUID], person: Person) -> None:
    """Name a colleague for cases that are closed to their kind of staff (security 3.b.1)."""
    permissions.check_can_name()
    if person.id == by.id:
        raise NotValid(problems={"person": _("Nobody names themselves. Ask a colleague.")})
    ids = sorted(set(objects))
    queries.check_all_open(for_user=by, keys=ids)
    known = set(Named.objects.filter(object_id__in=ids, person_id=person.id).values_list("object_id", flat=True))
    with transaction.atomic():
        for one in ids:
            if one not in known:
                Named(mission=_mission(by), object_id=one, person=person, named_by=by, named_at=clock.now()).save(force_insert=True)
        record("security:compartment:name", objects=[*ids, person.id], sensitivity="S2")


def unname(*, by: Person, objects: Iterable[uuid.UUID], person: Person) -> None:
    """Take the naming back: from the next request on the case is closed to the person again."""
    permissions.check_can_name()
    ids = sorted(set(objects))
    with transaction.atomic():
        Named.objects.filter(object_id__in=ids, person_id=person.id).delete()
        record("security:compartment:unname", objects=[*ids, person.id], sensitivity="S2")


def _step(grant: Grant, status: str, *, was: str = "", **more: object) -> None:
    """One step of a grant's status, if nobody else took one meanwhile."""
    found = Grant.objects.filter(id=grant.id, mission_id=grant.mission_id, status=was or grant.status, revoked_at=None)
    if not found.update(status=status, **more):
        raise Conflict(_("This was decided meanwhile."))


def _done(call: str, *values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select {call}", list(values))
        return bool(cursor.fetchone()[0])


def _problems_in(by: Person, proposal: rules.Proposal) -> dict[str, str]:
    found = rules.check(proposal, queries.known(for_user=by), clock.today())
    return words.problems([(one.field, one.code) for one in found])


def _problems_of(newcomer: Newcomer) -> dict[str, str]:
    found = []
    if not 0 < len(newcomer.name.strip()) <= 120:
        found.append(("name", "name"))
    if not rules.CODE.fullmatch(newcomer.code):
        found.append(("code", "code"))
    elif Person.objects.filter(code__iexact=newcomer.code).exists():
        found.append(("code", "code_taken"))
    if newcomer.language not in queries.languages():
        found.append(("language", "language"))
    return words.problems(found)


def _office(code: str) -> Organisation | None:
    return Organisation.objects.filter(code=code).first() if code else None


def _mission(by: Person) -> Mission:
    return by.active_mission  # type: ignore[attr-defined,no-any-return]  # carried by the view or by `acting`


def renewed(grant: Grant) -> rules.Proposal:
    """The same rights for another year, as a form begins with them."""
    return rules.Proposal(
        tuple(grant.roles), grant.clearance, grant.staff, clock.today() + timedelta(days=364),
        grant.organisation.code if grant.organisation else "", grant.contingent, tuple(grant.areas or ()),
    )  # fmt: skip
