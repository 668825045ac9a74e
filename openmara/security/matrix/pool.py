"""Rows of a wrong principal behind a pool: many people over few server connections, aborted, abandoned and killed (P-POOL).

Through PgBouncer in transaction mode, without any reset between clients. Without PgBouncer there is no figure: a run straight at the server
would say nothing about a pool. Counted are requests that were answered; failed ones and killed clients stand apart.
"""

import contextlib
import hashlib
import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from openmara.security.matrix.cast import Principal
from openmara.security.matrix.model import may
from openmara.security.matrix.place import Place
from openmara.security.matrix.world import World

TABLES = ("security_organisation", "parties_party", "evidence_report", "evidence_incident")
PEOPLE = (
    "hr", "swpa", "wpa", "cp", "unct", "gender", "unpol", "hom", "audit", "priv", "hr@2", "national", "contingent_x", "other_organisation", "other_area",
    "at_home_there", "stranger", "expired", "suspended", "anonymous",
)  # fmt: skip
CLIENTS = 6


@dataclass
class Pooled:
    requests: int = 0
    wrong: int = 0
    failed: int = 0
    killed: int = 0


class NoPooler(Exception):
    """PgBouncer is not installed."""


def sees(world: World, one: Principal) -> dict[str, Any]:
    """What a person must see of each table, and nothing else."""
    asker = world.asker(one)
    found = {}
    for table in TABLES:
        ids = sorted(str(row["id"]) for row in world.rows[table] if may(asker, table, row, "select", world.facts))
        found[table] = [len(ids), hashlib.md5(",".join(ids).encode(), usedforsecurity=False).hexdigest()]
    return {"person": str(one.person) if one.opens == "command" else "", "mission": str(one.mission or ""), "sees": found}


def binary() -> str | None:
    return shutil.which("pgbouncer") or next((path for path in ("/usr/sbin/pgbouncer",) if Path(path).exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def bouncer(place: Place, connections: int) -> Iterator[str]:
    """PgBouncer with so many server connections; yields the address for clients."""
    program, port = binary(), _free_port()
    if program is None:
        raise NoPooler("PgBouncer is not installed: nothing is said about a pool")
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "pool.ini"
        config.write_text(
            f"[databases]\npooled = host={place.host} dbname={place.database} user=app_web password={place.passwords['app_web']} pool_size={connections}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
            "max_client_conn = 200\nserver_reset_query_always = 0\nlogfile = /dev/null\nlog_connections = 0\nlog_disconnections = 0\n"
        )
        config.chmod(0o600)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
            os.chown(config, account.pw_uid, account.pw_gid)
        options: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
        process = subprocess.Popen([program, "-q", str(config)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        try:
            _wait(port, process)
            yield f"host=127.0.0.1 port={port} dbname=pooled user=app_web sslmode=disable connect_timeout=30"
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise RuntimeError("PgBouncer did not start")


class Clients:
    """A few client processes, one of them killed now and then and replaced, until enough requests were answered."""

    def __init__(self, given: dict[str, Any], wanted: int, chance: random.Random) -> None:
        self.given, self.wanted, self.chance = given, wanted, chance
        self.many = CLIENTS if wanted > 300 else 2
        self.running: list[subprocess.Popen[str]] = []
        self.done = self.wrong = self.failed = self.killed = 0

    def start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("pool_client.py"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdin
        asked = self.given | {"seed": self.chance.random(), "requests": max(20, self.wanted // (self.many * 3))}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.close()
        self.running.append(process)

    def harvest(self, process: subprocess.Popen[str]) -> None:
        """The last line that a finished or killed client wrote."""
        assert process.stdout
        lines = [line.split() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]  # half a line of a killed one aside
        if lines:
            done, wrong, failed = map(int, lines[-1])
            self.done += done
            self.wrong += wrong
            self.failed += failed
        process.stdout.close()
        process.wait()
        self.running.remove(process)

    def run(self) -> None:
        empty = 0
        while self.done < self.wanted:
            while len(self.running) < self.many:
                self.start()
            time.sleep(self.chance.uniform(0.2, 0.8))
            if self.chance.random() < 0.5:
                victim = self.chance.choice(self.running)
                victim.send_signal(signal.SIGKILL)
                self.killed += 1
            before = self.done
            for process in [one for one in self.running if one.poll() is not None]:
                self.harvest(process)
                empty = empty + 1 if self.done == before else 0
            if empty > 60:
                raise RuntimeError("the clients of the pool get no answers")

    def stop(self) -> None:
        for process in list(self.running):
            process.kill()
            self.harvest(process)


def run(place: Place, world: World, requests: int) -> Pooled:
    """A third of the requests over 1, 2 and 8 server connections each."""
    people = {one.name: one for one in world.principals}
    given: dict[str, Any] = {"people": [sees(world, people[name]) for name in PEOPLE], "key": settings.SESSION_MAC_KEY.hex()}
    found, chance = Pooled(), random.Random(7)
    for connections in (1, 2, 8):
        with bouncer(place, connections) as address:
            clients = Clients(given | {"address": address}, requests // 3 + 1, chance)
            try:
                clients.run()
            finally:
                clients.stop()
            found.requests += clients.done
            found.wrong += clients.wrong
            found.failed += clients.failed
            found.killed += clients.killed
    return found
