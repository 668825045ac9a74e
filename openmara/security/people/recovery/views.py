"""Pages of the ways back, and the doors that open with a one-time link: thin as everywhere."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.security.people import queries
from openmara.security.people.recovery import actions, desk
from openmara.security.people.views import READ_AND_SEND, person_of


@require_http_methods(READ_AND_SEND)
def ask(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The first officer's wish: a reset after a delay, or ten minutes' emergency."""
    reader = person_of(request)
    grant = queries.find_grant(for_user=reader, key=key)
    if request.method == "POST":
        made = actions.ask(by=reader, grant=grant, kind=request.POST.get("kind", ""))
        messages.success(request, _("Asked for. A second officer decides; the person is told."))
        return redirect("recovery", mission_code, made.id)
    return render(request, "security/people/ask.html", desk.ask(reader, grant))


@require_safe
def recovery(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Where one way back stands, and what may be done."""
    return render(request, "security/people/recovery.html", desk.recovery(person_of(request), mission_code, key))


@require_POST
def approve(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The second officer's yes."""
    reader = person_of(request)
    actions.approve(by=reader, recovery=queries.find_recovery(for_user=reader, key=key))
    messages.success(request, _("Approved."))
    return redirect("recovery", mission_code, key)


@require_POST
def link(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The one-time link, shown this once."""
    reader = person_of(request)
    found = queries.find_recovery(for_user=reader, key=key)
    secret = actions.make_link(by=reader, recovery=found)
    return render(request, "security/people/link.html", desk.card(request, found, secret))


@require_POST
def cancel(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """An officer's no."""
    reader = person_of(request)
    actions.cancel(by=reader, recovery=queries.find_recovery(for_user=reader, key=key))
    messages.success(request, _("Cancelled; a link that was made is dead."))
    return redirect("people", mission_code)


@require_POST
def review(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """An emergency opening has been looked at."""
    reader = person_of(request)
    actions.review(by=reader, recovery=queries.find_recovery(for_user=reader, key=key))
    messages.success(request, _("Reviewed."))
    return redirect("recovery", mission_code, key)


@login_not_required
@require_http_methods(READ_AND_SEND)
def own(request: HttpRequest) -> HttpResponse:
    """What is asked for in the reader's own name, and the button that stops it; open between the two steps of signing in too."""
    notices = queries.notices()
    if request.method == "POST":
        chosen = next((one for one in notices if str(one.id) == request.POST.get("id")), None)
        if chosen is not None:
            actions.cancel_own(notice=chosen)
            messages.success(request, _("Stopped. Tell the officers you trust that somebody asked for it."))
        return redirect("own-recovery")
    return render(request, "security/people/own_recovery.html", desk.own(notices))


@login_not_required
@sensitive_variables("secret")
@sensitive_post_parameters("phrase", "again")
@require_http_methods(READ_AND_SEND)
def door(request: HttpRequest, secret: str) -> HttpResponse:
    """A one-time link: an invitation, a reset or an emergency opening. Every link that opens nothing gets the same answer."""
    opened = desk.open_door(request, secret)
    if opened.answer is not None:
        return opened.answer
    if opened.shown is None:
        return render(request, "security/people/dead.html", {"here": "/sign-in/"}, status=404)
    return render(request, opened.template, opened.shown, status=opened.status)
