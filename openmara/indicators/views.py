"""Pages of figures: read the address, one call into the room, answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openmara.errors import NotFound
from openmara.indicators import queries
from openmara.security.models import Person


def _person(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


def _basis(request: HttpRequest) -> str:
    return request.GET.get("basis") or "as_reported"


@require_safe
def dashboard(request: HttpRequest, mission_code: str) -> HttpResponse:
    """All indicators by pillar, eight quarters each."""
    shown = queries.dashboard(for_user=_person(request), lang=get_language() or "en", basis=_basis(request))
    return render(request, "indicators/dashboard.html", {"shown": shown})


@require_safe
def indicator(request: HttpRequest, mission_code: str, name: str) -> HttpResponse:
    """One indicator: trend, breakdowns of a quarter, definition."""
    shown = queries.indicator(
        for_user=_person(request), name=name, lang=get_language() or "en", basis=_basis(request), quarter=request.GET.get("quarter", "")
    )
    return render(request, "indicators/indicator.html", {"shown": shown})
