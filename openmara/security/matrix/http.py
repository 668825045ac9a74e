"""Every address × method × asker × object over HTTP, against what a small reading of the policy file expects.

Each request runs in a transaction that is rolled back. A foreign object must look absent, byte for byte and header for header.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from openmara.security.matrix.objects import ABSENT, ABSENT_REF, FOREIGN_REF, MARK, Asker, Objects
from openmara.security.protect import policy

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
HERE, THERE, NOWHERE, BROKEN = "here", "there", "nowhere", "he%20re"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
KEPT = re.compile(r"account(?:/|%2F)kept(?:/|%2F)[0-9a-f-]{36}")  # what was sent is kept under a number of chance
PARTLY = ("breakglass", "grant", "person", "receipt", "record", "recovery")  # who may read which of these rows is more than a matter of role
CLOSED = {403, 404, 409, 422}
SessionOf = Callable[[str, int], str]


@dataclass(frozen=True)
class Cell:
    """One request. `situation` is of the object, or of the mission where the address names no object."""

    name: str
    method: str
    asker: str
    situation: str
    path: str


@dataclass
class Tally:
    """How many cells were asked, and what was not as expected."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    pairs: int = 0

    def say(self, cell: Cell, what: object) -> None:
        self.wrong.append(f"{cell.method} {cell.name} by {cell.asker}, {cell.situation}: {what}")


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, str, set[str]]]:
    """(name, template of the path, names of its values) of every address the resolver knows."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield entry.name or route, route, set(re.findall(r"{(\w+)}", route))
        else:
            yield from addresses(entry, route)


def cells(objects: Objects, asker: str, methods: tuple[str, ...] = METHODS) -> Iterator[Cell]:
    """Every cell of one asker."""
    for name, template, values in addresses():
        key = policy()["routes"].get(name, {}).get("key", "")
        for situation, path in _paths(template, values, objects.kinds.get(key, {})):
            for method in methods:
                yield Cell(name, method, asker, situation, path)


def _paths(template: str, values: set[str], kind: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    missions = {"own": HERE, "foreign mission": THERE, "absent mission": NOWHERE, "malformed mission": BROKEN}
    if values - {"mission_code"}:
        if not kind:
            raise LookupError(f"{template}: the matrix knows no object of this kind; add it to matrix/objects.py")
        for situation, said in kind.items():
            yield situation, template.format(mission_code=HERE, **said)
        for situation in ("foreign mission", "absent mission") if "mission_code" in values else ():
            yield situation, template.format(mission_code=missions[situation], **kind["own"])
    elif "mission_code" in values:
        for situation, code in missions.items():
            yield situation, template.format(mission_code=code)
    else:
        yield "own", template


def expected(one: Asker, cell: Cell) -> set[int]:
    """The status codes a cell may answer with, by reading the policy file alone."""
    if cell.situation.startswith("malformed"):
        return {404}
    line = policy()["routes"].get(cell.name, {})
    who = line.get("get" if cell.method in ("GET", "HEAD") else cell.method.lower())
    if who is None:
        return {405}
    if who in ("public", "signed_in"):
        return _without_mission(one, line, who)
    if one.strength <= 0 or not one.active:
        return {302}
    return _in_mission(one, cell, line, who)


def _without_mission(one: Asker, line: dict[str, Any], who: str) -> set[int]:
    if who == "public":
        asks_first = {302} if one.strength == 0 else set()  # by a pass phrase alone: to the second step
        return {404} | asks_first if line.get("key") == "secret" else {200, 302, 422}  # no secret of the matrix opens anything
    if one.strength < 0 or not one.active:
        return {302}
    return {200, 302, *CLOSED}


def _in_mission(one: Asker, cell: Cell, line: dict[str, Any], who: Any) -> set[int]:
    """Whoever has no live standing finds nothing; a role not named is refused for every object alike; a foreign row is absent."""
    if one.elsewhere and cell.situation == "foreign mission":
        return {200, 302, *CLOSED}  # at home
    if not one.live or cell.situation.endswith("mission"):
        return {404}
    if _closed(one, who):
        return {403}
    method = "get" if cell.method in ("GET", "HEAD") else "post"
    if not one.fresh and (line.get("fresh") is True or method in (line.get("fresh") or [])):
        return {302, 403}
    if cell.situation in ("foreign", "absent"):
        return {404} if method == "get" else CLOSED
    if method == "get":
        return {200, 403, 404, 409} if line.get("key") in PARTLY else {200}
    return {200, 302, *CLOSED}


def _closed(one: Asker, who: Any) -> bool:
    """Whether the role or the clearance shuts the address, objects aside. A session by code opens class 1 at most."""
    groups = policy()["groups"]
    clearance = min(one.clearance, 1) if one.strength == 1 else one.clearance
    if isinstance(who, list):
        return not set(one.roles) & {role for name in who for role in groups.get(name, [name])}
    if who == "anyone":
        return False
    table, operation = who.split(".")
    entry = policy()["tables"][table]
    named = {role for right in entry.get(operation, []) for name in right["roles"] for role in groups.get(name, [name])}
    above = operation != "insert" and clearance < int(entry["class"][1])
    return above or not ("anyone" in named or set(one.roles) & named)


class Arena:
    """Sends cells in the name of the askers, each rolled back, with one session for each of them."""

    def __init__(self, objects: Objects, session_of: SessionOf) -> None:
        self.askers = {one.name: one for one in objects.people}
        self.objects = objects
        self.sessions = {name: session_of(name, one.strength) for name, one in self.askers.items() if one.strength >= 0}
        self.handlers = {strict: Client(enforce_csrf_checks=strict).handler for strict in (True, False)}  # each reads all static files

    def client(self, asker: str, **more: Any) -> Client:
        client = Client(raise_request_exception=False, SERVER_NAME="localhost", **more)
        client.handler = self.handlers[client.handler.enforce_csrf_checks]
        if asker in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[asker]
        return client

    def send(self, cell: Cell, client: Client | None = None, **more: Any) -> HttpResponse:
        """One request; whatever it did is undone."""
        with transaction.atomic():
            response = (client or self.client(cell.asker)).generic(
                cell.method, cell.path, b"", content_type="application/x-www-form-urlencoded", **more
            )
            body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # a file
            transaction.set_rollback(True)
        response.said = body  # type: ignore[attr-defined]  # read by those who compare
        return response  # type: ignore[return-value]  # what the test client adds is not used

    def run(self, askers: list[str] | None = None, methods: tuple[str, ...] = METHODS, situations: tuple[str, ...] = ()) -> Tally:
        """Ask every cell of these askers (a sample where situations are named), and compare foreign with absent."""
        tally = Tally()
        for asker in askers or list(self.askers):
            seen: dict[tuple[str, str], dict[str, tuple[object, ...]]] = {}
            for cell in cells(self.objects, asker, methods):
                if situations and cell.situation not in situations:
                    continue
                response = self.send(cell)
                tally.cells += 1
                self._judge(cell, response, tally)
                seen.setdefault((cell.name, cell.method), {})[cell.situation] = looks(cell, response)
            for (name, method), by_situation in seen.items():
                self._compare(name, method, asker, by_situation, tally)
        return tally

    def _judge(self, cell: Cell, response: HttpResponse, tally: Tally) -> None:
        wanted = expected(self.askers[cell.asker], cell)
        if response.status_code not in wanted:
            tally.say(cell, f"{response.status_code}, expected {sorted(wanted)}")
        elif shows_foreign(cell, response):
            tally.say(cell, "shows a foreign row")

    def _compare(self, name: str, method: str, asker: str, seen: dict[str, tuple[object, ...]], tally: Tally) -> None:
        for foreign, absent in (("foreign", "absent"), ("foreign mission", "absent mission")):
            if foreign in seen and absent in seen:
                tally.pairs += 1
                if seen[foreign] != seen[absent] and asker != "elsewhere":
                    tally.say(Cell(name, method, asker, foreign, ""), f"does not look {absent}: {difference(seen[foreign], seen[absent])}")


def shows_foreign(cell: Cell, response: HttpResponse) -> bool:
    """Whether a page of this mission holds a mark of another one's rows (its own address aside)."""
    said: bytes = response.said.lower()  # type: ignore[attr-defined]  # put there by `send`
    if cell.asker == "elsewhere":
        return False
    return MARK.encode() in said or (cell.situation != "foreign" and FOREIGN_REF.encode() in said)


def looks(cell: Cell, response: HttpResponse) -> tuple[object, ...]:
    """Status, headers and body with what differs by right taken out: the address itself, and the form's token."""
    body: bytes = TOKEN.sub(b"", response.said)  # type: ignore[attr-defined]  # put there by `send`
    return response.status_code, tuple(sorted((name, _plain(cell, value)) for name, value in response.headers.items() if name != "Content-Length")), _plain(
        cell, body.decode(errors="replace")
    )


def _plain(cell: Cell, text: str) -> str:
    for said in (cell.path, quote(cell.path, safe="/"), quote(cell.path, safe="")):
        text = text.replace(said, "ADDRESS")
    for said in (f"/m/{THERE}/", f"/m/{NOWHERE}/"):
        text = text.replace(said, "/m/MISSION/")
    for said in (FOREIGN_REF, ABSENT_REF, str(ABSENT)):
        text = text.replace(said, "KEY")
    return KEPT.sub("KEPT", text)


def difference(first: tuple[object, ...], second: tuple[object, ...]) -> str:
    """Where two answers begin to differ."""
    if first[:2] != second[:2]:
        return f"{first[:2]} / {second[:2]}"
    one, other = str(first[2]), str(second[2])
    place = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))
    return f"…{one[max(place - 40, 0) : place + 60]!r} / {other[max(place - 40, 0) : place + 60]!r}"
