"""Frames made from the demo's truth by the recount's own replay, without importer and database."""

import importlib.util
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import Any

import pyarrow as pa

from openmara import ROOT
from openmara.carana import generator
from openmara.publish import tables

PLURAL = {"woman": "women", "girl": "girls", "man": "men", "boy": "boys"}


@cache
def recount() -> ModuleType:
    """The independent recount, loaded from its file: it imports nothing of the product."""
    import sys

    spec = importlib.util.spec_from_file_location("independent_recount", ROOT / "tests/acceptance/recount.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@cache
def folder() -> Path:
    """The demo's files, written once per run."""
    where = Path(mkdtemp(prefix="openmara-truth-"))
    generator.write(where)
    return where


@cache
def incidents() -> list[Any]:
    module = recount()
    read = module.read_lines
    return module.replay(read(folder() / "truth/reports.jsonl"), read(folder() / "truth/judgements.jsonl"))  # type: ignore[no-any-return]  # loaded by path


def month(day: date) -> date:
    return day.replace(day=1)


def incident_row(one: Any) -> dict[str, Any]:
    groups, first = one.groups(), date.fromisoformat(one.coding["date_from"])
    return {
        "incident_key": one.key, "month_from": month(first), "month_to": month(one.date_to),
        "date_precision": one.coding["date_precision"], "adm1": one.coding["adm1"], "adm2": one.coding.get("adm2"),
        "record_class": "crsv", "status": one.events[-1][1], "verified_on": one.verified_on,
        "principal_form": groups["principal_form"][0], "displacement_context": one.coding.get("displacement_context") or "",
        **{name: int(count) for name, count in one.tally().items()},
        "reported_month": month(one.first_reported), "party_categories": groups["party_category"],
        "parties": sorted(set(one.coding.get("alleged_parties") or ["unknown"])),
    }  # fmt: skip


@cache
def frames() -> dict[str, pa.Table]:
    found = incidents()
    steps = [
        {"incident_key": one.key, "to_status": status, "stated_on": day, "step": number * 100 + at}
        for number, one in enumerate(found)
        for at, (day, status) in enumerate(one.events)
    ]
    return {"incidents": pa.Table.from_pylist([incident_row(one) for one in found]), "verification_steps": pa.Table.from_pylist(steps)}


@cache
def counts() -> tables.Counts:
    return tables.count(frames(), tables.quarters_to("2026Q3"))


@cache
def figures(quarter: str) -> dict[str, Any]:
    return recount().recount(folder(), quarter)  # type: ignore[no-any-return]  # loaded by path


def timing(quarter: str) -> tables.Timing:
    found = figures(quarter)
    delay, rate, timely = found["IND-PROT-08"], found["IND-PROT-09"], found["IND-PROT-10"]
    return tables.Timing(
        tables.Delay(delay["median_days"], delay["incidents"], delay["excluded"]),
        tables.Share(rate["numerator"], rate["denominator"]),
        tables.Share(timely["numerator"], timely["denominator"]),
    )


PARTIES = {
    "CDF": "armed_force", "CNP": "armed_force", "PEF": "armed_force", "MPC": "armed_group", "ICSC": "armed_group",
    "MLCS": "armed_group", "UIAM": "unknown", "unknown": "unknown",
}  # fmt: skip


def rows(quarter: str) -> tables.Rows:
    found = counts()
    areas = tuple(f"CR0{at}" for at in range(1, 9))
    return tables.Rows(
        areas, tuple(sorted(found.codes(quarter, "form"))), tuple(sorted(found.codes(quarter, "displacement"))),
        tuple(sorted(found.codes(quarter, "category"))), {code: of for code, of in PARTIES.items() if of in found.codes(quarter, "category")},
    )  # fmt: skip


def system(quarter: str = "2026Q3") -> tables.System:
    return tables.system(counts(), quarter, tables.quarters_to(quarter), rows(quarter), timing(quarter))
