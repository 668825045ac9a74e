"""The search: codes narrow the list of incidents, words look only into texts the reader may open. Words are never kept or logged."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from openmara.errors import NotFound, NotValid
from openmara.evidence.models import Incident, Link, Report
from openmara.evidence.queries import Page, check_may_read_incidents, paged
from openmara.evidence.search import rules
from openmara.evidence.search.models import View
from openmara.evidence.search.narrowing import narrowed, planned_for
from openmara.security.actions import record
from openmara.security.models import Person

MOST = 2_000  # texts that may hold the words; above that the words say too little


@dataclass(frozen=True)
class Found:
    """A page of incidents, and how many there are in all: exact, because each is open to the reader (decision 18)."""

    page: Page
    count: int
    more: bool = False


def search(*, for_user: Person, filters: Mapping[str, str], after: str = "", before: str = "") -> Found:
    """Incidents by codes, reference and words; one audit row, which says that words were used and not which."""
    check_may_read_incidents()
    with planned_for(filters):
        rows = _matching(filters, for_user)
        page, count = paged(rows, "month_to", after, before), _count(rows)
    record("evidence:incident:search", sensitivity="S4" if filters.get("words") else "S2", result=[row.id for row in page.rows],
           purpose="words" if filters.get("words") else "codes")  # fmt: skip
    return Found(page, min(count, rules.COUNTED), count > rules.COUNTED)


def _matching(filters: Mapping[str, str], for_user: Person) -> QuerySet:
    rows = narrowed(Incident.objects.exclude(principal_form=""), filters, for_user=for_user)  # an emptied one is counted nowhere
    for name, column in rules.COLUMNS.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    if filters.get("ref"):
        rows = rows.filter(ref=rules.reference(filters["ref"]))
    if filters.get("words"):
        rows = rows.filter(id__in=_with_words(filters["words"]))
    return rows


def _count(rows: QuerySet) -> int:
    """Up to the bound and one more: beyond it the number says nothing that is worth its time."""
    return rows.order_by()[: rules.COUNTED + 1].count()


def _with_words(words: str) -> set[uuid.UUID]:
    """Incidents whose own text, or the text of a report that belongs to them, holds the words and is open to the reader."""
    wanted = rules.words(words)
    texts, reports = _holding("evidence_incidenttext", wanted), _holding("evidence_reporttext", wanted)
    if max(len(texts), len(reports)) > MOST:
        raise NotValid(problems={"words": _("Too many texts hold these words. Add a word, or take a rarer one.")})
    linked = Link.objects.filter(report_id__in=reports, undone_at=None).values_list("incident_id", flat=True)
    return {*texts, *linked}


def _holding(table: str, words: str) -> list[uuid.UUID]:
    """Keys of what is open to the reader and holds the words (protect.words_sql)."""
    with connection.cursor() as cursor:
        cursor.execute(f"select * from sec.words_in_{table}(%s, %s)", [words, MOST + 1])
        return [key for (key,) in cursor.fetchall()]


def exact(*, for_user: Person, ref: str) -> tuple[str, str]:
    """('incident' or 'report', reference) of the one record a reference names, if it is open to the reader."""
    wanted = rules.reference(ref)
    if not wanted:
        return "", ""
    for kind, rows in (("incident", Incident.objects.exclude(principal_form="")), ("report", Report.objects.all())):
        if rows.filter(ref=wanted).exists():
            return kind, wanted
    return "", ""


def views(*, for_user: Person) -> Sequence[View]:
    """One's own saved views and those shared with one's roles, by name."""
    return sorted(View.objects.all(), key=lambda one: one.name.casefold())


def find_view(*, for_user: Person, key: uuid.UUID) -> View:
    """One's own view, which alone one may change."""
    found = View.objects.filter(Q(id=key), person_id=for_user.id).first()
    if found is None:
        raise NotFound(_("There is no such saved view, or it is not yours."))
    return found
