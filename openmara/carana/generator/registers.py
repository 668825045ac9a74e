"""Register entries as CSV files whose headings are the questions of the register forms."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Any, Final

from .contexts import ADM1_WEIGHT
from .places import Gazetteer
from .quarters import Quarter
from .truth import draw

PATROLS: Final = 2520
SESSIONS: Final = 504
MARK: Final = "Synthetic."
PATROL_COLUMNS: Final = (
    "force",
    "mode",
    "day_night",
    "start_date",
    "end_date",
    "hours",
    "adm1",
    "adm2",
    "purpose",
    "team_size",
    "women_in_team",
    "engagement_team",
    "gender_briefed",
    "route_on_gendered_risk",
    "women_consulted",
    "women_consulted_count",
    "men_consulted_count",
    "observations",
)
TRAINING_COLUMNS: Final = (
    "entry_kind",
    "component",
    "entry_date",
    "course",
    "adm1",
    "adm2",
    "women_trained",
    "men_trained",
    "women_first_time",
    "men_first_time",
    "hours",
    "pre_test_mean",
    "post_test_mean",
    "women_on_strength",
    "men_on_strength",
    "remarks",
)
SSR_COLUMNS: Final = (
    "institution",
    "institution_type",
    "quarter_end",
    "women_senior",
    "men_senior",
    "women_officer",
    "men_officer",
    "women_other_rank",
    "men_other_rank",
    "gender_strategy_status",
    "quota_agreed",
    "quota_percent",
    "remarks",
)
PURPOSES: Final = {
    "day": (
        "area_presence",
        "market",
        "water_point",
        "firewood",
        "school_route",
        "alert_response",
        "displacement_site",
    ),
    "night": ("area_presence", "night_presence", "alert_response", "displacement_site"),
}
COURSES: Final = ("crsv", "sgbv", "referral", "safe_documentation")
STRENGTH: Final = {"civilian": (268, 642), "military": (312, 4890), "police": (231, 1046)}
# Institution: type, women and men by rank at the start, quota agreed, strategy status by quarter.
INSTITUTIONS: Final[dict[str, tuple[str, tuple[int, ...], str]]] = {
    "CDF": ("armed_forces", (1, 84, 96, 1320, 1480, 14210), "yes"),
    "CNP": ("police", (3, 61, 214, 1105, 1630, 7240), "yes"),
    "PEF": ("gendarmerie", (0, 22, 18, 340, 205, 2870), "unknown"),
    "CCS": ("corrections", (2, 17, 61, 158, 402, 1010), "yes"),
    "CBG": ("border_guard", (1, 19, 27, 190, 173, 1420), "no"),
}
Row = dict[str, Any]


def register_files(rng: Random, gazetteer: Gazetteer, quarters: Sequence[Quarter]) -> dict[str, bytes]:
    """Path → bytes of the three registers."""
    return {
        "registers/patrol.csv": _csv(PATROL_COLUMNS, _patrols(rng, gazetteer, quarters)),
        "registers/training.csv": _csv(TRAINING_COLUMNS, _training(rng, gazetteer, quarters)),
        "registers/ssr_institution.csv": _csv(SSR_COLUMNS, _institutions(rng, quarters)),
    }


def _csv(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    target = StringIO()
    writer = csv.DictWriter(target, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8")


def _day(rng: Random, quarter: Quarter) -> date:
    return quarter.start + timedelta(days=rng.randrange((quarter.end - quarter.start).days + 1))


def _patrols(rng: Random, gazetteer: Gazetteer, quarters: Sequence[Quarter]) -> list[Row]:
    """The share of gender-responsive patrols rises after the story's peak, most of all in Leppko."""
    rows = [
        _patrol(rng, gazetteer, quarter, position)
        for position, quarter in enumerate(quarters)
        for _ in range(PATROLS // len(quarters))
    ]
    rows.sort(key=lambda row: (row["start_date"], row["adm2"], row["force"]))
    return rows


def _patrol(rng: Random, gazetteer: Gazetteer, quarter: Quarter, position: int) -> Row:
    weights = {code: ADM1_WEIGHT.get(code, 1) for code in gazetteer.adm1_codes()}
    adm1 = draw(rng, weights)
    start = _day(rng, quarter)
    long = rng.random() < 0.08
    end = min(start + timedelta(days=rng.randint(1, 3)) if long else start, quarter.end)
    day_night = "night" if rng.random() < 0.22 else "day"
    effort = 0.16 + 0.035 * position + (0.14 if adm1 == "CR08" and position >= 4 else 0.0)
    team = rng.randint(6, 24)
    women = rng.randint(1, max(1, team // 6)) if rng.random() < effort else 0
    consulted = _yes_no(rng, effort * 0.8)
    row: Row = {
        "force": draw(rng, {"military": 66, "unpol": 24, "joint": 10}),
        "mode": draw(rng, {"vehicle": 70, "foot": 22, "river": 4, "air": 4}),
        "day_night": day_night,
        "start_date": start.isoformat(),
        "end_date": end.isoformat() if end > start or rng.random() < 0.6 else "",
        "hours": rng.choice(("2", "3", "4", "5.5", "6", "8", "unknown", "")),
        "adm1": adm1,
        "adm2": rng.choice(gazetteer.in_adm1(adm1)).adm2 if rng.random() < 0.95 else "",
        "purpose": " ".join(rng.sample(PURPOSES[day_night], k=rng.choice((1, 1, 2)))),
        "team_size": team,
        "women_in_team": women if rng.random() < 0.97 else "unknown",
        "engagement_team": draw(rng, {"none": 80, "mixed": 12, "women": 5, "unknown": 3}),
        "gender_briefed": _yes_no(rng, effort + 0.08),
        "route_on_gendered_risk": _yes_no(rng, effort),
        "women_consulted": consulted,
        "observations": MARK,
    }
    if consulted == "yes":
        row["women_consulted_count"] = rng.randint(1, 30) if rng.random() < 0.95 else "unknown"
    if rng.random() < 0.4:
        row["men_consulted_count"] = rng.randint(0, 25)
    return row


def _yes_no(rng: Random, share: float) -> str:
    return "unknown" if rng.random() < 0.03 else "yes" if rng.random() < share else "no"


def _training(rng: Random, gazetteer: Gazetteer, quarters: Sequence[Quarter]) -> list[Row]:
    rows = [
        _session(rng, gazetteer, quarter) for quarter in quarters for _ in range(SESSIONS // len(quarters))
    ]
    for position, quarter in enumerate(quarters):
        rows += _strength(rng, quarter, position)
    rows.sort(key=lambda row: (row["entry_date"], row["entry_kind"], row["component"]))
    return rows


def _session(rng: Random, gazetteer: Gazetteer, quarter: Quarter) -> Row:
    component = draw(rng, {"military": 46, "police": 30, "civilian": 24})
    size = rng.randint(6, 16) if component != "military" else rng.randint(12, 40)
    share = {"civilian": 0.38, "military": 0.09, "police": 0.21}[component]
    women = sum(1 for _ in range(size) if rng.random() < share)
    before = rng.randint(38, 66)
    tested = rng.random() < 0.6
    online = rng.random() < 0.15
    place = rng.choice(gazetteer.settlements)
    return {
        "entry_kind": "session",
        "component": component,
        "entry_date": _day(rng, quarter).isoformat(),
        "course": rng.choice(COURSES),
        "adm1": "" if online else place.adm1,
        "adm2": "" if online else place.adm2,
        "women_trained": women,
        "men_trained": size - women,
        "women_first_time": women - women // 3,
        "men_first_time": (size - women) - (size - women) // 3,
        "hours": rng.choice(("2", "3", "4", "8", "16")),
        "pre_test_mean": before if tested else "",
        "post_test_mean": before + rng.randint(8, 30) if tested else "",
        "remarks": MARK,
    }


def _strength(rng: Random, quarter: Quarter, position: int) -> list[Row]:
    """One count per component on the quarter's last day; some quarters have an earlier one of the police."""
    days = [(component, quarter.end) for component in STRENGTH]
    if position % 2:
        days.append(("police", quarter.start + timedelta(days=44)))
    return [_count(rng, component, day, position) for component, day in days]


def _count(rng: Random, component: str, day: date, position: int) -> Row:
    women, men = STRENGTH[component]
    return {
        "entry_kind": "strength",
        "component": component,
        "entry_date": day.isoformat(),
        "women_on_strength": women + 4 * position + rng.randint(0, 6),
        "men_on_strength": men - 6 * position - rng.randint(0, 30),
        "remarks": MARK,
    }


def _institutions(rng: Random, quarters: Sequence[Quarter]) -> list[Row]:
    """One row per institution and quarter; the agreed share of 30 per cent is far, but nearer each quarter."""
    return [
        _institution(rng, code, quarter, position)
        for position, quarter in enumerate(quarters)
        for code in INSTITUTIONS
    ]


def _institution(rng: Random, code: str, quarter: Quarter, position: int) -> Row:
    kind, start, quota = INSTITUTIONS[code]
    women = [n + round(n * 0.035 * position) + (1 if position > 4 else 0) for n in start[0::2]]
    men = [n - round(n * 0.004 * position) + rng.randint(-3, 3) for n in start[1::2]]
    status = ("none", "drafting", "drafting", "adopted", "adopted", "implementing")[
        min(5, position // 2 + (quota == "yes"))
    ]
    return {
        "institution": code,
        "institution_type": kind,
        "quarter_end": quarter.end.isoformat(),
        "women_senior": women[0],
        "men_senior": men[0],
        "women_officer": women[1],
        "men_officer": men[1],
        "women_other_rank": women[2],
        "men_other_rank": men[2],
        "gender_strategy_status": status,
        "quota_agreed": quota,
        "quota_percent": 30 if quota == "yes" else "",
        "remarks": MARK,
    }
