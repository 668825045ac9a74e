"""What the pages of consent show, and what a sent page becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import pages, presenters
from openmara.evidence import queries as reading
from openmara.evidence.consent import actions, permissions, queries, rules
from openmara.evidence.consent.models import ConsentAnswer
from openmara.evidence.flash.models import Flash
from openmara.evidence.models import Incident, Link, Report
from openmara.evidence.parties_view.models import PatternIncident
from openmara.evidence.rules import quarter_of
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person

Shown = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One use, its recipient, and the answer that holds."""

    key: str
    use: str
    recipient: str
    answer: str
    word: str
    limits: str = ""


@dataclass(frozen=True)
class Step:
    """One answer in the order of recording."""

    at: Any
    use: str
    word: str
    limits: str
    by: str


@dataclass(frozen=True)
class Leaving:
    """One use of an incident, and why it is closed ('' = open)."""

    use: str
    reason: str


def words() -> dict[str, str]:
    return {rules.GIVEN: _("Agreed to"), rules.REFUSED: _("Refused"), rules.WITHDRAWN: _("Withdrawn")}


def use_name(scope: str, recipient: str = "") -> str:
    """A use in words, with its recipient."""
    if scope == rules.EVERYTHING:
        return _("Everything")
    lists = {"referral": "service_sector", "accountability": "accountability_body"}
    named = pages.label(lists[scope], recipient) if scope in lists and recipient else recipient
    return f"{pages.label('consent_scope', scope)}: {named}" if named else pages.label("consent_scope", scope)


def lines(said: queries.Said) -> list[Line]:
    """What holds now, use by use; what nobody was asked about is no."""
    limits = {(row.scope, row.recipient): row.limits for row in said.answers}
    holds = {key: answer for key, answer in said.account.holds.items() if key[0] != rules.EVERYTHING}
    asked = [(scope, "") for scope in vocabulary.codes("consent_scope") if scope not in rules.NAMED]
    keys = [*asked, *(key for key in sorted(holds) if key not in asked)]
    return [
        Line(":".join(part for part in key if part), use_name(*key), key[1], holds.get(key, ""), words().get(holds.get(key, ""), _("Not asked: no")), limits.get(key, ""))
        for key in keys
    ]  # fmt: skip


def history(answers: Sequence[ConsentAnswer]) -> list[Step]:
    return [Step(row.recorded_at, use_name(row.scope, row.recipient), words()[row.answer], row.limits, row.recorded_by.shown_name) for row in answers]


def _open(person: Person, ref: str) -> tuple[Report, queries.Said]:
    """The report and what is said of it; recorded before it is shown."""
    report = reading.find_report(for_user=person, ref=ref)
    record("evidence:consent:open", objects=[report.id], sensitivity="S3")
    return report, queries.of_report(for_user=person, report=report)


def consent(person: Person, ref: str, sent: QueryDict, problems: Mapping[str, str]) -> Shown:
    """The consent page: what holds, the basis, one new answer, what was said before."""
    report, said = _open(person, ref)
    typed = {name: str(value) for name, value in sent.items()}
    which = typed.get("do", "")
    basis = _basis_fields(said, typed if which == "basis" else {}, problems if which == "basis" else {})
    answer = _answer_fields(typed if which == "answer" else {}, problems if which == "answer" else {})
    recontact = said.consent.recontact if said.consent else ""
    return {
        "report": report, "lines": lines(said), "history": history(said.answers), "basis": basis, "answer": answer, "failed": bool(problems),
        "errors": basis if which == "basis" else answer, "restricted": rules.is_restricted(said.account),
        "door": presenters.closed(permissions.check_can_record, person, report),
        "hint": rules.hint(said.account, queries.earlier_interview(for_user=person, report=report), recontact),
        "children": said.account.children, "told": said.account.child_protection_routed,
    }  # fmt: skip


def _basis_fields(said: queries.Said, typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    row = said.consent
    explained = {None: "", True: "yes", False: "no"}[row.mandatory_reporting_explained if row else None]
    values = {
        "basis": row.basis if row else "", "recontact": row.recontact if row else "", "explained": explained,
        "given_on": row.given_on.isoformat() if row and row.given_on else "", **typed,
    }  # fmt: skip
    meant = {code: pages.definition("consent_basis", code) for code in vocabulary.codes("consent_basis")}
    yes_no = [("yes", _("Yes")), ("no", _("No"))]
    return [
        pages.radios("basis", _("Basis of consent"), vocabulary.choices("consent_basis", pages.language()), values, problems, meant),
        pages.line("given_on", _("Day of consent"), values, problems, "", "date"),
        pages.radios("recontact", _("May be contacted again"), vocabulary.choices("recontact", pages.language()), values, problems),
        pages.radios("explained", _("The duty to report was explained before anything was told"), yes_no, values, problems),
    ]  # fmt: skip


def _answer_fields(typed: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    offered = []
    for scope, named in actions.recipients().items():
        offered += [(f"{scope}:{one}", use_name(scope, one)) for one in named] if scope in rules.NAMED else [(scope, use_name(scope))]
    said = words()
    use = pages.select("scope", _("Use"), offered, typed.get("scope", ""))
    return [
        pages.Field("q-scope", "scope", "select", use.label, value=use.value, choices=use.choices[1:], error=problems.get("scope", "") or problems.get("recipient", "")),
        pages.radios("answer", _("Answer"), [(rules.GIVEN, said[rules.GIVEN]), (rules.REFUSED, said[rules.REFUSED])], typed, problems),
        pages.line("answered_on", _("Day of the answer"), typed, problems, "", "date"),
        pages.area("limits", _("Limits the person set"), typed, problems, _("For example: not to the police; only the month. No names, no places."), 2),
    ]  # fmt: skip


def keep(person: Person, ref: str, sent: QueryDict) -> str:
    """Record the basis or one answer; the words that say so."""
    report = reading.find_report(for_user=person, ref=ref)
    if sent.get("do") == "basis":
        actions.correct_basis(
            by=person, report=report, basis=sent.get("basis", ""), recontact=sent.get("recontact", ""),
            explained={"yes": True, "no": False}.get(sent.get("explained", "")), given_on=_day(sent, "given_on"),
        )  # fmt: skip
        return _("The basis is corrected; the earlier one is kept.")
    scope, _colon, recipient = sent.get("scope", "").replace("\0", "").partition(":")
    actions.answer(
        by=person, report=report, scope=scope, recipient=recipient, answer=sent.get("answer", ""), answered_on=_day(sent, "answered_on"),
        limits=sent.get("limits", "").replace("\0", ""),
    )  # fmt: skip
    return _("The answer is recorded and holds from now on.")


def _day(sent: QueryDict, name: str) -> date | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotValid(problems={name: _("Not a date. Write year-month-day, for example 2026-03-31.")}) from None


def withdrawal(person: Person, ref: str, problems: Mapping[str, str]) -> Shown:
    """The page of withdrawal: what it reaches, what it cannot, and who carries out the erasure."""
    report, said = _open(person, ref)
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    asked = next((row for row in reversed(said.answers) if row.scope == rules.EVERYTHING), None)
    owed = rules.all_withdrawn(said.account)
    return {
        "report": report, "given": [one for one in lines(said) if one.answer == rules.GIVEN], "owed": owed, "asked": asked,
        "asked_by": asked.recorded_by.shown_name if asked else "", "door": presenters.closed(permissions.check_can_record, person, report),
        "erase_door": presenters.closed(permissions.check_can_erase, person, asked) if owed else "", "problems": problems, "failed": bool(problems),
        "errors": [pages.Field("scopes", "scopes", "note", _("What is withdrawn"), error=problems.get("scopes", ""))],
        "incident": link.incident if link else None, "others": _others(report, link), "reported": _reported(person, report, link.incident if link else None),
        "exhibits": list(report.exhibits.values_list("ref", "kept_at")), "retold": _retold(person, link.incident) if link else [],
    }  # fmt: skip


def _retold(person: Person, incident: Incident) -> list[tuple[str, str]]:
    """Products about an incident whose few words a person must look through, as far as they are open to the reader."""
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    flashes = Flash.objects.filter(incident=incident).order_by("made_at").values_list("ref", flat=True)
    patterns = PatternIncident.objects.filter(incident=incident).order_by("assessment__made_at").values_list("assessment__ref", flat=True)
    return [
        *((_("flash report %(ref)s") % {"ref": ref}, reverse("flash", args=[code, ref])) for ref in flashes),
        *((_("pattern assessment %(ref)s") % {"ref": ref}, reverse("pattern", args=[code, ref])) for ref in patterns),
    ]  # fmt: skip


def _others(report: Report, link: Link | None) -> int:
    return Link.objects.filter(incident=link.incident, undone_at=None).exclude(report=report).count() if link else 0


def _reported(person: Person, report: Report, incident: Incident | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each quarter whose figures held the case, with what was made of that quarter: as a fact, never what it printed."""
    if incident is None:
        return []
    last = quarter_of(clock.today())
    held = rules.reach(happened=quarter_of(incident.month_to), verified_quarter="", last_reported=last)
    held = [quarter for quarter in held if quarter < last]
    made: dict[str, list[tuple[str, str]]] = {quarter: [] for quarter in held}
    for path in getattr(settings, "TOUCHED_BY", ()):
        for kind, _name, quarter, href, _at in import_string(path)(for_user=person, quarters=held):
            if (kind, href) not in made[quarter]:
                made[quarter].append((kind, href))
    return list(made.items())


def withdraw(person: Person, ref: str, sent: QueryDict) -> tuple[str, str]:
    """(words, where to go on) after a withdrawal or the erasure that follows it."""
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    report = reading.find_report(for_user=person, ref=ref)
    if sent.get("do") == "erase":
        actions.erase(by=person, report=report)
        return _("The account is erased; its key, province, quarter and status remain."), reverse("reports", args=[code])
    chosen = [(scope, recipient) for scope, _colon, recipient in (one.replace("\0", "").partition(":") for one in sent.getlist("scopes"))]
    actions.withdraw(by=person, report=report, scopes=chosen, everything=sent.get("do") == "everything")
    return _("Withdrawn. No further use is possible from now on."), reverse("report-withdraw", args=[code, ref])


def on_report(person: Person, report: Report) -> Shown:
    """What the report page says of consent."""
    said = queries.of_report(for_user=person, report=report)
    basis = pages.label("consent_basis", said.account.basis) or _("None recorded: missing means no.")
    given = ", ".join(one.use for one in lines(said) if one.answer == rules.GIVEN)
    return {"basis": basis, "given": given, "restricted": rules.is_restricted(said.account), "owed": rules.all_withdrawn(said.account)}


def on_incident(person: Person, incident: Incident, reports: Sequence[Report]) -> Shown:
    """What may leave of an incident, use by use, with the reason where it may not."""
    accounts, released = queries.standing(for_user=person, incidents=[incident], reports={incident.id: reports})[incident.id]
    uses = [
        Leaving(use_name(rules.USES[use]), rules.may_leave(use=use, accounts=accounts, status=incident.verification_status, released=released))
        for use in ("meeting_pack", "case")
    ]  # fmt: skip
    return {"uses": uses, "tombstones": queries.tombstones(for_user=person, incident=incident)}
