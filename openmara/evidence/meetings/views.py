"""Pages of meetings: read the input, one call into the room, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from openmara.errors import NotNow, NotValid
from openmara.evidence.meetings import desk, minutes
from openmara.evidence.meetings.assessment import desk as assessment_desk
from openmara.evidence.meetings.forum import desk as forum_desk
from openmara.evidence.views import person_of

READ_AND_SEND = ["GET", "HEAD", "POST"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(READ_AND_SEND)
def meetings(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Meetings held and called, one's own action points, and the form that calls one."""
    person = person_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            done = desk.plan(person, request.POST)
            messages.success(request, done.message)
            return redirect(done.href)
        except NotValid as refusal:
            problems = refusal.problems
    return render(request, "evidence/meetings/list.html", desk.overview(person, request.POST, problems), status=422 if problems else 200)


@require_http_methods(READ_AND_SEND)
def meeting(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One meeting of the working group: who is there, what is due, what is decided, who does what."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            done = desk.send(person, key, request.POST)
            messages.success(request, done.message)
            return redirect(done.href)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), str(refusal)
    shown = desk.meeting(person, key, request.GET.get("item", ""), request.POST, problems, general)
    return render(request, "evidence/meetings/meeting.html", shown, status=422 if general else 200)


@require_safe
def minutes_file(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """The restricted minutes, for the reader who asks."""
    made = minutes.for_reader(person_of(request), key)
    return HttpResponse(made.content, content_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{made.name}"'})


@require_http_methods(READ_AND_SEND)
def forum(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One meeting of the forum: protected figures and recommendations; as a file with `?as=docx`."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            messages.success(request, forum_desk.send(person, key, request.POST))
            return redirect("forum", mission_code, key)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), str(refusal)
    elif request.GET.get("as") == "docx":
        made = forum_desk.file(person, key)
        return HttpResponse(made.content, content_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{made.name}"'})
    shown = forum_desk.forum(person, key, request.POST, problems, general)
    return render(request, "evidence/meetings/forum.html", shown, status=422 if general else 200)


@require_http_methods(READ_AND_SEND)
def self_assessment(request: HttpRequest, mission_code: str) -> HttpResponse:
    """The checklist, what is measured, and the plan of action of one quarter."""
    person = person_of(request)
    problems: dict[str, str] = {}
    general = ""
    if request.method == "POST":
        try:
            done = assessment_desk.send(person, request.POST)
            messages.success(request, done.message)
            return redirect(done.href)
        except (NotValid, NotNow) as refusal:
            problems, general = getattr(refusal, "problems", {}), str(refusal)
    shown = assessment_desk.assessment(person, request.GET.get("quarter", ""), request.POST, problems, general)
    return render(request, "evidence/meetings/assessment.html", shown, status=422 if general else 200)
