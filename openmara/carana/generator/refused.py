"""Files that an importer must refuse as a whole, each with the cells it must name."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any, Final

from .layouts import SUFFIX, Layout
from .places import Gazetteer
from .reporting import Report
from .sources import Row, render
from .wording import cells

Expected = dict[str, Any]
# Kind, template column to spoil, what to write there, and the rule the cell breaks.
SPOILED: Final[tuple[tuple[str, str, str, Any, str], ...]] = (
    ("police_liste", "future", "date_from", "01/03/2099", "V1 no future dates"),
    ("police_liste", "word", "forms", "vol de bétail", "word not in the mapping"),
    ("hr_office", "tally", "total", 99, "V3 the total is the sum of its parts"),
    ("hr_office", "nexus", "nexus_types", None, "V5 a crsv record states its link to the conflict"),
    ("hr_office", "formula", "women", "=1+1", "a formula is not a count"),
    (
        "partner_odk_export",
        "order",
        "date_reported",
        "2024-01-02T08:00:00.000Z",
        "V2 a report is not older than its event",
    ),
    ("clinic_network", "negative", "women", -2, "a count is not negative"),
    (
        "force_sitrep",
        "children",
        "child_protection_routed",
        "false",
        "V4 children are routed to child protection",
    ),
    ("community_alerts", "place", "adm2", "Nowhere", "a place that is not in the gazetteer"),
)
ROWS: Final = 4


def refused_files(
    layouts: Mapping[str, Layout], reports: Sequence[Report], gazetteer: Gazetteer, as_of: date
) -> tuple[dict[str, bytes], list[Expected]]:
    """Four rows each, the third spoiled in one cell; nothing of such a file may be stored."""
    files: dict[str, bytes] = {}
    expected: list[Expected] = []
    for kind, name, column, content, rule in SPOILED:
        layout = layouts[kind]
        chosen = [r for r in reports if r.kind == kind and _fits(name, r)][:ROWS]
        rows = [_fresh(layout, gazetteer, report, name, number) for number, report in enumerate(chosen, 1)]
        source_column = layout.mapping["columns"][column]
        rows[2][source_column] = content
        path = f"sources/refused/{kind}-{name}.{SUFFIX[kind]}"
        files[path] = render(layout, rows, as_of)
        line = layout.mapping.get("header_row", 0) + 3
        expected.append({"file": path, "kind": kind, "row": line, "column": source_column, "rule": rule})
    return files, expected


def _fits(name: str, report: Report) -> bool:
    if report.coding["record_class"] != "crsv":
        return False
    return report.coding.get("girls", 0) > 0 if name == "children" else True


def _fresh(layout: Layout, gazetteer: Gazetteer, report: Report, name: str, number: int) -> Row:
    """A sound row under a reference that no other file uses."""
    row = cells(Random(f"refused:{name}:{number}"), layout, gazetteer, report.coding)
    return row | {layout.mapping["columns"]["their_reference"]: f"REFUSED-{name}-{number}"}
