"""What may be given to whom, as pure functions: presets of roles, limits of a grant, reasons in codes (domain 9.2, security 3.b.1)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST = timedelta(days=365)
SOON = timedelta(days=14)
STAFF = ("international", "national", "seconded_police", "colocated_police", "contingent")
REVOCATIONS = ("left_mission", "rights_changed", "device_lost", "misuse_suspected", "other")
REFUSALS = ("not_known", "not_seen", "too_much", "wrong_details", "other")
PROPOSERS = ("admin", "swpa", "gender")
CONFIRMERS = ("swpa", "priv", "hom")
OFFICERS = ("admin", "swpa", "priv", "hom")
READERS = (*OFFICERS, "gender", "audit")
# The highest class a role works with: what the form begins with. Two people decide what is given in the end.
PRESETS: dict[str, int] = {
    "hom": 1, "swpa": 4, "wpa": 3, "hr": 5, "cp": 5, "gender": 1, "gfp": 1, "force": 2, "unpol": 2, "ca": 2, "poc": 2, "joc": 1,
    "jmac": 2, "jcs": 1, "ddr": 1, "ssr": 1, "unmas": 1, "pio": 1, "unct": 3, "gbvsc": 1, "provider": 1, "hq": 1, "priv": 2,
    "admin": 1, "audit": 2,
}  # fmt: skip
STAFF_OF = {"force": "contingent", "unpol": "seconded_police"}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
CONTINGENT = re.compile(r"[A-Z][A-Z0-9_-]{1,39}")


@dataclass(frozen=True)
class Proposal:
    """What one person is to be given in a mission."""

    roles: tuple[str, ...]
    clearance: int
    staff: str
    until: date
    organisation: str = ""
    contingent: str = ""
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Which field, and which of the known things is wrong with it (worded in words.PROBLEMS)."""

    field: str
    code: str


@dataclass(frozen=True)
class Known:
    """What a proposal may name in this mission."""

    roles: Collection[str]
    organisations: Collection[str]
    areas: Mapping[str, str] = field(default_factory=dict)


def check(proposal: Proposal, known: Known, today: date) -> list[Problem]:
    """Everything wrong with a proposal; empty is good."""
    found: list[Problem] = []
    roles = set(proposal.roles)
    if not roles or roles - set(known.roles):
        found.append(Problem("roles", "roles"))
    if "admin" in roles and (len(roles) > 1 or proposal.clearance > 1):
        found.append(Problem("roles", "admin_alone"))
    if not 0 <= proposal.clearance <= 6:
        found.append(Problem("clearance", "clearance"))
    if proposal.staff not in STAFF:
        found.append(Problem("staff", "staff"))
    if (proposal.staff == "contingent") != bool(proposal.contingent):
        found.append(Problem("contingent", "contingent"))
    elif proposal.contingent and not CONTINGENT.fullmatch(proposal.contingent):
        found.append(Problem("contingent", "contingent_code"))
    if proposal.organisation and proposal.organisation not in known.organisations:
        found.append(Problem("organisation", "organisation"))
    if set(proposal.areas) - set(known.areas):
        found.append(Problem("areas", "areas"))
    if not today < proposal.until <= today + LONGEST:
        found.append(Problem("until", "until"))
    return found


def may_confirm(me: object, proposed_by: object, person: object) -> bool:
    """Two people, and neither of them is the one concerned."""
    return me not in (proposed_by, person)


def state_of(status: str, revoked: bool, until: date, today: date) -> str:
    """The state a page names: ended and expired are not in `status`."""
    return "ended" if revoked else "expired" if until < today else status
