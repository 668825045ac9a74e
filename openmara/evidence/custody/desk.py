"""What the pages of custody and of hand-overs show, and what a sent page becomes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotFound, NotNow, NotValid
from openmara.evidence import pages, presenters
from openmara.evidence import queries as reading
from openmara.evidence.custody import actions, permissions, queries, rules
from openmara.evidence.custody.models import HandOver
from openmara.evidence.models import Incident, Link, Report
from openmara.evidence.queries import IncidentFile
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.watch import entries

Shown = dict[str, Any]
OPENINGS = ("evidence:report:open_file", "evidence:report:open_text")


@dataclass(frozen=True)
class Event:
    """One event of a timeline."""

    at: datetime
    event: str
    exhibit: str
    by: str
    purpose: str
    counterpart: str
    sha256: str


@dataclass(frozen=True)
class Row:
    """One hand-over in the list."""

    ref: str
    href: str
    body: str
    asked_at: datetime
    state: str


def custody(person: Person, ref: str, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """The custody page of one account: exhibits, timeline, what may be added, and the way to a hand-over."""
    report = reading.find_report(for_user=person, ref=ref)
    record("evidence:custody:open", objects=[report.id], sensitivity="S3")
    typed, which = {name: str(value) for name, value in sent.items()}, sent.get("do", "")
    exhibits = queries.exhibits(for_user=person, report=report)
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    forms = {"exhibit": _exhibit_fields, "event": lambda *given: _event_fields([one.ref for one in exhibits], *given), "ask": _ask_fields}
    fields = {name: make(typed if which == name else {}, problems if which == name else {}) for name, make in forms.items()}
    opened = _opened(person, report)
    return {
        "report": report, "sha256": bytes(report.content_sha256).hex(), "events": _events(person, report), "opened": opened, "may_see_opened": opened is not None,
        "exhibits": [(one.ref, pages.label("source_type", one.kind), one.description_code, one.kept_at, bytes(one.content_sha256).hex()) for one in exhibits],
        "fields": fields, "errors": fields.get(which, []), "failed": bool(problems), "incident": link.incident if link else None,
        "door": presenters.closed(permissions.check_can_keep, person, report), "ask_door": presenters.closed(permissions.check_can_ask, person, report),
    }  # fmt: skip


def _events(person: Person, report: Report) -> list[Event]:
    return [
        Event(
            row.made_at, pages.label("custody_event", row.event), row.exhibit.ref if row.exhibit else "", row.made_by.shown_name,
            pages.label("custody_purpose", row.purpose), pages.label("accountability_body", row.counterpart),
            bytes(row.content_sha256).hex()[:12] if row.content_sha256 else "",
        )
        for row in queries.timeline(for_user=person, report=report)
    ]  # fmt: skip


def _opened(person: Person, report: Report) -> list[entries.Look] | None:
    """Who opened it, from the log, for those who watch over the record; None for everybody else."""
    try:
        looks = entries.readers(for_user=person, key=str(report.id))
    except NotFound:
        return None
    return [one for one in looks.rows if one.event in OPENINGS]


def _exhibit_fields(typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    kinds = [(code, label) for code, label in vocabulary.choices("source_type", pages.language()) if code not in rules.NOT_TAKEN]
    kind = pages.select("kind", _("Kind"), kinds, typed.get("kind", ""))
    return [
        pages.Field("q-kind", "kind", "select", kind.label, value=kind.value, choices=kind.choices[1:], error=problems.get("kind", "")),
        pages.line("description_code", _("What it is, as a code"), typed, problems, _("For example DOC-12. No names, no words of the account.")),
        pages.line("kept_at", _("Where it is kept, as a code"), typed, problems, _("For example safe.2")),
        pages.line("sha256", _("SHA-256 of the file"), typed, problems, _("64 characters; computed where the file is kept. The file itself is not sent here.")),
    ]  # fmt: skip


def _event_fields(exhibits: list[str], typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    events = [(code, pages.label("custody_event", code)) for code in rules.WRITTEN]
    which = pages.select("exhibit", _("Of what"), [(ref, ref) for ref in exhibits], typed.get("exhibit", ""))
    whole = pages.choices("q-exhibit", [("", _("The account itself")), *((ref, ref) for ref in exhibits)], typed.get("exhibit", ""))
    purpose = pages.select("purpose", _("To what end"), vocabulary.choices("custody_purpose", pages.language()), typed.get("purpose", ""))
    return [
        pages.Field("q-exhibit", "exhibit", "select", which.label, value=which.value, no_blank=True, choices=whole, error=problems.get("exhibit", "")),
        pages.radios("event", _("What happened"), events, typed, problems),
        pages.Field("q-purpose", "purpose", "select", purpose.label, value=purpose.value, choices=purpose.choices[1:], error=problems.get("purpose", "")),
        pages.line("counterpart", _("With whom, as a code"), typed, problems),
    ]  # fmt: skip


def _ask_fields(typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    body = pages.select("body", _("To which body"), vocabulary.choices("accountability_body", pages.language()), typed.get("body", ""))
    purpose = pages.select("purpose", _("To what end"), vocabulary.choices("custody_purpose", pages.language()), typed.get("purpose", ""))
    return [
        pages.Field("q-body", "body", "select", body.label, value=body.value, choices=body.choices[1:], error=problems.get("body", "")),
        pages.Field("q-end", "purpose", "select", purpose.label, value=purpose.value, choices=purpose.choices[1:], error=problems.get("purpose", "")),
    ]  # fmt: skip


def keep(person: Person, ref: str, sent: QueryDict) -> tuple[str, str]:
    """(words, where to go on) after one form of the custody page."""
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    report = reading.find_report(for_user=person, ref=ref)
    said = {name: sent.get(name, "").replace("\0", "").strip() for name in ("kind", "description_code", "kept_at", "sha256", "event", "purpose", "counterpart", "exhibit", "body")}
    here = reverse("report-custody", args=[code, ref])
    if sent.get("do") == "exhibit":
        actions.add_exhibit(by=person, report=report, **{name: said[name] for name in ("kind", "description_code", "kept_at", "sha256")})
        return _("The exhibit is noted."), here
    if sent.get("do") == "event":
        exhibit = queries.find_exhibit(for_user=person, report=report, ref=said["exhibit"])
        actions.note_event(by=person, report=report, event=said["event"], purpose=said["purpose"], counterpart=said["counterpart"], exhibit=exhibit)
        return _("The event is added to the timeline."), here
    if sent.get("do") != "ask":
        raise NotValid(problems={"event": _("Choose one.")})
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    if link is None:
        raise NotNow(_("The account belongs to no incident yet."))
    found = actions.ask_hand_over(by=person, report=report, incident=link.incident, body=said["body"], purpose=said["purpose"])
    return _("The hand-over is asked for. The head of mission decides next."), reverse("hand-over", args=[code, found.id])


def state(found: HandOver) -> str:
    """Where a hand-over stands, in words."""
    decisions = queries.decisions_of(found)
    return _("Handed over") if decisions.done else rules.why_not_handed_over(decisions) or _("Both have agreed: it may be handed over.")


def hand_overs(person: Person) -> Shown:
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    rows = queries.hand_overs(for_user=person)
    return {"rows": [Row(one.ref, reverse("hand-over", args=[code, one.id]), pages.label("accountability_body", one.body), one.asked_at, state(one)) for one in rows]}


def hand_over(person: Person, key: uuid.UUID, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """One hand-over: who asked, who decided on which reference, and what is due. Those who decide see references and numbers only."""
    found = queries.find_hand_over(for_user=person, key=key)
    record("evidence:handover:open", objects=[found.id], sensitivity="S1")
    decisions = queries.decisions_of(found)
    step = rules.next_step(decisions)
    checks = {"decision": permissions.check_can_decide, "legal": permissions.check_can_record_legal}
    typed = {name: str(value) for name, value in sent.items()}
    incident = queries.incident_of(for_user=person, hand_over=found)
    return {
        "found": found, "body": pages.label("accountability_body", found.body), "purpose": pages.label("custody_purpose", found.purpose), "state": state(found),
        "people": {name: getattr(found, name).shown_name if getattr(found, name) else "" for name in ("asked_by", "decided_by", "legal_by", "done_by")},
        "words": {rules.AGREED: _("Agreed"), rules.REFUSED: _("Refused")}, "decision_word": _word(found.decision), "legal_word": _word(found.legal),
        "step": step, "step_door": presenters.closed(checks[step], person, found) if step in checks else "", "fields": _step_fields(step, typed, problems),
        "errors": _step_fields(step, typed, problems), "failed": bool(problems), "incident": incident,
        "items": queries.items_for(for_user=person, incident=incident, body=found.body) if incident and not decisions.done else None,
        "done_door": _done_door(person, found, decisions), "manifest": queries.manifest_of(for_user=person, hand_over=found),
        "vkey": actions.key().verifier.vkey() if decisions.done else "", "sha256": bytes(found.manifest_sha256).hex() if found.manifest_sha256 else "",
    }  # fmt: skip


def _word(answer: str) -> str:
    return {rules.AGREED: _("Agreed"), rules.REFUSED: _("Refused")}.get(answer, _("Not yet"))


def _done_door(person: Person, found: HandOver, decisions: rules.Decisions) -> str:
    reason = "" if decisions.done else rules.why_not_handed_over(decisions)
    if decisions.done and found.done_by_id != person.id:
        reason = _("The package is made again only for whoever handed it over.")
    try:
        return reason or presenters.closed(permissions.check_can_hand_over, person, found)
    except NotNow:  # the address asks for the proof by itself
        return ""


def _step_fields(step: str, typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    if step not in ("decision", "legal"):
        return []
    answers = [(rules.AGREED, _("Agreed")), (rules.REFUSED, _("Refused"))]
    found = [
        pages.radios("answer", _("Decision"), answers, typed, problems),
        pages.line("reference", _("Reference of the written decision"), typed, problems, _("A code without spaces; no names.")),
    ]
    return found + ([pages.line("legal_on", _("Day of the written decision"), typed, problems, "", "date")] if step == "legal" else [])


def decide(person: Person, key: uuid.UUID, sent: QueryDict) -> str:
    """The step that is due, by whoever may take it."""
    found = queries.find_hand_over(for_user=person, key=key)
    step = rules.next_step(queries.decisions_of(found))
    if step not in ("decision", "legal"):
        raise NotNow(_("This step is not due."))
    check = permissions.check_can_decide if step == "decision" else permissions.check_can_record_legal
    check(person, found)
    if sent.get("answer") not in (rules.AGREED, rules.REFUSED):
        raise NotValid(problems={"answer": _("Choose one.")})
    reference, agreed = sent.get("reference", "").replace("\0", "").strip(), sent["answer"] == rules.AGREED
    if step == "decision":
        actions.decide(by=person, hand_over=found, agreed=agreed, reference=reference)
    else:
        actions.record_legal(by=person, hand_over=found, agreed=agreed, reference=reference, on=pages.read_day(sent.get("legal_on", ""), date.max))
    return _("The decision is recorded.")


def package(person: Person, key: uuid.UUID) -> tuple[str, bytes]:
    """(file name, package)."""
    found = queries.find_hand_over(for_user=person, key=key)
    return f"hand-over-{found.ref}.zip", actions.hand_over(by=person, hand_over=found)


def on_incident(person: Person, incident: Incident, file: IncidentFile) -> Shown:
    """Each account of an incident with the size of its timeline."""
    counted = queries.counted(for_user=person, reports=[one.report.id for one in file.reports])
    return {"accounts": [(one.report.ref, one.report.recorded_at, *counted[one.report.id]) for one in file.reports]}
