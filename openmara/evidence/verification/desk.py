"""What each page of verification is made of, and what a sent page becomes."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotFound, NotValid
from openmara.evidence import pages, permissions, presenters, queries, rules
from openmara.evidence.models import Incident
from openmara.evidence.queries import IncidentFile, ReportFile
from openmara.evidence.verification import actions
from openmara.evidence.verification import presenters as shows
from openmara.evidence.verification import queries as reads
from openmara.evidence.verification.by_reference import actions as reference
from openmara.evidence.verification.by_reference import rules as lines
from openmara.evidence.verification.origins import actions as origins
from openmara.security.models import Person
from openmara.security.permissions import has_role

Shown = dict[str, Any]
BODIES = {"hr": "human_rights", "cp": "child_protection"}


def shown(person: Person, file: IncidentFile) -> Shown:
    """What the incident page says of release, origin, other bodies and figures."""
    found = file.incident
    verified = found.verification_status == "verified"
    decision = next((one for one in reversed(file.decisions) if (one.axis, one.to_status) == ("verification", "verified")), None) if verified else None
    live = reads.live_release(found) if verified else None
    by, day = shows.released(file, live)
    return {
        "is_verified": verified,
        "released_by": by,
        "released_on": day,
        "release_door": _release_door(person, file, decision),
        "retract_door": presenters.only_read(person, found) or presenters.closed(permissions.check_is_assigned, person, found),
        "figures": shows.figures(found, file.decisions),
        "origins": shows.origins(file),
        "accounts": [one.report.ref for one in file.reports],
        "origin_door": presenters.only_read(person, found) or presenters.closed(permissions.check_can_triage),
        "records": [_record(one) for one in reads.body_records(file.decisions).values()],
    }


def _release_door(person: Person, file: IncidentFile, decision: Any) -> str:
    """Why this person does not release; '' where they may."""
    closed = presenters.only_read(person, file.incident) or presenters.closed(permissions.check_can_release)
    if not closed and decision is not None and decision.made_by_id == person.id:
        return _("Whoever verified an incident does not release it. Ask another senior adviser.")
    return closed or (presenters.closed(permissions.check_has_not_stepped_back, person, file.incident) if decision is not None else "")


def _record(one: Any) -> Shown:
    return {
        "body": pages.label("verification_body", one.body), "reference": one.external_reference, "day": one.verified_on,
        "standard": pages.label("standard_of_proof", one.standard_of_proof), "outcome": one.outcome,
    }  # fmt: skip


def release(person: Person, ref: str, verb: str) -> str:
    found = queries.find_incident(for_user=person, ref=ref)
    if verb == "withdraw":
        actions.withdraw_release(by=person, incident=found)
        return _("The release is taken back. The incident stays verified and counted.")
    actions.release(by=person, incident=found)
    return _("The incident is released for use at person level.")


def retraction(person: Person, ref: str, sent: QueryDict, problems: Mapping[str, str], general: str) -> Shown:
    """Everything a step back reaches, before anybody confirms it."""
    file = queries.incident(for_user=person, ref=ref)
    chosen = sent.get("to_status", "") if sent.get("to_status") in shows.STEPS_BACK else "under_verification"
    values = {"to_status": chosen} | {name: str(value) for name, value in sent.items()}
    fields = shows.retract_fields(values, problems)
    reach = reads.reach(for_user=person, incident=file.incident, to_status=chosen)
    return {
        "incident": file.incident, "fields": fields, "errors": list(fields.values()), "failed": bool(general), "general": "" if problems else general,
        "door": presenters.only_read(person, file.incident) or presenters.closed(permissions.check_is_assigned, person, file.incident)
        or ("" if file.incident.verification_status == "verified" else _("Only what is verified can be taken back.")),
        "accounts": [(one.report.ref, pages.office(one.report.organisation)) for one in file.reports],
        "moved": shows.moved(reach.quarters), "made": reach.made, "release": reads.live_release(file.incident),
        "becomes": pages.label("verification_status", chosen),
    }  # fmt: skip


def retract(person: Person, ref: str, sent: QueryDict) -> None:
    found = queries.find_incident(for_user=person, ref=ref)
    to_status = sent.get("to_status", "")
    if to_status not in shows.STEPS_BACK:
        raise NotValid(problems={"to_status": _("Choose one.")})
    kept = None
    if to_status == "duplicate":
        try:
            kept = queries.find_incident(for_user=person, ref=sent.get("duplicate_of", "").strip().lower().replace("\0", "")[:8])
        except NotFound as refusal:
            raise NotValid(problems={"duplicate_of": str(refusal)}) from None
    actions.retract(
        by=person, incident=found, to_status=to_status, reason_code=sent.get("reason_code", ""), rationale=sent.get("rationale", ""), duplicate_of=kept
    )


def origin(person: Person, ref: str, sent: QueryDict) -> str:
    found = queries.find_incident(for_user=person, ref=ref)
    if sent.get("undo"):
        origins.undo_same_origin(by=person, judgement=reads.find_origin(for_user=person, incident=found, key=str(sent["undo"])))
        return _("The judgement is taken back; the accounts count apart again.")
    pair = [queries.find_report(for_user=person, ref=sent.get(name, "")[:8].replace("\0", "")) for name in ("one", "other")]
    origins.judge_same_origin(by=person, incident=found, report=pair[0], other=pair[1])
    return _("The two accounts count as one source now.")


def sources(person: Person, file: ReportFile) -> Shown:
    """The sources of a report, each with its form where the reader may correct it."""
    door = presenters.closed(origins.check_may_assess, person, file.report)
    return {"source_door": door, "source_forms": [] if door else [_source_form(one) for one in (*file.sources, None)]}


def _source_form(source: Any) -> Shown:
    key = str(source.id) if source else ""
    titles = {"source_category": _("Source"), "source_type": _("Material"), "source_reliability": _("Reliability"), "source_credibility": _("Credibility")}
    fields = []
    for name, text in titles.items():
        value = getattr(source, name, "") if source else ""
        ident = f"s-{key[:8] or 'new'}-{name}"
        offered = vocabulary.choices(name, pages.language())
        fields.append(pages.Field(ident, name, "select", text, value=value, choices=pages.choices(ident, offered, value)))
    return {"key": key, "fields": fields}


def assess(person: Person, ref: str, sent: QueryDict) -> str:
    report = queries.find_report(for_user=person, ref=ref)
    values = {name: sent.get(name, "") for name in origins.FIELDS}
    source = reads.find_source(for_user=person, report=report, key=sent.get("source", ""))
    if source is None:
        origins.state_source(by=person, report=report, values=values)
        return _("The source is added.")
    origins.correct_source(by=person, report=report, source=source, values=values)
    return _("The source is corrected; the earlier judgement is kept.")


def backlog(person: Person, query: QueryDict) -> Shown:
    whose, band, status = query.get("whose", ""), query.get("band", ""), query.get("status", "")
    found = reads.backlog(for_user=person, whose=whose, band=band, status=status, after=query.get("after", ""), before=query.get("before", ""))
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    open_states = [(state, pages.label("verification_status", state)) for state in ("received", "under_verification")]
    return {
        "rows": shows.open_rows(found.page.rows, found.since, queries.names(for_user=person), code),  # type: ignore[arg-type]  # incidents
        "page": found.page,
        "bands": shows.bands(found.bands, code, whose),
        "filters": (
            pages.select("whose", _("Verifier"), [("me", _("Myself")), ("nobody", _("Nobody yet"))], whose),
            pages.select("band", _("Open for"), [(name, str(text)) for name, text in shows.BANDS.items()], band),
            pages.select("status", _("Status"), open_states, status),
        ),
        "are_set": bool(whose or band or status),
    }


def body_of(given: str) -> str:
    """The body a person speaks for; where one speaks for two, the one chosen."""
    mine = [body for role, body in BODIES.items() if has_role(role)]
    return given if given in mine else mine[0] if mine else ""


def by_reference(person: Person, sent: QueryDict) -> Shown:
    """One row or a pasted list: read, checked against our incidents, and on request taken over, all or none."""
    body = body_of(sent.get("body", ""))
    reference.check_speaks_for(body)
    pasted = sent.get("rows", "")
    row_problems: dict[str, str] = {}
    given = [(number, cells) for number, cells in enumerate(lines.split(pasted), start=1)]
    rows, said, refused = [], [], False
    if sent.get("do") == "row":
        row, row_problems = lines.read_named({name: sent.get(name, "") for name in lines.COLUMNS}, 1)
        rows = [row] if row else []
    elif len(given) > lines.MOST:
        said, refused = [(lines.MOST + 1, "", _("At most %(most)d lines at once.") % {"most": lines.MOST}, True)], True
    elif sent.get("do"):
        read = [(number, cells, *lines.read(cells, number)) for number, cells in given]
        said = [(number, cells[0] if cells else "", "; ".join(problems.values()), True) for number, cells, _row, problems in read if problems]
        rows = [row for _number, _cells, row, _problems in read if row]
        refused = bool(said)
    writes = sent.get("do") in ("record", "row") and not refused and bool(rows)
    told = reference.take_over(by=person, body=body, rows=rows, dry_run=not writes) if rows else []
    said += [(one.row.line, one.row.our_reference, one.text, one.refused) for one in told]
    failed = refused or any(one.refused for one in told) or bool(row_problems) or (bool(sent.get("do")) and not rows)
    return {
        "body": body, "bodies": [(one, pages.label("verification_body", one)) for role, one in BODIES.items() if has_role(role)],
        "body_label": pages.label("verification_body", body), "rows": pasted, "said": sorted(said), "failed": failed,
        "done": len(told) if writes and not failed else 0, "fits": bool(told) and not failed and not writes,
        "fields": _row_fields(sent, row_problems), "errors": [one for one in _row_fields(sent, row_problems) if one.error],
    }  # fmt: skip


def _row_fields(sent: QueryDict, problems: Mapping[str, str]) -> list[pages.Field]:
    values = {name: sent.get(name, "") for name in lines.COLUMNS} if sent.get("do") == "row" else {}

    def chosen(name: str, text: str, offered: list[tuple[str, str]]) -> pages.Field:
        value = values.get(name, "")
        return pages.Field(f"q-{name}", name, "select", text, "", value, problems.get(name, ""), choices=pages.choices(f"q-{name}", offered, value))

    return [
        pages.line("our_reference", _("Our reference"), values, problems, _("Eight characters, as on the incident’s page.")),
        pages.line("their_reference", _("Their reference"), values, problems, _("As the body’s own system has it: no name, nothing of the case.")),
        pages.line("verified_on", _("Day of their decision"), values, problems, "", "date"),
        chosen("standard_of_proof", _("Standard of proof"), [(code, pages.label("standard_of_proof", code)) for code in rules.STANDARDS]),
        chosen("outcome", _("Outcome"), [(code, pages.label("verification_status", code)) for code in lines.OUTCOMES]),
    ]


def reason_field(incident: Incident, values: Mapping[str, str], problems: Mapping[str, str]) -> pages.Field:
    """The reasons of every step that may follow from here."""
    return shows.reason_field(incident.verification_status, sorted(rules.TRANSITIONS[incident.verification_status]), values, problems)


def check_reason_is_chosen(incident: Incident, sent: QueryDict) -> None:
    """On a page the reason is chosen; only calls without a page may give words alone."""
    if rules.reason_without_choice(incident.verification_status, sent.get("to_status", "")) == "other" and not sent.get("reason_code"):
        raise NotValid(problems={"reason_code": _("Choose a reason that fits this decision.")})
