"""What is compared between two reports, level by level, in SQL; names of levels are the reasons' names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison; m and u are its fixed weights, counted on synthetic reports of known truth."""

    name: str
    condition: str
    m: float = 0.0
    u: float = 0.0
    frequency_of: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Levels in the order they are tried; the first one says when there is nothing to compare."""

    name: str
    levels: tuple[Level, ...]

    @property
    def nothing(self) -> Level:
        """The level that says nothing for or against."""
        return self.levels[0]


def _gap() -> str:
    return "greatest(0, day_lo_r - day_hi_l, day_lo_l - day_hi_r)"


def _width() -> str:
    return "greatest(day_hi_l - day_lo_l, day_hi_r - day_lo_r)"


def _shared(column: str) -> str:
    return f"len(list_intersect({column}_l, {column}_r))"


# Dates are intervals: the gap between them and the less precise of the two decide, never a middle.
DATE = Comparison(
    "date",
    (
        Level("unknown", f"day_lo_l is null or day_lo_r is null or {_width()} > 100"),
        Level("same_day", f"{_width()} = 0 and {_gap()} = 0", 0.253, 0.000326),
        Level("one_day", f"{_width()} = 0 and {_gap()} = 1", 0.0598, 0.000546),
        Level("few_days", f"{_width()} = 0 and {_gap()} <= 3", 0.0427, 0.00108),
        Level("overlap_week", f"{_width()} <= 10 and {_gap()} = 0", 0.172, 0.000999),
        Level("overlap_month", f"{_width()} <= 31 and {_gap()} = 0", 0.41, 0.00913),
        Level("overlap_wide", f"{_gap()} = 0", 0.01, 0.003),
        Level("near", f"{_gap()} <= 3", 0.0268, 0.00462),
        Level("within_ten", f"{_gap()} <= 10", 0.0356, 0.00902),
        Level("within_month", f"{_gap()} <= 31", 0.000198, 0.0279),
        Level("apart", "ELSE", 5e-05, 0.946),
    ),
)
# 'Equal because imprecise' and 'both exact and different' are different evidence.
PLACE = Comparison(
    "place",
    (
        Level("unknown", "adm1_l is null or adm1_r is null"),
        Level("same_settlement", "settlement_l = settlement_r", 0.235, 0.000264, frequency_of="settlement"),
        Level(
            "same_adm3_imprecise",
            "adm3_l = adm3_r and (settlement_l is null or settlement_r is null)",
            0.147,
            0.00103,
        ),
        Level("same_adm3_different", "adm3_l = adm3_r", 0.0137, 0.00134),
        Level("same_adm2_imprecise", "adm2_l = adm2_r and (adm3_l is null or adm3_r is null)", 0.44, 0.0112),
        Level("same_adm2_different", "adm2_l = adm2_r", 0.0265, 0.00782),
        Level("same_adm1_imprecise", "adm1_l = adm1_r and (adm2_l is null or adm2_r is null)", 0.0978, 0.013),
        Level("same_adm1_different", "adm1_l = adm1_r", 0.00317, 0.0987),
        Level("elsewhere", "ELSE", 0.0369, 0.867),
    ),
)
PARTIES = Comparison(
    "parties",
    (
        Level("unknown", "len(parties_l) = 0 or len(parties_r) = 0"),
        Level("two_shared", f"{_shared('parties')} >= 2", 0.113, 0.00104),
        Level("same_one", "party_set_l = party_set_r", 0.797, 0.142),
        Level("one_shared", f"{_shared('parties')} = 1", 0.00341, 0.0791),
        Level("none_shared", "ELSE", 0.0871, 0.778),
    ),
)
FORMS = Comparison(
    "forms",
    (
        Level("unknown", "len(forms_l) = 0 or len(forms_r) = 0"),
        Level("three_shared", f"{_shared('forms')} >= 3", 0.0471, 0.000138),
        Level("two_shared", f"{_shared('forms')} = 2", 0.281, 0.0135),
        Level("same_one", "form_set_l = form_set_r", 0.383, 0.0487, frequency_of="form_set"),
        Level("one_shared", f"{_shared('forms')} = 1", 0.274, 0.256),
        Level("none_shared", "ELSE", 0.0153, 0.681),
    ),
)
COUNT = Comparison(
    "count",
    (
        Level("unknown", "total_l is null or total_r is null"),
        Level("equal_ten_or_more", "total_l = total_r and total_l >= 10", 0.0307, 0.000128),
        Level("equal_four_to_nine", "total_l = total_r and total_l >= 4", 0.0724, 0.00371),
        Level("equal_two_or_three", "total_l = total_r and total_l >= 2", 0.136, 0.0427),
        Level("equal_one", "total_l = total_r", 0.4, 0.251),
        Level(
            "close_large",
            "least(total_l, total_r) >= 4 and abs(total_l - total_r) <= greatest(total_l, total_r) * 0.3",
            0.0711,
            0.0109,
        ),
        Level("close_small", "abs(total_l - total_r) = 1", 0.179, 0.21),
        Level("far", "ELSE", 0.111, 0.481),
    ),
)
PEOPLE = Comparison(
    "people",
    (
        Level("unknown", "people_l is null or people_r is null"),
        Level("same_mixed", "people_l = people_r and len(kinds_l) >= 2", 0.0293, 0.000955),
        Level("same_women", "people_l = people_r and people_l = 'women'", 0.56, 0.369),
        Level("same_other", "people_l = people_r", 0.26, 0.0602),
        Level("overlapping", f"{_shared('kinds')} >= 1", 0.00794, 0.0658),
        Level("different", "ELSE", 0.142, 0.504),
    ),
)
PLACE_TYPE = Comparison(
    "place_type",
    (
        Level("unknown", "place_type_l is null or place_type_r is null"),
        Level("same", "place_type_l = place_type_r", 0.791, 0.148),
        Level("different", "ELSE", 0.209, 0.852),
    ),
)
ORGANISATION = Comparison(
    "organisation",
    (
        Level("unknown", "organisation_l is null or organisation_r is null"),
        Level("same", "organisation_l = organisation_r", 0.051, 0.178),
        Level("different", "ELSE", 0.949, 0.822),
    ),
)
COMPARISONS = (DATE, PLACE, PARTIES, FORMS, COUNT, PEOPLE, PLACE_TYPE, ORGANISATION)

# One row per report, as the levels read it. A place finer than its stated precision is not used (V12).
# One day given for a week, month, quarter or year stands for all of it.
PREPARE = """
with dated as (
  select *, case when date_precision is distinct from 'unknown' then date_lo end as first_stated,
    case when date_precision is distinct from 'unknown' then coalesce(date_hi, date_lo) end as last_stated,
    first_stated = last_stated and date_precision in ('week', 'month', 'quarter', 'year') as one_for_all
  from reports
), stated as (
  select *,
    case when one_for_all then date_trunc(date_precision, first_stated)::date else first_stated end as first_day,
    case when one_for_all then (date_trunc(date_precision, first_stated) + ('1 ' || date_precision)::interval)::date - 1
      else last_stated end as last_day,
    case location_precision when 'adm1' then 1 when 'adm2' then 2 when 'adm3' then 3 else 4 end as fine,
    [kind for kind in [{kinds}] if kind is not null] as named
  from dated
), coded as (
  select report_key, organisation, their_reference,
    adm1, case when fine >= 2 then adm2 end as adm2,
    case when fine >= 3 then adm3 end as adm3, case when fine >= 4 then settlement end as settlement,
    first_day - date '2000-01-01' as day_lo, last_day - date '2000-01-01' as day_hi,
    list_sort(list_distinct(list_filter(coalesce(parties, []), lambda p: p <> 'unknown'))) as parties,
    list_sort(list_distinct(coalesce(forms, []))) as forms,
    total, named as kinds, nullif(array_to_string(named, '+'), '') as people, place_type
  from stated
), read as (
  select *, nullif(array_to_string(parties, '+'), '') as party_set, nullif(array_to_string(forms, '+'), '') as form_set
  from coded
)
select *,
  adm1 || ':' || ((day_lo + day_hi) // 20) as area_ten_days,
  adm1 || ':' || ((day_lo + day_hi) // 20) || ':' || party_set as area_party,
  adm1 || ':' || ((day_lo + day_hi + 10) // 20) || ':' || party_set as area_party_shifted,
  adm2 || ':' || ((day_lo + day_hi + 30) // 60) as district_shifted,
  list_transform(range(day_lo // 30, least((day_hi + 3) // 30, day_lo // 30 + 12) + 1), lambda b: adm2 || ':' || b) as district_windows
from read
"""


def prepare_sql(tally: tuple[str, ...]) -> str:
    """The statement that makes the compared columns; 'unknown' people are no kind of people."""
    kinds = ", ".join(f"case when {kind} > 0 then '{kind}' end" for kind in tally if kind != "unknown")
    return PREPARE.format(kinds=kinds)
