"""The page on which service coverage is read and set by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openmara.errors import NotFound, NotValid
from openmara.places import desk
from openmara.security.models import Person


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def coverage(request: HttpRequest, mission_code: str) -> HttpResponse:
    """District by district; one form sets one district."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, desk.set_coverage(person, request.POST))
            return redirect("coverage", mission_code)
        except NotValid as refusal:
            problems = refusal.problems
    values = request.POST if problems else request.GET
    return render(request, "places/coverage.html", desk.coverage(person, values, problems), status=422 if problems else 200)
