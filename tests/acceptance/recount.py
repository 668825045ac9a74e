"""An independent recount of one quarter of the demo mission.

It reads truth/reports.jsonl, truth/judgements.jsonl and registers/*.csv, imports nothing of the product, and
counts by the rules of truth/rules.md. The product's figures are compared with these.

    python tests/acceptance/recount.py FOLDER 2026Q3 [--cutoff 2026-11-21T23:59:59Z]
"""

import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

TALLY = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
FORM_ORDER = (
    "sexual_slavery trafficking_sv forced_pregnancy forced_abortion enforced_sterilization gang_rape rape "
    "forced_marriage enforced_prostitution sexual_mutilation sexual_torture forced_witness attempted_rape "
    "sexual_assault forced_nudity threat_sv other_comparable"
).split()
PARTY_CATEGORY = {
    "CDF": "armed_force",
    "CNP": "armed_force",
    "PEF": "armed_force",
    "MPC": "armed_group",
    "ICSC": "armed_group",
    "MLCS": "armed_group",
}
END_OF_TIME = "9999-12-31T23:59:59Z"
OPEN = ("received", "under_verification")
STATUS_AFTER = {
    "start": "under_verification",
    "not_verified": "reported_not_verified",
    "did_not_occur": "did_not_occur",
    "duplicate": "duplicate",
}


class Unreadable(Exception):
    """The script contradicts itself; a figure made from it would be worth nothing."""


@dataclass
class Incident:
    """One incident as the mission knows it at the cut-off."""

    key: str
    coding: dict[str, Any]
    reports: list[str] = field(default_factory=list)
    events: list[tuple[date, str]] = field(default_factory=list)
    verified_on: date | None = None
    attribution: dict[str, str] = field(default_factory=dict)

    @property
    def date_to(self) -> date:
        return date.fromisoformat(self.coding.get("date_to") or self.coding["date_from"])

    @property
    def first_reported(self) -> date:
        return date.fromisoformat(min(self.reports))

    @property
    def is_duplicate(self) -> bool:
        return any(status == "duplicate" for _, status in self.events)

    def status_on(self, day: date) -> str | None:
        """The status at the end of a day; None before the incident was opened."""
        known = [status for since, status in self.events if since <= day]
        return known[-1] if known else None

    def groups(self) -> dict[str, list[str]]:
        """The values an incident counts under, per breakdown."""
        parties = self.coding.get("alleged_parties") or ["unknown"]
        return {
            "adm1": [self.coding["adm1"]],
            "principal_form": [min(self.coding["forms"], key=FORM_ORDER.index)],
            "party_category": sorted({PARTY_CATEGORY.get(party, "unknown") for party in parties}),
        }

    def tally(self) -> Counter[str]:
        return Counter({name: int(self.coding.get(name) or 0) for name in TALLY})


def quarter_bounds(key: str) -> tuple[date, date]:
    """First and last day of a quarter such as 2026Q3."""
    year, number = int(key[:4]), int(key[5])
    start = date(year, 3 * number - 2, 1)
    following = date(year + number // 4, 3 * (number % 4) + 1, 1)
    return start, following - timedelta(days=1)


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as handle:
        return [json.loads(line) for line in handle if line.strip()]


def replay(
    reports: list[dict[str, Any]], judgements: list[dict[str, Any]], cutoff: str = END_OF_TIME
) -> list[Incident]:
    """All incidents as known at the cut-off, duplicates folded into the incident they repeat."""
    codings = {(r["organisation"], r["their_reference"]): r["coding"] for r in reports}
    files: dict[str, Incident] = {}
    last = ""
    for judgement in judgements:
        if judgement["at"] < last:
            raise Unreadable(f"{judgement['at']} stands after {last}")
        last = judgement["at"]
        if judgement["at"] <= cutoff:
            apply(judgement, codings, files)
    return [incident for incident in files.values() if not incident.is_duplicate]


def apply(
    judgement: dict[str, Any], codings: dict[tuple[str, str], dict[str, Any]], files: dict[str, Incident]
) -> None:
    """One judgement changes one incident; acts that change no figure are passed over."""
    act, day = judgement["act"], date.fromisoformat(judgement["at"][:10])
    if act in ("import", "triage"):
        return
    if act in ("open", "link"):
        _take_report(judgement, codings[tuple(judgement["report"])], files)
        return
    incident = _file(files, judgement)
    if act == "code":
        incident.coding |= judgement["changes"]
    elif act == "verify":
        incident.verified_on = date.fromisoformat(judgement["verified_on"])
        incident.events.append((incident.verified_on, "verified"))
    elif act == "retract":
        # As if the verification had never been made.
        incident.verified_on = None
        incident.events = [event for event in incident.events if event[1] != "verified"]
    elif act == "attribute":
        incident.attribution[judgement["party"]] = judgement["status"]
    elif act in STATUS_AFTER:
        incident.events.append((day, STATUS_AFTER[act]))
        if act == "duplicate":
            files[judgement["of"]].reports += incident.reports
    else:
        raise Unreadable(f"unknown act {act}")


def _take_report(judgement: dict[str, Any], coding: dict[str, Any], files: dict[str, Incident]) -> None:
    key, day = judgement["incident"], date.fromisoformat(judgement["at"][:10])
    if judgement["act"] == "open":
        if key in files:
            raise Unreadable(f"{key} is opened twice")
        files[key] = Incident(key, dict(coding), events=[(day, "received")])
    _file(files, judgement).reports.append(coding["date_reported"])


def _file(files: dict[str, Incident], judgement: dict[str, Any]) -> Incident:
    if judgement["incident"] not in files:
        raise Unreadable(f"{judgement['act']} speaks of {judgement['incident']}, which was never opened")
    return files[judgement["incident"]]


def figures(incidents: list[Incident]) -> dict[str, Any]:
    """Incidents and victims of a set, in all and by each breakdown."""
    victims: Counter[str] = Counter()
    by: dict[str, dict[str, dict[str, int]]] = {"adm1": {}, "principal_form": {}, "party_category": {}}
    cells: dict[str, dict[str, dict[str, int]]] = {}
    for incident in incidents:
        tally = incident.tally()
        victims += tally
        groups = incident.groups()
        for name, values in groups.items():
            for value in values:
                _add(by[name].setdefault(value, {"incidents": 0, "victims": 0}), tally)
        row = cells.setdefault(groups["adm1"][0], {})
        _add(row.setdefault(groups["principal_form"][0], {"incidents": 0, "victims": 0}), tally)
    return {
        "incidents": len(incidents),
        "victims": sum(victims.values()),
        "victims_by_person_category": {name: victims[name] for name in TALLY},
        **{f"by_{name}": dict(sorted(values.items())) for name, values in by.items()},
        "by_adm1_and_principal_form": {
            adm1: dict(sorted(row.items())) for adm1, row in sorted(cells.items())
        },
    }


def _add(cell: dict[str, int], tally: Counter[str]) -> None:
    cell["incidents"] += 1
    cell["victims"] += sum(tally.values())


def share(numerator: int, denominator: int) -> dict[str, Any]:
    """A percentage with its parts; not applicable without a denominator."""
    percent = round(100 * numerator / denominator, 1) if denominator else None
    return {"numerator": numerator, "denominator": denominator, "percent": percent}


def count_incidents(incidents: list[Incident], key: str) -> dict[str, Any]:
    """Rules (a), (b) and (c), and reported but not verified."""
    start, end = quarter_bounds(key)
    occurred = [i for i in incidents if start <= i.date_to <= end]
    earlier = [i for i in incidents if i.date_to < start]
    return {
        "occurred_and_verified": figures([i for i in occurred if i.status_on(end) == "verified"]),
        "late_verified": figures([i for i in earlier if i.verified_on and start <= i.verified_on <= end]),
        "under_verification": figures([i for i in occurred if i.status_on(end) in OPEN]),
        "under_verification_older": figures([i for i in earlier if i.status_on(end) in OPEN]),
        "reported_not_verified": figures(
            [i for i in occurred if i.status_on(end) == "reported_not_verified"]
        ),
    }


def reporting_delay(incidents: list[Incident], key: str) -> dict[str, Any]:
    """IND-PROT-08 over the incidents first reported in the quarter; other precisions are excluded and counted."""
    start, end = quarter_bounds(key)
    counted = (*OPEN, "verified", "reported_not_verified")
    first = [i for i in incidents if start <= i.first_reported <= end and i.status_on(end) in counted]
    exact = [i for i in first if i.coding["date_precision"] in ("day", "week")]
    delays = [max(0, (i.first_reported - i.date_to).days) for i in exact]
    return {
        "median_days": median(delays) if delays else None,
        "incidents": len(exact),
        "excluded": len(first) - len(exact),
    }


def verification_rate(incidents: list[Incident], key: str) -> dict[str, Any]:
    """IND-PROT-09 over the incidents first reported in the quarter, by their status at its end."""
    start, end = quarter_bounds(key)
    statuses = Counter(i.status_on(end) for i in incidents if start <= i.first_reported <= end)
    counted = statuses["verified"] + statuses["reported_not_verified"] + sum(statuses[s] for s in OPEN)
    return share(statuses["verified"], counted)


def timeliness(incidents: list[Incident], key: str) -> dict[str, Any]:
    """IND-PROT-10 over the incidents verified in the quarter."""
    start, end = quarter_bounds(key)
    verified = [(i, i.verified_on) for i in incidents if i.verified_on and start <= i.verified_on <= end]
    return share(sum(1 for i, on in verified if (on - i.first_reported).days <= 60), len(verified))


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> int:
    """A count; blank and unknown add nothing."""
    return int(text) if text.strip().isdigit() else 0


def patrols(rows: list[dict[str, str]], key: str) -> dict[str, Any]:
    """IND-PREV-01: at least two of four criteria; a criterion that is not known is not met."""
    start, end = quarter_bounds(key)
    found = [row for row in rows if start <= date.fromisoformat(row["start_date"]) <= end]
    answers = ("women_consulted", "route_on_gendered_risk", "gender_briefed")

    def responsive(row: dict[str, str]) -> bool:
        return (number(row["women_in_team"]) >= 1) + sum(row[name] == "yes" for name in answers) >= 2

    result = share(sum(map(responsive, found)), len(found))
    for name in ("force", "day_night", "adm1"):
        values = sorted({row[name] for row in found})
        result[f"by_{name}"] = {
            value: share(
                sum(responsive(row) for row in found if row[name] == value),
                sum(1 for row in found if row[name] == value),
            )
            for value in values
        }
    return result


def training(rows: list[dict[str, str]], key: str) -> dict[str, Any]:
    """IND-TRN-01: persons trained in the quarter over the strength of its latest count, by component and sex."""
    start, end = quarter_bounds(key)
    found = [row for row in rows if start <= date.fromisoformat(row["entry_date"]) <= end]
    result: dict[str, Any] = {}
    for component in ("civilian", "military", "police"):
        mine = [row for row in found if row["component"] == component]
        counts = [row for row in mine if row["entry_kind"] == "strength"]
        latest = max(counts, key=lambda row: row["entry_date"]) if counts else None
        result[component] = {
            sex: share(
                sum(number(row[f"{sex}_trained"]) for row in mine if row["entry_kind"] == "session"),
                number(latest[f"{sex}_on_strength"]) if latest else 0,
            )
            for sex in ("women", "men")
        }
    parts = [cell for component in result.values() for cell in component.values()]
    result["all"] = share(sum(p["numerator"] for p in parts), sum(p["denominator"] for p in parts))
    return result


def institutions(rows: list[dict[str, str]], key: str) -> dict[str, Any]:
    """IND-SSR-01: women over personnel by institution, latest row of the quarter."""
    start, end = quarter_bounds(key)
    latest: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["quarter_end"]):
        if start <= date.fromisoformat(row["quarter_end"]) <= end:
            latest[row["institution"]] = row
    ranks = ("senior", "officer", "other_rank")
    result = {
        code: share(
            sum(number(row[f"women_{rank}"]) for rank in ranks),
            sum(number(row[f"{sex}_{rank}"]) for rank in ranks for sex in ("women", "men")),
        )
        for code, row in sorted(latest.items())
    }
    parts = list(result.values())
    return result | {"all": share(sum(p["numerator"] for p in parts), sum(p["denominator"] for p in parts))}


def recount(folder: Path, key: str, cutoff: str = END_OF_TIME) -> dict[str, Any]:
    """All figures of one quarter."""
    incidents = replay(
        read_lines(folder / "truth" / "reports.jsonl"),
        read_lines(folder / "truth" / "judgements.jsonl"),
        cutoff,
    )
    return {
        "quarter": key,
        "cutoff": cutoff,
        **count_incidents(incidents, key),
        "IND-PROT-08": reporting_delay(incidents, key),
        "IND-PROT-09": verification_rate(incidents, key),
        "IND-PROT-10": timeliness(incidents, key),
        "IND-PREV-01": patrols(read_table(folder / "registers" / "patrol.csv"), key),
        "IND-TRN-01": training(read_table(folder / "registers" / "training.csv"), key),
        "IND-SSR-01": institutions(read_table(folder / "registers" / "ssr_institution.csv"), key),
    }


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 4) or (len(arguments) == 4 and arguments[2] != "--cutoff"):
        sys.stderr.write("usage: recount.py FOLDER QUARTER [--cutoff INSTANT]\n")
        return 2
    cutoff = arguments[3] if len(arguments) == 4 else END_OF_TIME
    result = recount(Path(arguments[0]), arguments[1], cutoff)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
