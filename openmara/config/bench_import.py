"""`openmara bench import`: a workbook of many reports through the whole path, then the same rows once more in other bytes.

Keys: rows, seconds (reading, checking, storing, commit), repeat_changed (rows that the second import changed: must be 0).
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

from openpyxl import Workbook

from openmara import ROOT, vocabulary
from openmara.config.scratch import scratch_database
from openmara.evidence.accounts import COLUMNS
from openmara.interop import intake, library
from openmara.places import queries as places
from openmara.security import actions as security
from openmara.security.context import acting
from openmara.security.models import Person

SIZES = {"ci": 2_000, "full": 10_000}
PASSWORD = "bench only, synthetic, loopback"
LIBRARY = (
    ("boundaries", "places/adm1.geojson"), ("boundaries", "places/adm2.geojson"), ("areas", "places/adm3.csv"),
    ("settlements", "places/settlements.csv"), ("parties", "parties.toml"),
)  # fmt: skip
FIRST_DAY = date(2024, 10, 1)


def measure(size: str) -> dict[str, float | int]:
    """Generate, import, import again; everything synthetic, in a scratch database that is dropped."""
    count = SIZES[size]
    with scratch_database():
        _found()
        with acting("swpa", "carana") as person:
            rows = list(_rows(count, person))
        first, second = _book(rows, "first"), _book(rows, "second")
        started = time.perf_counter()
        added = _take(first)
        seconds = time.perf_counter() - started
        repeated = _take(second)
    return {"rows": added.added, "seconds": round(seconds, 2), "repeat_changed": repeated.added + repeated.routed}


def _found() -> None:
    """Mission `carana` with its library and the adviser."""
    with security.installing():
        mission = security.found_mission(code="carana", name_en="UNAC, Carana", name_fr="UNAC, Carana", synthetic=True)
        office = security.found_organisation(mission=mission, code="WPA-U", name_en="Unit", name_fr="Unité")
        person = security.enrol(username="swpa", code="swpa", display_name="Adviser", password=PASSWORD)
        security.give_grant(person=person, mission=mission, roles=["swpa"], clearance=4, organisation=office)
    with acting("swpa", "carana") as by:
        for kind, name in LIBRARY:
            library.load(by=by, mission=by.active_mission, kind=kind, content=(ROOT / "openmara/carana" / name).read_bytes())  # type: ignore[attr-defined]  # carried by acting


def _take(content: bytes) -> intake.Outcome:
    with acting("swpa", "carana") as person:
        return intake.take(
            by=person, mission=person.active_mission, kind="reports", content=content, organisation="WPA-U",  # type: ignore[attr-defined]  # carried by acting
        )  # fmt: skip


def _rows(count: int, person: Person) -> Iterator[dict[str, object]]:
    """Complete, varied, synthetic accounts: every column is used somewhere."""
    settlements = places.settlements(for_user=person)
    forms, contexts = vocabulary.codes("crsv_form"), vocabulary.codes("activity_context")
    for number in range(count):
        place = settlements[number % len(settlements)]
        day = FIRST_DAY + timedelta(days=number % 700)
        women, men = 1 + number % 3, number % 2
        yield {
            "their_reference": f"BENCH-{number:06}", "source_org_type": "un_civilian", "record_class": "crsv", "date_from": day,
            "date_to": day, "date_precision": "day", "date_reported": day + timedelta(days=number % 40), "adm1": place.adm1,
            "adm2": place.adm2, "adm3": place.adm3, "settlement": place.code, "location_precision": "settlement",
            "place_type": "road", "time_of_day": "morning", "forms": ";".join({forms[number % len(forms)], "rape"}),
            "nexus_types": "temporal:direct;causal:direct", "nexus_evidence": "perpetrator_profile",
            "nexus_note": "Synthetic: armed actors were present.", "women": women, "men": men, "total": women + men,
            "number_estimated": "no", "alleged_parties": ("ICSC", "CDF", "unknown", "MLCS;UIAM")[number % 4],
            "perpetrator_count": "2", "activity_context": contexts[number % len(contexts)], "during_military_operation": "unknown",
            "source_category": "secondary", "source_type": "document", "source_reliability": "high", "source_credibility": "medium",
            "consent_basis": "not_required_aggregate", "consent_scope": "monitoring_internal;aggregate_reporting",
            "narrative_confidential": f"Synthetic account number {number}.", "narrative_shareable": "A synthetic account.",
            "classification": "confidential",
        }  # fmt: skip


def _book(rows: list[dict[str, object]], title: str) -> bytes:
    book = Workbook(write_only=True)
    book.properties.title = title
    sheet = book.create_sheet("reports")
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([row.get(name) for name in COLUMNS])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
