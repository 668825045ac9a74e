"""What pages of gathering show, as prepared values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openmara.evidence import pages, presenters
from openmara.evidence.accounts import TALLY
from openmara.evidence.gathering import rules
from openmara.evidence.gathering.models import EditConflict
from openmara.evidence.gathering.queries import Judgement
from openmara.evidence.intake import sheet
from openmara.evidence.models import Incident
from openmara.evidence.pages import Field
from openmara.evidence.presenters import Account, Cell, Comparison
from openmara.evidence.queries import IncidentFile, Names

GROUPS = [sheet.QUESTION_OF.get(name, name) for name in TALLY]


@dataclass(frozen=True)
class Line:
    """One judgement in the history of an incident."""

    key: str
    what: str
    other: str
    other_href: str
    reports: str
    reason: str
    rationale: str
    rationale_is_open: bool
    by: str
    made_at: Any
    undone: bool


@dataclass(frozen=True)
class Side:
    """One question of which two versions differ: what was typed, what stands, and which to take."""

    name: str
    label: str
    mine: str
    theirs: str
    take: str
    both: bool
    error: str


def lines(found: Sequence[Judgement], incident: Incident, mission: str) -> list[Line]:
    """The history of an incident's judgements, in words."""
    return [_line(one, incident, mission) for one in found]


def _line(one: Judgement, incident: Incident, mission: str) -> Line:
    row = one.row
    other = row.other if row.incident_id == incident.id else row.incident
    return Line(
        str(row.id), what(one, incident), other.ref, reverse("incident", args=[mission, other.ref]), ", ".join(one.moved),
        pages.label("gathering_reason", row.reason), one.rationale, one.rationale_is_open, row.made_by.shown_name, row.made_at, one.undone,
    )  # fmt: skip


def what(one: Judgement, incident: Incident) -> str:
    """What a judgement did, as seen from an incident."""
    gave = one.row.incident_id == incident.id
    undone, depth, seen = one.row, 0, {one.row.id}
    while undone.undoes is not None and undone.undoes_id not in seen:  # a row that points at itself ends here too
        undone, depth = undone.undoes, depth + 1
        seen.add(undone.id)
    said = {
        ("split", True): _("Reports went into an incident of their own"), ("split", False): _("Made by a split"),
        ("join", True): _("Joined the incident that stays"), ("join", False): _("Another incident joined"),
    }[undone.kind, gave]  # fmt: skip
    return [said, _("Taken back: %(what)s"), _("Done again: %(what)s")][0 if not depth else 1 if depth % 2 else 2] % {"what": said[:1].lower() + said[1:]}


def reason_fields(kind: str, values: Mapping[str, str], problems: Mapping[str, str]) -> list[Field]:
    """Why: one of the list, and in words."""
    offered = [(code, pages.label("gathering_reason", code)) for code in rules.REASONS[kind]]
    meant = {code: pages.definition("gathering_reason", code) for code, _label in offered}
    return [
        pages.radios("reason", _("Reason"), offered, values, problems, meant),
        pages.area("rationale", _("In words"), values, problems, _("Read by the senior adviser, by who opened the incident and by its verifier. No names."), 4),
    ]


def two_sides(stays: IncidentFile, joins: IncidentFile, names: Names, mission: str) -> Comparison:
    """The incident that stays, and beside it the one that joins and the reports of both."""
    exact = all(one is not None for one in (stays.exact, joins.exact, *(one.exact for file in (stays, joins) for one in file.reports)))
    own = _told(stays, exact, names)
    columns = [(joins.incident.ref, reverse("incident", args=[mission, joins.incident.ref]), _("this incident, which joins"), _told(joins, exact, names))]
    for file in (joins, stays):
        for one in file.reports:
            said = presenters.characteristics(one.report, one.exact if exact else None, list(one.report.party_codes), names)
            office = _("report of %(ref)s, %(office)s") % {"ref": file.incident.ref, "office": pages.office(one.report.organisation)}
            columns.append((one.report.ref, reverse("report", args=[mission, one.report.ref]), office, said))
    accounts = tuple(
        Account(ref, href, office, tuple(Cell(text, bool(text) and text != own[place][1]) for place, (_label, text) in enumerate(said)), False)
        for ref, href, office, said in columns
    )
    title = _("%(ref)s, which stays") % {"ref": stays.incident.ref}
    return Comparison(tuple(label for label, _text in own), tuple(Cell(text or "–") for _label, text in own), accounts, title)


def _told(file: IncidentFile, exact: bool, names: Names) -> list[tuple[str, str]]:
    codes = [one.party.code for one in file.perpetrators if one.party]
    return presenters.characteristics(file.incident, file.exact if exact else None, codes, names)


def sides(
    kept: EditConflict, theirs: sheet.Values, names: Names, taken: Mapping[str, str], problems: Mapping[str, str]
) -> list[Side]:  # fmt: skip
    """The questions whose answers differ. What only one of the two changed is proposed; where both did, the person chooses."""
    mine, base = kept.typed["mine"], kept.typed.get("base") or {}
    words = [_words(values, names) for values in (mine, theirs, base)]
    found = []
    for name, (label, text) in words[0].items():
        other, before = words[1].get(name, ("", ""))[1], words[2].get(name, ("", ""))[1]
        if text == other or (name == "total" and any(words[0].get(group, ("", ""))[1] for group in GROUPS)):  # the sum of the groups, where they are stated
            continue
        both = not base or (text != before and other != before)
        proposed = "" if both else "theirs" if text == before else "mine"
        found.append(Side(name, label, text or "–", other or "–", taken.get(name, proposed), both, problems.get(name, "")))
    return found


def _words(values: Mapping[str, Any], names: Names) -> dict[str, tuple[str, str]]:
    """Each question of the coding: its wording, and the answer in words."""
    found = {}
    for group in sheet.groups(sheet.as_values(values), {}, names, pages.language(), only=sheet.CODING):
        for one in group.fields:
            chosen = [choice.label for choice in one.choices if choice.selected]
            found[one.name] = (one.label, ", ".join(chosen) if one.choices else str(one.value or ""))
    return found
