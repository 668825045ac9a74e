"""The only place that writes candidate pairs and judgements. Each verb: right, rule, write, audit, one transaction."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara.errors import NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence import frames
from openmara.evidence.models import Incident, Link, Report
from openmara.linkage import permissions, rules, scoring
from openmara.linkage.models import CandidatePair, PairJudgement
from openmara.linkage.rules import Outcome
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person

CHUNK = 500
Progress = Callable[[int, int], None]
Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class Found:
    """What a search brought: pairs in all, how many are new, how many of the old are no candidates any more."""

    reports: int
    pairs: int
    added: int
    dropped: int
    trained: bool


@dataclass(frozen=True)
class Judged:
    """A judgement and what followed: the incident that a report joined, where one did."""

    judgement: PairJudgement
    outcome: Outcome
    incident: Incident | None


def find_candidates(*, by: Person, mission: Mission, progress: Progress | None = None) -> Found:
    """Score all reports open to `by`, in memory, and keep the pairs worth a look. Judged pairs stay whatever their score."""
    permissions.check_can_judge()
    reports = frames.linkable_reports()
    scored = scoring.score(reports)
    pairs = {(uuid.UUID(one.report_a), uuid.UUID(one.report_b)): one for one in scored.candidates}
    looked_at = {uuid.UUID(key) for key in reports.column("report_key").to_pylist()}
    with transaction.atomic():
        before = set(CandidatePair.objects.values_list("report_a_id", "report_b_id"))
        for done in _store(mission, pairs):
            if progress:
                progress(done, len(pairs))
        dropped = _drop(pairs, looked_at)
        found = Found(reports.num_rows, len(pairs), len(set(pairs) - before), dropped, scored.trained)
        record("linkage:pair:find", sensitivity="S3", result=[first for first, _second in pairs])
    return found


def _store(mission: Mission, pairs: Mapping[Key, scoring.Candidate]) -> Iterator[int]:
    """Keyed by the two reports, so that a second search changes scores and adds nothing twice."""
    now = clock.now()
    rows = [
        CandidatePair(
            mission=mission, report_a_id=first, report_b_id=second, weight=one.weight, probability=one.probability,
            features={"features": dict(one.features), "contributions": dict(one.contributions)}, found_at=now,
        )
        for (first, second), one in pairs.items()
    ]  # fmt: skip
    for start in range(0, len(rows), CHUNK):
        CandidatePair.objects.bulk_create(
            rows[start : start + CHUNK], update_conflicts=True, unique_fields=["mission", "report_a", "report_b"],
            update_fields=["weight", "probability", "features", "found_at"],
        )  # fmt: skip
        yield min(start + CHUNK, len(rows))


def _drop(pairs: Mapping[Key, scoring.Candidate], looked_at: set[uuid.UUID]) -> int:
    """Pairs of reports just looked at that are no candidates any more and that nobody has judged."""
    unjudged = CandidatePair.objects.filter(judgements=None).values_list("id", "report_a_id", "report_b_id")
    stale = [key for key, first, second in unjudged if {first, second} <= looked_at and (first, second) not in pairs]
    with connection.cursor() as cursor:  # the ORM would try to delete judgements too, which nobody may
        cursor.execute("delete from linkage_candidatepair where mission_id = (select sec.mission()) and id = any(%s::uuid[])", [stale])
    return len(stale)


def judge_pair(*, by: Person, pair: CandidatePair, verdict: str) -> Judged:
    """A person's word. `same` lets a report join the other's incident where exactly one of them has one; nothing is merged away."""
    permissions.check_can_judge()
    if verdict not in rules.VERDICTS:
        raise NotValid(problems={"verdict": _("Say whether both speak of one incident.")})
    if PairJudgement.objects.filter(pair=pair, undone_at=None).exists():
        raise NotNow(_("A colleague has judged this pair already. Undo that first."))
    first, second = _incident_of(pair.report_a), _incident_of(pair.report_b)
    outcome = rules.outcome(verdict, first and first.id, second and second.id)
    joined = {Outcome.JOINS_FIRST: (pair.report_b, first), Outcome.JOINS_SECOND: (pair.report_a, second)}.get(outcome)
    with transaction.atomic():
        made_at = clock.now()
        if joined and joined[1]:
            made_at = evidence.link_report(by=by, report=joined[0], incident=joined[1]).made_at  # the same moment ties them for undoing
        judgement = PairJudgement(mission_id=pair.mission_id, pair=pair, verdict=verdict, made_by=by, made_at=made_at)
        judgement.save(force_insert=True)
        record("linkage:pair:judge", objects=[pair.id, pair.report_a_id, pair.report_b_id], sensitivity="S3", purpose=verdict)
    return Judged(judgement, outcome, joined[1] if joined else None)


def _incident_of(report: Report) -> Incident | None:
    link = Link.objects.filter(report=report, undone_at=None).select_related("incident").first()
    return link.incident if link else None


def undo_judgement(*, by: Person, judgement: PairJudgement) -> PairJudgement:
    """Take a judgement back, and with it the link it made. Both rows stay, with who undid them."""
    permissions.check_can_judge()
    if judgement.undone_at is not None:
        raise NotNow(_("This has been undone already."))
    pair = judgement.pair
    made = Link.objects.filter(
        report_id__in=[pair.report_a_id, pair.report_b_id], undone_at=None, made_at=judgement.made_at, made_by_id=judgement.made_by_id,
        opened_incident=False,
    )  # fmt: skip
    with transaction.atomic():
        if judgement.verdict == "same":
            for link in made.select_related("incident"):
                evidence.unlink_report(by=by, link=link)
        judgement.undone_by, judgement.undone_at = by, clock.now()
        judgement.save(update_fields=["undone_by", "undone_at"])
        record("linkage:pair:undo", objects=[pair.id], sensitivity="S3", purpose=judgement.verdict)
    return judgement


def open_from_pair(*, by: Person, pair: CandidatePair) -> Incident:
    """One incident from two reports judged the same, neither of which belongs to one: coding from the first, the second joins."""
    permissions.check_can_judge()
    live = PairJudgement.objects.filter(pair=pair, undone_at=None).first()
    if live is None or live.verdict != "same":
        raise NotNow(_("Say first that both speak of one incident."))
    if _incident_of(pair.report_a) or _incident_of(pair.report_b):
        raise NotNow(_("One of the two reports belongs to an incident already."))
    with transaction.atomic():
        incident = evidence.open_incident(by=by, report=pair.report_a)
        evidence.link_report(by=by, report=pair.report_b, incident=incident)
        record("linkage:pair:open_incident", objects=[pair.id, incident.id], sensitivity="S3")
    return incident
