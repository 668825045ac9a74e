"""What pages of records show of watching: broken glass, the way to it, and who looked."""

from typing import Any

from django import template
from django.db import connection
from django.urls import reverse

from openmara.security.permissions import has_role
from openmara.security.watch import presenters, queries, rules

register = template.Library()


@register.inclusion_tag("security/watch/banner.html", takes_context=True)
def glass_banner(context: template.Context, ref: str) -> dict[str, Any]:
    """Says that a record is open by break-glass, until when, and offers to close it."""
    request = context["request"]
    glass = queries.glass_on(for_user=request.user, ref=ref) if has_role("working_group") else None
    until = presenters.clock_time(glass.until, request.mission.zone) if glass else ""
    return {"glass": glass, "until": until, "mission": request.mission, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("security/watch/door.html", takes_context=True)
def glass_door(context: template.Context) -> dict[str, str]:
    """On the page that says a record is not there or not open: the way in for an emergency. The same words for both."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    ref = str(match.kwargs.get("ref", "")) if match else ""
    named = match is not None and match.url_name and match.url_name.split("-")[0] in queries.RECORDS.values()
    if connection.needs_rollback or not named or not rules.REFERENCE.fullmatch(ref) or not has_role("working_group"):
        return {"href": ""}
    return {"href": f"{reverse('break-glass', args=[match.kwargs['mission_code']])}?ref={ref}"}  # type: ignore[union-attr]  # named says so


@register.inclusion_tag("security/watch/trail.html", takes_context=True)
def trail(context: template.Context, record: Any) -> dict[str, str]:
    """The way to `who looked at this record`, for those who watch over it."""
    request = context["request"]
    shown_to = [getattr(record, name, None) for name in ("opened_by_id", "assigned_to_id", "recorded_by_id")]
    # The row in hand says it of most; for the rest the database is asked. The page behind the link asks again.
    may = has_role("swpa") or request.user.id in shown_to or queries.owns_record(for_user=request.user, key=record.id)
    return {"href": reverse("audit-record", args=[request.mission.code, record.ref]) if may else ""}
