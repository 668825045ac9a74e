"""What each page of meetings is made of, and what a sent page becomes: between the views and the room's doors."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.evidence import pages
from openmara.evidence import permissions as evidence_permissions
from openmara.evidence import presenters as evidence_presenters
from openmara.evidence import queries as evidence_queries
from openmara.evidence import rules as evidence_rules
from openmara.evidence.intake.desk import Done, Shown
from openmara.evidence.meetings import actions, permissions, presenters, queries
from openmara.evidence.meetings.models import Meeting
from openmara.evidence.models import Source
from openmara.evidence.verification.queries import is_released
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can, has_role


def code_of(person: Person) -> str:
    return str(person.active_mission.code)  # type: ignore[attr-defined]  # carried by the view


def read_date(sent: QueryDict, name: str) -> date:
    found = pages.read_day(sent.get(name, ""), date.min)
    if found is None or found == date.min:
        raise NotValid(problems={name: _("Not a date. Write year-month-day, for example 2026-03-31.")})
    return found


def overview(person: Person, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """Meetings of both kinds as far as they are open, one's own action points, and the form that calls one."""
    code, values = code_of(person), {name: str(value) for name, value in sent.items()}
    group = has_role("working_group")
    shown: Shown = {
        "in_group": group,
        "rows": presenters.meeting_rows(queries.meetings(for_user=person), code) if group else [],
        "forums": presenters.forum_rows(queries.forums(for_user=person), code) if can("evidence_forum", "select") else [],
        "points": presenters.points(queries.own_points(for_user=person), person, clock.today(), carried=True) if group else [],
        "may_plan": can("evidence_meeting", "insert"),
        "may_assess": can("evidence_selfassessment", "select"),
    }
    kinds = [("wg", _("Working group")), ("forum", _("Consultation forum"))]
    fields = [
        pages.radios("kind", _("Which meeting"), kinds, {"kind": "wg", **values}, problems),
        pages.line("held_on", _("Day"), values, problems, kind="date"),
        pages.line("starts_at", _("Time"), values, problems, _("For example 10:30.")),
        pages.line("place", _("Place"), values, problems, _("A room or an office. No names.")),
    ]
    return shown | {"fields": fields, "failed": bool(problems)}


def plan(person: Person, sent: QueryDict) -> Done:
    """A meeting called: of the working group or of the forum."""
    from openmara.evidence.meetings.forum import actions as forum  # the forum's desk stands beside this one

    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    day = read_date(sent, "held_on")
    if sent.get("kind") == "forum":
        made = forum.plan_forum(by=person, mission=mission, held_on=day, place=sent.get("place", ""))
        return Done(_("The forum is called."), reverse("forum", args=[mission.code, made.id]))
    try:
        at = time.fromisoformat(str(sent["starts_at"]).strip()) if sent.get("starts_at", "").strip() else None
    except ValueError:
        raise NotValid(problems={"starts_at": _("Not a time. Write hours and minutes, for example 10:30.")}) from None
    called = actions.plan(by=person, mission=mission, held_on=day, starts_at=at, place=sent.get("place", ""))
    return Done(_("The meeting is called; what is due is on its agenda."), reverse("meeting", args=[mission.code, called.id]))


def meeting(person: Person, key: uuid.UUID, asked: str, sent: QueryDict, problems: Mapping[str, str], general: str) -> Shown:
    """The page of one meeting, with the item that is being spoken of."""
    file = queries.meeting(for_user=person, key=key)
    names = evidence_queries.names(for_user=person)
    today, values = clock.today(), {name: str(value) for name, value in sent.items()}
    open_item = _current(file, values.get("item") or asked)
    runs = not evidence_presenters.closed(permissions.check_can_run) and file.meeting.state != "minuted"
    point_values = values if values.get("do") == "point" else {"due_on": ""}
    shown: Shown = {
        "meeting": file.meeting, "chair": file.meeting.person.shown_name, "state": str(presenters.STATES[file.meeting.state]),
        "participants": [(one.person, presenters.function_label(one.function), one.present) for one in file.participants],
        "quorum": file.quorum, "quorum_text": presenters.quorum_sentence(file.quorum), "runs": runs,
        "lines": presenters.lines(file, names, open_item[1].row.id if open_item else None),
        "left": sum(one.outcome is None and not one.mine for one in file.items),
        "points": presenters.points(file.points, person, today), "carried": presenters.points(file.carried, person, today, carried=True),
        "may_close": runs and file.meeting.state == "held", "general": general, "problems": problems,
        "point_fields": [
            pages.line("what", _("What is to be done"), point_values, problems, _("One sentence. No names, no place.")),
            pages.line("due_on", _("Until"), point_values, problems, kind="date"),
        ],
        "due_field_id": "q-due_on",
        "not_member": evidence_presenters.closed(permissions.check_is_present, person, file.meeting),
    }  # fmt: skip
    if open_item:
        shown["open"] = _opened(person, file, open_item, names, values if values.get("do") == "decide" else {}, problems)
    return shown


def _current(file: queries.File, asked: str) -> tuple[int, queries.Item] | None:
    """The item asked for, else the first without an outcome; never one the reader has stepped back from."""
    open_ones = [(number, one) for number, one in enumerate(file.items, start=1) if not one.mine]
    if asked:
        return next((pair for pair in open_ones if str(pair[1].row.id) == asked), None)
    return next((pair for pair in open_ones if pair[1].outcome is None), None) if file.meeting.state == "held" else None


def _opened(person: Person, file: queries.File, pair: tuple[int, queries.Item], names: evidence_queries.Names, values: Mapping[str, str],
            problems: Mapping[str, str]) -> presenters.Open:  # fmt: skip
    number, one = pair
    incident = one.row.incident
    found = Source.objects.filter(report__links__incident=incident, report__links__undone_at=None)
    sources = evidence_rules.count_sources(
        evidence_rules.SourceFacts(category, str(office)) for category, office in found.values_list("source_category", "report__organisation_id")
    )
    closed = evidence_presenters.closed
    door = (
        closed(permissions.check_can_run)
        or (_("The minutes of this meeting are closed.") if file.meeting.state == "minuted" else "")
        or closed(permissions.check_is_present, person, file.meeting)
        or ("" if file.quorum.met else presenters.quorum_sentence(file.quorum))
    )
    waits = incident.verification_status == "verified" and not is_released(incident)
    may_release = waits and not closed(evidence_permissions.check_can_release)
    decides = not (closed(evidence_permissions.check_can_verify) or closed(evidence_permissions.check_is_assigned, person, incident))
    return presenters.opened(
        file, number, one, names, evidence_queries.parties_of([incident]).get(incident.id, []), sources,
        presenters.decision_fields(incident.verification_status, may_release, values, problems), door, decides, code_of(person),
    )  # fmt: skip


def send(person: Person, key: uuid.UUID, sent: QueryDict) -> Done:
    """One step at a meeting."""
    verb = VERBS.get(sent.get("do", ""))
    found = queries.find_meeting(for_user=person, key=key)
    if verb is None:
        raise NotValid(problems={"do": _("Choose what to do.")})
    here = reverse("meeting", args=[code_of(person), key])
    message, anchor = verb(person, found, sent)
    return Done(message, here + anchor)


def _item(person: Person, found: Meeting, sent: QueryDict) -> Any:
    return queries.find_item(for_user=person, meeting=found, key=sent.get("item", ""))


def _present(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    offered = {str(one) for one in found.participants.values_list("person_id", flat=True)}
    chosen = [uuid.UUID(one) for one in sent.getlist("present") if one in offered]
    return presenters.quorum_sentence(actions.mark_present(by=person, meeting=found, present=chosen)), ""


def _decide(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    to_status = sent.get("to_status", "")
    if to_status not in ("none", actions.RELEASE) and to_status not in evidence_rules.TRANSITIONS:
        raise NotValid(problems={"to_status": _("Choose one.")})
    item = _item(person, found, sent)
    outcome = actions.take_decision(
        by=person, item=item, to_status="" if to_status == "none" else to_status, standard=sent.get("standard_of_proof", ""),
        rationale=sent.get("rationale", ""),
    )  # fmt: skip
    said = {"decision": _("Incident %(ref)s: the decision is recorded."), "recommendation": _("Incident %(ref)s: recommended; its verifier confirms."),
            "deferred": _("Incident %(ref)s: no decision today."), "released": _("Incident %(ref)s: released.")}  # fmt: skip
    return said[outcome.kind] % {"ref": item.incident.ref}, "#item"


def _conflict(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    who = queries.find_participant(for_user=person, meeting=found, key=sent.get("person", str(person.id)))
    if who is None:
        raise NotValid(problems={"person": _("Choose a participant of this meeting.")})
    actions.declare_conflict(by=person, item=_item(person, found, sent), person=who)
    return _("It is noted. Whoever steps back neither sees this item here nor takes part in it."), "#agenda"


def _put_on(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    ref = sent.get("ref", "").strip().lower().replace("\0", "")[:8]
    try:
        incident = evidence_queries.find_incident(for_user=person, ref=ref)
    except NotFound as refusal:
        raise NotValid(problems={"ref": str(refusal)}) from None
    actions.put_on(by=person, meeting=found, incident=incident)
    return _("Incident %(ref)s is on the agenda.") % {"ref": incident.ref}, "#agenda"


def _take_off(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    actions.take_off(by=person, item=_item(person, found, sent))
    return _("The item is off the agenda."), "#agenda"


def _up(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    actions.move_up(by=person, item=_item(person, found, sent))
    return _("The order is changed."), "#agenda"


def _refresh(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    added = actions.refresh_agenda(by=person, meeting=found)
    return _("%(n)s added to the agenda.") % {"n": added}, "#agenda"


def _point(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    owner = queries.find_participant(for_user=person, meeting=found, key=sent.get("owner", ""))
    if owner is None:
        raise NotValid(problems={"owner": _("Choose a participant of this meeting.")})
    actions.add_point(by=person, meeting=found, owner=owner, what=sent.get("what", ""), due_on=read_date(sent, "due_on"))
    return _("The action point is kept."), "#points"


def _done(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    actions.settle_point(by=person, point=queries.find_point(for_user=person, key=sent.get("point", "")))
    return _("The action point is done."), "#points"


def _confirm(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    outcome = queries.find_outcome(for_user=person, meeting=found, key=sent.get("outcome", ""))
    actions.confirm(by=person, outcome=outcome)
    return _("Incident %(ref)s: the decision is recorded.") % {"ref": outcome.item.incident.ref}, "#agenda"


def _close(person: Person, found: Meeting, sent: QueryDict) -> tuple[str, str]:
    actions.close_minutes(by=person, meeting=found)
    return _("The minutes are closed."), ""


VERBS: Mapping[str, Callable[[Person, Meeting, QueryDict], tuple[str, str]]] = {
    "present": _present, "decide": _decide, "conflict": _conflict, "put_on": _put_on, "take_off": _take_off, "up": _up, "refresh": _refresh,
    "point": _point, "done": _done, "confirm": _confirm, "close": _close,
}  # fmt: skip
