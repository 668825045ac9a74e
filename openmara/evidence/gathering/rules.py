"""Rules of splitting and joining, pure: what must be said, what may be moved, what stands in the way of taking it back."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from openmara.evidence.rules import CLOSED, TRANSITIONS

REASONS: dict[str, tuple[str, ...]] = {
    "split": ("different_events", "different_place_or_time", "different_parties", "entry_error", "other"),
    "join": ("same_event", "same_course_of_conduct", "entry_error", "other"),
    "undo": ("new_information", "entry_error", "other"),
}
LEAST_WORDS = 10  # letters of a reason, as for attributions


def check_reason(kind: str, reason: str, rationale: str) -> dict[str, str]:
    """Every judgement says why: one of the list, and in words."""
    problems = {}
    if reason not in REASONS[kind]:
        problems["reason"] = _("Choose one.")
    if len(rationale.strip()) < LEAST_WORDS:
        problems["rationale"] = _("Say why.")
    return problems


def check_split(live: Collection[str], chosen: Collection[str], base: str) -> dict[str, str]:
    """At least one report goes and at least one stays; the coding comes from one that goes."""
    if not chosen or not set(chosen) <= set(live):
        return {"reports": _("Choose the reports that speak of the other event.")}
    if set(chosen) == set(live):
        return {"reports": _("At least one report stays with this incident.")}
    return {} if base in chosen else {"base": _("Take the coding from one of the reports that go.")}


def check_join(leaves: str, stays: str, same: bool) -> str | None:
    """Why one incident cannot join another, or None. What is closed is taken up again first."""
    if same:
        return _("An incident cannot join itself.")
    if "duplicate" not in TRANSITIONS[leaves]:
        return _("This incident is closed. Its verifier takes it up again first.")
    return _("That incident is closed. Join the one that stays.") if stays in CLOSED else None


def standing(row: Any) -> dict[str, Any]:
    """The standing of an incident that a judgement may change, so that undoing restores it exactly. Days as text."""
    found = {name: getattr(row, name) for name in ("verification_status", "standard_of_proof")}
    days = {name: day.isoformat() if (day := getattr(row, name)) else None for name in ("verified_on", "closed_on")}
    return found | days | {"duplicate_of": str(row.duplicate_of_id) if row.duplicate_of_id else None}


def of_duplicate(today: str, original: str) -> Mapping[str, Any]:
    """The standing of an incident that repeats another."""
    return {"verification_status": "duplicate", "standard_of_proof": "", "verified_on": None, "closed_on": today, "duplicate_of": original}


def of_reopened() -> Mapping[str, Any]:
    """The standing of a verified incident whose evidence has changed."""
    return {"verification_status": "under_verification", "standard_of_proof": "", "verified_on": None, "closed_on": None, "duplicate_of": None}
