"""The only place that reads pairs and judgements for people. What is not open does not exist."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound, NotValid
from openmara.evidence.queries import ReportFile, side_by_side
from openmara.linkage import permissions
from openmara.linkage.models import CandidatePair, PairJudgement
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import can
from openmara.security.queries import Waiting

PAGE = 10
LIKELY = 0.5  # what home speaks of; the list shows the rest too
# Two reports of one incident are joined already: nothing is left to judge.
ALREADY_JOINED = """exists (select 1 from evidence_link a join evidence_link b on b.mission_id = a.mission_id
  and b.incident_id = a.incident_id where a.mission_id = linkage_candidatepair.mission_id
  and a.report_id = linkage_candidatepair.report_a_id and b.report_id = linkage_candidatepair.report_b_id
  and a.undone_at is null and b.undone_at is null)"""


@dataclass(frozen=True)
class PairFile:
    """A pair with both reports as far as they are open, and the judgement that holds."""

    pair: CandidatePair
    first: ReportFile
    second: ReportFile
    judgement: PairJudgement | None


@dataclass(frozen=True)
class Page:
    """One page of pairs by key: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[PairFile]
    after: str
    before: str


def _key(row: CandidatePair) -> str:
    return f"{row.probability!r}~{row.id}"


def _read_key(key: str) -> tuple[float, uuid.UUID]:
    probability, _cut, ident = key.partition("~")
    try:
        number = float(probability)
        if not 0 <= number <= 1:
            raise ValueError
        return number, uuid.UUID(ident)
    except ValueError:
        raise NotValid(_("This address is not a page of the list. Start again from its first page.")) from None


def pairs(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Page:
    """A page of pairs, the likeliest first; one audit row for the page."""
    permissions.check_can_read()
    live = PairJudgement.objects.filter(pair=OuterRef("pk"), undone_at=None)
    rows = CandidatePair.objects.filter(Exists(live)) if filters.get("judged") else _to_judge()
    if filters.get("report"):
        rows = rows.filter(report_a__ref=filters["report"]) | rows.filter(report_b__ref=filters["report"])
    found, after, before = _paged(rows, after, before)
    record("linkage:pair:list", sensitivity="S3", result=[row.id for row in found])
    return Page(_files(for_user, found), after, before)


def _to_judge() -> QuerySet[CandidatePair]:
    """Pairs without a judgement whose reports are not in one incident already."""
    live = PairJudgement.objects.filter(pair=OuterRef("pk"), undone_at=None)
    return CandidatePair.objects.filter(~Exists(live)).extra(where=[f"not {ALREADY_JOINED}"])


def _paged(rows: QuerySet, after: str, before: str) -> tuple[list[CandidatePair], str, str]:
    key = "(linkage_candidatepair.probability, linkage_candidatepair.id)"
    if before:
        found = list(rows.extra(where=[f"{key} > (%s, %s)"], params=_read_key(before)).order_by("probability", "id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return found, _key(found[-1]) if found else "", _key(found[0]) if more else ""
    if after:
        rows = rows.extra(where=[f"{key} < (%s, %s)"], params=_read_key(after))
    found = list(rows.order_by("-probability", "-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return found, _key(found[-1]) if more else "", _key(found[0]) if after and found else ""


def _files(person: Person, found: Sequence[CandidatePair]) -> list[PairFile]:
    ids = [one for row in found for one in (row.report_a_id, row.report_b_id)]
    reports = {file.report.id: file for file in side_by_side(for_user=person, ids=list(dict.fromkeys(ids)))}
    live = PairJudgement.objects.filter(pair_id__in=[row.id for row in found], undone_at=None).select_related("made_by__name")
    judged = {one.pair_id: one for one in live}
    return [
        PairFile(row, reports[row.report_a_id], reports[row.report_b_id], judged.get(row.id))
        for row in found
        if row.report_a_id in reports and row.report_b_id in reports
    ]


def find_pair(*, for_user: Person, key: uuid.UUID) -> CandidatePair:
    permissions.check_can_read()
    found = CandidatePair.objects.filter(id=key).select_related("report_a", "report_b").first()
    if found is None:
        raise NotFound(_("There is no such pair, or it is not open to you."))
    return found


def pair_file(*, for_user: Person, key: uuid.UUID) -> PairFile:
    """One pair with both reports; recorded before it is shown."""
    found = find_pair(for_user=for_user, key=key)
    record("linkage:pair:open_file", objects=[found.id], sensitivity="S3")
    files = _files(for_user, [found])
    if not files:
        raise NotFound(_("There is no such pair, or it is not open to you."))
    return files[0]


def find_judgement(*, for_user: Person, pair: CandidatePair) -> PairJudgement:
    """The judgement on a pair that holds."""
    found = PairJudgement.objects.filter(pair=pair, undone_at=None).first()
    if found is None:
        raise NotFound(_("Nobody has judged this pair, or it has been undone."))
    return found


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Likely pairs that nobody has judged."""
    if not (can("linkage_candidatepair", "update") and can("evidence_report", "update")):
        return []
    rows = _to_judge().filter(probability__gte=LIKELY)
    found = rows.aggregate(count=Count("id"), oldest=Min("found_at"))
    if not found["count"]:
        return []
    label = ngettext("likely duplicate to judge", "likely duplicates to judge", found["count"])
    href = reverse("duplicates", args=[for_user.active_mission.code])  # type: ignore[attr-defined]  # carried by the view
    return [Waiting(label, found["count"], found["oldest"], href)]
