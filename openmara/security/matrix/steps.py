"""Steps that tables take, in plain Python, and the changes that are tried: what triggers of the database must allow and refuse."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from openmara.security.matrix.model import Asker

Row = Mapping[str, Any]
CONFIRMERS, OFFICERS = {"swpa", "priv", "hom"}, {"admin", "swpa", "priv", "hom"}


def _changed(old: Row, new: Row) -> set[str]:
    return {name for name in new if name != "_story" and new[name] != old[name]}


def grant_step(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
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


def glass_step(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
    """For oneself, now, for at most four hours; ended by the person; reviewed once, by another, in the review's fields alone."""
    if a is None:
        return False
    if old is None:
        clean = new["reviewed_by_id"] is None and new["verdict"] == "" and new["ended_at"] is None
        return clean and new["person_id"] == a.person and now < new["until"] <= now + timedelta(hours=4)
    changed = _changed(old, new)
    if a.person == old["person_id"]:
        return changed <= {"ended_at"} and old["ended_at"] is None
    review = {"reviewed_by_id", "reviewed_at", "verdict", "review_note"}
    return changed <= review and new["reviewed_by_id"] == a.person and old["reviewed_at"] is None


def lock_step(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
    """Asked for by hand, in one's own name; every later step through a function."""
    later = ("confirmed_by_id", "confirmed_at", "lift_asked_by_id", "lift_confirmed_by_id", "lifted_at")
    return a is not None and old is None and new["asked_by_id"] == a.person and all(new.get(name) is None for name in later)


def recovery_step(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
    """Asked for by hand; every later step through a function."""
    later = ("approved_by_id", "approved_at", "not_before", "expires_at", "cancelled_at", "used_at", "reviewed_by_id", "reviewed_at")
    return old is None and new["kind"] in ("reset", "emergency") and all(new.get(name) is None for name in later)


def case_step(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
    """What the walls rest on stays: reference, who opened or recorded and when, what was handed in. A compartment only grows, a verifier
    is named by those who may, verification is the assigned verifier's."""
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
    return verifier or not changed & {"verification_status", "verified_on"}


def signed(a: Asker | None, old: Row | None, new: Row, now: datetime) -> bool:
    """Who made, asked or wrote stays; undone once, by whoever undoes it; a correction is signed by whoever corrects."""
    if old is None:
        return True
    changed, me = _changed(old, new), a.person if a else None
    if changed & {"made_by_id", "made_at", "asked_by_id", "asked_at", "written_by_id", "routed_by_id"}:
        return False
    if changed & {"undone_by_id", "undone_at"} and (old["undone_at"] is not None or new["undone_at"] is None or new["undone_by_id"] != me):
        return False
    return "recorded_by_id" not in changed or new["recorded_by_id"] == me


STEPS: dict[str, Callable[[Asker | None, Row | None, Row, datetime], bool]] = {
    "security_grant": grant_step, "security_breakglass": glass_step, "security_lockdown": lock_step, "security_recovery": recovery_step,
    "evidence_report": case_step, "evidence_incident": case_step,
    "evidence_link": signed, "linkage_pairjudgement": signed, "activities_registerentry": signed, "publish_reportbuild": signed,
}  # fmt: skip
TRIED_ON = ("proposed", "proposed_by_me", "accepted", "invited", "travelling", "locked", "revoked", "hr", "national")  # grants of these people


STEPPED: dict[str, tuple[tuple[str, ...], ...]] = {  # columns changed together in `changes`
    "security_grant": (("status", "confirmed_by_id"), ("status",), ("revoked_at", "revoked_by_id"), ("revoked_at", "revoked_by_id", "status"), ("revoked_at", "revoked_by_id", "confirmed_by_id"),
                       ("roles",), ("clearance",), ("areas",), ("staff",), ("valid_to",), ("status", "confirmed_by_id", "roles")),
    "security_breakglass": (("ended_at",), ("until",), ("reviewed_by_id", "reviewed_at", "verdict", "review_note"),
                            ("reviewed_by_id", "reviewed_at", "verdict"), ("reviewed_by_id", "reviewed_at", "verdict", "reason_code"), ("verdict",), ("ended_at", "reason")),
    "evidence_report": (("ref",), ("recorded_at",), ("content_sha256",), ("their_reference",)),
    "evidence_incident": (("ref",), ("recorded_at",), ("verification_status",), ("verified_on",)),
    "evidence_link": (("undone_by_id", "undone_at"), ("undone_at",), ("made_at",)),
    "linkage_pairjudgement": (("undone_by_id", "undone_at"), ("undone_at",), ("made_at",)),
    "publish_reportbuild": (("asked_at",),),
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
    if table in ("evidence_link", "linkage_pairjudgement"):
        return {
            "undo": {"undone_by_id": me, "undone_at": now}, "undo in another's name": {"undone_by_id": another, "undone_at": now},
            "undo unnamed": {"undone_at": now}, "redo": {"undone_at": None}, "take over": {"made_by_id": me}, "made now": {"made_at": now},
        }  # fmt: skip
    if table == "activities_registerentry":
        return {"sign": {"recorded_by_id": me}, "sign in another's name": {"recorded_by_id": another}}
    if table == "publish_reportbuild":
        return {"take over": {"asked_by_id": me}, "asked now": {"asked_at": now}}
    kept: dict[str, dict[str, Any]] = {
        "ref": {"ref": "zzzz0001"}, "recorded at": {"recorded_at": now}, "compartment grows": {"compartment": ["state", "contingent", "contingent:XX", "more"]},
        "compartment emptied": {"compartment": []},
    }  # fmt: skip
    if table == "evidence_report":
        return kept | {"content": {"content_sha256": b"other"}, "their reference": {"their_reference": "other"}}
    if table == "evidence_incident":
        verified: dict[str, dict[str, Any]] = {"status": {"verification_status": "verified"}, "verified on": {"verified_on": now.date()}}
        return kept | verified | {"to me": {"assigned_to_id": me}, "to another": {"assigned_to_id": another}, "to nobody": {"assigned_to_id": None}}
    return {}


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
    later = {"security_lockdown": ("confirmed_by_id", "confirmed_at", "lift_asked_by_id", "lift_confirmed_by_id", "lifted_at"),
             "security_recovery": ("approved_by_id", "approved_at", "not_before", "expires_at", "cancelled_at", "used_at", "reviewed_by_id", "reviewed_at")}  # fmt: skip
    steps = {f"with {name}": {name: now if not name.endswith("_id") else another} for name in later.get(table, ())}
    return steps | ({"of another kind": {"kind": "other"}} if table == "security_recovery" else {})
