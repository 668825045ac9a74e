"""Pages of verification: read the input, one call into the room, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import Conflict, NotNow, NotValid
from openmara.evidence.verification import desk
from openmara.evidence.verification.reconciliation import desk as sheets
from openmara.evidence.views import person_of

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_POST
def release(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Release a verified incident for use at person level, or take that back."""
    messages.success(request, desk.release(person_of(request), ref, request.POST.get("do", "")))
    return redirect("incident", mission_code, ref)


@require_http_methods(READ_AND_SEND)
def retract(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """What taking a verification back reaches; then the step itself."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            desk.retract(person, ref, request.POST)
            messages.success(request, _("The verification is taken back. What it reached is marked as changed since."))
            return redirect("incident", mission_code, ref)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), str(refusal)
    shown = desk.retraction(person, ref, request.POST or request.GET, problems, general)
    return render(request, "evidence/verification/retract.html", shown, status=422 if general else 200)


@require_POST
def origin(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Judge two accounts to be of one origin, or take that back."""
    messages.success(request, desk.origin(person_of(request), ref, request.POST))
    return redirect("incident", mission_code, ref)


@require_POST
def source(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """State or correct a source of a report."""
    messages.success(request, desk.assess(person_of(request), ref, request.POST))
    return redirect("report", mission_code, ref)


@require_safe
def backlog(request: HttpRequest, mission_code: str) -> HttpResponse:
    """What is open, whose, since when."""
    return render(request, "evidence/verification/backlog.html", desk.backlog(person_of(request), request.GET))


@require_http_methods(READ_AND_SEND)
def by_reference(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Decisions of human rights or child protection by their reference: one row, or a list to paste."""
    shown = desk.by_reference(person_of(request), request.POST)
    sent = request.method == "POST"
    if shown["done"]:
        messages.success(request, _("Taken over: %(n)d.") % {"n": shown["done"]})
        return redirect("by-reference", mission_code)
    return render(request, "evidence/verification/by_reference.html", shown, status=422 if sent and not shown["fits"] else 200)


@require_http_methods(READ_AND_SEND)
def reconciliations(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Sheets by quarter, and the form that opens one."""
    person = person_of(request)
    problem = ""
    if request.method == "POST":
        try:
            return redirect("reconciliation", mission_code, sheets.start(person, request.POST.get("quarter", "")))
        except (NotValid, Conflict) as refusal:
            problem = getattr(refusal, "problems", {}).get("quarter", "") or str(refusal)
    shown = sheets.listed(person, request.POST.get("quarter", ""), problem)
    return render(request, "evidence/verification/reconciliations.html", shown, status=422 if problem else 200)


@require_http_methods(READ_AND_SEND)
def reconciliation(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One quarter's figures of three bodies side by side, explained and signed."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, sheets.change(person, key, request.POST))
            return redirect("reconciliation", mission_code, key)
        except NotValid as refusal:
            problems = refusal.problems
    shown = sheets.shown(person, key, request.POST if problems else request.GET, problems)
    return render(request, "evidence/verification/reconciliation.html", shown, status=422 if problems else 200)


@require_safe
def reconciliation_file(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The sheet as a table file, for the three who sign."""
    person = person_of(request)
    name, content = sheets.file(person, key)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
