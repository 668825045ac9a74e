"""Who may do what with which row, in plain Python: the expectation the database is compared with.

Written from the roles and rights, not from the policies' SQL: it reads policy.yaml as data (classes, roles, named
situations) and has its own meaning for every situation. It imports nothing of `protect`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]
LIVE = "confirmed"
LIFTERS = frozenset({"swpa", "priv", "hom", "admin"})
WALLED = {  # compartments closed to staff whom an alleged party could reach
    "national": {"state", "contingent"}, "seconded_police": {"state", "contingent"}, "colocated_police": {"state", "contingent"},
}  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """What a context says of whoever asks."""

    person: UUID
    mission: UUID | None
    organisation: UUID | None = None
    roles: frozenset[str] = frozenset()
    clearance: int = -1
    areas: frozenset[str] | None = None
    walled: frozenset[str] = frozenset()
    fresh: bool = True


@dataclass
class Facts:
    """All rows there are, and the policy file as data."""

    policy: Mapping[str, Any]
    rows: dict[str, list[Row]]
    now: datetime
    registers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # register → roles that enter it

    def __post_init__(self) -> None:
        self.index = {table: {(row.get("mission_id"), row.get("id")): row for row in rows} for table, rows in self.rows.items()}
        self.found: dict[tuple[Any, ...], list[Row]] = {}
        self.answers: dict[tuple[Any, ...], bool] = {}

    def some(self, table: str, **wanted: object) -> list[Row]:
        asked = (table, *wanted.items())
        if asked not in self.found:
            self.found[asked] = [row for row in self.rows.get(table, []) if all(row[name] == value for name, value in wanted.items())]
        return self.found[asked]

    def one(self, table: str, mission: UUID, key: object) -> Row | None:
        return self.index[table].get((mission, key))


def shut(facts: Facts, mission: UUID) -> bool:
    """Two people have closed the mission, and it is not opened again."""
    return any(one["confirmed_at"] is not None and one["lifted_at"] is None for one in facts.some("security_lockdown", mission_id=mission))


def admit(facts: Facts, person: UUID | None, mission: UUID | None, *, fresh: bool = True, cap: int = 6) -> Asker | None:
    """The context a person gets in a mission: an active account, and a confirmed grant within its dates, not revoked.

    In a mission that is shut those who can open it get one, of the lowest class; nobody else.
    """
    account = next(iter(facts.some("security_person", id=person)), None)
    if account is None or not account["is_active"]:
        return None
    if mission is None:
        return Asker(account["id"], None, fresh=fresh)
    today: date = facts.now.astimezone(UTC).date()
    closed = shut(facts, mission)
    for grant in facts.some("security_grant", mission_id=mission, person_id=person, revoked_at=None):
        live = grant["status"] == LIVE or (closed and grant["status"] == "locked")
        roles = frozenset(grant["roles"]) & (LIFTERS if closed else frozenset(grant["roles"]))
        if live and grant["valid_from"] <= today <= grant["valid_to"] and (roles or not closed):
            walled = set(WALLED.get(grant["staff"], set()))
            if grant["staff"] == "contingent" or grant["contingent"]:
                walled.add("contingent:" + grant["contingent"])
            areas = frozenset(grant["areas"]) if grant["areas"] is not None else None
            clearance = 0 if closed else min(grant["clearance"], cap)
            return Asker(account["id"], mission, grant["organisation_id"], roles, clearance, areas, frozenset(walled), fresh)
    return None


def colleague(a: Asker, person: object, f: Facts) -> bool:
    """Has, or had, a grant in the mission of the asker; while that is shut, only who asked for it or confirmed."""
    if a.mission is not None and shut(f, a.mission):
        steps = f.some("security_lockdown", mission_id=a.mission)
        return person is not None and any(person in (one["asked_by_id"], one["confirmed_by_id"], one["lift_asked_by_id"], one["lift_confirmed_by_id"]) for one in steps)
    return bool(f.some("security_grant", mission_id=a.mission, person_id=person))


def named(a: Asker, row: Row, f: Facts) -> bool:
    return bool(f.some("security_named", mission_id=row["mission_id"], object_id=row["id"], person_id=a.person))


def glass(a: Asker, row: Row, f: Facts) -> bool:
    """Broke the glass over this reference, and the time has not run out."""
    found = f.some("security_breakglass", mission_id=row["mission_id"], ref=row["ref"], person_id=a.person, ended_at=None)
    return any(one["until"] > f.now for one in found)


def closed(a: Asker, row: Row) -> bool:
    return bool(set(row["compartment"]) & a.walled)


def parent(a: Asker, row: Row, f: Facts, table: str, column: str) -> Row | None:
    """The row this one speaks of, if it is open to the asker."""
    found = f.one(table, row["mission_id"], row[column])
    return found if found is not None and sees(a, table, found, f) else None


def sees(a: Asker, table: str, row: Row, f: Facts) -> bool:
    """May read; remembered, because rows are asked about again through those that hang on them."""
    asked = (a, table, id(row))
    if asked not in f.answers:
        f.answers[asked] = may(a, table, row, "select", f)
    return f.answers[asked]


def on_case(a: Asker, incident: Row | None) -> bool:
    return incident is not None and a.person in (incident["assigned_to_id"], incident["opened_by_id"])


def assigned_report(a: Asker, row: Row, f: Facts) -> bool:
    links = f.some("evidence_link", mission_id=row["mission_id"], report_id=row["report_id"], undone_at=None)
    seen = [parent(a, link, f, "evidence_incident", "incident_id") for link in links if sees(a, "evidence_link", link, f)]
    return any(one is not None and one["assigned_to_id"] == a.person for one in seen)


def case_team(a: Asker, row: Row, f: Facts) -> bool:
    pairs = [(i["assigned_to_id"], i["opened_by_id"]) for i in f.some("evidence_incident", mission_id=a.mission) if sees(a, "evidence_incident", i, f)]
    return (a.person, row["person_id"]) in pairs or (row["person_id"], a.person) in pairs


def children(row: Row) -> bool:
    return any((row[name] or 0) > 0 for name in ("girls", "boys", "child_unknown"))


def childs_report(a: Asker, row: Row, f: Facts) -> bool:
    """Speaks of children, or belongs to a case of children, or to one's own."""
    links = f.some("evidence_link", mission_id=row["mission_id"], report_id=row["id"], undone_at=None)
    cases = [f.one("evidence_incident", row["mission_id"], link["incident_id"]) for link in links]
    return children(row) or any(one is not None and (children(one) or on_case(a, one)) for one in cases)


def open_object(a: Asker, row: Row, f: Facts) -> bool:
    """An incident or a report that the asker sees, and not by broken glass."""
    for table in ("evidence_incident", "evidence_report"):
        found = f.one(table, row["mission_id"], row["object_id"])
        if found is not None and sees(a, table, found, f) and not glass(a, found, f):
            return True
    return False


def enters(a: Asker, register: object, f: Facts) -> bool:
    return bool(a.roles & f.registers.get(str(register), frozenset()))


SITUATIONS: dict[str, Callable[[Asker, Row, Facts], bool]] = {
    "all": lambda a, r, f: True,
    "own_organisation": lambda a, r, f: a.organisation is not None and r["organisation_id"] == a.organisation,
    "own_area": lambda a, r, f: a.areas is None or r["adm1"] in a.areas,
    "self": lambda a, r, f: r["id"] == a.person,
    "own": lambda a, r, f: r["person_id"] == a.person,
    "colleagues": lambda a, r, f: colleague(a, r["id"], f),
    "assigned_report": assigned_report,
    "assigned_incident": lambda a, r, f: on_case(a, parent(a, r, f, "evidence_incident", "incident_id")),
    "own_office_report": lambda a, r, f: (o := parent(a, r, f, "evidence_report", "report_id")) is not None and o["organisation_id"] == a.organisation,
    "assigned_decision": lambda a, r, f: (parent(a, r, f, "evidence_decision", "decision_id") or {}).get("made_by_id") == a.person,
    "not_named": lambda a, r, f: r["audience"] != "named",
    "this_mission": lambda a, r, f: r["mission_id"] == a.mission,
    "open_incident_compartment": lambda a, r, f: not closed(a, r) or on_case(a, r) or named(a, r, f) or glass(a, r, f),
    "open_report_compartment": lambda a, r, f: not closed(a, r) or r["recorded_by_id"] == a.person or named(a, r, f) or glass(a, r, f),
    "broke_glass": glass,
    "broke_glass_incident": lambda a, r, f: (i := parent(a, r, f, "evidence_incident", "incident_id")) is not None and glass(a, i, f),
    "broke_glass_report": lambda a, r, f: (p := parent(a, r, f, "evidence_report", "report_id")) is not None and glass(a, p, f),
    "fresh": lambda a, r, f: a.fresh,
    "proposed_by_me": lambda a, r, f: r["proposed_by_id"] == a.person != r["person_id"],
    "of_a_colleague": lambda a, r, f: colleague(a, r["person_id"], f),
    "another_person": lambda a, r, f: r["person_id"] != a.person,
    "asked_by_me": lambda a, r, f: r["asked_by_id"] == a.person,
    "for_another": lambda a, r, f: r["person_id"] != a.person and colleague(a, r["person_id"], f),
    "named_by_me": lambda a, r, f: r["named_by_id"] == a.person and colleague(a, r["person_id"], f),
    "case_team": case_team,
    "child_incident": lambda a, r, f: children(r) or on_case(a, r),
    "child_report": childs_report,
    "open_object": open_object,
    "own_register": lambda a, r, f: enters(a, r["register"], f),
    "own_register_entry": lambda a, r, f: enters(a, (parent(a, r, f, "activities_registerentry", "entry_id") or {}).get("register"), f),
    "unlocked": lambda a, r, f: a.mission is None or not shut(f, a.mission),
    "made_by_me": lambda a, r, f: r["made_by_id"] == a.person,
    "opened_by_me": lambda a, r, f: r["opened_by_id"] == a.person,
    "recorded_by_me": lambda a, r, f: r["recorded_by_id"] == a.person,
    "routed_by_me": lambda a, r, f: r["routed_by_id"] == a.person,
    "written_by_me": lambda a, r, f: r["written_by_id"] == a.person,
    "open_compartment": lambda a, r, f: not closed(a, r) or r["made_by_id"] == a.person,
    "not_over": lambda a, r, f: r["expires_at"] > f.now,
    "addressed": lambda a, r, f: r["sent_at"] is not None and bool(set(r["addressees"]) & a.roles),
    "shared_with_me": lambda a, r, f: bool(set(r["shared_with"]) & a.roles),
}


def under_glass(a: Asker, table: str, row: Row, f: Facts) -> bool:
    """Opened by breaking the glass, itself or what it hangs on: read, never written."""
    entry = f.policy["tables"][table]
    above = [(other, f.one(other, row["mission_id"], row[column])) for column, other in entry.get("follows", {}).items()]
    return (bool(entry.get("wall")) and glass(a, row, f)) or any(found is not None and under_glass(a, other, found, f) for other, found in above)


def walled_in(a: Asker, table: str, row: Row, operation: str, f: Facts) -> bool:
    """What holds whatever the right: mission, class, compartment, the row it hangs on. Handing in needs no class; all else does."""
    entry = f.policy["tables"][table]
    if not entry.get("across_missions"):
        if row["mission_id"] != a.mission or (operation != "insert" and a.clearance < int(entry["class"][1])):
            return False
    if not all(SITUATIONS[name](a, row, f) for name in entry.get("wall", [])):
        return False
    if any(parent(a, row, f, other, column) is None for column, other in entry.get("follows", {}).items()):
        return False
    return operation == "select" or not under_glass(a, table, row, f)


def may(a: Asker | None, table: str, row: Row, operation: str, f: Facts) -> bool:
    """The walls, then any one right."""
    if a is None or not walled_in(a, table, row, operation, f):
        return False
    for right in f.policy["tables"][table].get(operation, []):
        named_roles = {role for name in right["roles"] for role in f.policy["groups"].get(name, [name])}
        if (right["roles"] == ["anyone"] or named_roles & a.roles) and all(SITUATIONS[name](a, row, f) for name in right.get("where", [])):
            return True
    return False
