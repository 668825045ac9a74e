"""What the rows behind addresses tell: one tale of the other mission, one of one's own, and those of one's own mission that are not everybody's.

Values are synthetic and of Carana. Each tale has texts and references of its own (marks), so that a page that shows a row it should not
is found out, whichever table the row is of.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from openmara.security.crypto import key_for, seal
from openmara.security.matrix.cast import Story, person_id
from openmara.security.matrix.world import row_id

SPACE = uuid.UUID("6d617261-0000-4000-8000-0000000000aa")
OWN_MISSION, OTHER_MISSION = (uuid.uuid5(SPACE, name) for name in ("own", "other"))
OWN_OFFICE, OTHER_OFFICE, SECOND_OFFICE = (uuid.uuid5(SPACE, f"office {name}") for name in ("own", "other", "second"))
NEAR, FAR = "CR08", "CR01"  # people limited by area hold the first
MARK = "zzforeign"  # in every text of a row of the other mission
PAGE = b"<article><h1>Synthetic</h1></article>"
OWN_REF, FOREIGN_REF, ABSENT_REF = "0own0ref", "zzf0re1g", "0absent0"
NOW, DAY = datetime.now(UTC), date(2026, 7, 3)
TEXTS = ("nexus_note", "narrative_confidential", "narrative_shareable")
MARKED: Mapping[str, tuple[str, ...]] = {  # where a tale puts its mark
    "evidence_incident": ("ref",), "evidence_incidentplace": ("settlement",), "evidence_incidenttext": TEXTS, "evidence_decisiontext": ("rationale",),
    "evidence_report": ("their_reference", "ref"), "evidence_reportplace": ("settlement",), "evidence_reporttext": TEXTS,
}  # fmt: skip
CODING = {
    "record_class": "crsv", "month_from": "2026-07-01", "month_to": "2026-07-01", "reported_month": "2026-07-01", "date_precision": "day",
    "location_precision": "adm2", "adm2": "CR0801", "forms": ["rape"], "principal_form": "rape", "total": 2, "women": 2,
    "classification": "confidential", "number_estimated": False,
}  # fmt: skip
WALLED = ["state", "contingent", "contingent:XX"]
INSIDE = ("other_area", "other_organisation", "compartment", "unassigned")  # what a row of one's own mission can be besides one's own


def mark_of(tale: str, table: str) -> str:
    """The text by which a row of this tale is known on a page."""
    short = "".join(word[0] for word in table.removeprefix("evidence_").replace("text", "_text").replace("place", "_place").split("_"))
    return f"zz{tale.replace('_', '')}.{short}."


def ref_of(tale: str, table: str) -> str:
    """References as they are made (Crockford's letters); incident and report of a tale differ, so that either one is missed alone."""
    if tale == "own":
        return OWN_REF
    return f"zz{INSIDE.index(tale)}{'case0' if table == 'evidence_incident' else 'rep00'}"


def _marked(tale: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for table, columns in MARKED.items():
        found[table] = {name: ref_of(tale, table) if name == "ref" else mark_of(tale, table) for name in columns}
    return found


def marks(tale: str, table: str) -> list[str]:
    """Every text that gives a row of this tale away. The own incident and the own report share one reference: neither tells alone."""
    return [value for value in dict.fromkeys(_marked(tale)[table].values()) if value != OWN_REF]


def _files() -> dict[str, Any]:
    return {"html": {"sha256": hashlib.sha256(PAGE).hexdigest(), "bytes": len(PAGE)}}


def cells_of(said: str, ref: str, author: uuid.UUID) -> dict[str, dict[str, Any]]:
    """What a field type does not tell: values that pages can draw."""
    texts = dict.fromkeys(TEXTS[1:], said) | {"nexus_note": said}
    return {
        "places_area": {"pcode": NEAR, "level": 1, "name_en": said, "name_fr": said},
        "parties_party": {"code": "ICSC" if said == "Synthetic." else FOREIGN_REF, "category": "armed_group"},
        "parties_partyname": {"name": said, "language": "en", "is_main": True, "valid_from": None, "valid_to": None},
        "evidence_report": CODING | {"ref": ref, "their_reference": f"A-1 {said}", "source_org_type": "un_civilian", "route": "untriaged"},
        "evidence_incident": CODING | {"ref": ref, "verification_status": "received", "attribution_status": "alleged"},
        "evidence_allegedperpetrator": {"category": "armed_group", "attribution_status": "alleged"},
        "evidence_reporttext": texts,
        "evidence_incidenttext": texts,
        "evidence_source": {"source_category": "primary_victim"},
        "evidence_consent": {"basis": "survivor_adult", "scope": ["aggregate_reporting"]},
        "evidence_decision": {"axis": "verification", "from_status": "received", "to_status": "under_verification"},
        "evidence_gathering": {"kind": "split", "reason": "different_events", "state": {"incident": {}, "other": {}, "decisions": []}},
        "evidence_editconflict": {"typed": {"mine": {"women": "3"}, "base": {"women": "2"}}},
        "evidence_reconciliation": {"quarter": "2026Q3"},
        "evidence_view": {"filters": {}},
        "evidence_flash": {"state": "draft", "forms": ["rape"], "women": 2, "party_category": "armed_group", "care_72h": "unknown", "classification": "confidential"},
        "evidence_alert": {"threat": "movement", "timing": "now"},
        "evidence_patternassessment": {"state": "draft", "finding": "not_yet"},
        "evidence_partyevent": {"event": "listed"},
        "evidence_meeting": {"state": "planned", "quorum_least": 3, "quorum_functions": ["swpa|wpa", "hr|cp"]},
        "evidence_participant": {"function": "hr"},
        "evidence_agendaitem": {"reasons": ["under_verification"]},
        "evidence_outcome": {"kind": "deferred", "to_status": "", "standard_of_proof": ""},
        "evidence_forum": {"state": "planned", "quarter": "2026Q3"},
        "evidence_measure": {"origin": "forum", "quarter": "2026Q3", "state": "open", "function": "swpa"},
        "evidence_selfassessment": {"quarter": "2026Q3"},
        "linkage_candidatepair": {"features": {}, "probability": 0.5, "weight": 1.0},
        "linkage_pairjudgement": {"verdict": "different"},
        "activities_registerentry": {"register": "patrol", "entry_key": ref, "data": {}, "form_version": "1"},
        "activities_registertext": {"texts": {}},
        "activities_inventoryactivity": {"activity_id": ref, "text": said, "entities": [], "details": {"urls": [], "partners": [], "numbers": [], "dates_mentioned": []}, "occurrences": []},
        "indicators_snapshot": {"rows": {"quarters": ["2026Q3"], "frames": {}, "coverage": {"2026Q3": {"heard_from": 1, "areas": 2}}}},
        "publish_narrative": {"quarter": "2026Q3", "section": "1", "language": "en", "text": said},
        "publish_reportbuild": {
            "quarter": "2026Q3", "language": "en", "audience": "forum", "state": "done", "files": _files(), "protection": {}, "measures": {}, "changes": [], "finished_at": NOW,
        },
        "security_breakglass": {"ref": ref, "reason_code": "other", "asked_at": NOW, "until": NOW + timedelta(hours=1), "person_id": author},
        "security_lockdown": {"confirmed_at": None, "lifted_at": None, "reason_code": "other"},
    }  # fmt: skip


def _draft(owner: uuid.UUID) -> bytes:
    """What the own draft for the channel holds, sealed for its owner as the program seals it."""
    belongs_to = f"{owner}|{row_id('evidence_seadraft', Story('http own'))}"
    return seal(b'[["Account", "Synthetic."]]', key=key_for("sea-draft", settings.AUTHENTICATOR_KEY), belongs_to=belongs_to)


def whole(own: bool) -> Story:
    """A row of every table: of the asker's mission, recorded by `role.hr`, or of the other one."""
    cells = cells_of("Synthetic." if own else f"Synthetic. {MARK}", OWN_REF if own else FOREIGN_REF, person_id("author"))
    if own:
        marked = _marked("own")
        cells = {table: cells.get(table, {}) | marked.get(table, {}) for table in (*cells, *marked)}
        cells["evidence_seadraft"] = {"sealed": _draft(person_id("role.hr"))}
        cells["evidence_conflictofinterest"] = {"person_id": person_id("author")}  # else the own verifier has stepped back from the own case
    return Story(
        "http own" if own else "http other", mission=OWN_MISSION if own else OTHER_MISSION, organisation=OWN_OFFICE if own else OTHER_OFFICE,
        person=person_id("role.hr" if own else "elsewhere"), area=NEAR, cells=cells,
    )  # fmt: skip


def beside(tale: str) -> Story:
    """Reports, incidents and what hangs on them, of the asker's mission, recorded by and assigned to somebody who never asks."""
    columns: dict[str, Any] = {"compartment": WALLED} if tale == "compartment" else {}
    cells = {table: dict(values) for table, values in cells_of("Synthetic.", "", person_id("author")).items() if table.startswith(("evidence_", "linkage_"))}
    for table, values in _marked(tale).items():
        cells[table] = cells.get(table, {}) | values
    if tale in ("other_area", "unassigned"):  # an open report in a closed incident, a closed report in an open one: neither page may tell of the other
        other = "unassigned" if tale == "other_area" else "compartment"
        cells["evidence_link"] = {"incident_id": row_id("evidence_incident", Story(f"http {other}"))}
    if tale == "unassigned":
        cells["evidence_incident"] |= {"duplicate_of_id": row_id("evidence_incident", Story("http compartment"))}
        cells["evidence_gathering"] |= {"other_id": row_id("evidence_incident", Story("http compartment"))}
    cells["evidence_reconciliation"] = {"quarter": f"2025Q{INSIDE.index(tale) + 1}"}  # one sheet a quarter
    if tale != "other_area":  # of a pair, one report may be one's own
        cells["linkage_candidatepair"] |= {"report_a_id": row_id("evidence_report", Story("http own"))}
    return Story(
        f"http {tale}", mission=OWN_MISSION, organisation=SECOND_OFFICE if tale == "other_organisation" else OWN_OFFICE, person=person_id("author"),
        area=FAR if tale == "other_area" else NEAR, columns=columns, cells=cells,
    )  # fmt: skip


BESIDE = ("evidence_", "linkage_")  # tables of which such rows are told
