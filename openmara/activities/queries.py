"""The only place that reads registers and the inventory for people."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncQuarter
from django.utils.translation import gettext as _

from openmara.activities import permissions, registers, rules
from openmara.activities.models import InventoryActivity, RegisterEntry, RegisterText
from openmara.activities.paging import Page, paged
from openmara.activities.registers import Register
from openmara.errors import NotFound, NotValid
from openmara.places.models import Area
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.queries import Waiting

LONGEST_SEARCH = 200
NO_PERIOD = "none"
QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))  # phones and French keyboards write these for "


def register(*, name: str) -> Register:
    """A register by name. Registers are public text; their entries are not."""
    found = registers.find(name)
    if found is None:
        raise NotFound(_("There is no register of this name."))
    return found


def area_codes(*, for_user: Person) -> frozenset[str]:
    """P-codes of provinces and districts of the mission; empty where none are loaded."""
    return frozenset(Area.objects.filter(level__in=(1, 2)).values_list("pcode", flat=True))


def area_names(*, for_user: Person, lang: str) -> dict[str, str]:
    """Names of provinces and districts by p-code, in a language."""
    column = "name_fr" if lang == "fr" else "name_en"
    return dict(Area.objects.filter(level__in=(1, 2)).values_list("pcode", column))


@dataclass
class Overview:
    """How a register stands: entries by quarter, in all, the last day described and the last recording."""

    register: Register
    by_quarter: dict[str, int] = field(default_factory=dict)
    total: int = 0
    last_day: date | None = None
    last_recorded: datetime | None = None


def overview(*, for_user: Person) -> list[Overview]:
    """Every register with its counts."""
    permissions.check_can_read_registers()
    found = {one.name: Overview(one) for one in registers.every()}
    rows = RegisterEntry.objects.annotate(start=TruncQuarter("occurred_on")).values("register", "start").order_by()
    for row in rows.annotate(count=Count("id"), day=Max("occurred_on"), at=Max("recorded_at")):
        one = found.get(row["register"])
        if one is not None:
            one.by_quarter[rules.quarter_of(row["start"])] = row["count"]
            one.total += row["count"]
            one.last_day = max(filter(None, (one.last_day, row["day"])))
            one.last_recorded = max(filter(None, (one.last_recorded, row["at"])))
    return list(found.values())


def entries(
    *, for_user: Person, register: Register, filters: Mapping[str, str], after: str = "", before: str = ""
) -> Page[RegisterEntry]:
    """A page of a register's entries, newest day first; free text is not part of it."""
    permissions.check_can_read_registers()
    rows = RegisterEntry.objects.filter(register=register.name)
    if filters.get("quarter"):
        rows = rows.filter(occurred_on__range=_quarter(filters["quarter"]))
    if filters.get("adm1"):
        rows = rows.filter(adm1=_clean(filters["adm1"]))
    for name in register.filters:
        if filters.get(name):
            rows = rows.filter(data__contains={name: _clean(filters[name])})
    page = paged(rows, F("occurred_on"), after, before)
    record("activities:entry:list", sensitivity="S1", result=[row.id for row in page.rows])
    return page


@dataclass(frozen=True)
class EntryFile:
    """One entry; its free text is None where it is not open to the reader. `earlier` counts versions before this one."""

    entry: RegisterEntry
    texts: Mapping[str, str] | None
    earlier: int


def entry(*, for_user: Person, register: Register, entry_id: uuid.UUID) -> EntryFile:
    """Open one entry; recorded before it is shown, as S4 where free text is shown with it."""
    permissions.check_can_read_registers()
    found = RegisterEntry.objects.filter(register=register.name, id=entry_id).select_related("recorded_by__name").first()
    if found is None:
        raise NotFound(_("There is no such entry in this register."))
    newest = RegisterText.objects.filter(entry=found).order_by("-recorded_at", "-id").first()
    record("activities:entry:open", objects=[found.id], sensitivity="S4" if newest else "S1")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from activities_registerentry_history where mission_id = %s and id = %s", [found.mission_id, found.id])
        earlier = cursor.fetchone()[0]
    return EntryFile(found, newest.texts if newest else None, earlier)


def quarters(*, for_user: Person, register: Register) -> list[str]:
    """Quarters in which the register has entries, newest first."""
    days = RegisterEntry.objects.filter(register=register.name).annotate(start=TruncQuarter("occurred_on"))
    return [rules.quarter_of(day) for day in days.values_list("start", flat=True).order_by("-start").distinct()]


def _quarter(key: str) -> tuple[date, date]:
    year, _mark, number = key.partition("Q")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) and number in ("1", "2", "3", "4")):
        raise NotValid(_("Write a quarter as 2026Q3."))
    month = int(number) * 3
    return date(int(year), month - 2, 1), date(int(year), month, 31 if number in ("1", "4") else 30)


def _clean(text: str) -> str:
    """Search text as PostgreSQL can hold it, and not longer than anybody types."""
    return text.replace("\x00", " ").strip()[:LONGEST_SEARCH]


def inventory(
    *,
    for_user: Person,
    text: str = "",
    entity: str = "",
    measure: str = "",
    theme: str = "",
    period: str = "",
    after: str = "",
    before: str = "",
) -> Page[InventoryActivity]:
    """A page of published passages, latest period first. Filters also find a passage by one of its parts."""
    permissions.check_can_read_inventory()
    rows = InventoryActivity.objects.filter(part_of="")
    if _clean(entity):
        rows = rows.filter(_own_or_part(Q(entities__contains=[{"code": _clean(entity)}])))
    if _clean(measure):
        rows = rows.filter(_own_or_part(Q(measures__contains=[_clean(measure)])))
    if _clean(theme):
        rows = rows.filter(_own_or_part(Q(themes__contains=[_clean(theme)])))
    rows = _in_period(_matching(rows, _clean(text)), _clean(period))
    return paged(rows, Coalesce("period_end", Value(date.min)), after, before)


def _own_or_part(condition: Q) -> Q:
    parts = InventoryActivity.objects.exclude(part_of="").filter(condition)
    return condition | Q(activity_id__in=parts.values("part_of"))


def _matching(rows: QuerySet[InventoryActivity], text: str) -> QuerySet[InventoryActivity]:
    """Words as a search engine takes them ("…" and - included), or the very characters typed; no wildcard is ever one."""
    if not text:
        return rows
    words = SearchQuery(text.translate(QUOTES), config="simple", search_type="websearch")
    return rows.annotate(words=SearchVector("text", config="simple")).filter(Q(words=words) | Q(text__icontains=text))


def _in_period(rows: QuerySet[InventoryActivity], period: str) -> QuerySet[InventoryActivity]:
    """Passages whose period touches a year, or that print no period."""
    if not period:
        return rows
    if period == NO_PERIOD:
        return rows.filter(period_start=None)
    if not (period.isascii() and period.isdigit() and len(period) == 4 and int(period)):
        raise NotValid(_("Write a year in four digits."))
    year = int(period)
    return rows.filter(period_start__lte=date(year, 12, 31), period_end__gte=date(year, 1, 1))


@dataclass(frozen=True)
class InventoryChoices:
    """What the inventory can be filtered by: entities (code, present name), years, measures, themes that occur in it."""

    entities: Sequence[tuple[str, str]]
    years: Sequence[int]
    measures: frozenset[str]
    themes: frozenset[str]
    undated: bool
    total: int
    synthetic: int


def inventory_choices(*, for_user: Person) -> InventoryChoices:
    """Read off the inventory itself; it is small, so every row is looked at."""
    permissions.check_can_read_inventory()
    rows = InventoryActivity.objects.values_list(
        "entities", "period_start", "period_end", "measures", "themes", "part_of", "details__synthetic"
    )
    found = list(rows)
    whole = [row for row in found if not row[5]]
    years = {year for row in found if row[1] and row[2] for year in range(row[1].year, row[2].year + 1)}
    return InventoryChoices(
        entities=sorted({(one["code"], one["current_name"]) for row in found for one in row[0]}, key=lambda pair: pair[1].casefold()),
        years=sorted(years, reverse=True), measures=frozenset(code for row in found for code in row[3]),
        themes=frozenset(code for row in found for code in row[4]), undated=any(row[1] is None for row in whole),
        total=len(whole), synthetic=sum(bool(row[6]) for row in whole),
    )  # fmt: skip


@dataclass(frozen=True)
class ActivityFile:
    """One published activity, the parts it was split into, and the passage it is part of."""

    activity: InventoryActivity
    parts: Sequence[InventoryActivity]
    whole: InventoryActivity | None


def activity(*, for_user: Person, activity_id: str) -> ActivityFile:
    """Open one activity of the inventory."""
    permissions.check_can_read_inventory()
    found = InventoryActivity.objects.filter(activity_id=_clean(activity_id)).first()
    if found is None:
        raise NotFound(_("There is no such activity in the inventory."))
    parts = list(InventoryActivity.objects.filter(part_of=found.activity_id))
    whole = InventoryActivity.objects.filter(activity_id=found.part_of).first() if found.part_of else None
    return ActivityFile(found, sorted(parts, key=lambda part: found.text.find(part.text)), whole)


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Nothing waits here yet: entries are complete when they are recorded."""
    return []

