"""What the pages of the conduct channel are made of, and what a sent page becomes."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.evidence import pages, presenters
from openmara.evidence import queries as evidence
from openmara.evidence.intake import sheet
from openmara.evidence.models import Report
from openmara.evidence.queries import Names, ReportFile
from openmara.evidence.sea import actions
from openmara.evidence.sea.parting import actions as parting
from openmara.evidence.triage import actions as triage
from openmara.evidence.triage import queries
from openmara.evidence.triage.models import SeaDraft
from openmara.security import clock
from openmara.security.models import Person

Shown = dict[str, Any]
# What the part that stays is asked again, begun from what the account said.
AGAIN = (*sheet.CODING, "nexus_note")
KEPT = ("source_org_type", "classification")


def content(file: ReportFile, text: Any, names: Names) -> list[tuple[str, str]]:
    """What of a report is open to whoever routes it, as the channel will be told it."""
    report = file.report
    rows = [(_("Office"), pages.office(report.organisation)), (_("Their reference"), report.their_reference)]
    rows += [(one.label, one.text) for one in presenters.facts(report, file.exact, names) if one.label != _("Class of record")]
    rows += [(one.label, str(one.number)) for one in presenters.tally(report) if one.number]
    rows += [(_("People"), presenters.people(report)), (_("Alleged party"), ", ".join(names.party(code) for code in report.party_codes))]
    rows += [(_("Kind of source"), ", ".join(pages.label("source_category", one.source_category) for one in file.sources))]
    words = {"nexus_note": _("Link to the conflict"), "narrative_confidential": _("Account, confidential"), "narrative_shareable": _("Text that may be shared")}
    return rows + [(label, getattr(text, name, "") or "") for name, label in words.items()]


def content_of_sheet(person: Person, values: sheet.Values) -> list[tuple[str, str]]:
    """What was typed into the sheet of one account, question by question."""
    rows = []
    for group in sheet.groups(values, {}, evidence.names(for_user=person, fine=True), pages.language()):
        for field in group.fields:
            chosen = ", ".join(one.label for one in field.choices if one.selected)
            rows.append((field.label, chosen or str(field.value or "")))
    return rows


def before(person: Person, ref: str) -> Shown:
    """What whoever routes sees first: the duty, the channel, what becomes of the account, where somebody can be referred."""
    file = evidence.report(for_user=person, ref=ref)
    return {
        "report": file.report,
        "incident": file.link.incident.ref if file.link else "",
        "covered": coverage(person, file.report.adm2),
        "has_text": queries.has_text(for_user=person, report=file.report),
        "obstacle": presenters.closed(actions.check_can_keep_draft),
    }


def coverage(person: Person, adm2: str) -> list[tuple[str, str]]:
    """Whether somebody can be referred there; never to whom."""
    found = queries.covered(for_user=person, adm2=adm2)
    return [
        (_("Health care"), pages.label("yes_no_unknown", found.health)), (_("Psychosocial support"), pages.label("yes_no_unknown", found.psychosocial)),
    ]  # fmt: skip


def hand_over(person: Person, ref: str) -> SeaDraft:
    """The whole account goes."""
    file, rows = _read(person, ref)
    return triage.hand_over(by=person, report=file.report, rows=rows)


def _read(person: Person, ref: str) -> tuple[ReportFile, list[tuple[str, str]]]:
    file = evidence.report(for_user=person, ref=ref)
    text = queries.text(for_user=person, report=file.report)
    return file, content(file, text, evidence.names(for_user=person, fine=True))


def parting_form(person: Person, ref: str, sent: QueryDict | None, problems: Mapping[str, str]) -> Shown:
    """The sheet of the part that stays, begun with the account's own coding."""
    file = evidence.report(for_user=person, ref=ref)
    values = sheet.typed(sent) if sent is not None else _again(file)
    groups = sheet.groups(values, problems, evidence.names(for_user=person, fine=True), pages.language(), AGAIN)
    return {
        "report": file.report, "groups": groups, "fields": [one for group in groups for one in group.fields], "problems": problems,
        "obstacle": presenters.closed(actions.check_can_keep_draft),
    }  # fmt: skip


def _again(file: ReportFile) -> sheet.Values:
    if file.exact is None:
        return {}
    return sheet.of_incident(file.report, file.exact, list(file.report.party_codes))  # type: ignore[arg-type]  # both carry one coding


def part(person: Person, ref: str, sent: QueryDict) -> tuple[Report, SeaDraft]:
    """The part that stays is read by the same rules as any account; source and consent are those of the account."""
    file, rows = _read(person, ref)
    values = {name: value for name, value in sheet.typed(sent).items() if name in AGAIN}
    values |= {name: getattr(file.report, name) for name in KEPT}
    values |= {"their_reference": "", "record_class": "crsv"}
    if file.exact is not None:
        values["date_reported"] = file.exact.date_reported.isoformat()
    source, consent = next(iter(file.sources), None), file.consent
    for name in ("source_category", "source_type", "source_reliability", "source_credibility"):
        values[name] = getattr(source, name, "") or ("secondary" if name == "source_category" else "")
    values["consent_basis"] = consent.basis if consent else "not_obtainable_no_interview"
    values["consent_scope"] = list(consent.scope) if consent else []
    values["consent_date"] = consent.given_on.isoformat() if consent and consent.given_on else ""
    account, problems = sheet.read(values, evidence.known(for_user=person), clock.today(), pages.language())
    if account is None:
        raise NotValid(problems=problems)
    return parting.part(by=person, report=file.report, account=account, rows=rows)


def draft(person: Person, key: uuid.UUID, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """One's own draft, and the form for the channel's receipt."""
    opened = actions.open_draft(by=person, key=key)
    values = {name: str(value) for name, value in sent.items()}
    now = clock.now().astimezone(_zone(person))
    values = {"day": now.date().isoformat(), "time": now.strftime("%H:%M")} | values
    fields = [
        pages.line("reference", _("Reference the channel gave you"), values, problems),
        pages.line("day", _("Received on"), values, {"day": problems.get("received_at", "")}, "", "date"),
        pages.line("time", _("At, local time"), values, {}, _("For example 17:40.")),
    ]
    return {
        "draft": opened.draft, "rows": opened.rows, "fields": fields, "failed": bool(problems), "late": opened.draft.asked_after_at <= clock.now(),
        "others": [other for other, _late in queries.drafts(for_user=person) if other != key],
    }  # fmt: skip


def _zone(person: Person) -> ZoneInfo:
    return ZoneInfo(person.active_mission.zone)  # type: ignore[attr-defined]  # carried by the view


def record_receipt(person: Person, key: uuid.UUID, sent: QueryDict) -> None:
    """Time and reference of the receipt, as typed in the mission's zone."""
    opened = actions.open_draft(by=person, key=key)
    try:
        at = datetime.fromisoformat(f"{sent.get('day', '').strip()}T{sent.get('time', '').strip()}").replace(tzinfo=_zone(person))
    except ValueError:
        at = None
    actions.record_receipt(by=person, draft=opened.draft, reference=sent.get("reference", ""), received_at=at)
