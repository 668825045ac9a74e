"""The one page action of naming."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openmara.evidence.naming import desk
from openmara.evidence.views import person_of


@require_POST
def name(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Name a colleague for a closed incident, or take it back."""
    undo = request.POST.get("do") == "undo"
    chosen = desk.name(person_of(request), ref, request.POST.get("person", ""), undo=undo)
    words = _("%(name)s is no longer named.") if undo else _("%(name)s is named: this incident and its reports are open to them.")
    messages.success(request, words % {"name": chosen.shown_name})
    return redirect("incident", mission_code, ref)
