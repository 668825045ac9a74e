"""Pages of flash reports and operational alerts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import Conflict, NotValid
from openmara.evidence import queries as evidence
from openmara.evidence.flash import actions, desk, files, queries
from openmara.evidence.flash.models import Flash
from openmara.evidence.views import READ_AND_SEND, person_of
from openmara.security.models import Person

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def alerts(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Alerts that hold now."""
    return render(request, "evidence/flash/alerts.html", desk.alerts(person_of(request)))


@require_http_methods(READ_AND_SEND)
def alert_new(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Raise an alert: one short page."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            alert = desk.raise_alert(person, request.POST)
            messages.success(request, _("Alert %(ref)s is out to those who protect. It is gone after 72 hours.") % {"ref": alert.ref})
            return redirect("alerts", mission_code)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.alert_form(person, request.POST, problems)
    return render(request, "evidence/flash/alert_new.html", shown, status=422 if problems else 200)


@require_POST
def alert_end(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Take an alert back."""
    person = person_of(request)
    actions.end_alert(by=person, alert=queries.find_alert(for_user=person, ref=ref))
    messages.success(request, _("The alert is taken back."))
    return redirect("alerts", mission_code)


@require_safe
def flashes(request: HttpRequest, mission_code: str) -> HttpResponse:
    return render(request, "evidence/flash/flashes.html", desk.flashes(person_of(request)))


@require_http_methods(READ_AND_SEND)
def new(request: HttpRequest, mission_code: str) -> HttpResponse:
    """A new flash report, by itself or from an incident."""
    person = person_of(request)
    ref = request.POST.get("incident", "") or request.GET.get("incident", "")
    return _form(request, person, mission_code, evidence.find_incident(for_user=person, ref=ref) if ref else None, None)


@require_http_methods(READ_AND_SEND)
def change(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Change a draft, or write the update of what went out."""
    person = person_of(request)
    return _form(request, person, mission_code, None, queries.flash(for_user=person, ref=ref))


def _form(request: HttpRequest, person: Person, mission_code: str, incident: object, before: Flash | None) -> HttpResponse:
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            flash, missed = desk.keep(person, request.POST, incident, before)  # type: ignore[arg-type]  # an Incident or None
            messages.success(request, _("The draft is kept. Somebody else clears it."))
            if missed:
                messages.info(request, _("Suggested reason, not ticked: %(what)s.") % {"what": ", ".join(missed)})
            return redirect("flash", mission_code, flash.ref)
        except NotValid as refusal:
            problems = refusal.problems
        except Conflict as refusal:
            general = str(refusal)
    shown = desk.flash_form(person, request.POST, problems, incident, before)  # type: ignore[arg-type]  # an Incident or None
    return render(request, "evidence/flash/flash_new.html", shown | {"general": general}, status=422 if problems or general else 200)


@require_safe
def flash(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    return render(request, "evidence/flash/flash.html", desk.flash(person_of(request), ref))


@require_POST
def clear(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Let it go: another person than its author."""
    person = person_of(request)
    actions.clear(by=person, flash=queries.find_flash(for_user=person, ref=ref))
    messages.success(request, _("The flash report is cleared. It can be sent now."))
    return redirect("flash", mission_code, ref)


@require_POST
def send(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Hand it to its addressees."""
    person = person_of(request)
    actions.send(by=person, flash=queries.find_flash(for_user=person, ref=ref))
    messages.success(request, _("Sent: each addressee takes a copy marked with their own name."))
    return redirect("flash", mission_code, ref)


@require_safe
def file(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """One's own copy, marked with one's name."""
    answer = HttpResponse(files.copy(person_of(request), ref), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="flash-{ref}.docx"'
    return answer
