"""Generated frames: random, small, with every awkward case in reach. Synthetic."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from openmara.indicators.columns import PERSONS, schema

START = date(2024, 9, 1)
STATUSES = ("under_verification", "verified", "reported_not_verified", "did_not_occur", "out_of_scope")
FORMS = ("rape", "gang_rape", "sexual_slavery", "threat_sv")


def frames(seed: int) -> dict[str, pa.Table]:
    """All five frames of one made-up mission."""
    rng = Random(seed)
    incidents, steps = _incidents(rng, rng.randint(0, 160))
    made = {
        "incidents": incidents, "verification_steps": steps, "patrol": _patrols(rng), "training": _training(rng),
        "ssr_institution": _institutions(rng),
    }  # fmt: skip
    return {name: pa.Table.from_pylist(rows, schema=schema(name)) for name, rows in made.items()}


def _day(rng: Random, start: date = START, days: int = 820) -> date:
    return rng.choice([start + timedelta(days=rng.randrange(days)), date(2026, 3, 31), date(2026, 4, 1)])


def _incidents(rng: Random, many: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    incidents, steps = [], []
    for number in range(many):
        key, ended = f"i{number}", _day(rng)
        reported = ended + timedelta(days=rng.choice((0, 1, 3, 4, 20, 45, 200)))
        day = reported + timedelta(days=rng.randrange(20))
        mine = [{"incident_key": key, "to_status": "received", "stated_on": day}]
        for _ in range(rng.randrange(4)):
            day += timedelta(days=rng.randrange(-2, 70))
            mine.append({"incident_key": key, "to_status": rng.choice(STATUSES), "stated_on": day})
        status = "duplicate" if rng.random() < 0.05 else mine[-1]["to_status"]
        verified = mine[-1]["stated_on"] if status == "verified" else None
        precision = rng.choice(("day", "day", "week", "month", "range"))
        persons = {name: rng.choice((0, 0, 0, 1, 2, 7)) for name in PERSONS}
        parties = rng.sample(("ICSC", "CDF", "MPC", "unknown"), k=rng.choice((0, 1, 1, 2)))
        incidents.append({
            "incident_key": key, "month_to": ended.replace(day=1), "date_precision": precision, "adm1": rng.choice(("CR01", "CR08")),
            "record_class": "crsv" if rng.random() < 0.95 else "gbv_other", "status": status, "principal_form": rng.choice(FORMS),
            "displacement_context": rng.choice(("", "unknown", "during_flight")), **persons,
            "reported_month": reported.replace(day=1), "parties": parties,
            "delay_days": (reported - ended).days - rng.choice((0, 0, 5)) if precision in ("day", "week") else None,
            "verify_days": (verified - reported).days if verified else None,
            "party_categories": rng.sample(("armed_group", "armed_force", "unknown"), k=min(1, len(parties))),
        })  # fmt: skip
        steps += mine
    return incidents, _numbered(rng, steps)


def _numbered(rng: Random, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps of one incident keep their order; rows come in any order."""
    numbered = [step | {"step": number} for number, step in enumerate(steps, start=1)]
    rng.shuffle(numbered)
    return numbered


def _patrols(rng: Random) -> list[dict[str, Any]]:
    found = []
    for number in range(rng.randint(0, 300)):
        met = rng.randint(0, 4)
        found.append({
            "entry_key": f"p{number}", "adm1": rng.choice(("CR01", "CR08", None)), "occurred_on": _day(rng),
            "force": rng.choice(("military", "unpol", "joint")), "day_night": rng.choice(("day", "night")),
            "criteria_met": met, "criteria_unknown": rng.randint(0, 4 - met),
        })  # fmt: skip
    return found


def _number(rng: Random, most: int) -> int | None:
    return None if rng.random() < 0.1 else rng.randint(0, most)


def _training(rng: Random) -> list[dict[str, Any]]:
    found = []
    for number in range(rng.randint(0, 120)):
        session = rng.random() < 0.7
        row = {"entry_key": f"t{number}", "occurred_on": _day(rng), "component": rng.choice(("civilian", "military", "police"))}
        names = ("women_trained", "men_trained") if session else ("women_on_strength", "men_on_strength")
        numbers = {name: _number(rng, 30 if session else 900) for name in names}
        found.append(row | {"entry_kind": "session" if session else "strength"} | numbers)
    return found


def _institutions(rng: Random) -> list[dict[str, Any]]:
    return [
        {"entry_key": f"s{number}", "occurred_on": day, "institution": institution, "rank_band": band,
         "women": _number(rng, 40), "men": _number(rng, 90)}
        for number in range(rng.randint(0, 25))
        for institution, day in [(rng.choice(("CDF", "CNP", "PEF")), _day(rng))]
        for band in ("senior", "officer", "other_rank")
    ]  # fmt: skip
