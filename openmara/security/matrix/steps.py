"""Steps that tables take, in plain Python, and the changes that are tried: what triggers of the database must allow and refuse."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from openmara.security.matrix.cast import UNDONE
from openmara.security.matrix.model import Asker, Facts, Row, sees

Step = Callable[[Asker | None, Row | None, Row, Facts], bool]
CONFIRMERS, OFFICERS = {"swpa", "priv", "hom"}, {"admin", "swpa", "priv", "hom"}


def _changed(old: Row, new: Row) -> set[str]:
    return {name for name in new if name != "_story" and new[name] != old[name]}


def grant_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Proposed by one, confirmed by another, neither for themselves; travel by the person, return by another; revoked for good."""
    if a is None:
        return False
    if old is None:
        clean = new["confirmed_by_id"] is None and new["revoked_by_id"] is None and new["revoked_at"] is None
        return clean and new["status"] == "proposed" and new["proposed_by_id"] == a.person != new["person_id"]
    changed = _changed(old, new)
    for_another = a.person != old["person_id"]
    if old["revoked_at"] is not None:
        return False
    if "revoked_at" in changed:
        return changed == {"revoked_at", "revoked_by_id"} and new["revoked_by_id"] == a.person and for_another and bool(a.roles & OFFICERS)
    step = (old["status"], new["status"])
    if step in (("proposed", "confirmed"), ("accepted", "confirmed")) and changed == {"status", "confirmed_by_id"}:
        return new["confirmed_by_id"] == a.person != old["proposed_by_id"] and for_another and bool(a.roles & CONFIRMERS)
    if step == ("confirmed", "travelling") and changed == {"status"}:
        return not for_another or bool(a.roles & OFFICERS)
    return step == ("travelling", "confirmed") and changed == {"status"} and for_another and bool(a.roles & CONFIRMERS)


def glass_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """For oneself, now, for at most four hours; ended by the person; reviewed once, by another, in the review's fields alone."""
    if a is None:
        return False
    if old is None:
        clean = new["reviewed_by_id"] is None and new["verdict"] == "" and new["ended_at"] is None
        return clean and new["person_id"] == a.person and f.now < new["until"] <= f.now + timedelta(hours=4)
    changed = _changed(old, new)
    if a.person == old["person_id"]:
        return changed <= {"ended_at"} and old["ended_at"] is None
    review = {"reviewed_by_id", "reviewed_at", "verdict", "review_note"}
    return changed <= review and new["reviewed_by_id"] == a.person and old["reviewed_at"] is None


def lock_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Asked for by hand, in one's own name; every later step through a function."""
    later = ("confirmed_by_id", "confirmed_at", "lift_asked_by_id", "lift_confirmed_by_id", "lifted_at")
    return a is not None and old is None and new["asked_by_id"] == a.person and all(new.get(name) is None for name in later)


def recovery_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Asked for by hand; every later step through a function."""
    later = ("approved_by_id", "approved_at", "not_before", "expires_at", "cancelled_at", "used_at", "reviewed_by_id", "reviewed_at")
    return old is None and new["kind"] in ("reset", "emergency") and all(new.get(name) is None for name in later)


def case_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """What the walls rest on stays: reference, who opened or recorded and when, what was handed in. A compartment only grows, a verifier
    is named by those who may, verification is the assigned verifier's; a case that no report speaks of any longer is closed by whoever works on cases."""
    if old is None:
        return True
    changed, roles = _changed(old, new), a.roles if a else frozenset()
    if changed & {"ref", "opened_by_id", "recorded_by_id", "recorded_at", "content_sha256", "their_reference"}:
        return False
    if not set(old["compartment"]) <= set(new["compartment"]):
        return False
    if "assigned_to_id" in changed and not roles & {"swpa", "hr", "cp"}:
        return False
    verifier = a is not None and bool(roles & {"hr", "cp"}) and old.get("assigned_to_id") == a.person
    return verifier or empty(roles, new, f) or not changed & {"verification_status", "verified_on"}


def empty(roles: frozenset[str], new: Row, f: Facts) -> bool:
    """An incident out of scope, without class or day, that no live link leads to."""
    out = new.get("verification_status") == "out_of_scope" and new["record_class"] == "" and new["verified_on"] is None
    return out and bool(roles & {"swpa", "wpa", "hr", "cp"}) and not f.some("evidence_link", mission_id=new["mission_id"], incident_id=new["id"], undone_at=None)


def signed(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Who made, asked or wrote stays; undone once, by whoever undoes it; a correction is signed by whoever corrects."""
    if old is None:
        return True
    changed, me = _changed(old, new), a.person if a else None
    if changed & {"made_by_id", "made_at", "asked_by_id", "asked_at", "written_by_id", "routed_by_id"}:
        return False
    if changed & {"undone_by_id", "undone_at"} and (old["undone_at"] is not None or new["undone_at"] is None or new["undone_by_id"] != me):
        return False
    return "recorded_by_id" not in changed or new["recorded_by_id"] == me


def cleared(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Cleared or reviewed in one's own name, by those who clear; whoever puts it in has not done so."""
    me, roles = (a.person, a.roles) if a else (None, frozenset())
    for name in {"cleared_by_id", "reviewed_by_id"} & set(new):
        if new[name] is not None and (old is None or new[name] != old[name]) and (new[name] != me or not roles & {"hom", "swpa", "hr"}):
            return False
    return old is None or signed(a, old, new, f)


def frozen(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """What three have signed does not change: neither the sheet nor what hangs on it, and nothing is put on it or taken off."""
    if "sheet_id" not in new:
        return old is None or (old["frozen_at"] is None and signed(a, old, new, f))
    for sheet in {new["sheet_id"], old["sheet_id"] if old else None}:
        found = f.one("evidence_reconciliation", new["mission_id"], sheet)
        if a and found and found["frozen_at"] is not None and sees(a, "evidence_reconciliation", found, f):
            return False
    return signed(a, old, new, f)


DECIDED, LEGAL = ("decision", "decision_reference", "decided_by_id", "decided_at"), ("legal", "legal_reference", "legal_on", "legal_by_id", "legal_at")
HANDED = ("done_by_id", "done_at", "manifest_sha256")


def hand_over_step(a: Asker | None, old: Row | None, new: Row, f: Facts) -> bool:
    """Asked for with nothing decided; decided by the head of mission, agreed by headquarters, done by who works on cases: each once, each by another."""
    if old is None:
        return not any(new[name] for name in (*DECIDED, *LEGAL, *HANDED))
    changed, me, roles = _changed(old, new), a.person if a else None, a.roles if a else frozenset()
    if changed & {"ref", "incident_id", "body", "purpose", "items", "asked_by_id", "asked_at"}:
        return False
    mine = me is not None and me != old["asked_by_id"]
    decides = mine and "hom" in roles and old["decided_by_id"] is None and new["decided_by_id"] == me and new["decision"] and new["decision_reference"]
    agrees = mine and "hq" in roles and old["legal_by_id"] is None and new["legal_by_id"] == me and new["legal"] and new["legal_reference"]
    agreed = old["decision"] == old["legal"] == "agreed" and me not in (old["decided_by_id"], old["legal_by_id"])
    does = bool(roles & {"swpa", "hr"}) and agreed and old["done_by_id"] is None and new["done_by_id"] == me
    if changed & set(LEGAL) and new["decided_by_id"] == me:
        return False
    return bool((decides or not changed & set(DECIDED)) and (agrees or not changed & set(LEGAL)) and (does or not changed & set(HANDED)))


STEPS: dict[str, Step] = {
    "security_grant": grant_step, "security_breakglass": glass_step, "security_lockdown": lock_step, "security_recovery": recovery_step,
    "evidence_report": case_step, "evidence_incident": case_step,
    "evidence_link": signed, "linkage_pairjudgement": signed, "activities_registerentry": signed, "publish_reportbuild": signed,
    "evidence_searouting": signed, "evidence_release": signed, "evidence_sameorigin": signed, "evidence_handover": hand_over_step,
    "evidence_reconciliation": frozen, "evidence_reconciliationcell": frozen, "evidence_reconciliationsignature": frozen,
    "evidence_flash": cleared, "evidence_patternassessment": cleared,
}  # fmt: skip
TRIED_ON = ("proposed", "proposed_by_me", "accepted", "invited", "travelling", "locked", "revoked", "hr", "national")  # grants of these people
CASES = ("evidence_report", "evidence_incident")
CLEARED = {"evidence_flash": "cleared_by_id", "evidence_patternassessment": "reviewed_by_id"}

STEPPED: dict[str, tuple[tuple[str, ...], ...]] = {  # columns changed together in `changes`
    "security_grant": (("status", "confirmed_by_id"), ("status",), ("revoked_at", "revoked_by_id"), ("revoked_at", "revoked_by_id", "status"), ("revoked_at", "revoked_by_id", "confirmed_by_id"),
                       ("roles",), ("clearance",), ("areas",), ("staff",), ("valid_to",), ("status", "confirmed_by_id", "roles")),
    "security_breakglass": (("ended_at",), ("until",), ("reviewed_by_id", "reviewed_at", "verdict", "review_note"),
                            ("reviewed_by_id", "reviewed_at", "verdict"), ("reviewed_by_id", "reviewed_at", "verdict", "reason_code"), ("verdict",), ("ended_at", "reason")),
    "evidence_report": (("ref",), ("recorded_at",), ("content_sha256",), ("their_reference",)),
    "evidence_incident": (("ref",), ("recorded_at",), ("verification_status",), ("verified_on",), ("verification_status", "record_class"),
                          ("verification_status", "record_class", "verified_on")),
    **dict.fromkeys(UNDONE, (("undone_by_id", "undone_at"), ("undone_at",), ("made_at",))),
    "publish_reportbuild": (("asked_at",),),
    "evidence_reconciliation": (("made_at",), ("frozen_at",)),
    **dict.fromkeys(CLEARED, (("made_at",),)),
    "evidence_handover": (DECIDED, ("decision", "decided_by_id"), LEGAL, ("legal", "legal_by_id"), HANDED, ("body",), ("asked_at",)),
}  # fmt: skip
ONLY_STEPS = ("security_grant", "security_breakglass", "security_lockdown", "security_recovery")  # tables that change by steps alone


def changes(table: str, me: object, another: object, now: datetime) -> dict[str, dict[str, Any]]:
    """What is tried on a row of a table that takes steps only."""
    if table == "security_grant":
        return {
            "confirm": {"status": "confirmed", "confirmed_by_id": me},
            "confirm in another's name": {"status": "confirmed", "confirmed_by_id": another},
            "confirm without a name": {"status": "confirmed"},
            "travel": {"status": "travelling"},
            "lock": {"status": "locked"},
            "accept": {"status": "accepted"},
            "revoke": {"revoked_at": now, "revoked_by_id": me},
            "revoke in another's name": {"revoked_at": now, "revoked_by_id": another},
            "revoke and confirm": {"revoked_at": now, "revoked_by_id": me, "status": "confirmed"},
            "revoke and name a confirmer": {"revoked_at": now, "revoked_by_id": me, "confirmed_by_id": another},
            "mark as revoked": {"revoked_by_id": me},
            "name a confirmer": {"confirmed_by_id": me},
            "take back a revocation": {"revoked_at": None, "revoked_by_id": None},
            "add a role": {"roles": ["swpa", "hr", "priv"]},
            "raise the class": {"clearance": 5},
            "open all areas": {"areas": None},
            "change staff": {"staff": "colocated_police"},
            "prolong": {"valid_to": (now + timedelta(days=200)).date()},
            "confirm with a role": {"status": "confirmed", "confirmed_by_id": me, "roles": ["swpa"]},
        }
    if table == "security_breakglass":
        return {
            "end": {"ended_at": now},
            "take over": {"person_id": me},
            "prolong": {"until": now + timedelta(hours=3, minutes=30)},
            "review": {"reviewed_by_id": me, "reviewed_at": now, "verdict": "justified", "review_note": "seen"},
            "review in another's name": {"reviewed_by_id": another, "reviewed_at": now, "verdict": "justified"},
            "review and change": {"reviewed_by_id": me, "reviewed_at": now, "verdict": "justified", "reason_code": "x"},
            "review unnamed": {"verdict": "justified"},
            "end and change": {"ended_at": now, "reason": "another"},
        }
    if table not in CASES:
        return _on_signed(table, me, another, now)
    kept: dict[str, dict[str, Any]] = {
        "ref": {"ref": "zzzz0001"}, "recorded at": {"recorded_at": now}, "compartment grows": {"compartment": ["state", "contingent", "contingent:XX", "more"]},
        "compartment emptied": {"compartment": []},
    }  # fmt: skip
    if table == "evidence_report":
        return kept | {"content": {"content_sha256": b"other"}, "their reference": {"their_reference": "other"}}
    verified: dict[str, dict[str, Any]] = {
        "status": {"verification_status": "verified"}, "verified on": {"verified_on": now.date()},
        "out of scope": {"verification_status": "out_of_scope", "record_class": ""}, "out of scope with a class": {"verification_status": "out_of_scope", "record_class": "x"},
        "out of scope with a day": {"verification_status": "out_of_scope", "record_class": "", "verified_on": now.date()},
    }  # fmt: skip
    return kept | verified | {"to me": {"assigned_to_id": me}, "to another": {"assigned_to_id": another}, "to nobody": {"assigned_to_id": None}}


def _on_signed(table: str, me: object, another: object, now: datetime) -> dict[str, dict[str, Any]]:
    """What is tried on rows that say who acted."""
    if table in UNDONE:
        return {
            "undo": {"undone_by_id": me, "undone_at": now}, "undo in another's name": {"undone_by_id": another, "undone_at": now},
            "undo unnamed": {"undone_at": now}, "undo without a day": {"undone_by_id": me}, "redo": {"undone_at": None}, "take over": {"made_by_id": me}, "made now": {"made_at": now},
        }  # fmt: skip
    if table == "evidence_handover":
        return _handed(me, another, now)
    if table in CLEARED:
        by = CLEARED[table]
        return {"clear": {by: me}, "clear in another's name": {by: another}, "take over": {"made_by_id": me}, "made now": {"made_at": now}}
    if table == "evidence_reconciliation":
        return {"freeze": {"frozen_at": now}, "thaw": {"frozen_at": None}, "take over": {"made_by_id": me}, "made now": {"made_at": now}}
    if table in ("activities_registerentry", "evidence_reconciliationcell"):
        return {"sign": {"recorded_by_id": me}, "sign in another's name": {"recorded_by_id": another}}
    if table == "publish_reportbuild":
        return {"take over": {"asked_by_id": me}, "asked now": {"asked_at": now}}
    return {}


def _handed(me: object, another: object, now: datetime) -> dict[str, dict[str, Any]]:
    """What is tried on a hand-over."""
    decided = {"decision": "agreed", "decision_reference": "x", "decided_by_id": me, "decided_at": now}
    legal = {"legal": "agreed", "legal_reference": "x", "legal_on": now.date(), "legal_by_id": me, "legal_at": now}
    done = {"done_by_id": me, "done_at": now, "manifest_sha256": b"x"}
    return {
        "decide": decided, "decide in another's name": decided | {"decided_by_id": another}, "decide nothing": decided | {"decision": ""},
        "decide without a reference": {"decision": "agreed", "decided_by_id": me}, "agree": legal, "agree in another's name": legal | {"legal_by_id": another},
        "agree to nothing": legal | {"legal": ""}, "agree without a reference": {"legal": "agreed", "legal_by_id": me},
        "do": done, "do in another's name": done | {"done_by_id": another}, "to another": {"body": "zz"}, "asked now": {"asked_at": now},
    }  # fmt: skip


def filled(table: str, another: object, now: datetime) -> dict[str, dict[str, Any]]:
    """New rows that come with a later step already taken."""
    if table == "security_grant":
        return {
            "confirmed at once": {"status": "confirmed"}, "invited at once": {"status": "invited"}, "with a confirmer": {"confirmed_by_id": another},
            "revoked": {"revoked_at": now}, "with a revoker": {"revoked_by_id": another}, "in another's name": {"proposed_by_id": another},
        }  # fmt: skip
    if table == "security_breakglass":
        return {
            "reviewed": {"reviewed_by_id": another}, "with a verdict": {"verdict": "justified"}, "ended": {"ended_at": now},
            "over": {"until": now - timedelta(minutes=10)}, "too long": {"until": now + timedelta(hours=5)}, "for another": {"person_id": another},
        }  # fmt: skip
    if table in CLEARED:
        return {"cleared": {CLEARED[table]: another}}
    if table == "evidence_handover":
        tried = _handed(another, another, now)
        return {f"with {name}": {name: value} for name, value in {**tried["decide"], **tried["agree"], **tried["do"]}.items()}
    later = {"security_lockdown": ("confirmed_by_id", "confirmed_at", "lift_asked_by_id", "lift_confirmed_by_id", "lifted_at"),
             "security_recovery": ("approved_by_id", "approved_at", "not_before", "expires_at", "cancelled_at", "used_at", "reviewed_by_id", "reviewed_at")}  # fmt: skip
    steps = {f"with {name}": {name: now if not name.endswith("_id") else another} for name in later.get(table, ())}
    return steps | ({"of another kind": {"kind": "other"}} if table == "security_recovery" else {})
