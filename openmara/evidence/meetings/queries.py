"""The only place that reads meetings for people. An item hangs on its incident: what is not open to the reader is not on their agenda."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound
from openmara.evidence.meetings import rules
from openmara.evidence.meetings.models import (
    ActionPoint,
    AgendaItem,
    ConflictOfInterest,
    Forum,
    ForumPack,
    Meeting,
    Outcome,
    OutcomeText,
    Participant,
)  # fmt: skip
from openmara.evidence.models import Incident
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import can
from openmara.security.queries import Waiting


def meetings(*, for_user: Person, most: int = 50) -> Sequence[Meeting]:
    """Meetings of the working group, the latest first."""
    return list(Meeting.objects.select_related("person__name").order_by("-held_on", "-id")[:most])


def forums(*, for_user: Person, most: int = 20) -> Sequence[Forum]:
    return list(Forum.objects.order_by("-held_on", "-id")[:most])


def find_meeting(*, for_user: Person, key: uuid.UUID) -> Meeting:
    found = Meeting.objects.filter(id=key).select_related("person__name").first()
    if found is None:
        raise NotFound(_("There is no such meeting, or it is not open to you."))
    return found


def find_forum(*, for_user: Person, key: uuid.UUID) -> Forum:
    found = Forum.objects.filter(id=key).first()
    if found is None:
        raise NotFound(_("There is no such meeting, or it is not open to you."))
    return found


def pack_of(*, for_user: Person, quarter: str) -> ForumPack | None:
    return ForumPack.objects.filter(quarter=quarter).first()


@dataclass(frozen=True)
class Item:
    """One item as the reader may see it: with a conflict of interest, nothing but that it is there."""

    row: AgendaItem
    outcomes: Sequence[Outcome]
    conflicts: Sequence[Person]
    mine: bool
    rationales: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome | None:
        return self.outcomes[-1] if self.outcomes else None


@dataclass(frozen=True)
class File:
    """All of one meeting that is open to the reader."""

    meeting: Meeting
    participants: Sequence[Participant]
    items: Sequence[Item]
    points: Sequence[ActionPoint]
    carried: Sequence[ActionPoint]
    quorum: rules.Quorum
    more_due: int = 0


def meeting(*, for_user: Person, key: uuid.UUID) -> File:
    """Open one meeting; recorded before it is shown."""
    found = find_meeting(for_user=for_user, key=key)
    participants = list(Participant.objects.filter(meeting=found).select_related("person__name").order_by("person__code"))
    rows = list(AgendaItem.objects.filter(meeting=found).select_related("incident__assigned_to__name", "meeting").order_by("position", "id"))
    record("evidence:meeting:open", objects=[found.id], sensitivity="S2", result=[row.incident_id for row in rows])
    here = [one.function for one in participants if one.present]
    before = ActionPoint.objects.filter(done_on=None).exclude(meeting=found).filter(meeting__held_on__lte=found.held_on)
    return File(
        meeting=found, participants=participants, items=_items(for_user, rows),
        points=list(ActionPoint.objects.filter(meeting=found).select_related("person__name").order_by("due_on", "id")),
        carried=list(before.select_related("person__name", "meeting").order_by("due_on", "id")),
        quorum=rules.quorum(here, found.quorum_least, found.quorum_functions),
    )  # fmt: skip


def _items(for_user: Person, rows: Sequence[AgendaItem]) -> list[Item]:
    keys = [row.id for row in rows]
    outcomes: dict[uuid.UUID, list[Outcome]] = {}
    for one in Outcome.objects.filter(item_id__in=keys).select_related("made_by__name", "decision").order_by("made_at", "id"):
        outcomes.setdefault(one.item_id, []).append(one)
    conflicts: dict[uuid.UUID, list[Person]] = {}
    for two in ConflictOfInterest.objects.filter(item_id__in=keys).select_related("person__name").order_by("person__code"):
        conflicts.setdefault(two.item_id, []).append(two.person)
    return [
        Item(row, outcomes.get(row.id, []), conflicts.get(row.id, []), any(one.id == for_user.id for one in conflicts.get(row.id, [])))
        for row in rows
    ]  # fmt: skip


def find_item(*, for_user: Person, meeting: Meeting, key: str) -> AgendaItem:
    rows = AgendaItem.objects.filter(meeting=meeting).select_related("incident", "meeting")
    found = next((row for row in rows if str(row.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such item, or it is not open to you."))
    return found


def find_participant(*, for_user: Person, meeting: Meeting, key: str) -> Person | None:
    rows = Participant.objects.filter(meeting=meeting).select_related("person__name")
    return next((row.person for row in rows if str(row.person_id) == key), None)


def find_point(*, for_user: Person, key: str) -> ActionPoint:
    rows = ActionPoint.objects.filter(done_on=None).select_related("meeting")
    found = next((row for row in rows if str(row.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such action point, or it is not open to you."))
    return found


def find_outcome(*, for_user: Person, meeting: Meeting, key: str) -> Outcome:
    rows = Outcome.objects.filter(item__meeting=meeting).select_related("item__incident", "item__meeting")
    found = next((row for row in rows if str(row.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such recommendation, or it is not open to you."))
    return found


@dataclass(frozen=True)
class Taken:
    """A meeting's outcome on an incident, for the incident's page."""

    outcome: Outcome
    held_on: date
    to_confirm: bool
    rationale: str


def of_incident(*, for_user: Person, incident: Incident) -> Sequence[Taken]:
    """What meetings took of an incident, the latest first; nothing for whoever stepped back from it."""
    if not can("evidence_outcome", "select"):
        return []
    rows = list(Outcome.objects.filter(item__incident=incident).select_related("item__meeting").order_by("-made_at", "-id"))
    if not rows or ConflictOfInterest.objects.filter(item__incident=incident, person=for_user).exists():
        return []
    settled = {row.confirms_id for row in rows}
    texts = dict(OutcomeText.objects.filter(outcome__in=rows).values_list("outcome_id", "rationale"))
    mine = incident.assigned_to_id == for_user.id
    return [
        Taken(row, row.item.meeting.held_on, mine and row.kind == "recommendation" and row.id not in settled, texts.get(row.id, ""))
        for row in rows
    ]  # fmt: skip


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """The next meeting, own action points, recommendations to confirm."""
    if not can("evidence_meeting", "select"):
        return []
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    today, here = clock.today(), reverse("meetings", args=[code])
    out: list[Waiting] = []
    following = Meeting.objects.filter(state="planned", held_on__gte=today).order_by("held_on", "id").first()
    if following is not None:
        items = AgendaItem.objects.filter(meeting=following).count()
        label = ngettext("incident on the agenda of the next meeting", "incidents on the agenda of the next meeting", items)
        out.append(Waiting(label, items, following.held_on, reverse("meeting", args=[code, following.id])))
    points = list(ActionPoint.objects.filter(person=for_user, done_on=None).order_by("due_on").values_list("due_on", flat=True))
    if points:
        label = ngettext("action point of yours from a meeting", "action points of yours from meetings", len(points))
        out.append(Waiting(label, len(points), points[0], here + "#points"))
    open_ones = Outcome.objects.filter(kind="recommendation", item__incident__assigned_to=for_user).filter(Q(confirmed_by=None))
    found = list(open_ones.order_by("made_at").values_list("made_at", "item__incident__ref"))
    if found:
        label = ngettext("recommendation of a meeting for you to confirm", "recommendations of meetings for you to confirm", len(found))
        out.append(Waiting(label, len(found), found[0][0], reverse("incident", args=[code, found[0][1]])))
    return [line for line in out if line.count]


def own_points(*, for_user: Person) -> Sequence[ActionPoint]:
    """Action points of the reader that are not done."""
    return list(ActionPoint.objects.filter(person=for_user, done_on=None).select_related("meeting").order_by("due_on", "id"))
