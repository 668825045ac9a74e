"""The room's export for analysis: named columns, pseudonymous keys, no free text. Runs in the caller's context."""

from datetime import date, datetime

import pyarrow
from django.db import connection

from openmara.evidence.verification.models import QuarterChange
from openmara.security.keys import pseudonym

# Days are folded into counts and months here, so that what lies on disk is S2 (SECURITY.md).
INCIDENTS = """
select i.id::text as incident_key, i.month_from, i.month_to, i.date_precision, i.adm1, i.adm2, i.record_class,
  i.verification_status as status, i.attribution_status, i.verified_on, i.closed_on, i.forms, i.principal_form,
  i.place_type, i.displacement_context, coalesce(i.women, 0) as women, coalesce(i.girls, 0) as girls, coalesce(i.men, 0) as men,
  coalesce(i.boys, 0) as boys, coalesce(i.adult_unknown, 0) as adult_unknown, coalesce(i.child_unknown, 0) as child_unknown,
  coalesce(i.unknown, 0) as unknown, i.total, i.reported_month,
  case when i.date_precision in ('day', 'week') then case when x.id is null then t.delay_days else greatest(x.date_reported - x.date_to, 0) end end as delay_days,
  case when i.verified_on is not null then coalesce(i.verified_on - x.date_reported, t.verify_days) end as verify_days,
  coalesce((select array_agg(distinct coalesce(p.code, 'unknown') order by coalesce(p.code, 'unknown'))
    from evidence_allegedperpetrator a left join parties_party p on p.mission_id = a.mission_id and p.id = a.party_id
    where a.mission_id = i.mission_id and a.incident_id = i.id), '{}') as parties,
  coalesce((select array_agg(distinct a.category order by a.category) from evidence_allegedperpetrator a
    where a.mission_id = i.mission_id and a.incident_id = i.id), '{}') as party_categories
from evidence_incident i left join evidence_incidentplace x on x.mission_id = i.mission_id and x.incident_id = i.id
  left join evidence_tombstone t on t.mission_id = i.mission_id and t.incident_id = i.id and t.alone
where i.mission_id = (select sec.mission()) and (x.id is not null or t.id is not null) order by i.id
"""
# What nobody agrees to be counted by any longer stands as `withdrawn` from the end of the quarter in which that was said (sec.uncounted):
# figures reported before keep it, and it leaves with the next scheduled revision, after whatever else is recorded.
# An incident is `received` from the day it was opened: before that day it is in no figure. Steps recorded in one moment
# stand in the order in which one leads to the other.
STEPS = """
select s.incident_id::text as incident_key, s.to_status, coalesce(s.stated_on, (s.at at time zone z.zone)::date) as stated_on,
  (s.at at time zone z.zone)::date as recorded_on, row_number() over (order by s.stage = 99, s.at, s.stage, s.id) as step
from (
  select i.id as incident_id, 'received' as to_status, null::date as stated_on, i.recorded_at as at, -1 as stage, i.id from evidence_incident i
  where i.mission_id = (select sec.mission())
  union all
  select d.incident_id, d.to_status, d.stated_on, d.recorded_at,
    case d.from_status when 'received' then 0 when 'under_verification' then 1 else 2 end, d.id
  from evidence_decision d where d.mission_id = (select sec.mission()) and d.axis = 'verification'
  union all
  select u.incident_id, 'withdrawn', u.day, u.at, 99, u.incident_id from sec.uncounted(%s) u
    join evidence_incident i on i.mission_id = (select sec.mission()) and i.id = u.incident_id
) s cross join (select %s::text as zone) z order by s.stage = 99, s.at, s.stage, s.id
"""
LINKABLE = """
select r.id::text as report_key, r.organisation_id::text as organisation, x.date_from as date_lo, x.date_to as date_hi,
  r.date_precision, r.adm1, nullif(r.adm2, '') as adm2, nullif(x.adm3, '') as adm3, nullif(x.settlement, '') as settlement,
  r.location_precision, r.forms, r.party_codes as parties, r.total::int, r.women::int, r.girls::int, r.men::int, r.boys::int,
  r.adult_unknown::int, r.child_unknown::int, r.unknown::int, nullif(r.place_type, '') as place_type
from evidence_report r join evidence_reportplace x on x.mission_id = r.mission_id and x.report_id = r.id
where r.mission_id = (select sec.mission()) and not r.context_only and r.record_class = 'crsv' order by r.id
"""


def _read(statement: str, values: list[str]) -> tuple[list[str], list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return [column.name for column in cursor.description or []], cursor.fetchall()


def _table(statement: str, values: list[str], hide: bool = True) -> pyarrow.Table:
    names, rows = _read(statement, values)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    if hide:
        columns = {name: [pseudonym(str(one)) for one in column] if name.endswith("_key") else column for name, column in columns.items()}
    return pyarrow.table({name: pyarrow.array(column, type=TYPES.get(name)) for name, column in columns.items()})


STRINGS = pyarrow.list_(pyarrow.string())
TYPES = {
    "forms": STRINGS, "parties": STRINGS, "party_categories": STRINGS, "verified_on": pyarrow.date32(), "closed_on": pyarrow.date32(),
    "month_from": pyarrow.date32(), "month_to": pyarrow.date32(), "reported_month": pyarrow.date32(), "delay_days": pyarrow.int32(),
    "verify_days": pyarrow.int32(), "stated_on": pyarrow.date32(), "recorded_on": pyarrow.date32(), "date_lo": pyarrow.date32(),
    "date_hi": pyarrow.date32(), "adm2": pyarrow.string(), "adm3": pyarrow.string(), "settlement": pyarrow.string(),
    "place_type": pyarrow.string(), "total": pyarrow.int32(), "step": pyarrow.int64(),
    **{name: pyarrow.int32() for name in ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")},
}  # fmt: skip


def incidents() -> pyarrow.Table:
    """One row per incident: months, areas, status as known now, tally, parties, days of delay and of verification (S2)."""
    return _table(INCIDENTS, [])


def verification_steps(zone: str) -> pyarrow.Table:
    """One row per step of verification, the opening first: the status reached, the stated day, the day of recording in the mission's zone (S2)."""
    return _table(STEPS, [zone, zone])


def linkable_reports() -> pyarrow.Table:
    """Reports for linkage, with exact days and settlement codes (S3): for memory only, never for disk."""
    return _table(LINKABLE, [], hide=False)


def changed_since(moment: datetime) -> frozenset[str]:
    """Quarters in which a verification was taken back after a moment: what was computed before is not what would be now."""
    return frozenset(QuarterChange.objects.filter(changed_at__gt=moment).values_list("quarter", flat=True))


def period(quarter: str) -> tuple[date, date]:
    """First days of the first and the last month of a quarter."""
    year, number = int(quarter[:4]), int(quarter[5])
    return date(year, number * 3 - 2, 1), date(year, number * 3, 1)
