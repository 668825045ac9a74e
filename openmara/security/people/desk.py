"""What each page about people is made of, and what a sent page becomes: between the views and the room's doors."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openmara.security import clock
from openmara.security.models import Grant, Person
from openmara.security.people import actions, pages, permissions, presenters, queries, rules, words
from openmara.security.people.card import square
from openmara.security.people.training import actions as training
from openmara.security.people.training import queries as held
from openmara.security.permissions import can

Shown = dict[str, Any]


def people(reader: Person, mission_code: str, asked: QueryDict) -> Shown:
    """The list; its first page begins with what waits and what ends soon."""
    state = asked.get("state", "")
    state = state if state in pages.FILTERS else ""
    page = queries.people(for_user=reader, state=state, after=asked.get("after", ""), before=asked.get("before", ""))
    first = not state and not page.before
    waiting = queries.waiting_grants(for_user=reader) if first else []
    soon = queries.expiring_grants(for_user=reader) if first else []
    ways = queries.recoveries(for_user=reader) if first else []
    return {
        "rows": presenters.person_rows(page.rows, reader, mission_code),
        "page": page,
        "state": state,
        "filter": pages.state_field(state),
        "waiting": presenters.person_rows(waiting, reader, mission_code),
        "soon": presenters.person_rows(soon, reader, mission_code),
        "ways": [presenters.recovery_card(one, reader, mission_code) for one in ways],
        "may_invite": not presenters.closed(permissions.check_can_propose),
    }


def invite_form(reader: Person, sent: QueryDict, problems: dict[str, str]) -> Shown:
    role = sent.get("preset", "")
    values = pages.typed(sent) if "name" in sent else pages.preset(role)
    fields = [*pages.newcomer_fields(values, problems), *pages.right_fields(reader, values, problems)]
    return {"fields": fields, "failed": bool(problems), "preset": pages.preset_field(next(iter(values.get("roles", [])), "")), "newcomer": True, "grant": None}


def invite(reader: Person, sent: QueryDict) -> actions.Invited:
    values = pages.typed(sent)
    return actions.invite(by=reader, newcomer=pages.newcomer_of(values), proposal=pages.proposal_of(values))


def invitation_card(request: HttpRequest, reader: Person, key: uuid.UUID, secret: str) -> Shown:
    """What is handed over, shown this once."""
    grant = queries.find_grant(for_user=reader, key=key)
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return {
        "grant": grant, "link": link, "square": square(link), "days": 7, "username": grant.person.username, "purpose": "invitation",
        "until": timezone.now() + timedelta(days=7), "back": reverse("person", args=[grant.mission.code, grant.id]),
    }  # fmt: skip


def change_form(reader: Person, grant: Grant, sent: QueryDict | None, problems: dict[str, str]) -> Shown:
    values = pages.typed(sent) if sent is not None else pages.of_proposal(actions.renewed(grant))
    fields = pages.right_fields(reader, values, problems)
    return {"fields": fields, "failed": bool(problems), "newcomer": False, "grant": grant, "preset": None}


def propose(reader: Person, grant: Grant, sent: QueryDict) -> Grant:
    return actions.propose(by=reader, person=grant.person, proposal=pages.proposal_of(pages.typed(sent)))


def modules(reader: Person, person: Person, sent: QueryDict | None = None, problems: dict[str, str] | None = None) -> Shown:
    """What somebody has completed, and the form by which somebody else enters more."""
    lang = (get_language() or "en")[:2]
    may = can("security_module", "insert") and person.id != reader.id
    return {
        "modules": held.lines(for_user=reader, person=person, today=clock.today(), lang="fr" if lang == "fr" else "en"),
        "module_fields": pages.module_fields(sent, problems or {}) if may else [],
        "module_failed": bool(problems),
    }


def enter_module(reader: Person, grant: Grant, sent: QueryDict) -> None:
    days: dict[str, date | None] = {}
    for name in ("completed_on", "valid_until"):
        try:
            days[name] = date.fromisoformat(sent.get(name, "").strip())
        except ValueError:
            days[name] = None
    training.enter_module(
        by=reader, mission=grant.mission, person=grant.person, code=sent.get("code", ""), completed_on=days["completed_on"], valid_until=days["valid_until"]
    )


def person(reader: Person, mission_code: str, key: uuid.UUID) -> Shown:
    """One grant of one colleague, with the others and the ways back beside it."""
    grant = queries.find_grant(for_user=reader, key=key)
    state = rules.state_of(grant.status, grant.revoked_at is not None, grant.valid_to, clock.today())
    ways = queries.recoveries(for_user=reader, person=grant.person)
    return {
        "grant": grant,
        "name": grant.person.shown_name if grant.person.shown_name != grant.person.code else "",
        "state": str(words.STATES[state]),
        "facts": presenters.grant_facts(grant, reader),
        "doors": presenters.person_doors(reader, grant),
        "history": presenters.history_lines(queries.grants_of(for_user=reader, person=grant.person)),
        "ways": [presenters.recovery_card(one, reader, mission_code) for one in ways],
        "reason_end": pages.reason_field("end", words.REVOCATIONS),
        "reason_no": pages.reason_field("no", words.REFUSALS),
    } | modules(reader, grant.person)


def confirm_form(reader: Person, grant: Grant, problems: dict[str, str]) -> Shown:
    before = [one for one in queries.grants_of(for_user=reader, person=grant.person) if one.status in actions.LIVE and one.revoked_at is None]
    seen = pages.Field("f-seen", "seen", "checkboxes", _("Who it is"), error=problems.get("seen", ""), required=True,
                       choices=(pages.Choice("f-seen-1", "yes", _("I have seen this person, or spoken with them by video, and know who they are."), False),))  # fmt: skip
    return {
        "grant": grant,
        "name": grant.person.shown_name if grant.person.shown_name != grant.person.code else "",
        "facts": presenters.grant_facts(grant, reader),
        "earlier": presenters.history_lines(before),
        "seen": seen,
        "failed": bool(problems),
        "reason_no": pages.reason_field("no", words.REFUSALS),
    }


def own(reader: Person, grant: Grant) -> Shown:
    return {"grant": grant, "facts": presenters.grant_facts(grant, reader)} | modules(reader, reader)
