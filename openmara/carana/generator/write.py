"""Writes the demo's files into a folder."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from .codes import SOFTWARE_MARK
from .judgements import ScriptWriter
from .layouts import load_all
from .places import Gazetteer, read
from .quarters import batches, full_quarters
from .refused import refused_files
from .registers import register_files
from .reporting import Report, Reporting
from .sources import SourceWriter
from .truth import TrueIncident, TruthWriter

Progress = Callable[[int, int], None]
RULES = Path(__file__).with_name("RULES.md")
RUMOURS_PER_1000 = 20
OTHERS_PER_1000 = 64


@dataclass(frozen=True)
class Summary:
    """What was written."""

    seed: int
    as_of: str
    quarters: tuple[str, ...]
    incidents: int
    rumours: int
    reports: int
    resent: int
    organisations: int
    source_files: int
    judgements: int
    judgements_by_act: dict[str, int]
    register_entries: int
    bytes: int


def write(
    folder: Path,
    seed: int = 1960,
    as_of: date = date(2026, 11, 21),
    incidents: int = 2200,
    reports_target: int = 4700,
    progress: Progress | None = None,
    gazetteer: Gazetteer | None = None,
) -> Summary:
    """Write sources, registers and truth of the demo mission; existing files of these names are replaced."""
    places = gazetteer or read()
    quarters, sending = full_quarters(as_of), batches(as_of)
    layouts = load_all()
    writer = TruthWriter(Random(f"{seed}:truth"), places, as_of)
    true = writer.incidents(incidents)
    rumours = writer.rumours(max(1, incidents * RUMOURS_PER_1000 // 1000))
    others = writer.rumours(max(10, incidents * OTHERS_PER_1000 // 1000))
    reporting = Reporting(Random(f"{seed}:reports"), layouts, sending)
    reports = reporting.reports(true, rumours, others, reports_target)
    truths = {incident.truth_id: incident for incident in (*true, *rumours)}
    script = ScriptWriter(Random(f"{seed}:judgements"), sending, truths).script(reports)
    files = SourceWriter(seed, layouts, places).files(reports, sending)
    bad, expected = refused_files(layouts, reports, places, as_of)
    registers = register_files(Random(f"{seed}:registers"), places, quarters)
    files |= bad | registers | _truth_files((*true, *rumours), reports, script, expected)
    files["README.txt"] = f"{SOFTWARE_MARK}\nSee truth/rules.md for the counting rules.\n".encode()
    summary = _summary(seed, as_of, true, rumours, reports, script, files, registers)
    files["truth/summary.json"] = _pretty(asdict(summary))
    _save(folder, files, progress)
    return summary


def _truth_files(
    incidents: Sequence[TrueIncident],
    reports: Sequence[Report],
    script: Sequence[Mapping[str, Any]],
    expected: Sequence[Mapping[str, Any]],
) -> dict[str, bytes]:
    return {
        "truth/incidents.jsonl": _lines(incident.row() for incident in incidents),
        "truth/reports.jsonl": _lines(report.row() for report in reports),
        "truth/judgements.jsonl": _lines(script),
        "truth/expected_refusals.json": _pretty(list(expected)),
        "truth/rules.md": RULES.read_bytes(),
    }


def _summary(
    seed: int,
    as_of: date,
    true: Sequence[TrueIncident],
    rumours: Sequence[TrueIncident],
    reports: Sequence[Report],
    script: Sequence[Mapping[str, Any]],
    files: Mapping[str, bytes],
    registers: Mapping[str, bytes],
) -> Summary:
    acts: dict[str, int] = {}
    for judgement in script:
        acts[judgement["act"]] = acts.get(judgement["act"], 0) + 1
    return Summary(
        seed=seed,
        as_of=as_of.isoformat(),
        quarters=tuple(quarter.key for quarter in full_quarters(as_of)),
        incidents=len(true),
        rumours=len(rumours),
        reports=len(reports),
        resent=sum(1 for report in reports if report.resent_in),
        organisations=len({report.organisation for report in reports}),
        source_files=sum(1 for path in files if path.startswith("sources/") and "/refused/" not in path),
        judgements=len(script),
        judgements_by_act=dict(sorted(acts.items())),
        register_entries=sum(content.count(b"\n") - 1 for content in registers.values()),
        bytes=sum(len(content) for content in files.values()),
    )


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _save(folder: Path, files: Mapping[str, bytes], progress: Progress | None) -> None:
    for done, (path, content) in enumerate(files.items(), start=1):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if progress is not None:
            progress(done, len(files))
