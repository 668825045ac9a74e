"""The six kinds of raw report files, in the formats and habits of the programs they stand for."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from random import Random
from typing import Any, Final

from .codes import SOFTWARE_MARK
from .layouts import Layout
from .places import Gazetteer
from .quarters import Batch
from .reporting import Report, source_path
from .wording import cells
from .workbooks import clinic_book, template_book, zip_bytes

Row = dict[str, Any]
# Columns ODK Central adds around the questions; an importer must step over them.
ODK_BEFORE: Final = ("SubmissionDate", "meta-instanceID", "intro-kind")
ODK_AFTER: Final = (
    "meta-instanceName",
    "KEY",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
)


class SourceWriter:
    """Renders the file of one kind and sending day."""

    def __init__(self, seed: int, layouts: Mapping[str, Layout], gazetteer: Gazetteer) -> None:
        self.seed = seed
        self.layouts = layouts
        self.gazetteer = gazetteer
        self._rows: dict[tuple[str, str], Row] = {}

    def files(self, reports: Sequence[Report], batches: Sequence[Batch]) -> dict[str, bytes]:
        """Path → bytes. Every kind has a file for every sending day, re-sent reports at its end."""
        found: dict[str, bytes] = {}
        for kind, layout in self.layouts.items():
            for batch in batches:
                now = [r for r in reports if r.kind == kind and r.batch == batch]
                again = [r for r in reports if r.kind == kind and r.resent_in == batch]
                rows = [self._row(layout, r) for r in (*now, *again)]
                found[source_path(kind, batch)] = render(layout, rows, batch.day)
        return found

    def _row(self, layout: Layout, report: Report) -> Row:
        """A report's cells; a re-sent report has the same ones."""
        key = (report.organisation, report.reference)
        if key not in self._rows:
            rng = Random(f"{self.seed}:words:{key}")
            self._rows[key] = cells(rng, layout, self.gazetteer, report.coding)
        return self._rows[key]


def render(layout: Layout, rows: Sequence[Row], day: date) -> bytes:
    """The bytes of one file of a kind."""
    header = list(dict.fromkeys(layout.mapping["columns"].values()))
    kind = layout.kind
    if kind == "hr_office":
        return template_book(rows, header)
    if kind == "clinic_network":
        return clinic_book(rows, header, day)
    if kind == "partner_odk_export":
        return _odk(rows, header, layout)
    if kind == "force_sitrep":
        return _json(rows)
    return _delimited(rows, header, layout)


def _delimited(rows: Sequence[Row], header: Sequence[str], layout: Layout) -> bytes:
    french = layout.kind == "police_liste"
    mark = ("Mention", "Données synthétiques") if french else ("remark", "synthetic")
    text = _csv([row | {mark[0]: mark[1]} for row in rows], (*header, mark[0]), layout.mapping["delimiter"])
    # "utf-16" writes the byte order of the machine; the mark and little-endian order are fixed here.
    if layout.mapping["encoding"] == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(layout.mapping["encoding"])


def _csv(rows: Sequence[Row], header: Sequence[str], delimiter: str) -> str:
    target = StringIO()
    writer = csv.DictWriter(target, header, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _text(row.get(name)) for name in header} for row in rows)
    return target.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _odk(rows: Sequence[Row], header: Sequence[str], layout: Layout) -> bytes:
    """One CSV in a ZIP; the groups are in the names, the program's own columns stand around them."""
    questions = [name for name in header if name not in ODK_BEFORE]
    columns = [*ODK_BEFORE, *questions, "note-synthetic", *ODK_AFTER]
    own = {
        "note-synthetic": SOFTWARE_MARK,
        "SubmitterID": "12",
        "SubmitterName": "field phone",
        "AttachmentsPresent": "0",
        "AttachmentsExpected": "0",
        "ReviewState": "hasIssues",
        "DeviceID": "collect:synthetic",
        "Edits": "0",
        "FormVersion": "2024091501",
    }
    full = [own | {"KEY": row["meta-instanceID"], "ReviewState": ""} | row for row in rows]
    text = _csv(full, columns, layout.mapping["delimiter"]).replace("\r\n", "\n")
    return zip_bytes([(layout.mapping["member"], text.encode("utf-8"))])


def _json(rows: Sequence[Row]) -> bytes:
    """A list of objects; dotted columns become nested parts, blank values null."""
    log: list[Row] = []
    for row in rows:
        entry: Row = {"synthetic": True}
        for path, value in row.items():
            *parents, leaf = path.split(".")
            at = entry
            for parent in parents:
                at = at.setdefault(parent, {})
            at[leaf] = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        log.append(entry)
    return (json.dumps(log, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
