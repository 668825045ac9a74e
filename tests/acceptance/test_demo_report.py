"""Given the demonstration loaded from its files, when the quarterly report is built, then its figures equal an independent recount."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.acceptance.recount import recount

AS_OF = date(2026, 11, 21)
QUARTER = "2026Q3"
SETS = {
    "verified": "occurred_and_verified", "late": "late_verified", "under_verification": "under_verification",
    "older_open": "under_verification_older", "reported_not_verified": "reported_not_verified",
}  # fmt: skip
PERSONS = {"woman": "women", "girl": "girls", "man": "men", "boy": "boys"}
SMALLEST = 5
INCIDENTS = int(os.environ.get("OPENMARA_DEMO_INCIDENTS", "240"))  # 2200 is the whole demonstration


@dataclass(frozen=True)
class Loaded:
    folder: Path
    measures: dict[str, dict[str, Any]]
    exact: dict[str, dict[str, Any]]
    protection: dict[str, Any]
    files: dict[str, bytes]
    frozen: dict[tuple[str, str], int]
    links: int


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """A small demonstration in a database of its own, built exactly as `openmara demo` builds it."""
    from django.conf import settings

    from openmara.config.scratch import scratch_database
    from openmara.indicators.models import IndicatorValue
    from openmara.interop import demo
    from openmara.linkage.models import CandidatePair
    from openmara.publish import actions, queries
    from openmara.publish.models import ReportBuild
    from openmara.security.context import acting

    kept, settings.DATA_FOLDER = settings.DATA_FOLDER, tmp_path_factory.mktemp("data")
    try:
        with django_db_blocker.unblock(), scratch_database():
            demo.load(lambda _label: lambda _done, _total: None, AS_OF, incidents=INCIDENTS, reports=INCIDENTS * 47 // 22)
            with acting("swpa", "carana") as by:
                mission = by.active_mission
                build = ReportBuild.objects.get(language="en")
                named = actions.build_now(by=by, mission=mission, quarter=QUARTER, language="en", audience="named")
                frozen = IndicatorValue.objects.filter(
                    indicator="IND-PROT-01", basis="as_reported", breakdown="status", snapshot__rows__frozen__isnull=False
                )
                yield Loaded(
                    settings.DATA_FOLDER / "demo" / "carana", build.measures, named.measures, build.protection,
                    {kind: (queries.folder_of(build) / f"report.{kind}").read_bytes() for kind in build.files},
                    {(row.quarter, row.code): int(row.numerator or 0) for row in frozen}, CandidatePair.objects.count(),
                )  # fmt: skip
    finally:
        settings.DATA_FOLDER = kept


def expected(found: dict[str, Any]) -> dict[str, int]:
    """Exact figures of the recount under the names of the report's measures."""
    out: dict[str, int] = {}
    for name, its in SETS.items():
        counted = found[its]
        for unit in ("incidents", "victims"):
            out[f"{unit}.{name}"] = counted[unit]
            for area, cell in counted["by_adm1"].items():
                out[f"{unit}.{name}|area={area}"] = cell[unit]
        out |= {f"incidents.{name}|form={form}": cell["incidents"] for form, cell in counted["by_principal_form"].items()}
        out |= {f"incidents.{name}|category={one}": cell["incidents"] for one, cell in counted["by_party_category"].items()}
        people = counted["victims_by_person_category"]
        out |= {f"victims.{name}|person={person}": people[column] for person, column in PERSONS.items()}
        out |= {f"victims.{name}|person={one}": people[one] for one in ("adult_unknown", "child_unknown", "unknown")}
    for key, indicator in (("rate", "IND-PROT-09"), ("in_time", "IND-PROT-10"), ("patrols", "IND-PREV-01")):
        out[f"{key}.yes"], out[f"{key}.all"] = found[indicator]["numerator"], found[indicator]["denominator"]
    out |= {"delay.excluded": found["IND-PROT-08"]["excluded"], "delay.known": found["IND-PROT-08"]["incidents"]}
    out |= {"trained.yes": found["IND-TRN-01"]["all"]["numerator"], "trained.all": found["IND-TRN-01"]["all"]["denominator"]}
    for one, cell in found["IND-SSR-01"].items():
        mark = "" if one == "all" else f"|institution={one}"
        out |= {f"institutions.yes{mark}": cell["numerator"], f"institutions.all{mark}": cell["denominator"]}
    return out


def test_the_recount_imports_no_product_code() -> None:
    script = "import sys, runpy; runpy.run_path('tests/acceptance/recount.py'); sys.exit(any(m.split('.')[0] == 'openmara' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_every_figure_for_named_readers_equals_the_recount(loaded: Loaded) -> None:
    compared = 0
    for name, true in expected(recount(loaded.folder, QUARTER)).items():
        measure = loaded.exact.get(name)
        if measure is None:
            assert true == 0, f"{name} is missing from the report"
        else:
            assert measure["value"] == true and not measure["hidden"], name
            compared += 1
    for quarter in ("2025Q1", "2025Q4", "2026Q2"):
        found = recount(loaded.folder, quarter)
        for name in ("verified", "late"):
            for unit in ("incidents", "victims"):
                assert loaded.exact[f"{unit}.{name}:{quarter}"]["value"] == found[SETS[name]][unit], (quarter, name, unit)
    assert compared > 100


def test_what_the_forum_reads_is_withheld_or_rounded_where_it_is_small(loaded: Loaded) -> None:
    """Small cells are withheld; where that would hide more than 30 %, every count is rounded to five instead."""
    withheld = 0
    for name, true in expected(recount(loaded.folder, QUARTER)).items():
        measure = loaded.measures.get(name)
        if measure is None or not name.startswith(("incidents.", "victims.")):
            continue
        if loaded.protection["rounded"]:
            assert measure["value"] % 5 == 0 and abs(measure["value"] - true) < 5, name
        elif measure["hidden"]:
            assert measure["value"] is None and true > 0, name
            withheld += 1
        else:
            assert measure["value"] == true and (true == 0 or true >= SMALLEST), name
    assert loaded.protection["rounded"] or withheld > 20


def test_what_was_reported_at_a_quarters_end_stays_as_it_was(loaded: Loaded) -> None:
    """Frozen figures equal a recount that stops at the end of the quarter, whatever was corrected since."""
    for quarter, end in (("2025Q2", "2025-06-30T23:59:59Z"), ("2026Q1", "2026-03-31T23:59:59Z")):
        then = recount(loaded.folder, quarter, end)
        assert loaded.frozen[(quarter, "verified")] == then["occurred_and_verified"]["incidents"]
        assert loaded.frozen[(quarter, "under_verification")] == then["under_verification"]["incidents"]


def test_the_attacker_fails_and_the_marks_are_there(loaded: Loaded) -> None:
    assert loaded.protection["leaks"] == 0 and loaded.protection["primary"] > 20
    page = loaded.files["html"].decode()
    assert "NOT CLEARED" in page and "Synthetic" in page
    assert loaded.files["pdf"][:5] == b"%PDF-"
    document = Document(io.BytesIO(loaded.files["docx"]))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text.strip() for table in document.tables for row in table.rows for cell in row.cells]
    assert re.search(r"entered by hand", text + " ".join(cells), re.IGNORECASE)
    count = loaded.measures["incidents.verified"]["value"]
    assert count >= 10 and str(count) in cells


def test_reports_were_compared_with_one_another(loaded: Loaded) -> None:
    assert loaded.links > 50


def test_the_bad_files_are_refused_as_expected(loaded: Loaded) -> None:
    """Each file of sources/refused is refused, naming the cell, and nothing of it is stored."""
    from openmara.evidence.models import Report
    from openmara.interop import intake
    from openmara.security.context import acting
    from openmara.security.models import Mission

    entries = json.loads((loaded.folder / "truth" / "expected_refusals.json").read_text())
    with acting("swpa", "carana") as by:
        before = Report.objects.count()
        for entry in entries:
            kind = entry["kind"]
            with pytest.raises(intake.ImportRefused):
                intake.take(by=by, mission=Mission.objects.get(code="carana"), kind=kind, content=(loaded.folder / entry["file"]).read_bytes())
        assert Report.objects.count() == before and entries
