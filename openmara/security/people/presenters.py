"""What pages about people show, as prepared values: every word is settled here, templates only place it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from openmara.errors import Refusal
from openmara.security import clock
from openmara.security.models import Grant, Person, Recovery
from openmara.security.people import areas, pages, permissions, rules, words
from openmara.security.people.tokens import Token
from openmara.security.permissions import has_role


@dataclass(frozen=True)
class PersonRow:
    """One grant as a line of the list."""

    href: str
    code: str
    name: str
    roles: str
    clearance: str
    staff: str
    office: str
    areas: str
    until: date
    state: str
    proposed_by: str
    door: str = ""


@dataclass(frozen=True)
class Fact:
    label: str
    text: str


@dataclass(frozen=True)
class Door:
    """Something that may be done here; where it is closed, `reason` says why."""

    reason: str

    @property
    def is_open(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class RecoveryCard:
    """One way back: what it is, where it stands, what may be done."""

    id: str
    href: str
    kind: str
    code: str
    state: str
    asked_by: str
    asked_at: datetime
    approve: Door
    link: Door
    cancel: Door
    review: Door
    facts: list[Fact] = field(default_factory=list)


def closed(check: Callable[..., None], *values: object) -> str:
    """Why something is closed to the reader, as the action itself would say it; empty where it is open."""
    try:
        check(*values)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _code(person: Person | None) -> str:
    return person.shown_name if person else _("the installation")


def _proposer(grant: Grant) -> str:
    """Where a reset in another mission made rights wait again, the officer who asked for it is not a colleague here."""
    if grant.proposed_by_id is not None and grant.proposed_by is None:
        return _("a reset in another mission")
    return _code(grant.proposed_by)


def _areas_of(grant: Grant, names: dict[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in grant.areas or []) or _("whole mission")


def _staff(grant: Grant) -> str:
    said = str(words.STAFF.get(grant.staff, grant.staff))
    return f"{said} ({grant.contingent})" if grant.contingent else said


def _state(grant: Grant) -> str:
    return rules.state_of(grant.status, grant.revoked_at is not None, grant.valid_to, clock.today())


def person_rows(grants: Sequence[Grant], person: Person, mission_code: str) -> list[PersonRow]:
    names = areas.of(person)
    return [
        PersonRow(
            reverse("person", args=[mission_code, one.id]), one.person.code, _name_beside(one.person), words.roles(one.roles), f"S{one.clearance}",
            _staff(one), pages.office_name(one.organisation) if one.organisation else "–", _areas_of(one, names), one.valid_to,
            str(words.STATES[_state(one)]), _proposer(one), closed(permissions.check_can_confirm, person, one),
        )
        for one in grants
    ]  # fmt: skip


def _name_beside(person: Person) -> str:
    return person.shown_name if person.shown_name != person.code else ""


def grant_facts(grant: Grant, person: Person) -> list[Fact]:
    """Everything one grant says, with what each role may do."""
    duties = [Fact(words.role(code), str(words.DUTIES.get(code, ""))) for code in grant.roles]
    office = pages.office_name(grant.organisation) if grant.organisation else _("None: works across offices")
    return [
        *duties,
        Fact(_("Highest class"), str(words.CLASSES[grant.clearance])),
        Fact(_("Kind of staff"), _staff(grant)),
        Fact(_("Closed compartments"), _walls(grant)),
        Fact(_("Office"), office),
        Fact(_("Areas"), _areas_of(grant, areas.of(person))),
        Fact(_("Proposed by"), _proposer(grant)),
    ]


def _walls(grant: Grant) -> str:
    if grant.staff == "international":
        return _("none")
    if grant.staff == "contingent":
        return _("cases that allege this contingent")
    return _("cases that allege State forces or a contingent")


def history_lines(grants: Sequence[Grant]) -> list[tuple[Grant, str, str, str]]:
    """(grant, roles, state, by whom) of every grant of one person."""
    return [(one, f"{words.roles(one.roles)}, S{one.clearance}", str(words.STATES[_state(one)]), _history_by(one)) for one in grants]


def _history_by(one: Grant) -> str:
    if one.revoked_by:
        return _("ended by %(code)s") % {"code": _code(one.revoked_by)}
    if one.confirmed_by:
        return _("confirmed by %(code)s") % {"code": _code(one.confirmed_by)}
    return _("proposed by %(code)s") % {"code": _proposer(one)}


def person_doors(person: Person, grant: Grant) -> dict[str, Door]:
    """What the reader may do about this grant."""
    state = _state(grant)
    live = state in ("confirmed", "travelling", "locked")
    waits = state in ("invited", "accepted", "proposed")
    ends = closed(permissions.check_can_end, grant.person_id, person)
    proposes = closed(permissions.check_can_propose) or closed(permissions.check_can_change, person, grant.person_id)
    confirm = closed(permissions.check_can_confirm, person, grant) if state in ("accepted", "proposed") else _("Nothing waits here.")
    ask = closed(permissions.check_can_ask, person, grant.person_id)
    return {
        "confirm": Door(confirm),
        "refuse": Door(ends if waits else _("Nothing waits here.")),
        "again": Door(closed(permissions.check_can_propose) if state == "invited" else _("Nothing waits here.")),
        "change": Door(proposes if live or state in ("expired", "ended") else _("Something waits for a second officer.")),
        "revoke": Door(ends if live else _("Nothing to end.")),
        "away": Door(ends if state == "confirmed" else _("Only active rights can be set aside.")),
        "back": Door(closed(permissions.check_can_restore, person, grant) if state == "travelling" else _("The person is not away.")),
        "ask": Door(ask if live or state == "accepted" else _("There is no active account to open.")),
    }


def duties_of(token: Token) -> list[Fact]:
    """What an invited person will be able to do, before they accept."""
    facts = [Fact(words.role(code), str(words.DUTIES.get(code, ""))) for code in token.roles]
    return [*facts, Fact(_("Highest class"), str(words.CLASSES.get(token.clearance or 0, "")))]


KINDS: dict[str, Callable[[], str]] = {"reset": lambda: _("New pass phrase and new passkey"), "emergency": lambda: _("Emergency opening")}


def recovery_card(one: Recovery, person: Person, mission_code: str) -> RecoveryCard:
    over = one.approved_at and one.not_before and one.not_before <= clock.now()
    running = not (one.used_at or one.cancelled_at)
    mine = person.id in (one.asked_by_id, one.approved_by_id)
    link = "" if over and running and mine and has_role(*rules.OFFICERS) else _link_reason(one, mine)
    return RecoveryCard(
        str(one.id), reverse("recovery", args=[mission_code, one.id]), KINDS[one.kind](), one.person.code, recovery_state(one), _code(one.asked_by),
        one.asked_at, Door(closed(permissions.check_can_approve, person, one)), Door(link),
        Door(closed(permissions.check_can_ask, person, one.person_id) if running else _("It is over.")),
        Door(closed(permissions.check_can_review, person, one) if one.used_at and one.kind == "emergency" and not one.reviewed_at else _("Nothing to review.")),
        _recovery_facts(one),
    )  # fmt: skip


def _link_reason(one: Recovery, mine: bool) -> str:
    if one.used_at or one.cancelled_at:
        return _("It is over.")
    if not one.approved_at:
        return _("A second officer has not approved it yet.")
    return _("The delay is not over.") if mine else _("The link is made by one of the two officers who decided.")


def recovery_state(one: Recovery) -> str:
    if one.cancelled_at:
        return _("Cancelled")
    if one.reviewed_at:
        return _("Used and reviewed")
    if one.used_at:
        return _("Used; waits for review") if one.kind == "emergency" else _("Used")
    if not one.approved_at or one.not_before is None:
        return _("Waits for a second officer")
    left = one.not_before - clock.now()
    if left.total_seconds() > 0:
        return _("Approved; the link can be made in %(time)s") % {"time": words.duration(left)}
    return _("Approved; the link can be made now")


def _recovery_facts(one: Recovery) -> list[Fact]:
    found = [Fact(_("Asked for by"), _code(one.asked_by))]
    if one.approved_by:
        found.append(Fact(_("Approved by"), _code(one.approved_by)))
    if one.reviewed_by:
        found.append(Fact(_("Reviewed by"), _code(one.reviewed_by)))
    return found

