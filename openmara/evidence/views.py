"""Pages about reports and incidents: read the input, one call into the room, catch refusals, answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import Conflict, NotFound, NotNow, NotValid, Refusal
from openmara.evidence import actions, pages, permissions, presenters, queries
from openmara.evidence.intake import actions as intake
from openmara.evidence.intake import desk, sheet
from openmara.security.models import Person
from openmara.security.permissions import has_role

READ_AND_SEND = ["GET", "HEAD", "POST"]


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


@require_safe
def incidents(request: HttpRequest, mission_code: str) -> HttpResponse:
    """The incident list: months and districts at the finest, filters and page in the address."""
    person = person_of(request)
    names = queries.names(for_user=person)
    filters = pages.incident_filters(request.GET, names)
    page = queries.incidents(
        for_user=person, filters=filters.values, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    rows = presenters.incident_rows(page.rows, queries.parties_of(page.rows), names, mission_code)  # type: ignore[arg-type]  # incidents
    shown = {"rows": rows, "page": page, "filters": filters, "may_refer": has_role("verifiers"), "may_record": not presenters.closed(permissions.check_can_report)}
    return render(request, "evidence/incidents.html", shown)


@require_safe
def incident(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Everything of one incident that is open to the reader, and why the rest is not."""
    return render(request, "evidence/incident.html", desk.incident(person_of(request), ref, request.GET))


@require_POST
def assign(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Name the verifier."""
    person = person_of(request)
    found = queries.find_incident(for_user=person, ref=ref)
    chosen = queries.find_person(for_user=person, key=request.POST.get("person", ""))
    actions.assign(by=person, incident=found, to=chosen)
    messages.success(request, _("%(name)s is the verifier now.") % {"name": chosen.shown_name})
    return redirect("incident", mission_code, ref)


@require_POST
def start(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Begin, or take up again, the verification."""
    person = person_of(request)
    actions.decide(by=person, incident=queries.find_incident(for_user=person, ref=ref), to_status="under_verification", rationale="")
    messages.success(request, _("Verification has begun."))
    return redirect("incident-verify", mission_code, ref)


@require_http_methods(READ_AND_SEND)
def verify(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """The evidence at hand, and the decision on each of the two axes."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            desk.decide(person, ref, request.POST)
            messages.success(request, _("The decision is recorded."))
            return redirect("incident", mission_code, ref)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), str(refusal)
    shown = desk.verification(person, ref, request.POST, problems, general)
    return render(request, "evidence/verify.html", shown, status=422 if general else 200)


@require_http_methods(READ_AND_SEND)
def coding(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Correct the coding of an incident; what a stale page says is kept beside the newer version."""
    person = person_of(request)
    file = queries.incident(for_user=person, ref=ref)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            problems = desk.recode(person, file, request.POST)
        except Conflict:  # the page it leads to says so
            return redirect("incident-both", mission_code, ref)
        if not problems:
            messages.success(request, _("The coding is corrected; the earlier one is kept."))
            return redirect("incident", mission_code, ref)
    shown = desk.coding(person, file, request.POST, problems)
    return render(request, "evidence/coding.html", shown, status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def text(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """The working texts of an incident."""
    person = person_of(request)
    file = queries.incident(for_user=person, ref=ref)
    values, problems, theirs = desk.texts(file), {}, ""
    seen = request.POST.get("seen", "") or intake.mark_of(file.text)
    if request.method == "POST":
        values = pages.texts_of(request.POST, *values)
        try:
            intake.word_incident(by=person, incident=file.incident, texts=values, seen=seen)
            messages.success(request, _("The texts are kept."))
            return redirect("incident", mission_code, ref)
        except NotValid as refusal:
            problems = refusal.problems
        except Conflict as refusal:
            file, theirs = queries.incident(for_user=person, ref=ref), str(refusal)
            seen = intake.mark_of(file.text)
    shown = {"incident": file.incident, "fields": pages.text_fields(values, problems), "problems": problems, "is_open": file.text is not None}
    shown |= {"seen": seen, "theirs": theirs, "text": file.text}
    return render(request, "evidence/text.html", shown, status=422 if problems or theirs else 200)


@require_POST
def unlink(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """Take a report out of an incident; the judgement stays on record as undone."""
    person = person_of(request)
    actions.unlink_report(by=person, link=queries.find_link(for_user=person, ref=ref, report=request.POST.get("report", "")))
    messages.success(request, _("The report no longer belongs to this incident."))
    return redirect("incident", mission_code, ref)


@require_http_methods(READ_AND_SEND)
def new(request: HttpRequest, mission_code: str) -> HttpResponse:
    """One account, on one sheet; where conduct of UN personnel is alleged, only that it was routed."""
    person = person_of(request)
    permissions.check_can_report()
    values, problems, general = sheet.blank(), {}, ""
    if request.method == "POST":
        values = sheet.typed(request.POST)
        try:
            kept = desk.keep(person, values, open_it=request.POST.get("then") == "open")
            messages.success(request, kept.message)
            return redirect(kept.href)
        except (Conflict, NotNow) as refusal:
            general = str(refusal)
        except NotValid as refusal:
            problems = refusal.problems
    shown = desk.new(person, values, problems, general, request.GET.get("adm2", ""))
    return render(request, "evidence/new.html", shown, status=422 if problems or general else 200)


@require_safe
def reports(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Reports as they came in, the newest first."""
    person = person_of(request)
    names = queries.names(for_user=person)
    filters = pages.report_filters(request.GET, names, queries.organisations(for_user=person))
    page = queries.reports(
        for_user=person, filters=filters.values, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    rows = presenters.report_rows(page.rows, queries.incidents_of(page.rows), names, mission_code)  # type: ignore[arg-type]  # reports
    shown = {"rows": rows, "page": page, "filters": filters, "may_record": not presenters.closed(permissions.check_can_report)}
    return render(request, "evidence/reports.html", shown)


@require_http_methods(READ_AND_SEND)
def report(request: HttpRequest, mission_code: str, ref: str) -> HttpResponse:
    """One report, and what triage does with it."""
    person = person_of(request)
    problem: Refusal | None = None
    if request.method == "POST":
        try:
            done = desk.triage(person, ref, request.POST)
            if done.message:
                messages.success(request, done.message)
            return redirect(done.href)
        except (NotValid, NotNow, Conflict) as refusal:
            problem = refusal
    shown: dict[str, Any] = desk.report(person, ref, request.POST, problem, request.GET.get("open") == "text")
    return render(request, "evidence/report.html", shown, status=422 if problem else 200)
