"""What the pages of meetings show, as prepared values: every word is settled here, templates only place it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openmara.evidence import pages, presenters
from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import permissions, rules
from openmara.evidence.meetings.models import ActionPoint, Forum, Measure, Meeting, Outcome
from openmara.evidence.meetings.queries import File, Item
from openmara.evidence.models import AllegedPerpetrator
from openmara.evidence.queries import Names
from openmara.security.models import Person

STATES = {"planned": gettext_lazy("Called"), "held": gettext_lazy("Open"), "minuted": gettext_lazy("Minutes closed")}
FORUM_STATES = {"planned": gettext_lazy("Called"), "held": gettext_lazy("Held")}
MEASURE_STATES = {
    "open": gettext_lazy("Open"), "under_way": gettext_lazy("Under way"), "done": gettext_lazy("Done"), "dropped": gettext_lazy("Dropped"),
}  # fmt: skip
ANSWERS = {
    "yes": gettext_lazy("Yes"), "partly": gettext_lazy("Partly"), "no": gettext_lazy("No"), "not_applicable": gettext_lazy("Not applicable here"),
}  # fmt: skip
LINES = {
    "verified": gettext_lazy("Verified, of this quarter"), "late": gettext_lazy("Verified late, of earlier quarters"),
    "under_verification": gettext_lazy("Still to be verified at its end"),
}  # fmt: skip


SAID = {"deferred": gettext_lazy("No decision today"), "released": gettext_lazy("Released")}


def function_label(code: str) -> str:
    return pages.label("meeting_function", code)


def quorum_sentence(found: rules.Quorum) -> str:
    """Whether the meeting may decide, in one sentence."""
    if found.met:
        return ngettext("Quorum: %(n)d person is present.", "Quorum: %(n)d persons are present.", found.present) % {"n": found.present}
    return _("No quorum, so nothing is decided: %(why)s") % {"why": permissions.why_no_quorum(found)}


@dataclass(frozen=True)
class MeetingRow:
    day: date
    href: str
    place: str
    chair: str
    state: str


def meeting_rows(rows: Sequence[Meeting], mission: str) -> list[MeetingRow]:
    return [
        MeetingRow(row.held_on, reverse("meeting", args=[mission, row.id]), row.place or "–", row.person.shown_name, str(STATES[row.state]))
        for row in rows
    ]  # fmt: skip


def forum_rows(rows: Sequence[Forum], mission: str) -> list[tuple[date, str, str, str, str]]:
    return [(row.held_on, reverse("forum", args=[mission, row.id]), row.place or "–", row.quarter, str(FORUM_STATES[row.state])) for row in rows]


@dataclass(frozen=True)
class Line:
    """One item of the agenda. With a conflict of interest: its number, and that one has stepped back."""

    number: int
    id: str
    hidden: bool
    current: bool
    ref: str
    href: str
    when: str
    where: str
    why: str
    status: str
    attribution: str
    outcome: str
    waits: bool
    away: str
    fixed: bool


def lines(file: File, names: Names, current: uuid.UUID | None) -> list[Line]:
    return [_line(number, one, names, current) for number, one in enumerate(file.items, start=1)]


def _line(number: int, one: Item, names: Names, current: uuid.UUID | None) -> Line:
    row = one.row.incident
    away = ", ".join(person.code for person in one.conflicts)
    if one.mine:
        return Line(number, str(one.row.id), True, False, "", "", "", "", "", "", "", "", False, away, True)
    return Line(
        number, str(one.row.id), False, one.row.id == current, row.ref, f"?item={one.row.id}#item", pages.months(row.month_from, row.month_to),
        presenters.district(row, names), reasons_text(one.row.reasons), row.verification_status, row.attribution_status, outcome_text(one.outcome),
        one.outcome is None, away, bool(one.outcomes or one.conflicts),
    )  # fmt: skip


def reasons_text(codes: Sequence[str]) -> str:
    return ", ".join(pages.label("agenda_reason", code) for code in codes)


def outcome_text(outcome: Outcome | None) -> str:
    """What the meeting took, without its reasons."""
    if outcome is None:
        return ""
    if outcome.kind in SAID:
        return str(SAID[outcome.kind])
    said = pages.label("verification_status", outcome.to_status)
    if outcome.standard_of_proof:
        said = f"{said} ({pages.label('standard_of_proof', outcome.standard_of_proof).lower()})"
    return _("Recommended: %(what)s") % {"what": said} if outcome.kind == "recommendation" else said


@dataclass(frozen=True)
class Open:
    """The item that is being spoken of: what is needed to decide, and the form."""

    id: str
    number: int
    ref: str
    href: str
    facts: Sequence[tuple[str, str]]
    status: str
    attribution: str
    outcome: str
    fields: Mapping[str, pages.Field]
    door: str
    deciding: str
    offers: bool


def opened(file: File, number: int, one: Item, names: Names, parties: Sequence[AllegedPerpetrator], sources: tuple[int, int], fields: Mapping[str, pages.Field],
           door: str, decides: bool, mission: str) -> Open:  # fmt: skip
    row = one.row.incident
    counted = ", ".join(f"{count.label} {count.number}" for count in presenters.tally(row) if count.number)
    verifier = row.assigned_to.shown_name if row.assigned_to else _("Nobody yet")
    facts = [
        (_("Due because"), reasons_text(one.row.reasons)),
        (_("When and where"), f"{pages.months(row.month_from, row.month_to)}, {presenters.district(row, names)}"),
        (_("Forms of violence"), pages.labels("crsv_form", row.forms)),
        (_("People"), f"{presenters.people(row)} ({counted})" if counted else presenters.people(row)),
        (_("Alleged party"), ", ".join(names.party(line.party.code) for line in parties if line.party) or _("Unknown")),
        (_("Sources"), presenters.sources(*sources)),
        (_("Verifier"), verifier),
    ]
    if any(getattr(row, name) for name in rules.CHILDREN):
        facts.append((_("Children"), _("Counted once: the same case in the MRM is the same case here.")))
    deciding = _("You are the verifier: what you record is the decision.") if decides else (
        _("You record what the meeting recommends; %(name)s confirms it with one click.") % {"name": verifier}
        if row.assigned_to else _("Nobody verifies this incident yet: the meeting can recommend, and a verifier must be named.")
    )
    steps = evidence_rules.TRANSITIONS[row.verification_status]
    return Open(
        str(one.row.id), number, row.ref, reverse("incident", args=[mission, row.ref]), facts, row.verification_status, row.attribution_status,
        outcome_text(one.outcome), fields, door, deciding, bool(steps),
    )  # fmt: skip


def decision_fields(status: str, may_release: bool, values: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, pages.Field]:
    """Outcome, standard (the usual one is chosen), short reasons. A duplicate is closed on the incident's own page, beside the one that stays."""
    order = ("verified", "reported_not_verified", "did_not_occur", "out_of_scope", "under_verification")
    steps = [step for step in order if step in evidence_rules.TRANSITIONS[status]]
    release = [("release", _("Release"))] if may_release else []
    offered = [*release, *((step, pages.label("verification_status", step)) for step in steps), ("none", str(SAID["deferred"]))]
    shown = {"standard_of_proof": evidence_rules.STANDARDS[0], **values}
    found = [
        pages.radios("to_status", _("Outcome"), offered, shown, problems),
        pages.radios("standard_of_proof", _("Standard of proof, where verified"),
                     [(code, pages.label("standard_of_proof", code)) for code in evidence_rules.STANDARDS], shown, problems),
        pages.area("rationale", _("Reasons, in short"), shown, problems, _("Read by the senior adviser and by the verifier. No names."), 3),
    ]  # fmt: skip
    return {one.name: one for one in found}


@dataclass(frozen=True)
class Point:
    id: str
    what: str
    owner: str
    due_on: date
    done_on: date | None
    overdue: bool
    since: date | None
    mine: bool


def points(rows: Sequence[ActionPoint], person: Person, today: date, carried: bool = False) -> list[Point]:
    """Action points, overdue ones marked in words."""
    return [
        Point(str(row.id), row.what, row.person.shown_name, row.due_on, row.done_on, row.done_on is None and row.due_on < today,
              row.meeting.held_on if carried else None, row.person_id == person.id)
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One row of the pack: a label and a number per line; None is shown as hidden."""

    label: str
    numbers: tuple[int | None, ...]
    total: bool = False


def pack_tables(figures: Mapping[str, int | None], names: Names) -> list[tuple[str, str, list[Figure]]]:
    """(id, caption, rows) of a pack: incidents by province, persons by group."""
    areas = sorted({key.split("|")[1][5:] for key in figures if key.startswith("incidents|area=")}, key=lambda code: names.area(code).casefold())
    incidents = [Figure(names.area(area), tuple(figures[f"incidents|area={area}|line={line}"] for line in rules.LINES)) for area in areas]
    incidents.append(Figure(_("All provinces"), tuple(figures[f"incidents|line={line}"] for line in rules.LINES), True))
    groups = [Figure(str(presenters.GROUPS[name]), tuple(figures[f"persons|group={name}|line={line}"] for line in rules.LINES)) for name in rules.PERSONS]
    groups.append(Figure(_("All persons"), tuple(figures[f"persons|line={line}"] for line in rules.LINES), True))
    return [("incidents", _("Incidents by province"), incidents), ("persons", _("Persons by group"), groups)]


def line_labels() -> list[str]:
    return [str(LINES[line]) for line in rules.LINES]


def measure_rows(rows: Sequence[Measure], today: date) -> list[dict[str, object]]:
    return [
        {"id": str(row.id), "what": row.what, "who": function_label(row.function), "due_on": row.due_on, "quarter": row.quarter,
         "state": row.state, "state_label": str(MEASURE_STATES[row.state]), "overdue": row.state in ("open", "under_way") and row.due_on < today}
        for row in rows
    ]  # fmt: skip


MEASURED = {
    "meetings": gettext_lazy("Meetings of the working group held"),
    "forums": gettext_lazy("Meetings of the forum held"),
    "triage_days": gettext_lazy("Report to triage, median days"),
    "decision_days": gettext_lazy("Opening to decision, median days"),
    "areas_heard": gettext_lazy("Districts with at least one report"),
    "areas": gettext_lazy("Districts in all"),
    "verification_days": gettext_lazy("First report to verification, median days"),
    "share_late": gettext_lazy("Verified late, share to the nearest 5 %"),
}


def measured_text(name: str, value: object) -> str:
    """A measure as people read it; – where it stands on too few to be stated."""
    if value is None:
        return "–"
    if name == "share_late":
        return f"{round(float(str(value)) * 100)} %"
    return formats.number_format(str(value), 1 if isinstance(value, float) else 0, use_l10n=True)
