"""How an account differs from what happened: vague days and places, other counts, words and parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from .codes import CHILD_TALLY, FORM_ORDER, PARTY_CATEGORY, TALLY
from .truth import TrueIncident, draw


@dataclass(frozen=True)
class Habit:
    """What one kind of source tends to know: weights of precision, and shares of sameness."""

    date_precision: Mapping[str, float]
    place_precision: Mapping[str, float]
    same_count: float
    same_forms: float
    same_party: float
    blank: float


HABITS: Final = {
    "hr_office": Habit(
        {"day": 82, "week": 11, "month": 7},
        {"settlement": 70, "adm3": 12, "adm2": 14, "adm1": 4},
        0.86,
        0.9,
        0.85,
        0.1,
    ),
    "police_liste": Habit(
        {"day": 84, "week": 8, "month": 8}, {"settlement": 52, "adm2": 38, "adm1": 10}, 0.78, 0.76, 0.66, 0.3
    ),
    "partner_odk_export": Habit(
        {"day": 74, "week": 16, "month": 10},
        {"settlement": 56, "adm3": 18, "adm2": 22, "adm1": 4},
        0.76,
        0.84,
        0.74,
        0.25,
    ),
    "clinic_network": Habit(
        {"day": 56, "week": 26, "month": 18}, {"adm2": 82, "adm1": 18}, 0.72, 0.86, 0.0, 0.2
    ),
    "force_sitrep": Habit(
        {"day": 92, "week": 6, "month": 2},
        {"settlement": 60, "adm3": 22, "adm2": 14, "adm1": 4},
        0.62,
        0.68,
        0.72,
        0.3,
    ),
    "community_alerts": Habit(
        {"day": 66, "week": 22, "month": 12}, {"settlement": 70, "adm2": 24, "adm1": 6}, 0.58, 0.72, 0.7, 0.35
    ),
}
CONFUSED_FORM: Final = {
    "gang_rape": "rape",
    "rape": "sexual_assault",
    "attempted_rape": "sexual_assault",
    "sexual_slavery": "forced_marriage",
    "forced_marriage": "sexual_slavery",
    "sexual_torture": "forced_nudity",
    "forced_nudity": "sexual_assault",
    "sexual_assault": "attempted_rape",
    "trafficking_sv": "enforced_prostitution",
    "threat_sv": "other_comparable",
}


def stated_dates(rng: Random, incident: TrueIncident, habit: Habit, reported: date) -> dict[str, Any]:
    """Days as the source knows them; never after the day of the report (V1, V2)."""
    first, last = incident.date_from, incident.date_to
    precision = draw(rng, habit.date_precision)
    if precision == "week":
        first = last - timedelta(days=last.weekday())
        last = first + timedelta(days=6)
    elif precision == "month":
        first = last.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    elif first != last:
        precision = "range"
    elif rng.random() < 0.12:
        first = last = last + timedelta(days=rng.choice((-2, -1, -1, 1)))
    last = min(last, reported)
    first = min(first, last)
    return {"date_from": first.isoformat(), "date_to": last.isoformat(), "date_precision": precision}


def stated_place(rng: Random, incident: TrueIncident, habit: Habit) -> dict[str, Any]:
    """The place down to what the source knows."""
    place, precision = incident.place, draw(rng, habit.place_precision)
    parts = {"adm1": place.adm1, "adm2": place.adm2, "adm3": place.adm3, "settlement": place.code}
    kept = ("adm1", "adm2", "adm3", "settlement")
    depth = kept.index(precision) + 1
    return {name: parts[name] for name in kept[:depth]} | {"location_precision": precision}


def stated_tally(rng: Random, incident: TrueIncident, habit: Habit) -> dict[str, Any]:
    """Counts as stated; what is not known of a person is counted as unknown, not guessed."""
    tally = dict(incident.tally)
    estimated = rng.random() < 0.08
    if rng.random() > habit.same_count:
        pick = rng.random()
        present = [name for name in TALLY if tally[name]]
        name = rng.choice(present)
        if pick < 0.4:
            tally[name] += rng.choice((1, 1, 2))
            estimated = estimated or rng.random() < 0.5
        elif pick < 0.65 and incident.total > 1:
            tally[name] -= 1
        elif pick < 0.85:
            vague = "child_unknown" if name in CHILD_TALLY else "adult_unknown"
            tally[rng.choice(("unknown", vague))] += tally[name]
            tally[name] = 0
        else:
            tally[name] += round(incident.total / 2) or 1
            estimated = True
    total = sum(tally.values())
    stated: dict[str, Any] = {name: count for name, count in tally.items() if count or rng.random() < 0.4}
    stated |= {"total": total, "number_estimated": "yes" if estimated else "no"}
    if estimated and rng.random() < 0.5:
        stated |= {"total_min": max(1, total - 1), "total_max": total + 2}
    return stated


def fold_tally(coding: dict[str, Any], columns: Mapping[str, Any]) -> None:
    """Counts that a source has no column for are counted in its column of unknown persons."""
    lost = [name for name in TALLY if name in coding and name not in columns]
    moved = sum(coding.pop(name) for name in lost)
    if moved:
        coding["unknown"] = coding.get("unknown", 0) + moved


def stated_forms(rng: Random, incident: TrueIncident, habit: Habit) -> list[str]:
    forms = list(incident.forms)
    if rng.random() > habit.same_forms:
        if len(forms) > 1 and rng.random() < 0.6:
            forms.remove(rng.choice(forms))
        else:
            forms[0] = CONFUSED_FORM.get(forms[0], forms[0])
    return sorted(set(forms), key=FORM_ORDER.index)


def stated_parties(rng: Random, incident: TrueIncident, habit: Habit) -> list[str]:
    """Parties as stated: the same, another of the same category, armed men, or not known."""
    if rng.random() < habit.same_party:
        return list(incident.parties)
    pick = rng.random()
    if pick < 0.12:
        category = PARTY_CATEGORY[incident.parties[0]]
        alike = [
            code for code, c in PARTY_CATEGORY.items() if c == category and code not in ("unknown", "MLCS")
        ]
        return [rng.choice(alike)] if alike else ["unknown"]
    return ["UIAM"] if pick < 0.6 else ["unknown"]


def has_children(coding: Mapping[str, Any]) -> bool:
    return any(coding.get(name, 0) for name in CHILD_TALLY)
