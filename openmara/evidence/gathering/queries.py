"""Reads of gathering: what belongs together now, the judgements that made it so, what stands in the way of taking one back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.evidence.gathering import rules
from openmara.evidence.gathering.models import EditConflict, Gathering, GatheringMove, GatheringText
from openmara.evidence.models import Decision, Incident, Link
from openmara.evidence.verification.models import Release
from openmara.security import clock
from openmara.security.models import Person


def live_links(incident: Incident) -> dict[uuid.UUID, Link]:
    """The links of an incident that hold now and are open to the reader, by report."""
    found = Link.objects.filter(incident=incident, undone_at=None).select_related("report").order_by("made_at", "id")
    return {link.report_id: link for link in found}


def how_many(incident: Incident) -> int:
    """How many reports belong to an incident, those that are not open to the reader too."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(sum(accounts), 0)::int from sec.live_links(%s::uuid[])", [[incident.id]])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Judgement:
    """One judgement, why, what it moved, and the judgement that undid it, if any."""

    row: Gathering
    rationale: str
    rationale_is_open: bool
    moved: Sequence[str]
    undone: bool


def judgements(*, for_user: Person, incident: Incident) -> list[Judgement]:
    """Splits, joins and undoings that this incident took part in, the oldest first."""
    rows = list(
        Gathering.objects.filter(Q(incident=incident) | Q(other=incident))
        .prefetch_related("made_by__name", "incident", "other", "undoes").order_by("made_at", "id")  # mostly there is none, and nothing more is asked
    )  # fmt: skip
    if not rows:
        return []
    texts = dict(GatheringText.objects.filter(gathering__in=rows).values_list("gathering_id", "rationale"))
    moved: dict[uuid.UUID, list[str]] = {}
    for key, ref in GatheringMove.objects.filter(gathering__in=rows).order_by("report__ref").values_list("gathering_id", "report__ref"):
        moved.setdefault(key, []).append(ref)
    undone = {row.undoes_id for row in rows}
    return [Judgement(row, texts.get(row.id, ""), row.id in texts, moved.get(row.id, []), row.id in undone) for row in rows]


def find_judgement(*, for_user: Person, incident: Incident, key: str) -> Gathering:
    """One judgement of an incident by its key."""
    try:
        ident = uuid.UUID(key)
    except ValueError:
        raise NotFound(_("There is no such judgement, or it is not open to you.")) from None
    rows = Gathering.objects.filter(Q(incident=incident) | Q(other=incident)).select_related("incident", "other", "undoes")
    found = rows.filter(id=ident).first()
    if found is None:
        raise NotFound(_("There is no such judgement, or it is not open to you."))
    return found


def restored(judgement: Gathering) -> dict[str, Mapping[str, Any]]:
    """The standing that undoing gives back, by side. The incident that a split made is closed as a duplicate; it is not taken away."""
    found = {side: judgement.state[side] for side in ("incident", "other") if judgement.state[side]}
    if judgement.kind == "split":
        found["other"] = rules.of_duplicate(clock.today().isoformat(), str(judgement.incident_id))
    return found


def in_the_way(*, for_user: Person, judgement: Gathering) -> list[str]:
    """What has been judged since and would be lost by undoing: said in words, each with its day."""
    later = Gathering.objects.filter(undoes=judgement).first()
    if later is not None:
        return [_("this has been undone already; undo that")]
    balance = _cancelled(judgement)
    return [*_moved_on(judgement), *_decided_since(judgement, balance), *_changed_since(judgement, balance)]


@dataclass(frozen=True)
class Cancelled:
    """Decisions and links of later judgements that have been undone: together they changed nothing."""

    decisions: frozenset[uuid.UUID]
    links: frozenset[uuid.UUID]


def _cancelled(judgement: Gathering) -> Cancelled:
    sides = [judgement.incident_id, judgement.other_id]
    later = Gathering.objects.filter(Q(incident__in=sides) | Q(other__in=sides), made_at__gt=judgement.made_at).order_by("made_at")
    followed = {row.undoes_id: row for row in later if row.undoes_id}
    gone: list[Gathering] = []
    for row in later:
        chain = [row]
        while chain[-1].id in followed:
            chain.append(followed[chain[-1].id])
        if row.kind != "undo" and len(chain) % 2 == 0:
            gone += chain
    links = GatheringMove.objects.filter(gathering__in=gone).values_list("made", "ended")
    return Cancelled(
        frozenset(uuid.UUID(one) for row in gone for one in row.state["decisions"]), frozenset(key for pair in links for key in pair)
    )  # fmt: skip


def places(judgement: Gathering) -> list[tuple[Link, Link]]:
    """For each report moved: the link that holds it where the judgement put it, and the link that the judgement ended."""
    moves = {move.report_id: move for move in judgement.moves.select_related("made", "ended__incident")}
    held = Link.objects.filter(report__in=list(moves), undone_at=None).select_related("report")
    return [(link, moves[link.report_id].ended) for link in held if link.incident_id == moves[link.report_id].made.incident_id]


def _moved_on(judgement: Gathering) -> list[str]:
    """Reports that no longer lie where the judgement put them."""
    there = {link.report_id for link, _ended in places(judgement)}
    gone = judgement.moves.exclude(report__in=there).values_list("report__ref", flat=True).order_by("report__ref")
    return [_("report %(ref)s has been moved again") % {"ref": ref} for ref in gone]


def _decided_since(judgement: Gathering, balance: Cancelled) -> list[str]:
    """Steps of verification and attribution on either incident since, other than those the judgement took itself."""
    rows = Decision.objects.filter(incident__in=[judgement.incident_id, judgement.other_id], recorded_at__gte=judgement.made_at)
    own = balance.decisions | {uuid.UUID(one) for one in judgement.state["decisions"]}
    later = rows.exclude(id__in=own).select_related("incident").order_by("recorded_at")
    released = Release.objects.filter(incident__in=[judgement.incident_id, judgement.other_id], made_at__gte=judgement.made_at, undone_at=None)
    decision, release = _("a decision on incident %(ref)s of %(day)s"), _("the release of incident %(ref)s of %(day)s")
    return [
        *(decision % {"ref": one.incident.ref, "day": one.recorded_at.date().isoformat()} for one in later),
        *(release % {"ref": one.incident.ref, "day": one.made_at.date().isoformat()} for one in released.select_related("incident")),
    ]


def _changed_since(judgement: Gathering, balance: Cancelled) -> list[str]:
    """Reports that came or went since, where undoing would close an incident, or give back a verification that rested on its accounts."""
    sides = [getattr(judgement, f"{side}_id") for side, standing in restored(judgement).items() if standing["closed_on"] or standing["verified_on"]]
    since = Q(made_at__gte=judgement.made_at, undone_at=None) | Q(made_at__lt=judgement.made_at, undone_at__gte=judgement.made_at)
    own = balance.links | {key for pair in judgement.moves.values_list("made", "ended") for key in pair}
    rows = Link.objects.filter(since, incident__in=sides).exclude(id__in=own).select_related("report", "incident").order_by("made_at", "id")
    came, went = _("report %(report)s belongs to incident %(ref)s since"), _("report %(report)s was taken out of incident %(ref)s since")
    return [(went if one.undone_at else came) % {"report": one.report.ref, "ref": one.incident.ref} for one in rows]


def kept_edits(*, for_user: Person, incident: Incident) -> list[EditConflict]:
    """One's own edits that met a newer version and wait to be settled, the newest first."""
    rows = EditConflict.objects.filter(incident=incident, person_id=for_user.id, settled_at=None)
    return list(rows.select_related("incident").order_by("-kept_at", "-id"))


def waiting_edits(*, for_user: Person, incident: Incident) -> tuple[int, int]:
    """How many edits wait beside this incident's coding: one's own, and those of others as far as they are open to the reader."""
    people = list(EditConflict.objects.filter(incident=incident, settled_at=None).values_list("person_id", flat=True))
    mine = people.count(for_user.id)
    return mine, len(people) - mine


def find_kept(*, for_user: Person, incident: Incident, key: str) -> EditConflict:
    found = next((one for one in kept_edits(for_user=for_user, incident=incident) if str(one.id) == key), None)
    if found is None:
        raise NotFound(_("There is no such edit, or it is settled already."))
    return found
