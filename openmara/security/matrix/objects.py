"""One row of every kind an address can name, in the asker's mission and in another one, and the people who ask.

Values are synthetic and of Carana; foreign rows carry a mark, so that a page that shows one is found out.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from openmara.security.matrix.cast import Story, person_id
from openmara.security.matrix.world import as_json, model_of, row_id, row_of

SPACE = uuid.UUID("6d617261-0000-4000-8000-0000000000aa")
OWN_MISSION, OTHER_MISSION = (uuid.uuid5(SPACE, name) for name in ("own", "other"))
OWN_OFFICE, OTHER_OFFICE = (uuid.uuid5(SPACE, f"office {name}") for name in ("own", "other"))
MARK = "zzforeign"  # in every text of a foreign row
PAGE = b"<article><h1>Synthetic</h1></article>"
OWN_REF, FOREIGN_REF, ABSENT_REF = "0own0ref", "zzf0re1g", "0absent0"
ABSENT, KEPT_FOREIGN = uuid.uuid5(SPACE, "absent"), uuid.uuid5(SPACE, "kept")
NOW, DAY = datetime.now(UTC), date(2026, 7, 3)
CODING = {
    "record_class": "crsv", "month_from": "2026-07-01", "month_to": "2026-07-01", "reported_month": "2026-07-01", "date_precision": "day",
    "location_precision": "adm2", "adm1": "CR08", "adm2": "CR0801", "forms": ["rape"], "principal_form": "rape", "total": 2, "women": 2,
    "classification": "confidential", "number_estimated": False,
}  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """Somebody who asks over HTTP. `strength` is that of the session, -1 where there is none."""

    name: str
    roles: tuple[str, ...] = ()
    clearance: int = 6
    strength: int = 2
    status: str = "confirmed"
    days: tuple[int, int] = (-10, 100)
    active: bool = True
    elsewhere: bool = False
    fresh: bool = True

    @property
    def live(self) -> bool:
        """Whether a mission opens for this session at all."""
        return self.active and self.strength > 0 and self.status == "confirmed" and self.days[1] > 0 and not self.elsewhere


def askers(roles: Iterator[str] | list[str]) -> list[Asker]:
    """Nobody, every role, and everybody who must get less."""
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
    ]


def _story(own: bool) -> Story:
    """What a field type does not tell: values that pages can draw."""
    said = "Synthetic." if own else f"Synthetic. {MARK}"
    ref = OWN_REF if own else FOREIGN_REF
    files = {"html": {"sha256": hashlib.sha256(PAGE).hexdigest(), "bytes": len(PAGE)}}
    return Story(
        "http own" if own else "http other",
        mission=OWN_MISSION if own else OTHER_MISSION,
        organisation=OWN_OFFICE if own else OTHER_OFFICE,
        person=person_id("role.hr" if own else "elsewhere"),
        area="CR08",
        cells={
            "places_area": {"pcode": "CR08", "level": 1, "name_en": said, "name_fr": said},
            "parties_party": {"code": "ICSC" if own else MARK, "category": "armed_group"},
            "parties_partyname": {"name": said, "language": "en", "is_main": True, "valid_from": None, "valid_to": None},
            "evidence_report": CODING | {"ref": ref, "their_reference": f"A-1 {said}", "source_org_type": "un_civilian", "route": "untriaged"},
            "evidence_incident": CODING | {"ref": ref, "verification_status": "received", "attribution_status": "alleged"},
            "evidence_allegedperpetrator": {"category": "armed_group", "attribution_status": "alleged"},
            "evidence_reporttext": {"narrative_shareable": said, "nexus_note": said},
            "evidence_incidenttext": {"narrative_shareable": said, "nexus_note": said},
            "evidence_source": {"source_category": "primary_victim"},
            "evidence_consent": {"basis": "survivor_adult", "scope": ["aggregate_reporting"]},
            "evidence_decision": {"axis": "verification", "from_status": "received", "to_status": "under_verification"},
            "linkage_candidatepair": {"features": {}, "probability": 0.5, "weight": 1.0},
            "linkage_pairjudgement": {"verdict": "different"},
            "activities_registerentry": {"register": "patrol", "entry_key": ref, "data": {}, "form_version": "1"},
            "activities_registertext": {"texts": {}},
            "activities_inventoryactivity": {"activity_id": ref, "text": said, "entities": [], "details": {"urls": [], "partners": [], "numbers": [], "dates_mentioned": []}, "occurrences": []},
            "indicators_snapshot": {"rows": {"quarters": ["2026Q3"], "frames": {}, "coverage": {"2026Q3": {"heard_from": 1, "areas": 2}}}},
            "publish_narrative": {"quarter": "2026Q3", "section": "1", "language": "en", "text": said},
            "publish_reportbuild": {
                "quarter": "2026Q3", "language": "en", "audience": "forum", "state": "done", "files": files, "protection": {}, "measures": {},
                "changes": [], "finished_at": NOW.isoformat(),
            },
            "security_breakglass": {"ref": ref, "reason_code": "other", "asked_at": NOW.isoformat(), "until": (NOW + timedelta(hours=1)).isoformat(), "person_id": person_id("author")},
            "security_lockdown": {"confirmed_at": None, "lifted_at": None, "reason_code": "other"},
        },
    )  # fmt: skip


def seed(connection: psycopg.Connection, policy: dict[str, Any], builds: Path) -> "Objects":
    """Write both missions, their people and one row of every table of each, past policies and triggers."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        _missions(connection)
        people = askers(list(policy["roles"]))
        _people(connection, [*people, Asker("author"), Asker("second hand")])
        for table in policy["tables"]:
            if table in ("security_mission", "security_organisation", "security_person", "security_personname", "security_grant"):
                continue
            for number, own in enumerate((True, False), 7_000):
                _put(connection, table, row_of(table, _story(own), number))
        for own in (True, False):
            connection.execute(
                "insert into audit.submission (mission_id, record_id, entry_id, position, content_sha256, organisation_id) values (%s, %s, 1, %s, %s, %s)",
                [_story(own).mission, row_id("evidence_report", _story(own)), int(own), hashlib.sha256(PAGE).digest(), _story(own).organisation],
            )
        for number, name in enumerate(("role.hr", "author", "not.fresh"), 7_001):
            _put(connection, "mfa_authenticator", {"id": number, "user_id": person_id(name), "type": "totp", "data": {}, "created_at": NOW.isoformat()})
        connection.execute("insert into sec.kept (id, person_id, sealed) values (%s, %s, %s)", [KEPT_FOREIGN, person_id("author"), PAGE])
    build = row_id("publish_reportbuild", _story(True))
    (builds / str(build)).mkdir(parents=True, exist_ok=True)
    (builds / str(build) / "report.html").write_bytes(PAGE)
    return Objects(people)


def _missions(connection: psycopg.Connection) -> None:
    for mission, office, code in ((OWN_MISSION, OWN_OFFICE, "here"), (OTHER_MISSION, OTHER_OFFICE, "there")):
        named = "Synthetic" if code == "here" else f"Synthetic {MARK}"
        _put(connection, "security_mission", {"id": mission, "code": code, "name_en": named, "name_fr": named, "zone": "UTC", "synthetic": False})
        _put(connection, "security_organisation", {"id": office, "mission_id": mission, "code": "office", "name_en": named, "name_fr": named})


def _people(connection: psycopg.Connection, people: list[Asker]) -> None:
    for one in people:
        if one.strength < 0:
            continue
        person = person_id(one.name)
        _put(connection, "security_person", {"id": person, "username": one.name, "code": one.name, "language": "en", "is_active": True})
        _put(connection, "security_personname", {"person_id": person, "display_name": one.name})
        connection.execute("insert into sec.account (person_id, password) values (%s, '!')", [person])
        grant = row_of("security_grant", Story("http"), 0) | {
            "id": grant_id(one.name), "mission_id": OTHER_MISSION if one.elsewhere else OWN_MISSION, "person_id": person,
            "organisation_id": OTHER_OFFICE if one.elsewhere else OWN_OFFICE, "roles": list(one.roles), "clearance": one.clearance, "areas": None,
            "staff": "international", "contingent": "", "status": one.status, "proposed_by_id": None, "confirmed_by_id": None, "granted_by": "installation", "revoked_at": None,
            "valid_from": NOW.date() + timedelta(days=one.days[0]), "valid_to": NOW.date() + timedelta(days=one.days[1]),
        }  # fmt: skip
        _put(connection, "security_grant", grant)


def _put(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{each.column}"' for each in model_of(table)._meta.local_fields if each.column in row)
    connection.execute(
        f"insert into public.{table} ({names}) select {names} from jsonb_populate_record(null::public.{table}, %s::jsonb)", [json.dumps(as_json(row))]
    )


def grant_id(name: str) -> str:
    return str(uuid.uuid5(SPACE, f"grant {name}"))


@dataclass
class Objects:
    """For each kind of key: the address's values for an own, a foreign, an absent object, and texts no address may hold."""

    people: list[Asker]
    kinds: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own, other = _story(True), _story(False)
        refs = {"own": {"ref": OWN_REF}, "foreign": {"ref": FOREIGN_REF}, "absent": {"ref": ABSENT_REF}, "malformed": {"ref": "a b%3C"}}
        self.kinds |= {
            "incident": refs, "report": refs,
            "pair": self._by_id("key", "linkage_candidatepair", own, other),
            "build": self._by_id("key", "publish_reportbuild", own, other, kind="html"),
            "entry": self._by_id("entry_id", "activities_registerentry", own, other, register="patrol"),
            "activity": {name: {"activity_id": values["ref"]} for name, values in refs.items()},
            "breakglass": self._by_id("key", "security_breakglass", own, other),
            "recovery": self._by_id("key", "security_recovery", own, other),
            "receipt": self._by_id("record", "evidence_report", own, other),
            "record": {name: {"key": values["ref"]} for name, values in refs.items()},
            "person": {
                "own": {"code": "author", "key": grant_id("author")}, "foreign": {"code": "elsewhere", "key": grant_id("elsewhere")},
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

    @staticmethod
    def _by_id(name: str, table: str, own: Story, other: Story, **more: str) -> dict[str, dict[str, str]]:
        values = {"own": str(row_id(table, own)), "foreign": str(row_id(table, other)), "absent": str(ABSENT), "malformed": "not-an-id"}
        return {situation: {name: value} | more for situation, value in values.items()}
