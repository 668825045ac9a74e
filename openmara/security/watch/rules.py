"""Limits of break-glass and lock-down, as values (security model 3.b, W4; the database keeps the same limits)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REFERENCE = re.compile(r"[0-9a-hjkmnp-tv-z]{8}")  # Crockford's base 32, as references are made
MINUTES = (15, 30, 60, 120, 240)
NOTE = 300
OPEN_AT_ONCE = 5  # references one person may hold open by break-glass
REVIEW_WITHIN = timedelta(hours=72)
REQUEST_HOLDS = timedelta(minutes=30)  # as sec.lock_down has it

REASONS: Mapping[str, str | Promise] = {
    "imminent_risk": gettext_lazy("Somebody is at risk now"),
    "life_saving_referral": gettext_lazy("A life-saving referral waits for it"),
    "flash_report_due": gettext_lazy("A flash report is due"),
    "colleague_absent": gettext_lazy("The colleague in charge cannot be reached"),
    "other": gettext_lazy("Another reason, said in the note"),
}
VERDICTS: Mapping[str, str | Promise] = {
    "justified": gettext_lazy("Justified"),
    "not_justified": gettext_lazy("Not justified"),
    "follow_up": gettext_lazy("Needs follow-up"),
}
LOCK_REASONS: Mapping[str, str | Promise] = {
    "intrusion": gettext_lazy("Somebody may be inside who should not be"),
    "device_lost": gettext_lazy("A device was lost or taken"),
    "duress": gettext_lazy("A colleague may be under duress"),
    "evacuation": gettext_lazy("The office is being left"),
    "exercise": gettext_lazy("Exercise"),
    "other": gettext_lazy("Another reason"),
}


@dataclass(frozen=True)
class Ask:
    """What somebody writes to break the glass."""

    ref: str
    reason_code: str
    note: str
    minutes: int


def read_ask(given: Mapping[str, str]) -> Ask:
    """What was typed; references may be written with spaces or capitals."""
    minutes = given.get("minutes", "")
    ref = "".join(given.get("ref", "").split()).lower()
    note = given.get("note", "").replace("\0", "").replace("\r\n", "\n").strip()
    return Ask(ref, given.get("reason", ""), note, int(minutes) if minutes in map(str, MINUTES) else 0)


def problems_of(ask: Ask) -> dict[str, str]:
    """What is wrong with it, per field. Whether the reference exists is not asked here, and not said."""
    found = {}
    if not REFERENCE.fullmatch(ask.ref):
        found["ref"] = _("A reference has eight letters and digits, such as 4kq7m2zd.")
    if ask.reason_code not in REASONS:
        found["reason"] = _("Choose the reason.")
    if ask.minutes not in MINUTES:
        found["minutes"] = _("Choose for how long.")
    if len(ask.note) > NOTE:
        found["note"] = _("At most %(limit)d characters.") % {"limit": NOTE}
    elif ask.reason_code == "other" and not ask.note:
        found["note"] = _("Say the reason in a few words: no names, no account.")
    return found


def problems_of_review(verdict: str, note: str) -> dict[str, str]:
    """A verdict other than `justified` says why."""
    found = {}
    if verdict not in VERDICTS:
        found["verdict"] = _("Choose what the review found.")
    if len(note) > NOTE:
        found["note"] = _("At most %(limit)d characters.") % {"limit": NOTE}
    elif verdict in ("not_justified", "follow_up") and not note:
        found["note"] = _("Say what follows from it, in a few words: no names, no account.")
    return found


def is_overdue(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at > REVIEW_WITHIN
