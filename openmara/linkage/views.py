"""Possible duplicates: read the input, one call into the room, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openmara.errors import NotAllowed, NotFound
from openmara.evidence.queries import names
from openmara.linkage import actions, permissions, presenters, queries
from openmara.security.models import Person


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


def closed_because() -> str:
    """Why judging is closed to the reader, as the action would say it; empty where it is open."""
    try:
        permissions.check_can_judge()
    except NotAllowed as refusal:
        return str(refusal)
    return ""


@require_safe
def duplicates(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Pairs of reports, the likeliest first, or those judged already, with the reasons for and against."""
    person = person_of(request)
    filters = {"judged": request.GET.get("judged", ""), "report": request.GET.get("report", "").replace("\0", "")[:8]}
    page = queries.pairs(for_user=person, filters=filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    rows = presenters.pairs(page.rows, names(for_user=person, fine=True), mission_code)
    shown = {"pairs": rows, "page": page, "filters": filters, "closed": closed_because()}
    return render(request, "linkage/duplicates.html", shown)


@require_POST
def judge(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One judgement on one pair."""
    person = person_of(request)
    judged = actions.judge_pair(by=person, pair=queries.find_pair(for_user=person, key=key), verdict=request.POST.get("verdict", ""))
    messages.success(request, presenters.said(judged.outcome, judged.incident.ref if judged.incident else ""))
    return redirect("pair", mission_code, key)


@require_POST
def undo(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Take a judgement back, and the link it made where it made one."""
    person = person_of(request)
    file = queries.pair_file(for_user=person, key=key)
    judgement = queries.find_judgement(for_user=person, pair=file.pair)
    tied = [one.link for one in (file.first, file.second) if one.link and one.link.made_at == judgement.made_at]
    actions.undo_judgement(by=person, judgement=judgement)
    messages.success(request, _("The judgement is undone, and the link it made.") if tied else _("The judgement is undone. It had made no link."))
    return redirect("pair", mission_code, key)


@require_POST
def open_incident(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One incident from two reports judged the same."""
    person = person_of(request)
    incident = actions.open_from_pair(by=person, pair=queries.find_pair(for_user=person, key=key))
    messages.success(request, _("Incident %(ref)s is opened from both reports.") % {"ref": incident.ref})
    return redirect("incident", mission_code, incident.ref)


@require_safe
def pair(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One pair, as it stands after a judgement, with the way on to the next."""
    person = person_of(request)
    found = queries.pair_file(for_user=person, key=key)
    rows = presenters.pairs([found], names(for_user=person, fine=True), mission_code)
    return render(request, "linkage/duplicates.html", {"pairs": rows, "page": None, "filters": {}, "closed": closed_because(), "one": True})
