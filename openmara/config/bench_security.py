"""`openmara bench security`: what need-to-know promises, measured in this run. docs/explanation/need-to-know.md says how to read it.

Keys: sql_cells, sql_cells_ok · http_cells, http_cells_ok · mutants, mutants_killed, mutants_argued (those that can change no answer)
· forged_tried, forged_accepted · stolen_tried, stolen_reached · pool_requests, pool_wrong_rows, pool_killed_clients, pool_through ·
tamper_tried, tamper_detected, verify_million_s · added_median_ms, added_p95_ms, added_cpu_ms. A part that could not run is null, with
its reason under not_run. At `ci` the pool gets 3,000 requests and every eighth mutant of a policy is made; at `full` 51,000, and all.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import connections

from openmara.config import env, postgres
from openmara.config.scratch import scratch_database
from openmara.security.matrix import asking, forged, gates, mutants, pool, sql, stolen, world
from openmara.security.matrix.place import Place
from openmara.security.protect import policy

POOLED = {"ci": 3_000, "full": 51_000}
EVERY = {"ci": 8, "full": 1}
FORGED = 12_000
Figures = dict[str, Any]


def place_of(database: str) -> Place:
    """The scratch database and the ways into it."""
    secrets = env.kept_secrets()
    return Place(
        database=database, owner=lambda: postgres.superuser(database), host=str(postgres.socket_folder()),
        passwords={role: secrets[role] for role in ("app_web", "app_worker")},
    )  # fmt: skip


@contextlib.contextmanager
def peopled(database: str) -> Iterator[world.World]:
    """The world of the matrix in this database, and the functions that ask."""
    with postgres.superuser(database) as owner:
        made = world.build(owner, policy())
        asking.install(owner, policy())
    yield made


def cells(database: str, made: world.World) -> tuple[Figures, frozenset[tuple[str, str]]]:
    """All SQL cells; and who differs where, so that no mutant is counted as noticed by them."""
    with postgres.superuser(database) as owner:
        asking.settle(owner)
        tally = sql.run(owner, made)
    apart = frozenset((line.partition(" on ")[0], line.partition(" on ")[2].partition(":")[0]) for line in tally.told)
    return {"sql_cells": tally.cells, "sql_cells_ok": tally.right, "sql_differences": tally.told[:20]}, apart


def killed(database: str, made: world.World, every: int, apart: frozenset[tuple[str, str]]) -> Figures:
    with postgres.superuser(database) as owner:
        asking.settle(owner)
        found = mutants.run(owner, made, every=every, apart=apart)
        gates.run(owner, place_of(database), made, found, apart)
    return {"mutants": found.made, "mutants_killed": found.killed, "mutants_argued": len(found.argued), "mutants_survived": found.survivors[:20]}


def tried(database: str, made: world.World) -> Figures:
    found = forged.run(place_of(database), {one.name: one for one in made.principals}, FORGED)
    return {"forged_tried": found.tried, "forged_accepted": found.accepted, "forged_told": found.told[:20]}


def taken(database: str) -> Figures:
    found = stolen.run(place_of(database))
    return {"stolen_tried": found.tried, "stolen_reached": len(found.reached), "stolen_told": found.reached[:20]}


def pooled(database: str, made: world.World, requests: int) -> Figures:
    found = pool.run(place_of(database), made, requests)
    return {"pool_requests": found.requests, "pool_wrong_rows": found.wrong, "pool_killed_clients": found.killed, "pool_through": found.through}


class Run:
    """Figures gathered part by part; what fails to run is null and says why."""

    def __init__(self) -> None:
        self.figures: Figures = {}
        self.not_run: dict[str, str] = {}

    def part(self, keys: tuple[str, ...], measured: Callable[[], Figures]) -> None:
        started = time.monotonic()
        try:
            self.figures |= {name: value for name, value in measured().items() if value != []}
        except Exception as problem:  # the other figures still count; the reason is printed with the null
            reason = f"{type(problem).__name__}: {str(problem)[:200]}"
            self.figures |= dict.fromkeys(keys)
            self.not_run |= dict.fromkeys(keys, reason)
        self.figures[f"seconds_{keys[0].partition('_')[0]}"] = round(time.monotonic() - started, 1)


def _others(run: Run, size: str) -> None:
    """Parts with benches of their own."""

    def http() -> Figures:
        from openmara.config import bench_requests

        return dict(bench_requests.measure(size))

    def ledger() -> Figures:
        from openmara.ledger import (
            bench,  # type: ignore[attr-defined,unused-ignore]  # arrives with the log's own bench
        )

        return dict(bench.measure(size))

    def cost() -> Figures:
        from openmara.config import bench_cost

        return dict(bench_cost.measure(size))

    run.part(("http_cells", "http_cells_ok"), http)
    run.part(("tamper_tried", "tamper_detected", "verify_million_s"), ledger)
    run.part(("added_median_ms", "added_p95_ms", "added_cpu_ms"), cost)


def measure(size: str) -> Figures:
    """All parts, one after the other."""
    run = Run()
    if settings.EXTERNAL_DATABASE:
        return {"not_run": "needs the embedded server: mutants change policies as its superuser"}
    os.environ.setdefault("PGAPPNAME", "openmara bench")
    with scratch_database() as database:
        connections.close_all()
        with peopled(database) as made:
            apart: frozenset[tuple[str, str]] = frozenset()

            def asked() -> Figures:
                nonlocal apart
                found, apart = cells(database, made)
                return found

            run.part(("sql_cells", "sql_cells_ok"), asked)
            run.part(("mutants", "mutants_killed"), lambda: killed(database, made, EVERY[size], apart))
            run.part(("forged_tried", "forged_accepted"), lambda: tried(database, made))
            run.part(("stolen_tried", "stolen_reached"), lambda: taken(database))
            run.part(("pool_requests", "pool_wrong_rows"), lambda: pooled(database, made, POOLED[size]))
    _others(run, size)
    return run.figures | ({"not_run": run.not_run} if run.not_run else {})
