"""The status each cell must answer with: from the policy file, the asker, and the row by the model. No view and no policy's SQL is asked.

A row that is not open answers as one that is not there; what an empty form brings those whom line, class and row let in stands in SENT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openmara.security.matrix import model
from openmara.security.matrix.objects import Asker, Objects
from openmara.security.matrix.tales import INSIDE, beside, whole
from openmara.security.matrix.world import row_id

READS = ("GET", "HEAD")
TABLES = {  # what a key names, in the mission
    "incident": "evidence_incident", "report": "evidence_report", "pair": "linkage_candidatepair", "seadraft": "evidence_seadraft", "record": "evidence_incident", "receipt": "evidence_report",
    "handover": "evidence_handover",
    "breakglass": "security_breakglass", "recovery": "security_recovery", "build": "publish_reportbuild", "entry": "activities_registerentry",
    "view": "evidence_view", "flash": "evidence_flash", "alert": "evidence_alert", "pattern": "evidence_patternassessment", "party": "parties_party",
    "activity": "activities_inventoryactivity", "meeting": "evidence_meeting", "forum": "evidence_forum", "sheet": "evidence_reconciliation",
}  # fmt: skip
PRIVATE = frozenset({404})  # nothing of the kind is open to whoever asks


@dataclass(frozen=True)
class Cell:
    """One request. `situation` is of the object, or of the mission where the address names no object; `keys`: how the address says it."""

    name: str
    method: str
    asker: str
    situation: str
    path: str
    keys: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        return self.method in READS


@dataclass(frozen=True)
class Seen:
    """Who asks, in which standing, about which row: what a rule about one address may look at."""

    one: Asker
    standing: model.Asker
    objects: Objects
    row: model.Row | None
    story: Any

    def may(self, table: str, operation: str) -> bool:
        """About the row of the same tale in another table."""
        found = self.objects.row(table, row_id(table, self.story))
        return model.may(self.standing, table, found, operation, self.objects.facts)

    @property
    def is_mine(self) -> bool:
        return self.row is not None and self.row["assigned_to_id"] == self.standing.person


    @property
    def made(self) -> bool:
        return self.row is not None and self.row["made_by_id"] == self.standing.person

    @property
    def enters(self) -> bool:
        """May put an entry of one's own into the register of the matrix."""
        entry = self.objects.row("activities_registerentry", row_id("activities_registerentry", self.story))
        mine = {**entry, "recorded_by_id": self.standing.person}
        return model.may(self.standing, "activities_registerentry", mine, "insert", self.objects.facts)


Rule = Callable[[Seen], int]


def _glass_ends(seen: Seen) -> int:
    return 302 if seen.row is not None and seen.row["person_id"] == seen.standing.person else 404


# An empty form, sent by whom line, class and row let in. A number, or what decides it. Fields beside which a word is missing: 422; a step
# that is not possible as things stand: 409; a step for somebody else to take: 403; done: 302.
SENT: Mapping[str, int | Rule] = {
    "report-consent": 422, "report-withdraw": 422, "report-custody": 422, "hand-over-file": 409,  # nobody has decided
    "hand-over": lambda seen: 422 if "hom" in seen.standing.roles else 403,  # the mission decides first
    "break-glass": 422, "break-glass-review": 422, "break-glass-end": _glass_ends, "lock-down": 422,
    "person-invite": 422, "person-again": 409, "person-confirm": 409, "person-refuse": 422, "person-change": 422, "person-end": 422, "person-away": 302,
    "person-back": 409, "recovery-ask": 422, "recovery-approve": 409, "recovery-link": 409, "recovery-cancel": 302, "recovery-review": 409, "travel": 302,
    "register-new": lambda seen: 422 if seen.enters else 403, "import": 422, "release-ask": 422, "release-cancel": 409, "narrative": 302, "incident-new": 422,
    "incident-assign": 422, "incident-verify": 422, "report": 422,
    "incident-short": 422, "coverage": 422, "report-services": 302, "sea-draft": 422, "report-split": 422, "person-module": 422,
    "report-sea": lambda seen: 302 if seen.may("evidence_report", "delete") else 403,
    "incident-coding": lambda seen: 422 if seen.may("evidence_incidentplace", "select") else 404,  # day and place are corrected with the rest
    "incident-start": lambda seen: 302 if seen.is_mine else 403,  # the assigned verifier alone
    "incident-text": lambda seen: 302 if seen.may("evidence_incidenttext", "select") and seen.may("evidence_incidenttext", "update") else 403,
    "incident-name": lambda seen: 422 if seen.row and seen.row["compartment"] else 409,  # nobody is named where nothing is walled off
    "incident-release": 409,  # it is not verified
    "incident-retract": 422, "by-reference": 422, "reconciliation": 422,
    "reconciliations": lambda seen: 422 if seen.standing.clearance >= 3 and seen.standing.roles & {"swpa", "wpa", "hr", "unct"} else 403,  # who counts a part only makes no sheet
    "incident-origin": 404,  # an empty form names no account
    "report-source": lambda seen: 422 if seen.row and seen.row["organisation_id"] == seen.standing.organisation else 403,
    "incident-unlink": 404,  # an empty form names no report
    "incident-split": 422, "incident-join": 422, "incident-undo": 422, "incident-both": 404,  # an empty form names no kept edit
    "search": 200, "view-keep": 422, "view-drop": 302, "flash-new": 422, "flash-change": 422, "flash-clear": 302, "flash-send": 409,  # still a draft
    "alert-new": 422, "alert-end": lambda seen: 302 if seen.made or "swpa" in seen.standing.roles else 403,
    "party-event": 422, "pattern-new": 422, "pattern-review": lambda seen: 403 if seen.made else 302,  # never by its author
    "meetings": 422, "meeting": 422, "forum": 422, "self-assessment": 422,
    "pair-judge": 422, "pair-undo": 302, "pair-open": 409,
}  # fmt: skip
READ: Mapping[str, int | Rule] = {
    "incident-both": lambda seen: 200 if seen.may("evidence_incidentplace", "select") else 404,
    "flash-file": 409,  # a draft does not leave
    "receipt-file": 409,  # the log of the matrix is never signed
    "register-new": lambda seen: 200 if seen.enters else 403,
}  # fmt: skip


def expected(objects: Objects, one: Asker, cell: Cell, policy: Mapping[str, Any]) -> frozenset[int]:
    """The status codes a cell may answer with."""
    if cell.situation.startswith("malformed"):
        return PRIVATE
    line = policy["routes"].get(cell.name, {})
    who = line.get("get" if cell.reads else cell.method.lower())
    if who is None:
        return frozenset({405})
    if who in ("public", "signed_in"):
        return _without_mission(one, cell, line, who)
    if one.strength <= 0 or not one.active:
        return frozenset({302})
    if one.elsewhere and cell.situation == "foreign mission":
        return frozenset({200, 302, 403, 404, 409, 422})  # at home, where this matrix tells no rows apart
    return frozenset({_in_mission(objects, one, cell, line, who, policy)})


def _without_mission(one: Asker, cell: Cell, line: Mapping[str, Any], who: str) -> frozenset[int]:
    """Pages of signing in and of one's own account, most of them the library's: the door, then a page or the way to it."""
    if who == "public":
        asks_first = {302} if one.strength == 0 else set()  # by a pass phrase alone: to the second step
        return frozenset({404} | asks_first if line.get("key") == "secret" else {200, 302, 422})  # no secret of the matrix opens anything
    if one.strength < 0 or not one.active:
        return frozenset({302})
    if line.get("key") and cell.situation != "own":
        return frozenset({302, 404})  # a passkey, a kept form of somebody else: absent, once the proof is fresh
    return frozenset({200, 302, 404} if cell.situation == "own" else {302, 404})


def _in_mission(objects: Objects, one: Asker, cell: Cell, line: Mapping[str, Any], who: Any, policy: Mapping[str, Any]) -> int:
    """Whoever has no live standing finds nothing; a role not named is refused for every object alike; a row not open is absent."""
    standing = objects.standing(one)
    if standing is None or cell.situation.endswith("mission"):
        return 404
    if shut_out(one, who, policy):
        return 403
    method = "get" if cell.reads else "post"
    if not one.fresh and (line.get("fresh") is True or method in (line.get("fresh") or [])):
        return 302  # to the proof
    key = line.get("key", "")
    if cell.situation in ("foreign", "absent") or not is_open(objects, standing, key, cell):
        return 404
    said = READ.get(cell.name, 200) if cell.reads else SENT[cell.name]  # an address that takes a form has a line there
    return said if isinstance(said, int) else said(_seen(objects, one, standing, key, cell))


def _story(cell: Cell) -> Any:
    return beside(cell.situation) if cell.situation in INSIDE else whole(True)


def _seen(objects: Objects, one: Asker, standing: model.Asker, key: str, cell: Cell) -> Seen:
    table, story = TABLES.get(key), _story(cell)
    return Seen(one, standing, objects, objects.row(table, row_id(table, story)) if table else None, story)


def is_open(objects: Objects, standing: model.Asker, key: str, cell: Cell) -> bool:
    """Whether the row an address of the mission names is open to this standing, by what the roles and rights say."""
    story = _story(cell)
    if key == "receipt":  # whose office handed it in; those who watch over the log
        return story.organisation == standing.organisation or bool(standing.roles & {"audit", "priv"})
    if key in TABLES:
        row = objects.row(TABLES[key], row_id(TABLES[key], story))
        mine = standing.person in (row.get("assigned_to_id"), row.get("opened_by_id"))
        watches = key != "record" or mine or bool(standing.roles & {"swpa", "audit", "priv"})  # who opened it, who verifies it, the senior adviser, the log's readers
        return watches and model.sees(standing, TABLES[key], row, objects.facts)
    if key in ("person", "grant"):
        return any(model.sees(standing, "security_grant", row, objects.facts) for row in objects.grants_of("author"))
    return True  # a name of the program's own lists, or nothing named


def shut_out(one: Asker, who: Any, policy: Mapping[str, Any]) -> bool:
    """Whether the role or the clearance shuts the address, objects aside. A session by code opens class 1 at most."""
    groups = policy["groups"]
    clearance = min(one.clearance, 1) if one.strength == 1 else one.clearance
    if isinstance(who, list):
        return not set(one.roles) & {role for name in who for role in groups.get(name, [name])}
    if who == "anyone":
        return False
    table, operation = who.split(".")
    entry = policy["tables"][table]
    named = {role for right in entry.get(operation, []) for name in right["roles"] for role in groups.get(name, [name])}
    above = operation != "insert" and clearance < int(entry["class"][1])
    return above or not ("anyone" in named or set(one.roles) & named)
