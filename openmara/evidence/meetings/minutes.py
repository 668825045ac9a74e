"""The restricted minutes of a working-group meeting as a Word file: roles and codes, references and outcomes; no narrative, no name."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.evidence import pages
from openmara.evidence.meetings import actions, permissions, presenters, queries, word
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import check_fresh


@dataclass(frozen=True)
class Made:
    """A file, ready to leave."""

    name: str
    content: bytes


def for_reader(person: Person, key: uuid.UUID) -> Made:
    """The minutes as this reader may hold them; recorded before they leave, with the hash of the copy."""
    permissions.check_in_working_group()
    check_fresh()
    file = queries.meeting(for_user=person, key=key)
    content = build(file, person)
    actions.note_minutes(by=person, meeting=file.meeting, sha256=hashlib.sha256(content).hexdigest())
    return Made(f"minutes-{file.meeting.held_on.isoformat()}.docx", content)


def build(file: queries.File, person: Person) -> bytes:
    """Facts, attendance, decisions, action points. Items the reader stepped back from are named as such and nothing more."""
    meeting, mission = file.meeting, person.active_mission  # type: ignore[attr-defined]  # carried by the view
    marks = word.Marks(_("RESTRICTED – MARA working group"), person.code, pages.day(clock.today()), mission.synthetic)
    title = _("Minutes of the MARA working group")
    document = word.new(title, pages.day(meeting.held_on), marks, pages.language(), meeting.held_on)
    _facts(document, file)
    _attendance(document, file)
    _decisions(document, file)
    _points(document, file)
    document.add_paragraph(_("Reasons of the decisions stay in the system. This copy holds what is open to its reader."))
    return word.saved(document)


def _facts(document: Any, file: queries.File) -> None:
    meeting = file.meeting
    at = meeting.starts_at.strftime("%H:%M") if meeting.starts_at else "–"
    rows = [
        (_("Day and time"), f"{pages.day(meeting.held_on)}, {at}"), (_("Place"), meeting.place or "–"), (_("Chair"), meeting.person.code),
        (_("Rule of quorum"), _("At least %(n)d present, with one of each: %(who)s") % {
            "n": meeting.quorum_least,
            "who": "; ".join(_(" or ").join(presenters.function_label(one) for one in group.split("|")) for group in meeting.quorum_functions),
        }),
        (_("Present"), presenters.quorum_sentence(file.quorum)), (_("Minutes"), str(presenters.STATES[meeting.state])),
    ]  # fmt: skip
    word.heading(document, _("The meeting"))
    word.table(document, [_("What"), _("As recorded")], rows, [45, 121])


def _attendance(document: Any, file: queries.File) -> None:
    rows = [(one.person.code, presenters.function_label(one.function), _("present") if one.present else _("absent")) for one in file.participants]
    word.heading(document, _("Attendance, by code"))
    word.table(document, [_("Code"), _("Function"), _("Presence")], rows, [40, 90, 36])


def _decisions(document: Any, file: queries.File) -> None:
    word.heading(document, _("Incidents"))
    rows = []
    for number, one in enumerate(file.items, start=1):
        away = ", ".join(person.code for person in one.conflicts)
        if one.mine:
            rows.append((str(number), "–", "–", _("The reader has stepped back from this item."), away))
            continue
        made = one.outcome
        by = made.made_by.code if made else "–"
        rows.append((str(number), one.row.incident.ref, presenters.outcome_text(made) or _("not taken up"), by, away or "–"))
    heads = [_("No."), _("Incident"), _("Outcome"), _("Recorded by"), _("Stepped back")]
    word.table(document, heads, rows, [12, 26, 74, 30, 24])
    taken = sum(one.outcome is not None for one in file.items)
    said = ngettext("%(n)d incident on the agenda, %(taken)d taken up.", "%(n)d incidents on the agenda, %(taken)d taken up.", len(file.items))
    document.add_paragraph(said % {"n": len(file.items), "taken": taken})


def _points(document: Any, file: queries.File) -> None:
    word.heading(document, _("Action points"))
    rows = [
        (one.what, one.person.code, pages.day(one.due_on), _("done") if one.done_on else _("open")) for one in [*file.points, *file.carried]
    ]  # fmt: skip
    if rows:
        word.table(document, [_("What"), _("Who"), _("Until"), _("State")], rows, [86, 34, 26, 20])
    else:
        document.add_paragraph(_("None."))
