"""Pages of custody and hand-over: read the input, one call into the desk, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openmara.errors import NotValid
from openmara.evidence.custody import desk
from openmara.evidence.views import READ_AND_SEND, person_of


@require_http_methods(READ_AND_SEND)
def custody(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """What became of one account and its exhibits since they arrived."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            words, href = desk.keep(person, ref, request.POST)
            messages.success(request, words)
            return redirect(href)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/custody/custody.html", desk.custody(person, ref, request.POST, problems), status=422 if problems else 200)


@require_safe
def hand_overs(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Hand-overs of the mission, the newest first."""
    return render(request, "evidence/custody/hand_overs.html", desk.hand_overs(person_of(request)))


@require_http_methods(READ_AND_SEND)
def hand_over(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One hand-over, and the step that is due."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, desk.decide(person, key, request.POST))
            return redirect("hand-over", mission_code, key)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/custody/hand_over.html", desk.hand_over(person, key, request.POST, problems), status=422 if problems else 200)


@require_http_methods(["POST"])
def hand_over_file(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The package itself; it is not kept here."""
    name, content = desk.package(person_of(request), key)
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
