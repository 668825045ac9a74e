"""What a verifier changes: towards the truth where it is known, and never beyond what was reported."""

from random import Random
from typing import Any

from .casebook import CaseFile
from .codes import CHILD_TALLY, COUNTS, PARTY_CATEGORY, TALLY


def correction(rng: Random, file: CaseFile) -> dict[str, Any]:
    """Changed fields of an incident's coding; empty where the verifier leaves it as it is."""
    if rng.random() < 0.4:
        return {}
    changes: dict[str, Any] = {}
    for step in (_dates, _place, _forms, _tally, _parties):
        if rng.random() < 0.8:
            changes |= step(file)
    return {
        name: value for name, value in changes.items() if file.coding.get(name) != value or name in COUNTS
    }


def _dates(file: CaseFile) -> dict[str, Any]:
    truth = file.truth
    precision = "day" if truth.date_from == truth.date_to else "range"
    if (
        file.coding["date_precision"] in ("day", "range")
        and file.coding["date_to"] == truth.date_to.isoformat()
    ):
        return {}
    if truth.date_to.isoformat() > file.first_reported:
        return {}
    return {
        "date_from": truth.date_from.isoformat(),
        "date_to": truth.date_to.isoformat(),
        "date_precision": precision,
    }


def _place(file: CaseFile) -> dict[str, Any]:
    """From a province or district down to the finest place any linked report names (V12)."""
    if file.coding["location_precision"] not in ("adm1", "adm2"):
        return {}
    if file.coding["adm1"] != file.truth.place.adm1:
        return {}
    finer = next((r for r in file.reports if r.coding.get("settlement") == file.truth.place.code), None)
    place = file.truth.place
    if finer is None:
        named = any(report.coding.get("adm2") == place.adm2 for report in file.reports)
        return {"adm2": place.adm2, "location_precision": "adm2"} if named else {}
    return {
        "adm2": place.adm2,
        "adm3": place.adm3,
        "settlement": place.code,
        "location_precision": "settlement",
    }


def _forms(file: CaseFile) -> dict[str, Any]:
    return {"forms": list(file.truth.forms)}


def _tally(file: CaseFile) -> dict[str, Any]:
    """All seven counts and their sum are judged together (V3)."""
    current = {name: file.coding.get(name, 0) for name in TALLY}
    if current == dict(file.truth.tally):
        return {}
    changes: dict[str, Any] = {**file.truth.tally, "total": file.truth.total, "number_estimated": "no"}
    if any(file.truth.tally[name] for name in CHILD_TALLY):
        changes["child_protection_routed"] = "yes"
    return changes


def _parties(file: CaseFile) -> dict[str, Any]:
    """A party is named only where a linked report names it."""
    named = {party for report in file.reports for party in report.coding["alleged_parties"]}
    known = [party for party in file.truth.parties if party in named and party != "UIAM"]
    return {"alleged_parties": known} if known else {}


def attribution(rng: Random, file: CaseFile) -> dict[str, Any] | None:
    """The second axis, decided apart from verification (V7)."""
    party = file.coding["alleged_parties"][0]
    if party == "unknown" or PARTY_CATEGORY[party] == "unknown" or rng.random() < 0.62:
        return None
    status = rng.choices(("verified", "alleged", "unknown"), weights=(62, 30, 8))[0]
    return {
        "party": party,
        "status": status,
        "rationale": "Insignia, language and area of control are described alike by the sources.",
    }
