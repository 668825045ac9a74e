"""Pages for the exchange of files: check a file, take it in, fetch the template."""

from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from openmara.errors import NotFound, NotValid
from openmara.evidence import permissions
from openmara.interop import desk, uploads
from openmara.interop.incident_sheet import write_template
from openmara.security.models import Person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored
    return person


@csrf_exempt  # the upload is judged by its headers first; `_answer` checks the token as every other view does
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Choose a file, check it, take it in."""
    person_of(request)
    permissions.check_can_report()
    if request.method == "POST":
        uploads.expect(request)
    return _answer(request, mission_code)


@csrf_protect
def _answer(request: HttpRequest, mission_code: str) -> HttpResponse:
    person = person_of(request)
    problems: dict[str, str] = {}
    shown: dict[str, object] = {}
    if request.method == "POST":
        try:
            sent = desk.read_sent(request.POST, request.FILES.get("file"))
            if request.POST.get("act") == "take":
                messages.success(request, desk.told(desk.take(person, person.active_mission, sent, request.POST.get("sha256", ""))))  # type: ignore[attr-defined]  # carried
                return redirect("import", mission_code)
            shown["found"] = desk.findings(desk.check(person, sent), sent)
        except desk.ImportRefused as refused:
            shown["found"] = desk.findings(refused.dry_run, sent)
        except NotValid as refused:
            problems = refused.problems or {"file": str(refused)}
    shown |= {"fields": desk.fields(person, request.POST, problems), "wrong": bool(problems)}
    return render(request, "interop/import.html", shown, status=422 if problems or _at_fault(shown) else 200)


def _at_fault(shown: dict[str, object]) -> bool:
    found = shown.get("found")
    return isinstance(found, dict) and bool(found["count"])


@require_safe
def template(request: HttpRequest, mission_code: str) -> HttpResponse:
    """The spreadsheet template of incident reports."""
    person_of(request)
    permissions.check_can_report()
    stream = BytesIO()
    write_template(stream)
    headers = {"Content-Disposition": 'attachment; filename="openmara-incident-reports.xlsx"'}
    return HttpResponse(stream.getvalue(), content_type=XLSX, headers=headers)
