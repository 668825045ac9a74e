"""The way in, the way out, the language, and a person's home."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openmara.errors import NotFound
from openmara.security import actions
from openmara.security.models import Person
from openmara.security.people import queries as people
from openmara.security.permissions import can
from openmara.security.queries import missions_of
from openmara.web import waiting
from openmara.web.frame import mission_name

YEAR = 365 * 24 * 3600


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """To the person's mission; where there are several, a page to choose."""
    found = missions_of(_person(request))
    if len(found) == 1:
        return redirect("home", mission_code=found[0].mission.code)
    missions = [{"code": one.mission.code, "name": mission_name(one.mission), "synthetic": one.mission.synthetic} for one in found]
    return render(request, "choose.html", {"missions": missions, "accepted": people.accepted_by(_person(request))})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    actions.record("security:session:close")
    logout(request)
    return redirect("sign-in")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and return to the page the person was on."""
    response = redirect(_local(request, request.POST.get("next")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, httponly=True,
            secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
        )  # fmt: skip
    return response


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Where the leave-quickly key leads: nothing to read over a shoulder."""
    return render(request, "blank.html")


@require_safe
def home(request: HttpRequest, mission_code: str) -> HttpResponse:
    """What waits for the person, and nothing else first."""
    person = _person_here(request)
    return render(request, "home.html", {"waiting": waiting.gather(person), "may_report": can("evidence_report", "insert")})


def _person_here(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no mission at this address in which you have a role."))
    person = _person(request)
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]  # LoginRequiredMiddleware lets nobody else in


def _local(request: HttpRequest, target: str | None) -> str:
    """The wanted page if it is one of ours, else the start: no redirect leads outside."""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if safe and target else "/"
