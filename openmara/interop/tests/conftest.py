"""Carana's library in the test mission, and sheets to spoil."""

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from openmara import ROOT
from openmara.evidence.models import (
    Batch,
    Consent,
    Incident,
    Report,
    ReportPlace,
    ReportText,
    SeaRouting,
    Source,
)
from openmara.interop import library
from openmara.interop.incident_sheet import write_template
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.pages import french, plain_static

__all__ = ["french", "plain_static"]
FILES = Path(__file__).with_name("files")
LIBRARY = (("boundaries", "places/adm1.geojson"), ("boundaries", "places/adm2.geojson"), ("parties", "parties.toml"))
EVIDENCE = (Batch, Consent, Incident, Report, ReportPlace, ReportText, SeaRouting, Source)
PLAIN: dict[str, Any] = {
    "their_reference": "R-1", "source_org_type": "un_civilian", "record_class": "crsv", "date_from": date(2026, 7, 3),
    "date_precision": "day", "date_reported": date(2026, 7, 9), "adm1": "CR08", "adm2": "CR0801", "location_precision": "adm2",
    "forms": "rape", "nexus_types": "temporal:direct", "nexus_note": "Synthetic.", "women": 2, "alleged_parties": "ICSC",
    "classification": "confidential",
    "number_estimated": "no",
    "source_category": "primary_witness",
    "consent_basis": "survivor_adult",
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page drawn in French leaves French active in the thread: no other test may inherit it."""
    yield
    translation.deactivate()


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    """Carana with its provinces, districts and parties."""
    with acting("swpa", "carana") as by:
        found = Mission.objects.get(code="carana")
        for kind, name in LIBRARY:
            library.load(by=by, mission=found, kind=kind, content=(ROOT / "openmara/carana" / name).read_bytes())
    yield found


@pytest.fixture
def sheet() -> Callable[..., bytes]:
    """A filled-in template: one row per argument, each a change of a sound row."""

    def make(*changes: dict[str, Any]) -> bytes:
        stream = BytesIO()
        rows = [PLAIN | {"their_reference": f"R-{number}"} | change for number, change in enumerate(changes, start=1)]
        write_template(stream, rows)
        return stream.getvalue()

    return make


def stored() -> list[int]:
    """How many rows each table of evidence holds, as somebody sees who may see them all."""
    with acting("hr.1", "carana"):
        return [model.objects.count() for model in EVIDENCE]
