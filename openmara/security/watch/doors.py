"""What a closed mission answers: the page that opens it to those who may, a neutral page to everybody else of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from openmara.security.queries import missions_of
from openmara.security.watch import permissions, queries

WORKS = ("lock-down",)  # the one address of a closed mission that answers


def check_only_reads(request: HttpRequest) -> None:
    """A record behind broken glass is sent nothing; its address says which record."""
    ref = request.resolver_match.kwargs.get("ref") if request.resolver_match else None
    if request.method == "POST" and ref and getattr(request, "mission", None) is not None:
        permissions.check_only_reads(request.user, str(ref))  # type: ignore[arg-type]  # signed in


def answer_when_closed(request: HttpRequest, code: str) -> HttpResponse | None:
    """Instead of any other page of the mission; None where the mission is not closed to this person by a lock-down."""
    if getattr(request, "mission", None) is not None:
        here = request.resolver_match.view_name if request.resolver_match else ""
        return redirect("lock-down", code) if queries.is_closed() and here not in WORKS else None
    closed = any(one.closed and one.mission.code == code for one in missions_of(request.user))  # type: ignore[arg-type]  # signed in
    if not closed:
        return None
    response = render(request, "security/watch/closed.html", status=403)
    response.refused = True  # type: ignore[attr-defined]  # read by ContextMiddleware
    return response
