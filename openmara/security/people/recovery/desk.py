"""What the pages of the ways back are made of, and what a one-time link opens."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from openmara.errors import NotValid
from openmara.security import signin
from openmara.security.models import Grant, Person, Recovery
from openmara.security.people import actions as people
from openmara.security.people import pages, presenters, queries, tokens
from openmara.security.people.card import square
from openmara.security.people.recovery import actions, opening

Shown = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """What a door answers: somebody is let in and led on, or a page, or nothing."""

    answer: HttpResponse | None = None
    template: str = ""
    shown: Shown | None = None
    status: int = 200


def ask(reader: Person, grant: Grant) -> Shown:
    return {"grant": grant, "name": grant.person.shown_name, "hours": actions.delay_hours()}


def recovery(reader: Person, mission_code: str, key: uuid.UUID) -> Shown:
    found = queries.find_recovery(for_user=reader, key=key)
    return {"one": presenters.recovery_card(found, reader, mission_code), "kind": found.kind, "hours": actions.delay_hours()}


def card(request: HttpRequest, found: Recovery, secret: str) -> Shown:
    """What one of the two officers hands over, shown this once."""
    link = request.build_absolute_uri(reverse("recovery-door", args=[secret]))
    return {
        "link": link, "square": square(link), "username": found.person.username, "purpose": found.kind, "until": found.expires_at,
        "back": reverse("recovery", args=[found.mission.code, found.id]),
    }  # fmt: skip


def own(notices: list[queries.Notice]) -> Shown:
    return {"cards": [(one, presenters.KINDS[one.kind]()) for one in notices]}


def open_door(request: HttpRequest, secret: str) -> Opened:
    """What this secret opens. The address says nothing about which of the three it is."""
    token = tokens.find(secret)
    if token is None:
        return Opened()
    if request.method == "POST":
        return _sent(request, token)
    return _page(token, {})


def _page(token: tokens.Token, problems: dict[str, str]) -> Opened:
    fields = [] if token.purpose == "emergency" else pages.phrase_fields(problems)
    duties = presenters.duties_of(token) if token.purpose == "invitation" else []
    minutes = max(1, int((token.expires_at - timezone.now()).total_seconds() // 60))
    shown = {"token": token, "fields": fields, "failed": bool(problems), "duties": duties, "minutes": minutes}
    return Opened(None, f"security/people/door_{token.purpose}.html", shown, 422 if problems else 200)


def _sent(request: HttpRequest, token: tokens.Token) -> Opened:
    phrase, again = request.POST.get("phrase", ""), request.POST.get("again", "")
    try:
        if token.purpose == "emergency":
            return Opened(redirect("start") if opening.open_session(request, token) else None)
        use = people.accept if token.purpose == "invitation" else actions.use_reset
        person = use(token=token, phrase=phrase, again=again)
        return Opened(signin.begin(request, person) if person else None)
    except NotValid as refusal:
        return _page(token, refusal.problems)
