"""Pages of consent: read the input, one call into the desk, catch refusals, answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openmara.errors import NotValid
from openmara.evidence.consent import desk
from openmara.evidence.views import READ_AND_SEND, person_of


@require_http_methods(READ_AND_SEND)
def consent(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """What was agreed to for one report, and one more answer."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, desk.keep(person, ref, request.POST))
            return redirect("report-consent", mission_code, ref)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/consent/consent.html", desk.consent(person, ref, request.POST, problems), status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def withdraw(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Take back what was agreed to; a second person erases."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            words, href = desk.withdraw(person, ref, request.POST)
            messages.success(request, words)
            return redirect(href)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/consent/withdraw.html", desk.withdrawal(person, ref, problems), status=422 if problems else 200)
