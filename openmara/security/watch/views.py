"""Pages of break-glass, lock-down and the log: read the input, one call into the room, answer."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import NotFound, NotNow, NotValid
from openmara.security.models import Person
from openmara.security.permissions import has_role
from openmara.security.watch import actions, entries, export, habits, permissions, presenters, queries, rules

READ_AND_SEND = ["GET", "HEAD", "POST"]


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


@require_http_methods(READ_AND_SEND)
def break_glass(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Open one reference in an emergency. The page says nothing of what lies under it before that is written down."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        ask = rules.read_ask(request.POST.dict())
        try:
            return _opened(request, actions.break_glass(by=person, ask=ask).ref, mission_code)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), "" if isinstance(refusal, NotValid) else str(refusal)
    given = {"ref": request.GET.get("ref", "")} if request.method != "POST" else request.POST.dict()
    own = presenters.glasses(queries.own_glass(for_user=person), queries.moment(), person)
    shown = {"fields": presenters.ask_fields(given, problems), "wrong": bool(problems or general), "general": general, "own": own,
             "reviews": has_role(*queries.REVIEWERS)}  # fmt: skip
    return render(request, "security/watch/break_glass.html", shown, status=422 if problems or general else 200)


def _opened(request: HttpRequest, ref: str, mission_code: str) -> HttpResponse:
    """To the record, if there is one and its class is within the reader's clearance."""
    person = person_of(request)
    found = queries.record_at(for_user=person, ref=ref)
    if found is not None:
        messages.success(request, _("It is written down, and the officers who review it see it now."))
        return redirect(found.page, mission_code, found.ref)
    messages.warning(request, _("It is written down, and the officers see it now. Under this reference nothing is open to you: it may not exist in this mission, or its class is above your clearance."))
    return redirect("break-glass", mission_code)


@require_POST
def end_glass(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Close it before its time."""
    person = person_of(request)
    ended = actions.end_glass(by=person, glass=queries.find_glass(for_user=person, key=key))
    messages.success(request, _("%(ref)s is closed to you again.") % {"ref": ended.ref})
    return redirect("break-glass", mission_code)


@require_safe
def reviews(request: HttpRequest, mission_code: str) -> HttpResponse:
    """What waits for a review, the oldest first, and what was reviewed."""
    person, now = person_of(request), queries.moment()
    waiting, done = queries.reviews(for_user=person)
    shown = {"waiting": presenters.glasses(waiting, now, person), "done": presenters.glasses(done, now, person)}
    return render(request, "security/watch/reviews.html", shown)


@require_http_methods(READ_AND_SEND)
def review(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One broken glass: why, what was read under it, and what the review finds."""
    person = person_of(request)
    permissions.check_can_review()
    found = queries.find_glass(for_user=person, key=key)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            note = request.POST.get("note", "").replace("\0", "").strip()
            actions.review_glass(by=person, glass=found, verdict=request.POST.get("verdict", ""), note=note)
            messages.success(request, _("The review is kept."))
            return redirect("break-glass-reviews", mission_code)
        except NotValid as refusal:
            problems = refusal.problems
    looks = presenters.looks(entries.under_glass(for_user=person, glass=found), mission_code, permissions.reads_log())
    shown = {"glass": presenters.glass(found, queries.moment(), person), "looks": looks, "problems": problems,
             "fields": presenters.review_fields(request.POST.dict(), problems)}  # fmt: skip
    return render(request, "security/watch/review.html", shown, status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def lock_down(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Close the mission, or open it again: always two people."""
    person = person_of(request)
    found = queries.lock_down(for_user=person)
    step, problem = request.POST.get("step", ""), ""
    if request.method == "POST":
        try:
            actions.take_lock_step(by=person, step=step, lock=found, reason_code=request.POST.get("reason", ""))
            return _after(request, step, mission_code)
        except (NotValid, NotNow) as refusal:
            problem = str(refusal)
    shown = presenters.lock_page(queries.lock_down(for_user=person), queries.earlier_lock_downs(for_user=person), person)
    return render(request, "security/watch/lock_down.html", {**shown, "problem": problem}, status=422 if problem else 200)


def _after(request: HttpRequest, step: str, mission_code: str) -> HttpResponse:
    """The second person's session ends with all the others."""
    if step == "confirm":
        request.session.flush()
        return redirect("sign-in")
    done = {"ask": _("Your request waits for a second person, for 30 minutes."), "ask_lift": _("Your request to open the mission waits for a second person."),
            "lift": _("The mission is open again.")}  # fmt: skip
    messages.success(request, done[step])
    return redirect("lock-down", mission_code)


@require_safe
def audit(request: HttpRequest, mission_code: str) -> HttpResponse:
    """The mission's log: filters and page in the address."""
    person = person_of(request)
    filters = entries.read_filters(request.GET.dict(), for_user=person)
    page = entries.log(for_user=person, filters=filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    shown = presenters.log_page(page, filters, entries.log_state(for_user=person), mission_code)
    return render(request, "security/watch/audit.html", shown, status=422 if filters.problems else 200)


@require_safe
def audit_export(request: HttpRequest, mission_code: str) -> FileResponse:
    """The filtered entries as a file."""
    person = person_of(request)
    kind = request.GET.get("kind", "csv")
    if kind not in export.KINDS:
        raise NotFound(_("There is no such file."))
    filters = entries.read_filters(request.GET.dict(), for_user=person)
    made = export.written(kind, entries.export(for_user=person, filters=filters))
    name = f"log-{mission_code}-{queries.moment():%Y%m%d-%H%M}.{kind}"
    return FileResponse(made, as_attachment=True, filename=name, content_type=export.KINDS[kind])


@require_safe
def audit_record(request: HttpRequest, mission_code: str, key: str) -> HttpResponse:
    """Who looked at this record."""
    person = person_of(request)
    found = entries.readers(for_user=person, key=key, after=request.GET.get("after", ""))
    href = presenters.page_of(found.record, mission_code) if found.record else ""
    shown = {"found": found, "href": href, "short": str(found.key)[:8], "rows": presenters.looks(found, mission_code, permissions.reads_log())}
    return render(request, "security/watch/record.html", shown)


@require_safe
def audit_person(request: HttpRequest, mission_code: str, code: str) -> HttpResponse:
    """What this person did."""
    period = request.GET.get("days", "30")
    found = habits.of_person(for_user=person_of(request), code=code, period=int(period) if period in map(str, habits.PERIODS) else 30)
    return render(request, "security/watch/person.html", presenters.habit(found))
