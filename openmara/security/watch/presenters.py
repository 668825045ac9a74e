"""What the pages of this part show: every word is settled here, templates only place it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.security.models import AuditEntry, BreakGlass, LockDown, Person
from openmara.security.protect import policy
from openmara.security.watch import entries, habits, queries, rules, words


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """A question of a form, in the shape of the field component."""

    id: str
    name: str
    kind: str
    label: str
    value: str = ""
    choices: Sequence[Choice] = ()
    hint: str = ""
    error: str = ""
    required: bool = False
    rows: int = 3
    no_blank: bool = True
    autocomplete: str = "off"


def _choices(known: Mapping[str, str | Promise], chosen: str) -> list[Choice]:
    return [Choice(code, str(label), code == chosen) for code, label in known.items()]


def spans(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(many)d minute", "%(many)d minutes", minutes) % {"many": minutes}
    return ngettext("%(many)d hour", "%(many)d hours", minutes // 60) % {"many": minutes // 60}


def ask_fields(given: Mapping[str, str], problems: Mapping[str, str]) -> list[Field]:
    """The form by which the glass is broken. Without a choice it closes after an hour."""
    lengths = {str(minutes): spans(minutes) for minutes in rules.MINUTES}
    return [
        Field("ref", "ref", "input", _("Reference of the incident or report"), given.get("ref", "")[:40], error=problems.get("ref", ""), required=True),
        Field("reason", "reason", "radios", _("Why it cannot wait"), choices=_choices(rules.REASONS, given.get("reason", "")),
              error=problems.get("reason", ""), required=True),
        Field("note", "note", "textarea", _("Note for the officer who reviews it"), given.get("note", ""),
              hint=_("A few words, at most 300 characters. No names, no account of what happened."), error=problems.get("note", "")),
        Field("minutes", "minutes", "select", _("For how long"), choices=_choices(lengths, given.get("minutes", "60")),
              error=problems.get("minutes", ""), required=True),
    ]  # fmt: skip


def review_fields(given: Mapping[str, str], problems: Mapping[str, str]) -> list[Field]:
    return [
        Field("verdict", "verdict", "radios", _("What the review found"), choices=_choices(rules.VERDICTS, given.get("verdict", "")),
              error=problems.get("verdict", ""), required=True),
        Field("note", "note", "textarea", _("Note"), given.get("note", ""), hint=_("Needed unless it was justified. No names, no account."),
              error=problems.get("note", "")),
    ]  # fmt: skip


def clock_time(moment: datetime, zone: str) -> str:
    """When exactly, in the mission's zone; for moments that lie ahead too."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{formats.date_format(local, 'j F Y')}, {local:%H:%M} {local.tzname()}"


@dataclass(frozen=True)
class Glass:
    """One broken glass as a list shows it."""

    id: uuid.UUID
    ref: str
    by: str
    reason: str
    note: str
    asked_at: datetime
    until: str
    is_open: bool
    overdue: bool
    reviewed_at: datetime | None
    reviewed_by: str
    verdict: str
    review_note: str
    own: bool


def glass(one: BreakGlass, now: datetime, reader: Person) -> Glass:
    ends = one.ended_at or one.until
    zone = reader.active_mission.zone  # type: ignore[attr-defined]  # carried by the view
    return Glass(
        one.id, one.ref, one.person.shown_name if one.person_id != reader.id else _("you"), str(rules.REASONS.get(one.reason_code, one.reason_code)),
        one.reason, one.asked_at, clock_time(ends, zone), ends > now, one.reviewed_at is None and rules.is_overdue(one.asked_at, now), one.reviewed_at,
        one.reviewed_by.shown_name if one.reviewed_by else "", str(rules.VERDICTS.get(one.verdict, one.verdict)), one.review_note,
        one.person_id == reader.id,
    )  # fmt: skip


def glasses(found: Iterable[BreakGlass], now: datetime, reader: Person) -> list[Glass]:
    return [glass(one, now, reader) for one in found]


def looks(found: entries.Looks | None, mission_code: str, log_reader: bool) -> list[dict[str, Any]]:
    """Entries about one record, each with its words."""
    return [_look(row, found, mission_code, log_reader) for row in found.rows] if found else []


def _look(row: entries.Look, found: entries.Looks, mission_code: str, log_reader: bool) -> dict[str, Any]:
    name = found.names.get(row.person, row.code) if row.person else row.code
    return {
        "at": row.at, "time": f"{row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", "words": words.words_of(row.event), "event": row.event,
        "who": name or _("somebody who is no longer of this mission"), "code": row.code, "roles": roles(row.role),
        "href": reverse("audit-person", args=[mission_code, row.code]) if log_reader and row.code else "",
        "sensitivity": row.sensitivity, "outcome": str(words.OUTCOMES.get(row.outcome, row.outcome)), "purpose": purpose(row.purpose),
    }  # fmt: skip


def purpose(code: str) -> str:
    """The purpose of an entry: a reason or verdict of this part in words, else its code."""
    return str({**rules.LOCK_REASONS, **rules.REASONS, **rules.VERDICTS}.get(code, code))


def roles(codes: str) -> str:
    """Roles of an entry by their titles."""
    titles = policy()["roles"]
    return ", ".join(_(titles[code]) if code in titles else code for code in codes.split(",") if code)


def log_fields(filters: entries.Filters) -> list[Field]:
    """The filters of the log, with what was not understood."""
    values, problems = filters.values, filters.problems
    groups = {"": _("All"), **{code: label for code, (label, _prefixes) in words.GROUPS.items()}}
    classes = {"": _("All"), **{code: code for code in words.CLASSES}}
    outcomes = {"": _("All"), **words.OUTCOMES}

    def text(name: str, label: str, kind: str = "input") -> Field:
        return Field(f"f-{name}", name, kind, label, values[name], error=problems.get(name, ""))

    def chosen(name: str, label: str, known: Mapping[str, str | Promise]) -> Field:
        return Field(f"f-{name}", name, "select", label, choices=_choices(known, values[name]))

    found = [
        chosen("group", _("What"), groups), chosen("outcome", _("Outcome"), outcomes), chosen("class", _("Class"), classes),
        text("from", _("From (UTC)"), "date"), text("to", _("To (UTC)"), "date"), text("person", _("Person, by code")),
        text("record", _("Record, by code")), text("purpose", _("Purpose")),
    ]  # fmt: skip
    if values["event"]:
        found.append(text("event", _("Event")))
    return found


def log_rows(page: entries.LogPage, mission_code: str) -> list[dict[str, Any]]:
    return [_log_row(row, page.people.get(row.principal), mission_code) for row in page.rows]


def _log_row(row: AuditEntry, who: entries.Who | None, mission_code: str) -> dict[str, Any]:
    few = row.object_ids[:4]
    return {
        "time": f"{row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", "words": words.words_of(row.event), "event": row.event,
        "who": who.code if who else row.principal[:8], "who_href": reverse("audit-person", args=[mission_code, who.code]) if who else "",
        "roles": row.role.replace(",", ", "), "roles_in_words": roles(row.role), "sensitivity": row.sensitivity,
        "outcome": str(words.OUTCOMES.get(row.outcome, row.outcome)), "many": row.count_bucket or "", "purpose": row.purpose,
        "records": [{"code": str(key)[:8], "href": reverse("audit-record", args=[mission_code, str(key)])} for key in few],
        "more": len(row.object_ids) - len(few),
    }  # fmt: skip


def log_page(page: entries.LogPage, filters: entries.Filters, state: entries.LogState, mission_code: str) -> dict[str, Any]:
    """The page of the log: filters, table, export, and where the log itself stands."""
    chosen = {name: value for name, value in filters.values.items() if value}
    where = reverse("audit-export", args=[mission_code])
    exports = [{"label": kind.upper(), "href": f"{where}?{urlencode({**chosen, 'kind': kind})}"} for kind in ("csv", "json")]
    fields = log_fields(filters)
    return {
        "fields": fields, "filtered": bool(chosen), "wrong": bool(filters.problems), "rows": log_rows(page, mission_code), "page": page,
        "exports": exports, "limit": formats.number_format(entries.EXPORTED, use_l10n=True, force_grouping=True), "state": state,
    }  # fmt: skip


def habit(found: habits.Habit) -> dict[str, Any]:
    """A person's days, and the two sentences about their habit."""
    classes = sorted({code for day in found.days for code in day.by_class})
    hours = ""
    if found.hours:
        first, last = found.hours
        hours = _("Nine tenths of the entries lie between %(first)s and %(last)s (%(zone)s).") % {
            "first": f"{first:02d}:00", "last": f"{(last + 1) % 24:02d}:00", "zone": found.zone,
        }  # fmt: skip
    opened = _("Records opened on a day with any: the median is %(median)s.") % {"median": f"{found.median:g}"}
    days = [{"day": one, "classes": [one.by_class.get(code, 0) for code in classes]} for one in found.days]
    periods = [{"days": days, "label": spans_of_days(days), "current": days == found.period} for days in habits.PERIODS]
    return {"habit": found, "classes": classes, "days": days, "sentences": [opened, hours] if found.days else [], "periods": periods}


def spans_of_days(days: int) -> str:
    return ngettext("%(many)d day", "%(many)d days", days) % {"many": days}


def lock_page(found: LockDown | None, earlier: Sequence[LockDown], reader: Person) -> dict[str, Any]:
    """The page by which a mission is closed and opened: what stands, and which step is the reader's."""
    active = found is not None and found.confirmed_at is not None
    lifting = found is not None and found.lift_asked_by_id is not None
    return {
        "lock": found, "active": active, "reason": reason_of(found) if found else "",
        "asked_by_me": found is not None and found.asked_by_id == reader.id,
        "lifting": lifting, "lift_asked_by_me": lifting and found is not None and found.lift_asked_by_id == reader.id,
        "reasons": [Field("reason", "reason", "radios", _("Reason"), choices=_choices(rules.LOCK_REASONS, ""), required=True)],
        "earlier": [{"lock": one, "reason": reason_of(one)} for one in earlier],
    }  # fmt: skip


def reason_of(lock: LockDown) -> str:
    return str(rules.LOCK_REASONS.get(lock.reason_code, lock.reason_code))


def page_of(record: queries.Record, mission_code: str) -> str:
    """The address of a record's page."""
    return reverse(record.page, args=[mission_code, record.ref])
