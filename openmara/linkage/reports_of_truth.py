"""Synthetic reports whose incident is known, to measure linkage; nobody and nowhere real is in them.

Shape of the noise: 40 % of incidents in campaigns, one to five reports each, dates to the day in 62 % and
wrong in 20 %, places vague or wrong, counts wrong in 28 %, ages wrong in 8 %, one party in five unknown. It ranks methods; it
does not promise field accuracy.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from openmara.linkage.columns import SCHEMA, TALLY

SIZES = {"ci": 10_000, "full": 100_000}
REPORTS_PER_MISSION = 10_000
FIRST_DAY, DAYS = date(2022, 10, 1), 4 * 365
ADM1, ADM2, ADM3, SETTLEMENTS = 12, 8, 4, 10
PARTIES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
FORMS = (
    "rape gang_rape attempted_rape sexual_slavery enforced_prostitution forced_pregnancy forced_marriage "
    "sexual_mutilation sexual_torture forced_nudity sexual_assault threat_sv trafficking_sv forced_witness"
).split()
PLACE_TYPES = ("home", "road", "field", "forest", "camp", "checkpoint", "detention", "market", "school")
ORGANISATIONS = {"A": 25, "B": 20, "C": 20, "D": 15, "E": 10, "F": 10}
MIXES = (
    {"women": 1},
    {"girls": 1},
    {"women": 2, "girls": 1},
    {"men": 1},
    {"boys": 1},
    {"women": 1, "men": 1},
)
MIX_WEIGHTS = (55, 18, 12, 7, 4, 4)
CONFUSED = {"women": "girls", "girls": "women", "men": "boys", "boys": "men"}


@dataclass(frozen=True)
class Truth:
    """Reports as linkage gets them, one table per mission, and the incident each one tells of."""

    missions: tuple[pa.Table, ...]
    incident_of: Mapping[str, str]


@dataclass(frozen=True)
class Incident:
    """What happened, before anybody reported it."""

    key: str
    mission: int
    place: tuple[int, int, int, int]
    day: date
    parties: tuple[str, ...]
    forms: tuple[str, ...]
    tally: Mapping[str, int]
    place_type: str


def generate(size: str | int, seed: int = 20260930) -> Truth:
    """Reports of a named size or of about so many reports; the same seed gives the same reports."""
    wanted = SIZES[size] if isinstance(size, str) else size
    draw = random.Random(seed)
    rows: dict[int, list[dict[str, Any]]] = {
        mission: [] for mission in range(max(1, round(wanted / REPORTS_PER_MISSION)))
    }
    incident_of: dict[str, str] = {}
    while len(incident_of) < wanted:
        for incident in _campaign_or_single(draw, len(rows), len(incident_of)):
            for row in _reports(draw, incident):
                row["report_key"] = row["their_reference"] = f"R{len(incident_of):07d}"
                incident_of[row["report_key"]] = incident.key
                rows[incident.mission].append(row)
    for part in rows.values():
        draw.shuffle(part)
    return Truth(tuple(pa.Table.from_pylist(part, schema=SCHEMA) for part in rows.values()), incident_of)


def _zipf(draw: random.Random, count: int, power: float = 0.8) -> int:
    return draw.choices(range(count), [1 / (rank + 1) ** power for rank in range(count)])[0]


def _campaign_or_single(draw: random.Random, missions: int, number: int) -> list[Incident]:
    """One incident, or a campaign: same district, same party, within 14 days."""
    mission, first, second = draw.randrange(missions), _zipf(draw, ADM1), _zipf(draw, ADM2)
    start = FIRST_DAY + timedelta(days=draw.randrange(DAYS - 14))
    party = PARTIES[_zipf(draw, len(PARTIES))]
    members = draw.randint(3, 7) if draw.random() < 0.118 else 1
    incidents = []
    for member in range(members):
        place = (first, second, draw.randrange(ADM3), _zipf(draw, SETTLEMENTS))
        day = start + timedelta(days=draw.randrange(14)) if members > 1 else start
        others = [PARTIES[_zipf(draw, len(PARTIES))]] if draw.random() < 0.15 else []
        incidents.append(
            Incident(
                key=f"I{number:07d}-{member}",
                mission=mission,
                place=place,
                day=day,
                parties=tuple(sorted({party, *others})),
                forms=tuple(
                    sorted({FORMS[_zipf(draw, len(FORMS), 1.0)] for _ in range(draw.choice((1, 1, 2, 2, 3)))})
                ),
                tally=_tally(draw),
                place_type=PLACE_TYPES[_zipf(draw, len(PLACE_TYPES))],
            )
        )
    return incidents


def _tally(draw: random.Random) -> dict[str, int]:
    """Six in ten incidents have one victim; a few have many."""
    total = draw.choices((1, draw.randint(2, 3), draw.randint(4, 9), draw.randint(10, 40)), (60, 22, 13, 5))[
        0
    ]
    mix = draw.choices(MIXES, MIX_WEIGHTS)[0]
    kinds = draw.choices(list(mix), list(mix.values()), k=total)
    return {kind: kinds.count(kind) for kind in mix if kind in kinds}


def _reports(draw: random.Random, incident: Incident) -> list[dict[str, Any]]:
    """One to five accounts, mostly of different organisations; one in twelve is a re-send."""
    count = draw.choices((1, 2, 3, 4, 5), (30, 30, 20, 12, 8))[0]
    left = dict(ORGANISATIONS)
    rows: list[dict[str, Any]] = []
    organisation = ""
    for _ in range(count):
        if not rows or draw.random() >= 0.08:
            organisation = draw.choices(list(left), list(left.values()))[0]
            left.pop(organisation)
        row = {"organisation": f"{incident.mission}{organisation}"}
        row |= _when(draw, incident.day) | _where(draw, incident) | _who(draw, incident)
        rows.append(row)
    return rows


def _when(draw: random.Random, day: date) -> dict[str, Any]:
    if draw.random() < 0.20:
        day += timedelta(days=draw.choice((-1, 1)) * draw.choices((1, 2, 3, 5, 8), (50, 20, 12, 10, 8))[0])
    precision = draw.choices(("day", "week", "month"), (62, 14, 24))[0]
    lo = hi = day
    if precision == "week":
        lo = day - timedelta(days=day.weekday())
        hi = lo + timedelta(days=6)
    elif precision == "month":
        lo = day.replace(day=1)
        hi = (lo + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {"date_lo": lo, "date_hi": hi, "date_precision": precision}


def _where(draw: random.Random, incident: Incident) -> dict[str, Any]:
    first, second, third, fourth = incident.place
    error = draw.random()
    if error < 0.02:
        first, second, third, fourth = (draw.randrange(n) for n in (ADM1, ADM2, ADM3, SETTLEMENTS))
    elif error < 0.08:
        third, fourth = draw.choice(((third, (fourth + 1) % SETTLEMENTS), ((third + 1) % ADM3, fourth)))
    precision = draw.choices(("settlement", "adm3", "adm2", "adm1"), (52, 15, 28, 5))[0]
    codes = [f"M{incident.mission}-{first:02d}"]
    codes += [f"{codes[0]}{second:02d}", f"{codes[0]}{second:02d}{third:02d}"]
    codes.append(f"{codes[2]}S{fourth:02d}")
    keep = {"adm1": 1, "adm2": 2, "adm3": 3, "settlement": 4}[precision]
    names = ("adm1", "adm2", "adm3", "settlement")
    place: dict[str, Any] = {name: code for name, code in zip(names[:keep], codes, strict=False)}
    kind: str | None = incident.place_type
    if draw.random() < 0.12:
        kind = draw.choice(PLACE_TYPES)
    return place | {"location_precision": precision, "place_type": kind if draw.random() < 0.65 else None}


def _who(draw: random.Random, incident: Incident) -> dict[str, Any]:
    parties: Sequence[str] = incident.parties if draw.random() < 0.94 else (draw.choice(PARTIES),)
    forms = {form for form in incident.forms if draw.random() < 0.85} or {incident.forms[0]}
    if draw.random() < 0.10:
        forms.add(draw.choice(FORMS))
    row: dict[str, Any] = {
        "parties": [f"M{incident.mission}-{p}" for p in parties] if draw.random() < 0.80 else [],
        "forms": sorted(forms),
    }
    if draw.random() < 0.08:
        return row
    tally = dict(incident.tally)
    if draw.random() < 0.28:
        kind = draw.choice(sorted(tally))
        tally[kind] = max(1, tally[kind] + draw.choice((-2, -1, 1, 1, 2)) * max(1, tally[kind] // 6))
    if draw.random() < 0.08:
        kind = draw.choice(sorted(tally))
        tally[CONFUSED[kind]] = tally.pop(kind) + tally.get(CONFUSED[kind], 0)
    if draw.random() < 0.12:
        tally = {"unknown": sum(tally.values())}
    return row | {kind: tally.get(kind, 0) for kind in TALLY} | {"total": sum(tally.values())}
