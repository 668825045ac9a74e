"""Pages of triage beside the report page: the short form, and what was said about services."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from openmara.errors import Conflict, NotValid
from openmara.evidence import permissions
from openmara.evidence.intake import sheet
from openmara.evidence.triage import desk
from openmara.evidence.views import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def short(request: HttpRequest, mission_code: str) -> HttpResponse:
    """What came in, without narrative; it always opens. `carry` brings what was typed into the full sheet."""
    person = person_of(request)
    permissions.check_can_report()
    values, problems, general = desk.short_blank(), {}, ""
    if request.method == "POST":
        values = sheet.typed(request.POST) | {name: request.POST.get(name, "") for name in ("information", "referral")}
        try:
            if request.POST.get("then") != "carry":
                kept = desk.keep_short(person, values)
                messages.success(request, _("Report %(report)s is kept.") % {"report": kept.ref})
                return redirect("report", mission_code, kept.ref)
        except Conflict as refusal:
            general = str(refusal)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.short_form(person, values, problems, general)
    return render(request, "evidence/triage/short.html", shown, status=422 if problems or general else 200)


@require_POST
def services(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """What was said about services, without provider."""
    try:
        desk.say_services(person_of(request), ref, request.POST)
        messages.success(request, _("What was said about services is kept."))
    except NotValid:
        messages.error(request, _("Choose an answer for both, then record again."))
    return redirect("report", mission_code, ref)
