"""Rules of custody and of handing over, pure. Monitors collect no physical evidence; what is here are hashes and codes."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

NOT_TAKEN = frozenset({"physical_evidence", "body_injuries_scars"})  # never collected by monitors: it belongs to investigators
WRITTEN = ("copied", "shared", "sealed")  # events people record; the others follow from what is done
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,39}")
SHA256 = re.compile(r"[0-9a-f]{64}")
AGREED, REFUSED = "agreed", "refused"


@dataclass(frozen=True)
class Decisions:
    """What stands on record about one hand-over."""

    decision: str = ""
    legal: str = ""
    done: bool = False


def check_exhibit(*, kind: str, known: tuple[str, ...], description: str, kept_at: str, sha256: str) -> dict[str, str]:
    """An exhibit is described by codes: no names, no places, nothing that could be read as a story."""
    problems = {}
    if kind in NOT_TAKEN:
        problems["kind"] = _("Monitors do not collect physical evidence and take no pictures of injuries. Tell those who investigate where it is.")
    elif kind not in known:
        problems["kind"] = _("Choose one.")
    for name, value in (("description_code", description), ("kept_at", kept_at)):
        if not CODE.fullmatch(value):
            problems[name] = _("A code: letters, digits and - _ . : / without spaces, 40 at most. No names.")
    if not SHA256.fullmatch(sha256):
        problems["sha256"] = _("The SHA-256 of the file: 64 characters 0–9 and a–f.")
    return problems


def check_event(*, event: str, purpose: str, purposes: tuple[str, ...], counterpart: str) -> dict[str, str]:
    problems = {}
    if event not in WRITTEN:
        problems["event"] = _("Choose one.")
    if purpose not in purposes:
        problems["purpose"] = _("Say to what end.")
    if counterpart and not CODE.fullmatch(counterpart):
        problems["counterpart"] = _("A code: letters, digits and - _ . : / without spaces, 40 at most. No names.")
    if event == "shared" and not counterpart:
        problems["counterpart"] = _("Say with whom, as a code.")
    return problems


def check_reference(reference: str) -> dict[str, str]:
    return {} if CODE.fullmatch(reference) else {"reference": _("The reference of the written decision: a code without spaces, 40 characters at most.")}


def next_step(found: Decisions) -> str:
    """Which step is due: decision, legal, hand over, or none."""
    if found.done or REFUSED in (found.decision, found.legal):
        return ""
    return "decision" if not found.decision else "legal" if not found.legal else "hand_over"


def why_not_handed_over(found: Decisions) -> str:
    """What is missing before anything is handed over: the head of mission's decision, then headquarters' legal office."""
    if found.done:
        return _("This has been handed over already.")
    if found.decision == REFUSED or found.legal == REFUSED:
        return _("This hand-over was refused.")
    if found.decision != AGREED:
        return _("The head of mission has not decided yet.")
    if found.legal != AGREED:
        return _("The written decision of headquarters’ legal office is not recorded yet.")
    return ""
