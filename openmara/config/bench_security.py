"""`openmara bench security`: what need-to-know promises, measured in this run. docs/explanation/need-to-know.md says how to read it.

Parts, in order, each with the seconds it took (seconds_PART) and a line on standard error; `--only sql,pool` runs those alone:
sql        sql_cells, sql_cells_ok
mutants    mutants, mutants_killed, mutants_argued (those that can change no answer)
forged     forged_tried, forged_accepted, forged_beside (tries refused for a slip of their own: they prove nothing, there must be none)
stolen     stolen_tried, stolen_reached, stolen_beside
pool       pool_requests (answered), pool_wrong_rows, pool_failed (not answered), pool_killed_clients; null without PgBouncer
http       http_cells, http_cells_ok, http_pairs (what is closed compared with what is absent)
layers     layer_db_only_foreign(_refused), layer_app_only_foreign(_refused), csrf_*, hosts_*, redirects_*
ledger     tamper_tried, tamper_detected, tamper_KIND, verify_million_s
cost       added_median_ms, added_p95_ms, added_cpu_ms
A part that could not run is null, with its reason under not_run. At `ci` the pool gets 3,000 requests and every eighth mutant of a policy
is made; at `full` 51,000, and all.
"""

import contextlib
import os
import sys
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
PARTS = {  # part → its figures, null where it could not run
    "sql": ("sql_cells", "sql_cells_ok"), "mutants": ("mutants", "mutants_killed"), "forged": ("forged_tried", "forged_accepted"),
    "stolen": ("stolen_tried", "stolen_reached"), "pool": ("pool_requests", "pool_wrong_rows"), "http": ("http_cells", "http_cells_ok"),
    "layers": ("layer_db_only_foreign", "layer_app_only_foreign"), "ledger": ("tamper_tried", "tamper_detected", "verify_million_s"),
    "cost": ("added_median_ms", "added_p95_ms", "added_cpu_ms"),
}  # fmt: skip


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
        found = mutants.run(owner, made, every=every, apart=apart, all_made=every == 1)
        gates.run(owner, place_of(database), made, found, apart)
    return {"mutants": found.made, "mutants_killed": found.killed, "mutants_argued": len(found.argued), "mutants_survived": found.survivors[:20]}


def tried(database: str, made: world.World) -> Figures:
    found = forged.run(place_of(database), {one.name: one for one in made.principals}, FORGED)
    return {"forged_tried": found.tried, "forged_accepted": found.accepted, "forged_beside": len(found.odd), "forged_told": [*found.told, *found.odd][:20]}


def taken(database: str) -> Figures:
    found = stolen.run(place_of(database))
    return {"stolen_tried": found.tried, "stolen_reached": len(found.reached), "stolen_beside": len(found.odd), "stolen_told": [*found.reached, *found.odd][:20]}


def pooled(database: str, made: world.World, requests: int) -> Figures:
    found = pool.run(place_of(database), made, requests)
    return {"pool_requests": found.requests, "pool_wrong_rows": found.wrong, "pool_failed": found.failed, "pool_killed_clients": found.killed}


class Run:
    """Figures gathered part by part; what fails to run is null and says why."""

    def __init__(self, only: frozenset[str]) -> None:
        self.only = only or frozenset(PARTS)
        self.figures: Figures = {}
        self.not_run: dict[str, str] = {}

    def part(self, name: str, measured: Callable[[], Figures]) -> None:
        if name not in self.only:
            return
        sys.stderr.write(f"{name} … ")
        sys.stderr.flush()
        started = time.monotonic()
        try:
            self.figures |= {key: value for key, value in measured().items() if value != []}
        except Exception as problem:  # the other figures still count; the reason is printed with the null
            reason = f"{type(problem).__name__}: {str(problem)[:200]}"
            self.figures |= dict.fromkeys(PARTS[name])
            self.not_run |= dict.fromkeys(PARTS[name], reason)
        self.figures[f"seconds_{name}"] = round(time.monotonic() - started, 1)
        sys.stderr.write(f"{self.figures[f'seconds_{name}']} s{': ' + self.not_run[PARTS[name][0]] if PARTS[name][0] in self.not_run else ''}\n")

    def any_of(self, *names: str) -> bool:
        return bool(self.only & set(names))


def _matrix(run: Run, size: str, database: str) -> None:
    """What is asked of the world of the matrix."""
    apart: frozenset[tuple[str, str]] = frozenset()
    with peopled(database) as made:

        def asked() -> Figures:
            nonlocal apart
            found, apart = cells(database, made)
            return found

        run.part("sql", asked)
        run.part("mutants", lambda: killed(database, made, EVERY[size], apart))
        run.part("forged", lambda: tried(database, made))
        run.part("stolen", lambda: taken(database))
        run.part("pool", lambda: pooled(database, made, POOLED[size]))


def _others(run: Run, size: str) -> None:
    """Parts with benches of their own."""

    def ledger() -> Figures:
        from openmara.ledger import bench

        return dict(bench.measure(size))

    def cost() -> Figures:
        from openmara.config import bench_cost

        return dict(bench_cost.measure(size))

    if run.any_of("http", "layers"):
        from openmara.config import bench_requests

        with bench_requests.scratch_arena() as (ring, owner):
            run.part("http", lambda: dict(bench_requests.asked(ring, size)))
            run.part("layers", lambda: dict(bench_requests.apart(ring, owner, size)))
    run.part("ledger", ledger)
    run.part("cost", cost)


def measure(size: str, only: str = "") -> Figures:
    """All parts, one after the other; or those named, with commas."""
    named = frozenset(part.strip() for part in only.split(",") if part.strip())
    if named - set(PARTS):
        raise ValueError(f"no such part: {', '.join(sorted(named - set(PARTS)))}; there are {', '.join(PARTS)}")
    run = Run(named)
    if settings.EXTERNAL_DATABASE:
        return {"not_run": "needs the embedded server: mutants change policies as its superuser"}
    os.environ.setdefault("PGAPPNAME", "openmara bench")
    if run.any_of("sql", "mutants", "forged", "stolen", "pool"):
        with scratch_database() as database:
            connections.close_all()
            _matrix(run, size, database)
    _others(run, size)
    return run.figures | ({"not_run": run.not_run} if run.not_run else {})
