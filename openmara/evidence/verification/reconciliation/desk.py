"""What the pages of reconciliation are made of."""

import csv
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import pages, presenters, rules
from openmara.evidence import queries as evidence
from openmara.evidence.verification.models import Reconciliation
from openmara.evidence.verification.quarters import first_day
from openmara.evidence.verification.reconciliation import actions, queries
from openmara.evidence.verification.reconciliation import rules as sheet_rules
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import has_role

BODIES = {"mara": gettext_lazy("MARA"), "human_rights": gettext_lazy("Human rights"), "mrm": gettext_lazy("MRM (children)")}
SIGNERS = {
    "mara": gettext_lazy("Senior women’s protection adviser"), "human_rights": gettext_lazy("Human rights"), "mrm": gettext_lazy("Child protection"),
}  # fmt: skip
SHOWN = {"adm1": gettext_lazy("By province"), "party_category": gettext_lazy("By kind of party")}


@dataclass(frozen=True)
class Row:
    key: str
    group: str
    place: str
    incidents: int
    mara: int
    late: int
    human_rights: int | None
    mrm: int | None
    differs: bool
    reason: str
    words: str
    lacks: bool


@dataclass(frozen=True)
class Signer:
    """One of the three bodies: who signed when, or why the reader does not."""

    body: str
    label: str
    by: str
    at: Any
    door: str
    mine: bool


def start(person: Person, quarter: str) -> uuid.UUID:
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    return actions.open_sheet(by=person, mission=mission, quarter=quarter.strip().upper()).id


def listed(person: Person, typed: str, problem: str) -> dict[str, Any]:
    found = queries.sheets(for_user=person)
    before = rules.quarter_of(first_day(rules.quarter_of(clock.today())) - timedelta(days=1))
    field = pages.Field("q-quarter", "quarter", "input", _("Quarter"), _("A quarter that has ended, written as 2026Q3."), typed or before, problem)
    door = presenters.closed(actions.check_may_edit) or presenters.closed(queries.check_counts_everything)
    signed = {one.id: queries.signatures(for_user=person, sheet=one) for one in found}
    rows = [(one, len(signed[one.id])) for one in found]
    return {"sheets": rows, "field": field, "errors": [field] if problem else [], "door": door}


def shown(person: Person, key: uuid.UUID, sent: QueryDict, problems: Mapping[str, str]) -> dict[str, Any]:
    sheet = queries.find_sheet(for_user=person, key=key)
    rows = queries.cells(for_user=person, sheet=sheet)
    names = evidence.names(for_user=person)
    signed = queries.signatures(for_user=person, sheet=sheet)
    made = [_row(one, names) for one in rows]
    open_cell = sent.get("cell", "")
    chosen = next((one for one in rows if str(one.id) == open_cell), None)
    closed = presenters.closed(actions.check_may_edit) or (
        _("Three have signed this sheet: it does not change any more.") if sheet.frozen_at
        else _("This sheet carries a signature. Whoever signed takes it back first.") if signed else ""
    )  # fmt: skip
    every = queries.sees_every_incident()
    kept = {cell.key: cell for cell in (queries.as_cell(one) for one in rows)}
    return {
        "sheet": sheet,
        "tables": [(code, str(title), [row for one, row in zip(rows, made, strict=True) if one.breakdown == code]) for code, title in SHOWN.items()],
        "door": closed, "chosen": chosen, "chosen_row": _row(chosen, names) if chosen else None,
        "fields": _fields(chosen, sent if problems else None, problems) if chosen else [],
        "errors": [one for one in _fields(chosen, sent, problems) if one.error] if chosen and problems else [],
        "general": "; ".join(problems.values()) if problems and not chosen else "",
        "signers": _signers(person, sheet, signed), "lacking": sum(row.lacks for row in made), "frozen": sheet.frozen_at,
        "moved": sheet_rules.moved(kept, queries.count(sheet.quarter)) if every else 0, "may_count": every and not closed,
        "places": _places(names), "may_sign_back": any(one.made_by_id == person.id for one in signed) and not sheet.frozen_at,
    }  # fmt: skip


def _places(names: evidence.Names) -> list[tuple[str, str]]:
    provinces = [(f"adm1|{code}", names.area(code)) for code in names.levels[1]]
    parties = [(f"party_category|{code}", text) for code, text in vocabulary.choices("party_category", pages.language())]
    return [*pages.by_name(provinces), *parties]


def _row(one: Any, names: evidence.Names) -> Row:
    cell = queries.as_cell(one)
    place = names.area(one.code) if one.breakdown == "adm1" else pages.label("party_category", one.code)
    return Row(
        str(one.id), pages.label("form_group", one.form_group), place, one.incidents, one.mara, one.late, one.human_rights, one.mrm,
        sheet_rules.differs(cell), pages.label("reconciliation_reason", one.reason_code), one.words, bool(sheet_rules.check_cell(cell)),
    )  # fmt: skip


def _fields(one: Any, sent: Mapping[str, str] | None, problems: Mapping[str, str]) -> list[pages.Field]:
    stored = {"human_rights": one.human_rights, "mrm": one.mrm, "reason_code": one.reason_code, "words": one.words}
    values = {name: str(sent.get(name, "")) if sent is not None else "" if value is None else str(value) for name, value in stored.items()}
    chosen = values["reason_code"]
    return [
        pages.line("human_rights", _("Human rights counts (survivors)"), values, problems, _("Blank: not stated."), "number"),
        pages.line("mrm", _("MRM counts (survivors)"), values, problems, _("Blank: not stated."), "number"),
        pages.Field("q-reason_code", "reason_code", "select", _("Why it differs"), "", chosen, problems.get("reason_code", ""),
                    choices=pages.choices("q-reason_code", vocabulary.choices("reconciliation_reason", pages.language()), chosen)),
        pages.area("words", _("In words"), values, problems, _("One sentence. Nothing of a case, no name, no place."), 2),
    ]  # fmt: skip


def _signers(person: Person, sheet: Reconciliation, signed: Any) -> list[Signer]:
    there = {one.body: one for one in signed}
    mine = any(one.made_by_id == person.id for one in signed)
    found = []
    for body, role in sheet_rules.BODIES.items():
        one = there.get(body)
        door = "" if has_role(role) else _("signs for this body")
        door = door or (_("You have signed for another body.") if mine and one is None else "")
        found.append(Signer(body, str(SIGNERS[body]), one.made_by.shown_name if one else "", one.made_at if one else None, door, bool(one and one.made_by_id == person.id)))
    return found


def change(person: Person, key: uuid.UUID, sent: QueryDict) -> str:
    """One verb on one sheet."""
    sheet = queries.find_sheet(for_user=person, key=key)
    verb = sent.get("do", "")
    if verb == "count":
        actions.count_again(by=person, sheet=sheet)
        return _("MARA’s figures are counted again; what was typed stays.")
    if verb == "sign":
        actions.sign(by=person, sheet=sheet, body=sent.get("body", ""))
        return _("Signed.")
    if verb == "unsign":
        actions.take_signature_back(by=person, sheet=sheet)
        return _("Your signature is taken back.")
    if verb == "state":
        found = next((one for one in queries.cells(for_user=person, sheet=sheet) if str(one.id) == sent.get("cell", "")), None)
        key_of = (found.form_group, found.breakdown, found.code) if found else _new_key(sent)
        actions.state_cell(by=person, sheet=sheet, key=key_of, values={name: str(value) for name, value in sent.items()})
        return _("The cell is kept.")
    raise NotValid(problems={"do": _("Choose one.")})


def _new_key(sent: QueryDict) -> tuple[str, str, str]:
    """A cell that the others count and MARA does not."""
    breakdown, _cut, code = sent.get("place", "").partition("|")
    group = sent.get("form_group", "")
    if group not in vocabulary.codes("form_group") or breakdown not in sheet_rules.BREAKDOWNS or not code.replace("_", "").isalnum():
        raise NotValid(problems={"cell": _("Choose a group of forms and a place or party.")})
    return group, breakdown, code[:60]


def file(person: Person, key: uuid.UUID) -> tuple[str, bytes]:
    """The sheet as CSV, with the mark of who read it."""
    sheet = queries.find_sheet(for_user=person, key=key)
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([_("Reconciliation %(quarter)s – working group only – read by %(code)s") % {"quarter": sheet.quarter, "code": person.code},
                    _("SYNTHETIC DATA") if mission.synthetic else ""])  # fmt: skip
    write.writerow(["form_group", "breakdown", "code", "incidents", "mara", "late", "human_rights", "mrm", "reason_code", "words"])
    for one in queries.cells(for_user=person, sheet=sheet):
        words = f"'{one.words}" if one.words[:1] in "=+-@" else one.words
        write.writerow([one.form_group, one.breakdown, one.code, one.incidents, one.mara, one.late, one.human_rights, one.mrm, one.reason_code, words])
    for each in queries.signatures(for_user=person, sheet=sheet):
        write.writerow([_("signed"), each.body, each.made_by.code, each.made_at.isoformat(), bytes(each.content_sha256).hex()])
    record("evidence:reconciliation:file", objects=[sheet.id], sensitivity="S2", purpose=sheet.quarter)
    return f"reconciliation-{sheet.quarter}.csv", out.getvalue().encode("utf-8-sig")
