"""Pages of the conduct channel: before the account leaves, an account in two parts, one's own draft."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openmara.errors import NotValid
from openmara.evidence.sea import desk
from openmara.evidence.views import person_of

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
def sea(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """The duty to report and the channel, before the account leaves every table but the draft."""
    person = person_of(request)
    if request.method == "POST":
        made = desk.hand_over(person, ref)
        messages.success(request, _("The report is erased here. The draft is yours alone, until the channel has it."))
        return redirect("sea-draft", mission_code, made.id)
    return render(request, "evidence/sea/before.html", desk.before(person, ref))


@require_http_methods(READ_AND_SEND)
def split(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """The part that stays is coded again; the account as a whole becomes the draft."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            stays, made = desk.part(person, ref, request.POST)
            messages.success(request, _("Report %(ref)s keeps the part that belongs here. The account itself is your draft now.") % {"ref": stays.ref})
            return redirect("sea-draft", mission_code, made.id)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.parting_form(person, ref, request.POST if problems else None, problems)
    return render(request, "evidence/sea/split.html", shown, status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def draft(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One's own draft; with the channel's receipt it is erased."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            desk.record_receipt(person, key, request.POST)
            messages.success(request, _("The receipt is recorded and the draft erased; the routing notice alone remains."))
            return redirect("home", mission_code)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/sea/draft.html", desk.draft(person, key, request.POST, problems), status=422 if problems else 200)
