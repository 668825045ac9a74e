"""Either layer alone: foreign rows with the application's checks off, and with row security off. For benchmarks and tests only."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import psycopg
from django.db import connection, models

from openmara.security import permissions, routes, scope
from openmara.security.matrix.cast import person_id
from openmara.security.matrix.expected import Cell
from openmara.security.matrix.http import Arena, Tally, cells, difference, looks, shows_closed, shows_foreign
from openmara.security.matrix.objects import Asker
from openmara.security.protect import policy

READS_AND_SENDS = ("GET", "POST")
HOSTS = ("evil.example", "localhost.evil.example", "localhost:80@evil.example", "127.0.0.1.evil.example", "evil.example:8000")
OUTSIDE = (
    "//evil.example", "https://evil.example/", "https:evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "data:text/html,x", "/%0d%0aLocation:https://evil.example", "http:///evil.example", "\x00//evil.example",
)  # fmt: skip


def settle(owner: psycopg.Connection, people: list[Asker]) -> None:
    """What happens to some askers after they signed in."""
    for one in people:
        if not one.active:
            owner.execute("update public.security_person set is_active = false where id = %s", [person_id(one.name)])


@contextlib.contextmanager
def application_off() -> Iterator[None]:
    """Nothing but the database refuses: no line of an address, no role, no wall around query sets."""
    everybody = frozenset(policy()["roles"])
    with (
        mock.patch.object(routes, "check", lambda request: None),
        mock.patch.object(permissions, "my_roles", lambda: everybody),
        mock.patch.object(scope.ScopedManager, "get_queryset", models.Manager.get_queryset),
    ):
        yield


@contextlib.contextmanager
def rows_open(owner: psycopg.Connection) -> Iterator[None]:
    """Nothing but the application refuses: row security is off in this scratch database."""
    tables = [*policy()["tables"], *(f"{name}_history" for name, entry in policy()["tables"].items() if entry.get("history"))]
    for table in tables:
        owner.execute(f"alter table public.{table} no force row level security, disable row level security")  # type: ignore[arg-type]  # names of the policy file
    connection.close()
    try:
        yield
    finally:
        for table in tables:
            owner.execute(f"alter table public.{table} force row level security, enable row level security")  # type: ignore[arg-type]  # as above


def foreign(ring: Arena) -> Tally:
    """Every address, by everybody to whom the mission opens; rows that are closed must look absent and stand on no page.

    Closed are rows of another mission to everybody, and of one's own those the model closes. Pages of open rows are looked through too.
    """
    tally = Tally()
    for one in ring.askers.values():
        if not one.live:
            continue
        absent: dict[tuple[str, str], Any] = {}
        for cell in sorted(cells(ring.objects, one.name, READS_AND_SENDS), key=lambda cell: not cell.situation.startswith("absent")):  # absent first
            if cell.method not in routes.lines()[cell.name].doors or cell.situation.startswith("malformed"):
                continue
            where = cell.name + (" mission" if cell.situation.endswith("mission") else ""), cell.method
            response = ring.send(cell)
            if cell.situation.startswith("absent"):
                absent[where] = looks(cell, response)
                continue
            tally.cells += 1
            said = looks(cell, response)
            row = replace(cell, name="incident") if cell.name == "audit-record" else cell  # who watches over an open record is no matter of rows
            if ring.is_closed(row) and said != absent[where]:
                tally.say(cell, f"does not look absent: {difference(said, absent[where])}")
            elif shows_foreign(cell, response):
                tally.say(cell, "shows a row of another mission")
            elif shown := shows_closed(ring.objects, one, cell, response):
                tally.say(cell, f"shows {shown}, which is closed")
    return tally


def requests(ring: Arena) -> dict[str, int]:
    """Forms without or with a foreign token, hosts that are not ours, redirects that lead outside (B-63, B-64, B-65)."""
    found = dict.fromkeys(("csrf_posts", "csrf_refused", "hosts_tried", "hosts_refused", "redirects_tried", "redirects_outside"), 0)
    sends = [cell for cell in cells(ring.objects, "role.swpa", ("POST",)) if cell.situation == "own" and "POST" in routes.lines()[cell.name].doors]
    for cell in sends:
        for headers in ({}, {"X-CSRFToken": "x" * 64}, {"Origin": "null"}, {"Origin": "https://evil.example"}):
            response = ring.send(cell, ring.client(cell.asker, enforce_csrf_checks=True), headers=headers)
            found["csrf_posts"] += 1
            found["csrf_refused"] += response.status_code in (403, 411, 415, 422)
    for host in HOSTS:
        response = ring.send(Cell("sign-in", "GET", "anonymous", "own", "/sign-in/"), HTTP_HOST=host)
        found["hosts_tried"] += 1
        found["hosts_refused"] += response.status_code == 400
        forwarded = ring.send(Cell("start", "GET", "anonymous", "own", "/"), headers={"X-Forwarded-Host": host})
        found["hosts_tried"] += 1
        found["hosts_refused"] += "evil" not in str(forwarded.headers) + forwarded.said.decode()  # type: ignore[attr-defined]  # put there by `send`
    for name, path, target in ((name, path, target) for name, path in (("sign-in", "/sign-in/"), ("language", "/language/")) for target in OUTSIDE):
        for asker in ("anonymous", "role.swpa"):
            found["redirects_tried"] += 1
            client = ring.client(asker)
            answer = client.post(path, {"next": target, "language": "en"}) if name == "language" else client.get(path, {"next": target})
            found["redirects_outside"] += bool(re.match(r"(?!/(?![/\\]))", answer.headers.get("Location", "/")))
    return found
