"""Pages of gathering: read the input, one call into the room, catch refusals, answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openmara.errors import Conflict, NotNow, NotValid, Refusal
from openmara.evidence.gathering import desk
from openmara.evidence.views import READ_AND_SEND, person_of


def problems_of(refusal: Refusal) -> dict[str, str]:
    """Problems by field; the key '' is for the page as a whole."""
    return getattr(refusal, "problems", None) or {"": str(refusal)}


@require_http_methods(READ_AND_SEND)
def split(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Choose the reports that speak of another event."""
    person, problems = person_of(request), {}
    if request.method == "POST":
        try:
            made = desk.do_split(person, ref, request.POST)
            messages.success(request, _("Incident %(ref)s is opened with the reports you chose. Its coding waits for the verifier.") % {"ref": made.ref})
            return redirect("incident", mission_code, made.ref)
        except (NotValid, NotNow) as refusal:
            problems = problems_of(refusal)
    return render(request, "evidence/gathering/split.html", desk.split(person, ref, request.POST, problems), status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def join(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Close an incident as a duplicate; its reports go to the one that stays."""
    person, problems = person_of(request), {}
    if request.method == "POST":
        try:
            into = desk.do_join(person, ref, request.POST)
            messages.success(request, _("The reports belong to this incident now. Incident %(ref)s is kept as its duplicate.") % {"ref": ref})
            return redirect("incident", mission_code, into.ref)
        except (NotValid, NotNow) as refusal:
            problems = problems_of(refusal)
    shown = desk.join(person, ref, request.GET, request.POST, problems)
    return render(request, "evidence/gathering/join.html", shown, status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def undo(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Take a split, a join or an undoing back."""
    person, problems = person_of(request), {}
    if request.method == "POST":
        try:
            desk.do_undo(person, ref, request.POST)
            messages.success(request, _("Taken back: every report is where it was before."))
            return redirect("incident", mission_code, ref)
        except (NotValid, NotNow) as refusal:
            problems = problems_of(refusal)
    shown = desk.undo(person, ref, request.GET, request.POST, problems)
    return render(request, "evidence/gathering/undo.html", shown, status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def both(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Two versions of one coding side by side; the person takes of each question one of the two."""
    person, problems = person_of(request), {}
    if request.method == "POST":
        try:
            desk.settle(person, ref, request.POST)
            messages.success(request, _("Settled. Both versions stay in the history."))
            return redirect("incident", mission_code, ref)
        except (NotValid, NotNow, Conflict) as refusal:
            problems = problems_of(refusal)
    return render(request, "evidence/gathering/both.html", desk.both(person, ref, request.POST, problems), status=422 if problems else 200)
