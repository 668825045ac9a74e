"""Every address × method × asker × object over HTTP, against what the policy file and the model of rows expect (expected.py).

Each request runs in a transaction that is rolled back. What is not open, of another mission or of one's own, must look absent, byte for
byte and header for header; and no page shows a text of a row that is closed to its reader.
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

from openmara.security.matrix import model
from openmara.security.matrix.expected import Cell, expected, is_open
from openmara.security.matrix.objects import ABSENT, Asker, Objects
from openmara.security.matrix.tales import ABSENT_REF, FOREIGN_REF, INSIDE, MARK
from openmara.security.protect import policy

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
HERE, THERE, NOWHERE, BROKEN = "here", "there", "nowhere", "he%20re"
SHOWN = {  # pages of one row, and the tables whose texts they show where these are open
    "incident": ("evidence_incident", "evidence_incidentplace", "evidence_incidenttext"),
    "report": ("evidence_report", "evidence_reportplace", "evidence_reporttext"),
}  # fmt: skip
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
KEPT = re.compile(r"account(?:/|%2F)kept(?:/|%2F)[0-9a-f-]{36}")  # what was sent is kept under a number of chance
LISTS = ("home", "incidents", "reports", "duplicates", "break-glass", "import", "incident-new", "audit")  # pages that may speak of rows of cases
SessionOf = Callable[[str, int], str]


@dataclass
class Tally:
    """How many cells were asked, and what was not as expected."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    pairs: int = 0

    @property
    def right(self) -> int:
        return self.cells - min(self.cells, len(self.wrong))

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
    """Every cell of one asker; of those who are there for rows of cases, the addresses that name or list such rows."""
    narrow = next(one for one in objects.people if one.name == asker).narrow
    for name, template, values in addresses():
        key = policy()["routes"].get(name, {}).get("key", "")
        kind = objects.kinds.get(key, {})
        if narrow and not (set(kind) & set(INSIDE) or name in LISTS):
            continue
        for situation, path in _paths(template, values, kind):
            for method in methods:
                yield Cell(name, method, asker, situation, path, tuple(kind.get(situation, {}).values()))


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
                cell.method, cell.path + ("?open=text" if cell.name in SHOWN and cell.reads else ""), b"", content_type="application/x-www-form-urlencoded", **more
            )
            body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # a file
            transaction.set_rollback(True)
        response.said = body  # type: ignore[attr-defined]  # read by those who compare
        return response  # type: ignore[return-value]  # what the test client adds is not used

    def run(self, askers: list[str] | None = None, methods: tuple[str, ...] = METHODS, situations: tuple[str, ...] = ()) -> Tally:
        """Ask every cell of these askers (a sample where situations are named), and compare what is closed with what is absent."""
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
        one = self.askers[cell.asker]
        wanted = expected(self.objects, one, cell, policy())
        if response.status_code not in wanted:
            tally.say(cell, f"{response.status_code}, expected {sorted(wanted)}")
        elif shows_foreign(cell, response):
            tally.say(cell, "shows a row of another mission")
        elif shown := shows_closed(self.objects, one, cell, response):
            tally.say(cell, f"shows {shown}, which is closed")
        elif lacks := self._lacks(one, cell, response):
            tally.say(cell, f"lacks {lacks}, which is open")

    def _lacks(self, one: Asker, cell: Cell, response: HttpResponse) -> str:
        """What a page of one row should show and does not: the texts of that row's tale that are open."""
        tables, standing = SHOWN.get(cell.name, ()), self.objects.standing(one)
        if not tables or cell.method != "GET" or response.status_code != 200 or standing is None:
            return ""
        said: bytes = response.said  # type: ignore[attr-defined]  # put there by `send`
        wanted = [f"{table} of {cell.situation}" for text, table, tale, row in self.objects.marked
                  if tale == cell.situation and table in tables and text not in said and model.sees(standing, table, row, self.objects.facts)]  # fmt: skip
        return ", ".join(dict.fromkeys(wanted))

    def _compare(self, name: str, method: str, asker: str, seen: dict[str, tuple[object, ...]], tally: Tally) -> None:
        for closed, absent in (("foreign", "absent"), ("foreign mission", "absent mission"), *((tale, "absent") for tale in INSIDE)):
            if closed in seen and absent in seen and self.is_closed(Cell(name, method, asker, closed, "")):
                tally.pairs += 1
                if seen[closed] != seen[absent] and asker != "elsewhere":
                    tally.say(Cell(name, method, asker, closed, ""), f"does not look {absent}: {difference(seen[closed], seen[absent])}")

    def is_closed(self, cell: Cell) -> bool:
        """Whether the row (or the mission) an address names is closed to the asker, whatever becomes of the page as a whole."""
        if cell.situation not in INSIDE:
            return cell.situation.startswith("foreign")
        standing = self.objects.standing(self.askers[cell.asker])
        return standing is None or not is_open(self.objects, standing, policy()["routes"].get(cell.name, {}).get("key", ""), cell)


def shows_foreign(cell: Cell, response: HttpResponse) -> bool:
    """Whether a page of this mission holds a mark of another one's rows (its own address aside)."""
    said: bytes = response.said.lower()  # type: ignore[attr-defined]  # put there by `send`
    if cell.asker == "elsewhere":
        return False
    return MARK.encode() in said or (cell.situation != "foreign" and FOREIGN_REF.encode() in said)


def shows_closed(objects: Objects, one: Asker, cell: Cell, response: HttpResponse) -> str:
    """A table of which the answer holds a text of a row closed to its reader (what the address itself says aside)."""
    said, standing = response.said.lower() + str(response.headers).encode(), objects.standing(one)  # type: ignore[attr-defined]  # put there by `send`
    for text, table, tale, row in objects.marked:
        if text in said and text.decode() not in cell.keys and (standing is None or not model.sees(standing, table, row, objects.facts)):
            return f"{table} of {tale}"
    return ""


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
    for said in (FOREIGN_REF, ABSENT_REF, str(ABSENT), *(cell.keys if cell.situation in INSIDE else ())):
        text = text.replace(said, "KEY")
    return KEPT.sub("KEPT", text)


def difference(first: tuple[object, ...], second: tuple[object, ...]) -> str:
    """Where two answers begin to differ."""
    if first[:2] != second[:2]:
        return f"{first[:2]} / {second[:2]}"
    one, other = str(first[2]), str(second[2])
    place = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))
    return f"…{one[max(place - 40, 0) : place + 60]!r} / {other[max(place - 40, 0) : place + 60]!r}"
