"""What each page of gathering is made of, and what a sent page becomes."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.evidence import pages, presenters, queries
from openmara.evidence.gathering import actions
from openmara.evidence.gathering import presenters as shown_as
from openmara.evidence.gathering import queries as gathered
from openmara.evidence.gathering.models import EditConflict, Gathering
from openmara.evidence.intake import sheet
from openmara.evidence.models import Incident
from openmara.evidence.queries import IncidentFile
from openmara.security import clock
from openmara.security.models import Person

Shown = dict[str, Any]
Problems = Mapping[str, str]


def shown(person: Person, file: IncidentFile) -> Shown:
    """The part of the incident page: history of judgements, and edits that wait to be settled."""
    found = gathered.judgements(for_user=person, incident=file.incident)
    mine, others = gathered.waiting_edits(for_user=person, incident=file.incident)
    return {"lines": shown_as.lines(found, file.incident, _code(person)), "mine": mine, "others": others, "may_split": len(file.reports) > 1}


def typed(sent: QueryDict) -> dict[str, str]:
    """What was typed, one answer for each field."""
    return {name: str(value) for name, value in sent.items()}


def split(person: Person, ref: str, sent: QueryDict, problems: Problems) -> Shown:
    """The accounts side by side, with the choice of those that go."""
    file = queries.incident(for_user=person, ref=ref)
    names = queries.names(for_user=person, fine=True)
    chosen, values = sent.getlist("reports"), typed(sent)
    offered = [(one.report.ref, f"{one.report.ref}, {pages.office(one.report.organisation)}") for one in file.reports]
    goes = pages.Field("q-reports", "reports", "checkboxes", _("Reports that speak of the other event"), error=problems.get("reports", ""), choices=tuple(
        pages.Choice(f"q-reports-{place}", code, text, code in chosen) for place, (code, text) in enumerate(offered, 1)
    ))  # fmt: skip
    base = pages.radios("base", _("Its coding is taken from"), offered, values, problems)
    fields = [goes, base, *shown_as.reason_fields("split", values, problems)]
    return _page(person, file, "change", problems, fields) | {
        "comparison": presenters.compare(file, names, _code(person)), "fields": fields, "was_verified": file.incident.verification_status == "verified",
    }  # fmt: skip


def do_split(person: Person, ref: str, sent: QueryDict) -> Incident:
    found = queries.find_incident(for_user=person, ref=ref)
    keys = {one.report.ref: one.report.id for one in queries.reports_of_incident(for_user=person, incident=found)}
    chosen = [keys[one] for one in dict.fromkeys(sent.getlist("reports")) if one in keys]
    return actions.split_incident(
        by=person, incident=found, reports=chosen, base=keys.get(sent.get("base", "")), reason=sent.get("reason", ""),
        rationale=sent.get("rationale", ""),
    )  # fmt: skip


def join(person: Person, ref: str, asked: QueryDict, sent: QueryDict, problems: Problems) -> Shown:
    """This incident and the one that stays, side by side; without a second one, the question which."""
    file = queries.incident(for_user=person, ref=ref)
    values = {"into": asked.get("into", "").strip().lower()} | typed(sent)
    into = _stays(person, file, values["into"], dict(problems))
    problems = dict(problems) | ({"into": into} if isinstance(into, str) and into else {})
    fields = [pages.line("into", _("The incident that stays"), values, problems, _("Its reference, eight characters."))]
    compared = None
    if isinstance(into, IncidentFile):
        compared = shown_as.two_sides(into, file, queries.names(for_user=person, fine=True), _code(person))
    reasons = shown_as.reason_fields("join", values, problems)
    return _page(person, file, "decide", problems, [*fields, *reasons]) | {"comparison": compared, "which": fields[0], "fields": reasons}


def _stays(person: Person, file: IncidentFile, ref: str, problems: dict[str, str]) -> IncidentFile | str:
    """The file of the other incident, or why there is none to show."""
    if not ref or "into" in problems:
        return ""
    if ref == file.incident.ref:
        return _("An incident cannot join itself.")
    try:
        return queries.incident(for_user=person, ref=ref.replace("\0", "")[:8])
    except NotFound as refusal:
        return str(refusal)


def do_join(person: Person, ref: str, sent: QueryDict) -> Incident:
    found = queries.find_incident(for_user=person, ref=ref)
    try:
        into = queries.find_incident(for_user=person, ref=sent.get("into", "").strip().lower().replace("\0", "")[:8])
    except NotFound as refusal:
        raise NotValid(problems={"into": str(refusal)}) from None
    actions.join_incident(by=person, incident=found, into=into, reason=sent.get("reason", ""), rationale=sent.get("rationale", ""))
    return into


def undo(person: Person, ref: str, asked: QueryDict, sent: QueryDict, problems: Problems) -> Shown:
    """The judgements that may be taken back, and of those that may not, what stands in the way."""
    file = queries.incident(for_user=person, ref=ref)
    found = [one for one in gathered.judgements(for_user=person, incident=file.incident) if not one.undone]
    lines = shown_as.lines(found, file.incident, _code(person))
    blocked = {str(one.row.id): "; ".join(gathered.in_the_way(for_user=person, judgement=one.row)) for one in found}
    values = {"judgement": asked.get("judgement", "")} | typed(sent)
    open_ones = [one for one in lines if not blocked[one.key]]
    offered = [(one.key, f"{one.what}: {one.other} ({one.reports})") for one in open_ones]
    fields = [pages.radios("judgement", _("Take back"), offered, values, problems), *shown_as.reason_fields("undo", values, problems)]
    return _page(person, file, "change", problems, fields) | {
        "fields": fields, "may_undo": bool(offered), "blocked": [(one, blocked[one.key]) for one in lines if blocked[one.key]],
    }  # fmt: skip


def do_undo(person: Person, ref: str, sent: QueryDict) -> Gathering:
    found = queries.find_incident(for_user=person, ref=ref)
    try:
        judgement = gathered.find_judgement(for_user=person, incident=found, key=sent.get("judgement", ""))
    except NotFound:
        raise NotValid(problems={"judgement": _("Choose one.")}) from None
    return actions.undo_gathering(by=person, judgement=judgement, reason=sent.get("reason", ""), rationale=sent.get("rationale", ""))


def both(person: Person, ref: str, sent: QueryDict, problems: Problems) -> Shown:
    """What one had typed beside what stands now, question by question."""
    file = queries.incident(for_user=person, ref=ref)
    if file.exact is None:
        raise NotFound(_("The exact place and time of this incident are not open to you."))
    waiting = gathered.kept_edits(for_user=person, incident=file.incident)
    kept = next((one for one in waiting if str(one.id) == sent.get("kept", "")), waiting[0] if waiting else None)
    taken = {name[5:]: str(value) for name, value in sent.items() if name.startswith("take-")}
    names = queries.names(for_user=person, fine=True)
    rows = shown_as.sides(kept, _standing(file), names, taken, problems) if kept else []
    return _page(person, file, "change", problems, []) | {"kept": kept, "rows": rows, "version": file.incident.version, "more": len(waiting) - 1}


def _standing(file: IncidentFile) -> sheet.Values:
    assert file.exact is not None  # asked by the caller
    return sheet.of_incident(file.incident, file.exact, [one.party.code for one in file.perpetrators if one.party])


def settle(person: Person, ref: str, sent: QueryDict) -> None:
    """Take of each question the version that was chosen. Conflict where a colleague was faster once more."""
    file = queries.incident(for_user=person, ref=ref)
    kept = gathered.find_kept(for_user=person, incident=file.incident, key=sent.get("kept", ""))
    if file.exact is None:
        raise NotFound(_("The exact place and time of this incident are not open to you."))
    names = queries.names(for_user=person, fine=True)
    taken = {name[5:]: str(value) for name, value in sent.items() if name.startswith("take-")}
    rows = shown_as.sides(kept, _standing(file), names, taken, {})
    unsaid = {one.name: _("Choose one.") for one in rows if one.take not in ("mine", "theirs")}
    if unsaid:
        raise NotValid(problems=unsaid)
    version = int(sent.get("version", "")) if sent.get("version", "").isdigit() else 0
    mine = [one.name for one in rows if one.take == "mine"]
    if not mine:
        actions.settle_edit(by=person, kept=kept, changes=None, version=version)
        return
    own = sheet.as_values(kept.typed["mine"])
    merged = _standing(file) | {name: own.get(name, "") for name in mine}
    if any(str(merged.get(name) or "") for name in shown_as.GROUPS):
        merged["total"] = ""  # the sum of the groups, where they are stated
    changes, problems = sheet.recoded(merged, file.incident, file.exact, queries.known(for_user=person), clock.today(), pages.language())
    if problems:
        raise NotValid(problems=problems)
    actions.settle_edit(by=person, kept=kept, changes=changes, version=version)


def keep(person: Person, incident: Incident, sent: QueryDict, version: int) -> EditConflict:
    """Nothing typed is lost: a stale form is kept as typed, with what its writer had seen."""
    mine = {name: value for name, value in sheet.typed(sent).items() if name in sheet.CODING}
    try:
        base = json.loads(sent.get("base", ""))
    except ValueError:
        base = None
    seen = {name: base[name] for name in sheet.CODING if name in base} if isinstance(base, dict) else None
    return actions.keep_edit(by=person, incident=incident, base_version=version, typed={"mine": mine, "base": seen})


def _page(person: Person, file: IncidentFile, door: str, problems: Problems, fields: list[pages.Field]) -> Shown:
    doors = presenters.doors(person, file.incident, presenters.only_read(person, file.incident))
    return {
        "incident": file.incident, "door": doors[door], "problems": problems, "failed": bool(problems),
        "errors": fields, "general": problems.get("", ""),
    }  # fmt: skip


def _code(person: Person) -> str:
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    return str(mission.code)

