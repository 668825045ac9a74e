"""The search page. Words come by POST alone, and the answer is drawn at once: they are kept nowhere."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from openmara.errors import NotValid
from openmara.evidence.search import desk
from openmara.evidence.views import READ_AND_SEND, person_of


@require_http_methods(READ_AND_SEND)
def search(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Ask by codes in the address, or by words and codes in a sent form; a reference leads straight to its record."""
    person = person_of(request)
    asked = request.POST.copy() if request.method == "POST" else request.GET.copy()
    if request.method != "POST":
        asked.pop("words", None)
    elif address := desk.jump(person, asked):
        return redirect(address)
    shown = desk.page(person, asked, {})
    return render(request, "evidence/search/search.html", shown, status=422 if shown["problems"] else 200)


@require_POST
def keep(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Keep a question under a name."""
    person = person_of(request)
    try:
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": desk.keep(person, request.POST).name})
    except NotValid as refusal:
        shown = desk.page(person, request.POST, {}) | {"keep_problem": next(iter(refusal.problems.values()), str(refusal))}
        return render(request, "evidence/search/search.html", shown, status=422)
    return redirect("search", mission_code)


@require_POST
def drop(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Take one's own view away."""
    desk.drop(person_of(request), key)
    messages.success(request, _("The saved view is gone."))
    return redirect("search", mission_code)
