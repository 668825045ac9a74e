"""Pages of parties: figures, steps of listing, pattern assessments."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import NotValid
from openmara.evidence.parties_view import desk
from openmara.evidence.views import READ_AND_SEND, person_of


@require_safe
def parties(request: HttpRequest, mission_code: str) -> HttpResponse:
    return render(request, "evidence/parties_view/parties.html", desk.parties(person_of(request)))


@require_safe
def party(request: HttpRequest, mission_code: str, code: str) -> HttpResponse:
    return render(request, "evidence/parties_view/party.html", desk.party(person_of(request), code, {}, {}))


@require_POST
def event(request: HttpRequest, mission_code: str, code: str) -> HttpResponse:
    """Record a step of listing from its published document."""
    person = person_of(request)
    try:
        desk.record_event(person, code, request.POST)
    except NotValid as refusal:
        shown = desk.party(person, code, request.POST, refusal.problems)
        return render(request, "evidence/parties_view/party.html", shown, status=422)
    messages.success(request, _("The step is recorded. The decision rests with the Secretary-General."))
    return redirect("party", mission_code, code)


@require_http_methods(READ_AND_SEND)
def pattern_new(request: HttpRequest, mission_code: str, code: str) -> HttpResponse:
    """Write a pattern assessment; `show` only lists the incidents of other months."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST" and request.POST.get("then") != "show":
        try:
            ref = desk.assess(person, code, request.POST)
            messages.success(request, _("The assessment is kept. Another person reviews it."))
            return redirect("pattern", mission_code, ref)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.pattern_form(person, code, request.POST, problems)
    return render(request, "evidence/parties_view/pattern_new.html", shown, status=422 if problems else 200)


@require_safe
def pattern(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    return render(request, "evidence/parties_view/pattern.html", desk.pattern(person_of(request), ref))


@require_POST
def review(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """A second person agrees or gives it back."""
    desk.review(person_of(request), ref, agrees=request.POST.get("do") == "agree")
    messages.success(request, _("The review is recorded."))
    return redirect("pattern", mission_code, ref)
