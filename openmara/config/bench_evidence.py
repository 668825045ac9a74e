"""`openmara bench evidence`: the working day of evidence, measured in a scratch database that is dropped.

Keys: incidents (loaded), load_s, create_cpu_ms and create_p95_ms (an incident opened from a report: its relations, history and audit; CPU of
program and database per operation, the context included), take_in_cpu_ms and take_in_p95_ms (the same for taking one report in), list_p95_ms, page_p95_ms, search_p95_ms (wall time at the client; null with its reason under
not_run), list_cpu_ms, page_cpu_ms (CPU of web server and database per page), sequences, sequence_steps, violations (random sequences of what
several people may do; the first broken promises are named on standard error).
"""

import multiprocessing
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.urls import NoReverseMatch, reverse

from openmara import ROOT
from openmara.config import bench_pages, postgres, serving
from openmara.config.bench_pages import Browser
from openmara.config.bench_sequences import Play, Tally
from openmara.config.scratch import scratch_mission
from openmara.evidence import actions
from openmara.evidence.accounts import Account
from openmara.evidence.intake import actions as intake
from openmara.evidence.models import Report
from openmara.security import actions as security
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person

SIZES = {"ci": 20_000, "full": 400_000}
SEQUENCES = {"ci": 1_000, "full": 10_000}
SHARE, BATCH = 250, 50_000
HANDS: list[tuple[Mission, Organisation, dict[str, Person]]] = []  # what the processes of the sequences inherit
REQUESTS, CREATED = 120, 120
PASSWORD = "bench only, synthetic, loopback"
FILTERS = (*bench_pages.FILTERS, "?party=ICSC", "?status=open", "?status=late", "?assigned=nobody&status=open")
SEARCHES = ("?status=verified&form=rape", "?adm1=CR03&month_from=2025-01&month_to=2025-12", "?party=ICSC&status=verified", "?words=Synthetic&adm1=CR05")
CAST = (("wpa", ["wpa"]), ("hr.1", ["hr"]), ("hr.2", ["hr"]))
Figures = dict[str, Any]
# For columns that later migrations added: what a row without them holds, in the scratch database alone.
DEFAULTS = """
do $$ declare c record; begin
  for c in select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' and table_name like 'evidence\\_%'
    and is_nullable = 'NO' and column_default is null and data_type in ('character varying', 'text', 'boolean', 'integer', 'ARRAY') and not is_identity = 'YES'
  loop execute format('alter table public.%I alter column %I set default %s', c.table_name, c.column_name,
    case c.data_type when 'boolean' then 'false' when 'integer' then '0' when 'ARRAY' then quote_literal('{}') else quote_literal('') end); end loop;
end $$
"""


def measure(size: str) -> Figures:
    """Load, create, serve, play; clean up."""
    call_command("collectstatic", verbosity=0, interactive=False)
    with scratch_mission(PASSWORD, "", {}) as database:
        _enrol()
        with acting("swpa", "carana") as person:
            mission, office = Mission.objects.get(code="carana"), Organisation.objects.get(code="WPA-U")
            people = {one.username: one for one in Person.objects.filter(username__in=["swpa", *(name for name, _roles in CAST)])}
        played = _play(mission, office, people, SEQUENCES[size])
        load_s = _load(database, SIZES[size], {"mission": mission.id, "person": person.id, "office": office.id})
        figures = {"incidents": SIZES[size], "load_s": load_s} | _create() | _serve(database)
    return figures | played


def _enrol() -> None:
    """Colleagues of the adviser, as the sequences need them."""
    with security.installing():
        mission = Mission._base_manager.using("owner").get(code="carana")
        office = Organisation._base_manager.using("owner").get(code="WPA-U")
        for username, roles in CAST:
            person = security.enrol(username=username, code=username, display_name=username, password=PASSWORD)
            security.give_grant(person=person, mission=mission, roles=roles, clearance=5, organisation=office)


def _load(database: str, count: int, values: dict[str, Any]) -> float:
    """In batches by the server's superuser, past policies and triggers: this is the state of years, not what is measured."""
    started = time.perf_counter()
    script = Path(__file__).with_name("bench_evidence.sql").read_text()
    with postgres.superuser(database) as owner:
        owner.execute(DEFAULTS)
        owner.execute("set session_replication_role = replica")
        for first in range(1, count + 1, BATCH):
            with owner.transaction():
                client = psycopg.ClientCursor(owner)
                for statement in script.split(";\n"):
                    client.execute(statement, values | {"first": first, "last": min(first + BATCH - 1, count)})
        owner.execute("vacuum analyze")
    return round(time.perf_counter() - started, 1)


def _create() -> Figures:
    """The CPU of opening an incident from a report, each in a transaction of its own; and of taking the report in before."""
    pids = [os.getpid(), postgres.process_id()]
    with acting("swpa", "carana") as person:  # what is asked for the first time is learnt here
        for number in range(-20, 0):
            intake.keep_account(
                by=person, mission=person.active_mission, organisation=Organisation.objects.get(code="WPA-U"),  # type: ignore[attr-defined]  # carried
                account=_account(f"C-{number}"), open_it=True,
            )  # fmt: skip
    taken, taking = _timed(pids, _take_in)
    opened, opening = _timed(pids, _open)
    return {"create_cpu_ms": opened, "create_p95_ms": opening, "take_in_cpu_ms": taken, "take_in_p95_ms": taking}


def _timed(pids: list[int], do: Callable[[int], None]) -> tuple[float, float]:
    """CPU of program and database per operation, and the 95th percentile of its time, in milliseconds."""
    took: list[float] = []
    before = bench_pages._cpu(pids)
    for number in range(CREATED):
        started = time.perf_counter()
        do(number)
        took.append((time.perf_counter() - started) * 1000)
    return round((bench_pages._cpu(pids) - before) / CREATED * 1000, 1), bench_pages._p95(took)


def _take_in(number: int) -> None:
    with acting("swpa", "carana") as person:
        office = Organisation.objects.get(code="WPA-U")
        mission: Mission = person.active_mission  # type: ignore[attr-defined]  # carried by the context
        actions.take_in(by=person, mission=mission, organisation=office, accounts=[_account(f"C-{number}")])


def _open(number: int) -> None:
    with acting("swpa", "carana") as person:
        actions.open_incident(by=person, report=Report.objects.get(their_reference=f"C-{number}"))


def _account(reference: str) -> Account:
    return Account(
        their_reference=reference, source_org_type="un_civilian", record_class="crsv", date_from=date(2026, 7, 3), date_to=date(2026, 7, 3),
        date_precision="day", date_reported=date(2026, 7, 9), adm1="CR08", location_precision="adm1", forms=("rape",), alleged_parties=("ICSC",),
        classification="confidential", total=2, number_estimated=False, tally={"women": 2}, nexus_types=("causal:direct",),
        nexus_note="Fighters present. Synthetic.", source_category="primary_victim", consent_basis="survivor_adult",
        consent_scope=("aggregate_reporting",), narrative_shareable="Account held by the source. Synthetic.",
    )  # fmt: skip


def _serve(database: str) -> Figures:
    port = serving.free_port(8700)
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--blocking-threads", "4", "--log-level", "error", "openmara.config.wsgi:application"],
        cwd=ROOT, env=os.environ | {"OPENMARA_DATABASE": database, "OPENMARA_HOSTS": "localhost,127.0.0.1"},
    )  # fmt: skip
    try:
        serving.wait_until_it_answers(port, server)
        return _browse(Browser(port), [server.pid, postgres.process_id()])
    finally:
        server.terminate()
        server.wait(15)


def _browse(browser: Browser, pids: list[int]) -> Figures:
    browser.sign_in("swpa")
    address = "/m/carana/incidents/"
    _status, first, headers = browser.fetch("GET", address)
    text = bench_pages._plain(first, headers)
    references = re.findall(r'href="(/m/carana/incidents/[0-9a-z]{8}/)"', text)
    following = re.findall(r'href="(\?[^"]*after=[^"]+)"', text)
    lists = [address + one for one in FILTERS] + [address + one.replace("&amp;", "&") for one in following[:1]]
    figures = _ask(browser, pids, "list", lists) | _ask(browser, pids, "page", references)
    try:
        found = reverse("search", args=["carana"])
    except NoReverseMatch:
        return figures | {"search_p95_ms": None, "not_run": {"search_p95_ms": "there is no search page"}}
    return figures | _ask(browser, pids, "search", [found + one for one in SEARCHES])


def _ask(browser: Browser, pids: list[int], what: str, addresses: list[str]) -> Figures:
    """Each address once to warm it, then in turn."""
    for one in addresses:
        browser.fetch("GET", one)
    before = bench_pages._cpu(pids)
    took = [(bench_pages._timed(browser, addresses[number % len(addresses)]), addresses[number % len(addresses)]) for number in range(REQUESTS)]
    slowest, where = max(took)
    sys.stderr.write(f"{what}: slowest {slowest:.0f} ms at {where}\n")
    cpu = (bench_pages._cpu(pids) - before) / REQUESTS * 1000
    return {f"{what}_p95_ms": bench_pages._p95([one for one, _where in took]), f"{what}_cpu_ms": round(cpu, 1)}


def _play(mission: Mission, office: Organisation, people: dict[str, Person], sequences: int) -> Figures:
    """Random sequences in the empty mission, each rolled back, shared between the processors; none meets another's rows."""
    connections.close_all()
    HANDS[:] = [(mission, office, people)]
    tally, started = Tally(), time.perf_counter()
    with multiprocessing.get_context("fork").Pool(min(os.cpu_count() or 1, 4)) as workers:
        for done in workers.imap_unordered(_share, range(sequences // SHARE)):
            tally.sequences, tally.steps = tally.sequences + done.sequences, tally.steps + done.steps
            tally.done, tally.violations = tally.done + done.done, [*tally.violations, *done.violations]
            sys.stderr.write(f"\rsequences {tally.sequences}/{sequences}, {len(tally.violations)} violations … ")
            sys.stderr.flush()
    for one in tally.violations[:20]:
        sys.stderr.write(f"\nviolation: {one}")
    sys.stderr.write("\n")
    return {
        "sequences": tally.sequences, "sequence_steps": tally.steps, "sequence_done": sum(tally.done.values()), "violations": len(tally.violations),
        "sequences_s": round(time.perf_counter() - started, 1),
    }  # fmt: skip


def _share(place: int) -> Tally:
    """A share in a transaction of its own: in one for all, what was rolled back would slow what follows."""
    with acting("swpa", "carana"):
        return Play(*HANDS[0], random.Random(20261122 + place), Tally(), number=place * SHARE * 100).run(SHARE)
