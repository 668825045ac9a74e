"""Pages about the people of a mission: read the input, one call into the room, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import NotFound, NotValid
from openmara.security.models import Person
from openmara.security.people import actions, desk, permissions, queries, words

READ_AND_SEND = ["GET", "HEAD", "POST"]


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


@require_safe
def people(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Who holds which rights; first what waits for a decision, then what ends soon."""
    shown = desk.people(person_of(request), mission_code, request.GET)
    return render(request, "security/people/people.html", shown)


@require_http_methods(READ_AND_SEND)
def invite(request: HttpRequest, mission_code: str) -> HttpResponse:
    """An account that opens nothing yet, and a link to hand over."""
    person = person_of(request)
    permissions.check_can_propose()
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = desk.invite(person, request.POST)
            return render(request, "security/people/link.html", desk.invitation_card(request, person, made.grant, made.secret))
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.invite_form(person, request.POST if request.method == "POST" else request.GET, problems)
    return render(request, "security/people/form.html", shown, status=422 if problems else 200)


@require_safe
def person(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One colleague: rights now and before, and what can be done."""
    return render(request, "security/people/person.html", desk.person(person_of(request), mission_code, key))


@require_POST
def again(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """A new link for an invitation not yet accepted."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    secret = actions.invite_again(by=reader, grant=grant)
    return render(request, "security/people/link.html", desk.invitation_card(request, reader, grant.id, secret))


@require_http_methods(READ_AND_SEND)
def confirm(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Everything that is given, before the second officer's yes."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    permissions.check_can_confirm(reader, grant)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.confirm(by=reader, grant=grant, seen=request.POST.get("seen") == "yes")
            messages.success(request, _("%(code)s is confirmed. The rights count from the next page they open.") % {"code": grant.person.shown_name})
            return redirect("person", mission_code, key)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.confirm_form(reader, grant, problems)
    return render(request, "security/people/confirm.html", shown, status=422 if problems else 200)


@require_POST
def refuse(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """No, with a reason in a code."""
    reader = person_of(request)
    actions.refuse(by=reader, grant=queries.find_grant(for_user=reader, key=key), reason=request.POST.get("reason", ""))
    messages.success(request, _("Refused: %(reason)s.") % {"reason": words.REFUSALS[request.POST["reason"]]})
    return redirect("people", mission_code)


@require_http_methods(READ_AND_SEND)
def change(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Other rights, or the same for another year: a proposal that a second officer confirms."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    permissions.check_can_propose()
    permissions.check_can_change(reader, grant.person_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = desk.propose(reader, grant, request.POST)
            messages.success(request, _("Proposed. A second officer confirms it; until then nothing changes."))
            return redirect("person", mission_code, made.id)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.change_form(reader, grant, request.POST if problems else None, problems)
    return render(request, "security/people/form.html", shown, status=422 if problems else 200)


@require_POST
def revoke(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """End rights at once."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    actions.revoke(by=reader, grant=grant, reason=request.POST.get("reason", ""))
    messages.success(request, _("The rights of %(code)s have ended; their next page finds nothing.") % {"code": grant.person.shown_name})
    return redirect("people", mission_code)


@require_POST
def away(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Set somebody's rights aside while they travel."""
    reader = person_of(request)
    actions.go_away(by=reader, grant=queries.find_grant(for_user=reader, key=key))
    messages.success(request, _("Nothing is open to this person until an officer lets them in again."))
    return redirect("person", mission_code, key)


@require_POST
def back(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Let somebody in again who was away."""
    reader = person_of(request)
    actions.let_in(by=reader, grant=queries.find_grant(for_user=reader, key=key))
    messages.success(request, _("The rights count again from the next page they open."))
    return redirect("person", mission_code, key)


@require_POST
def module(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """A module that a colleague has completed."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    try:
        desk.enter_module(reader, grant, request.POST)
    except NotValid as refusal:
        shown = desk.person(reader, mission_code, key) | desk.modules(reader, grant.person, request.POST, refusal.problems)
        return render(request, "security/people/person.html", shown, status=422)
    messages.success(request, _("The module is entered."))
    return redirect("person", mission_code, key)


@require_http_methods(READ_AND_SEND)
def travel(request: HttpRequest, mission_code: str) -> HttpResponse:
    """One's own rights, and the button that closes everything to oneself."""
    reader = person_of(request)
    grant = queries.own_grant(for_user=reader)
    if request.method == "POST":
        actions.go_away(by=reader, grant=grant)
        return redirect("start")
    return render(request, "security/people/travel.html", desk.own(reader, grant))
