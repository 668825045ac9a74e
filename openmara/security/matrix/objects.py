"""One row of every kind an address can name, in the asker's mission and in another one, and the people who ask.

Inside the mission there are rows of another area, of another office, walled off, and of nobody's case; `tales.py` says what they hold.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from openmara.security.matrix import model
from openmara.security.matrix.cast import Story, person_id
from openmara.security.matrix.tales import (
    ABSENT_REF,
    BESIDE,
    FOREIGN_REF,
    INSIDE,
    MARK,
    MARKED,
    NEAR,
    NOW,
    OTHER_MISSION,
    OTHER_OFFICE,
    OWN_MISSION,
    OWN_OFFICE,
    OWN_REF,
    PAGE,
    SECOND_OFFICE,
    SPACE,
    beside,
    marks,
    ref_of,
    whole,
)  # fmt: skip
from openmara.security.matrix.world import as_json, model_of, row_id, row_of

KEPT_FOREIGN, ABSENT = (uuid.uuid5(SPACE, name) for name in ("kept", "absent"))
APART = ("security_mission", "security_organisation", "security_person", "security_personname", "security_grant")
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Asker:
    """Somebody who asks over HTTP. `strength` is that of the session, -1 where there is none. `narrow`: asks about rows of cases alone."""

    name: str
    roles: tuple[str, ...] = ()
    clearance: int = 6
    strength: int = 2
    status: str = "confirmed"
    days: tuple[int, int] = (-10, 100)
    active: bool = True
    elsewhere: bool = False
    fresh: bool = True
    areas: tuple[str, ...] | None = None
    staff: str = "international"
    contingent: str = ""
    narrow: bool = False

    @property
    def live(self) -> bool:
        """Whether a mission opens for this session at all."""
        return self.active and self.strength > 0 and self.status == "confirmed" and self.days[1] > 0 and not self.elsewhere


def askers(roles: Iterator[str] | list[str]) -> list[Asker]:
    """Nobody, every role, and everybody who must get less; then those whom area, staff or contingent keeps from some rows of the mission."""
    return [
        Asker("anonymous", strength=-1),
        *(Asker(f"role.{role}", (role,), 1 if role == "admin" else 6) for role in roles),
        Asker("expired", ("hr",), days=(-100, -1)),
        Asker("suspended", ("hr",), active=False),
        Asker("invited", ("hr",), status="invited"),
        Asker("elsewhere", ("swpa",), elsewhere=True),
        Asker("by.passphrase", ("hr",), strength=0),
        Asker("by.code", ("hr",), strength=1),
        Asker("not.fresh", ("swpa",), fresh=False),
        *(Asker(f"area.{role}", (role,), areas=(NEAR,), narrow=True) for role in ("swpa", "wpa", "hr", "cp", "unct", "force")),
        *(Asker(f"national.{role}", (role,), staff="national", narrow=True) for role in ("swpa", "wpa", "hr", "cp", "unct", "ca")),
        *(Asker(f"seconded.{role}", (role,), staff="seconded_police", narrow=True) for role in ("hr", "unpol")),
        *(Asker(f"colocated.{role}", (role,), staff="colocated_police", narrow=True) for role in ("hr", "unpol")),
        *(Asker(f"contingent.{role}", (role,), staff="contingent", contingent="XX", narrow=True) for role in ("hr", "force")),
        Asker("contingent.other", ("hr",), staff="contingent", contingent="YY", narrow=True),
        Asker("area.national.hr", ("hr",), areas=(NEAR,), staff="national", narrow=True),
        Asker("class.two.hr", ("hr",), 2, narrow=True),
        Asker("class.three.hr", ("hr",), 3, narrow=True),
    ]


def seed(connection: psycopg.Connection, policy: dict[str, Any], builds: Path) -> "Objects":
    """Write both missions, their people, one row of every table of each, and what stands beside one's own rows; past policies and triggers."""
    people, rows = askers(list(policy["roles"])), _rows(policy)
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        rows |= _missions() | _people([*people, Asker("author"), Asker("second hand")])
        for table, found in rows.items():
            for row in found:
                _put(connection, table, row)
        for one in people:
            if one.strength >= 0:
                connection.execute("insert into sec.account (person_id, password) values (%s, '!')", [person_id(one.name)])
        _sent(connection)
        for number, name in enumerate(("role.hr", "author", "not.fresh"), 7_001):
            _put(connection, "mfa_authenticator", {"id": number, "user_id": person_id(name), "type": "totp", "data": {}, "created_at": NOW.isoformat()})
        connection.execute("insert into sec.kept (id, person_id, sealed) values (%s, %s, %s)", [KEPT_FOREIGN, person_id("author"), PAGE])
    build = row_id("publish_reportbuild", whole(True))
    (builds / str(build)).mkdir(parents=True, exist_ok=True)
    (builds / str(build) / "report.html").write_bytes(PAGE)
    entered = connection.execute("select register, array_agg(role) from sec.register_role group by 1").fetchall()
    registers = {str(register): frozenset(roles) for register, roles in entered}
    return Objects(people, model.Facts(policy, rows, NOW, registers))  # type: ignore[arg-type]  # rows are read, never changed


def _rows(policy: dict[str, Any]) -> Rows:
    """Both whole tales in every table; the others in the tables of cases."""
    rows: Rows = {}
    for table in policy["tables"]:
        if table not in APART:
            told = [whole(True), whole(False), *(beside(tale) for tale in INSIDE if table.startswith(BESIDE))]
            rows[table] = [row_of(table, story, number) for number, story in enumerate(told, 7_000)]
    return rows


def _sent(connection: psycopg.Connection) -> None:
    """Receipts of every report: who handed it in is its office."""
    for position, story in enumerate([whole(True), whole(False), *map(beside, INSIDE)]):
        connection.execute(
            "insert into audit.submission (mission_id, record_id, entry_id, position, content_sha256, organisation_id) values (%s, %s, 1, %s, %s, %s)",
            [story.mission, row_id("evidence_report", story), position, hashlib.sha256(PAGE).digest(), story.organisation],
        )


def _missions() -> Rows:
    found: Rows = {"security_mission": [], "security_organisation": []}
    for mission, code in ((OWN_MISSION, "here"), (OTHER_MISSION, "there")):
        named = _named(mission)
        found["security_mission"].append({"id": mission, "code": code, "name_en": named, "name_fr": named, "zone": "UTC", "synthetic": False})
    for mission, office in ((OWN_MISSION, OWN_OFFICE), (OWN_MISSION, SECOND_OFFICE), (OTHER_MISSION, OTHER_OFFICE)):
        code, named = "second" if office == SECOND_OFFICE else "office", _named(mission)
        found["security_organisation"].append({"id": office, "mission_id": mission, "code": code, "name_en": named, "name_fr": named})
    return found


def _named(mission: uuid.UUID) -> str:
    return "Synthetic" if mission == OWN_MISSION else f"Synthetic {MARK}"


def _people(people: list[Asker]) -> Rows:
    found: Rows = {"security_person": [], "security_personname": [], "security_grant": []}
    for one in people:
        if one.strength < 0:
            continue
        person = person_id(one.name)
        found["security_person"].append({"id": person, "username": one.name, "code": one.name, "language": "en", "is_active": True})
        found["security_personname"].append({"person_id": person, "display_name": one.name})
        found["security_grant"].append(row_of("security_grant", Story("http"), 0) | {
            "id": grant_id(one.name), "mission_id": OTHER_MISSION if one.elsewhere else OWN_MISSION, "person_id": person,
            "organisation_id": OTHER_OFFICE if one.elsewhere else OWN_OFFICE, "roles": list(one.roles), "clearance": one.clearance,
            "areas": None if one.areas is None else list(one.areas), "staff": one.staff, "contingent": one.contingent, "status": one.status,
            "proposed_by_id": None, "confirmed_by_id": None, "granted_by": "installation", "revoked_at": None,
            "valid_from": NOW.date() + timedelta(days=one.days[0]), "valid_to": NOW.date() + timedelta(days=one.days[1]),
        })  # fmt: skip
    return found


def _put(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{each.column}"' for each in model_of(table)._meta.local_fields if each.column in row)
    connection.execute(
        f"insert into public.{table} ({names}) select {names} from jsonb_populate_record(null::public.{table}, %s::jsonb)", [json.dumps(as_json(row))]
    )


def grant_id(name: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"grant {name}")


@dataclass
class Objects:
    """For each kind of key: the address's values for an own, a foreign, an absent object, for those beside the own, and texts no address may hold."""

    people: list[Asker]
    facts: model.Facts
    kinds: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @cached_property
    def marked(self) -> list[tuple[bytes, str, str, model.Row]]:
        """Every text that gives a row of a case away, its table, its tale, and the row."""
        tales = {"own": whole(True)} | {tale: beside(tale) for tale in INSIDE}
        return [
            (text.encode(), table, tale, self.row(table, row_id(table, story)))
            for tale, story in tales.items() for table in MARKED for text in marks(tale, table)
        ]  # fmt: skip

    def row(self, table: str, key: object) -> model.Row:
        found = self.facts.one(table, OWN_MISSION, key)
        if found is None:
            raise LookupError(f"{table}: the matrix has no row {key}")
        return found

    def grants_of(self, name: str) -> list[model.Row]:
        return [row for row in self.facts.some("security_grant", person_id=person_id(name)) if row["mission_id"] == OWN_MISSION]

    def standing(self, one: Asker) -> model.Asker | None:
        """The context this person gets in the own mission, by the model; a session by code opens class 1 at most."""
        if one.strength <= 0 or not one.active:
            return None
        return model.admit(self.facts, person_id(one.name), OWN_MISSION, fresh=one.fresh, cap=1 if one.strength == 1 else 6)

    def __post_init__(self) -> None:
        own, other = whole(True), whole(False)
        refs = {"own": {"ref": OWN_REF}, "foreign": {"ref": FOREIGN_REF}, "absent": {"ref": ABSENT_REF}, "malformed": {"ref": "a b%3C"}}
        near = {kind: {tale: {"ref": ref_of(tale, f"evidence_{kind}")} for tale in INSIDE} for kind in ("incident", "report")}
        self.kinds |= {
            "incident": refs | near["incident"], "report": refs | near["report"],
            "pair": self._by_id("key", "linkage_candidatepair", own, other) | self._near("key", "linkage_candidatepair"),
            "build": self._by_id("key", "publish_reportbuild", own, other, kind="html"),
            "sheet": self._by_id("key", "evidence_reconciliation", own, other),
            "view": self._by_id("key", "evidence_view", own, other),
            **{kind: self._by_ref(table, own, other) for kind, table in
               (("flash", "evidence_flash"), ("alert", "evidence_alert"), ("pattern", "evidence_patternassessment"))},
            "party": {"own": {"code": "ICSC"}, "foreign": {"code": FOREIGN_REF}, "absent": {"code": ABSENT_REF}, "malformed": {"code": "a b%3C"}},
            "entry": self._by_id("entry_id", "activities_registerentry", own, other, register="patrol"),
            "activity": {name: {"activity_id": values["ref"]} for name, values in refs.items()},
            "seadraft": self._by_id("key", "evidence_seadraft", own, other),
            "handover": self._by_id("key", "evidence_handover", own, other),
            "breakglass": self._by_id("key", "security_breakglass", own, other),
            "meeting": self._by_id("key", "evidence_meeting", own, other), "forum": self._by_id("key", "evidence_forum", own, other),
            "recovery": self._by_id("key", "security_recovery", own, other),
            "receipt": self._by_id("record", "evidence_report", own, other) | self._near("record", "evidence_report"),
            "record": {name: {"key": values["ref"]} for name, values in (refs | near["incident"]).items()},
            "person": {
                "own": {"code": "author", "key": str(grant_id("author"))}, "foreign": {"code": "elsewhere", "key": str(grant_id("elsewhere"))},
                "absent": {"code": "no.such", "key": str(ABSENT)}, "malformed": {"code": "a/b", "key": "not-an-id"},
            },
            "token": {"absent": {"secret": "x" * 43}, "malformed": {"secret": "a/b"}},
            "passkey": {"own": {"pk": "7001"}, "foreign": {"pk": "7002"}, "absent": {"pk": "990001"}, "malformed": {"pk": "one"}},
            "kept": {"foreign": {"kept_id": str(KEPT_FOREIGN)}, "absent": {"kept_id": str(ABSENT)}, "malformed": {"kept_id": "one"}},
            # Names of the program's own lists: nothing foreign can be named by them.
            "register": {"own": {"register": "patrol"}, "absent": {"register": "no-such-register"}, "malformed": {"register": "a b%3C"}},
            "indicator": {"own": {"name": "IND-PROT-01"}, "absent": {"name": "IND-NONE-01"}, "malformed": {"name": "a b%3C"}},
            "section": {
                "own": {"quarter": "2026Q3", "language": "en", "section": "1"}, "absent": {"quarter": "2026Q9", "language": "en", "section": "1"},
                "malformed": {"quarter": "a/b/c/d", "language": "en", "section": "1"},
            },
        }  # fmt: skip

        self.kinds |= {"grant": self.kinds["person"], "secret": self.kinds["token"], "invitation": self.kinds["token"]}

    def _by_ref(self, table: str, own: Story, other: Story) -> dict[str, dict[str, str]]:
        """References of tables beside those of cases: as the world numbers them."""
        found = {name: self.facts.one(table, story.mission, row_id(table, story)) for name, story in (("own", own), ("foreign", other))}
        refs = {name: str(row["ref"]) for name, row in found.items() if row is not None}
        return {name: {"ref": ref} for name, ref in (refs | {"absent": ABSENT_REF, "malformed": "a b%3C"}).items()}

    @staticmethod
    def _near(name: str, table: str) -> dict[str, dict[str, str]]:
        return {tale: {name: str(row_id(table, beside(tale)))} for tale in INSIDE}

    @staticmethod
    def _by_id(name: str, table: str, own: Story, other: Story, **more: str) -> dict[str, dict[str, str]]:
        values = {"own": str(row_id(table, own)), "foreign": str(row_id(table, other)), "absent": str(ABSENT), "malformed": "not-an-id"}
        return {situation: {name: value} | more for situation, value in values.items()}
