"""What context, row security and log add to a request: the same pages over two servers at once, one of them without.

"Off" is a copy of the loaded database for this bench alone: no row security, functions of the context that check nothing, a log
that writes nothing. Requests go in pairs, the order changing. Keys: added_median_ms (median of the paired differences),
added_p95_ms (95th percentile with, less 95th percentile without), added_pair_p95_ms (95th percentile of the paired differences,
which holds the noise of both), added_cpu_ms (CPU of web server and database a request), cost_pairs.
"""

import contextlib
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from openmara import ROOT
from openmara.config import postgres, serving
from openmara.config.bench_pages import PASSWORD, Browser, _cpu, _plain
from openmara.config.scratch import scratch_mission

INCIDENTS, PAIRS = 5_000, {"ci": 120, "full": 400}
OPEN_TABLES = """
do $$ declare t record; begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('alter table public.%I disable row level security', t.tablename);
    execute format('alter table public.%I no force row level security', t.tablename);
  end loop;
end $$;
create or replace function sec.claims() returns text[] language sql stable as $$
  select string_to_array(split_part(nullif(current_setting('app.ctx', true), ''), '#', 1), '|') $$;
"""
NOTHING = {  # functions that check nothing and write nothing
    "sec.same": "select true", "sec.proved": "begin return true; end", "audit.write": "begin return; end",
    "audit.check_proved": "begin return; end", "sec.pseudonym": "select ''::text",
}  # fmt: skip


def _switch_off(name: str) -> None:
    with postgres.superuser(name) as owner:
        owner.execute(OPEN_TABLES)
        for function, body in NOTHING.items():
            schema, _dot, plain = function.partition(".")
            rows = owner.execute(
                "select pg_get_functiondef(p.oid), p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = %s and p.proname = %s",
                [schema, plain],
            ).fetchall()
            if not rows:
                raise RuntimeError(f"the bench knows no function {function}")
            for definition, source in rows:
                owner.execute(definition.replace(source, f" {body} ").encode())
        owner.execute("analyze")


@contextlib.contextmanager
def _server(database: str, wanted: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = serving.free_port(wanted)
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "1",
         "--log-level", "error", "openmara.config.wsgi:application"],
        cwd=ROOT, env=os.environ | {"OPENMARA_DATABASE": database, "OPENMARA_HOSTS": "localhost,127.0.0.1"},
    )  # fmt: skip
    try:
        serving.wait_until_it_answers(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(15)


def measure(size: str) -> dict[str, float | int]:
    """Load, copy, switch off, serve both, ask in pairs."""
    call_command("collectstatic", verbosity=0, interactive=False)
    script = Path(__file__).with_name("bench_pages.sql").read_text()
    with scratch_mission(PASSWORD, script, {"count": INCIDENTS}) as database, contextlib.ExitStack() as stack:
        browsers = [Browser(0), Browser(0)]
        browsers[0].sign_in("swpa")
        browsers[1].cookies = dict(browsers[0].cookies)
        copy = f"{database}_off"
        connections.close_all()
        postgres.drop_database(copy)
        postgres.create_database(copy, template=database)
        stack.callback(postgres.drop_database, copy)
        _switch_off(copy)
        pids = []
        for browser, name, wanted in zip(browsers, (database, copy), (8750, 8800), strict=True):
            port, process = stack.enter_context(_server(name, wanted))
            browser.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            pids.append(process.pid)
        return _pairs(browsers, pids, PAIRS[size])


def _fetch(browser: Browser, path: str) -> float:
    started = time.perf_counter()
    status, _body, _headers = browser.fetch("GET", path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return (time.perf_counter() - started) * 1000


def _pairs(browsers: list[Browser], pids: list[int], pairs: int) -> dict[str, float | int]:
    address = "/m/carana/incidents/"
    _status, first, headers = browsers[0].fetch("GET", address)
    pages = re.findall(r'href="(/m/carana/incidents/[0-9a-z]{8}/)"', _plain(first, headers))[:20]
    paths = [one for page in pages for one in (address, page)]
    for browser in browsers:
        for path in paths[:20]:
            _fetch(browser, path)
    on: list[float] = []
    off: list[float] = []
    for number in range(pairs):
        path = paths[number % len(paths)]
        for which in (0, 1) if number % 2 else (1, 0):
            (on, off)[which].append(_fetch(browsers[which], path))
    differences = [one - other for one, other in zip(on, off, strict=True)]
    return {
        "added_median_ms": round(statistics.median(differences), 2),
        "added_p95_ms": round(_p95(on) - _p95(off), 2),
        "added_pair_p95_ms": round(_p95(differences), 2),
        "added_cpu_ms": round(_cpu_of(browsers[0], pids[0], paths) - _cpu_of(browsers[1], pids[1], paths), 2),
        "cost_pairs": pairs,
    }


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _cpu_of(browser: Browser, pid: int, paths: list[str], requests: int = 100) -> float:
    """CPU of the web server and of the database while this one alone is asked, in milliseconds a request."""
    watched = [pid, postgres.process_id()]
    before = _cpu(watched)
    for number in range(requests):
        _fetch(browser, paths[number % len(paths)])
    return (_cpu(watched) - before) / requests * 1000
