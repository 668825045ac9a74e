"""Business rules of evidence, pure: the validations V1-V9, the two axes, late verification, what may be told.

Sources: S/2010/604 and SCR 1960 arrangements as kept in docs/reference/rules.md; MRM practice for the axes.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.evidence.accounts import CHILDREN, EARLIEST, Account

# Verification, one step at a time. What is not here is refused.
TRANSITIONS: dict[str, frozenset[str]] = {
    "received": frozenset({"under_verification", "out_of_scope", "duplicate"}),
    "under_verification": frozenset({"verified", "reported_not_verified", "did_not_occur", "out_of_scope", "duplicate"}),
    "reported_not_verified": frozenset({"under_verification", "verified", "did_not_occur", "duplicate"}),
    "verified": frozenset({"under_verification", "did_not_occur", "duplicate"}),
    "out_of_scope": frozenset({"under_verification"}),
    "did_not_occur": frozenset({"under_verification"}),
    "duplicate": frozenset({"under_verification"}),
}
OPEN = frozenset({"received", "under_verification"})
CLOSED = frozenset({"out_of_scope", "did_not_occur", "duplicate"})
NEEDS_REASON = frozenset({"reported_not_verified", "did_not_occur", "out_of_scope", "duplicate"})
PRIMARY = frozenset({"primary_victim", "primary_witness", "primary_alleged_perpetrator"})
STANDARDS = ("reasonable_grounds_to_believe", "clear_and_convincing")


STATE_FORCES = frozenset({"national_army", "security_forces", "police_forces", "para_military_forces"})


def compartments(parties: Iterable[tuple[str, str, str]]) -> list[str]:
    """Compartments of allegations against (category, subtype, code) of parties: State forces, or a contingent and which.

    Whom a compartment leaves out is the grant's matter (sec.walls_of); need-to-know of staff the party could reach.
    """
    found: set[str] = set()
    for category, subtype, code in parties:
        if subtype == "international_forces":
            found |= {"contingent", f"contingent:{code}"}
        elif category == "armed_force" or subtype in STATE_FORCES:
            found.add("state")
    return sorted(found)


def quarter_of(day: date) -> str:
    """`2026Q3` of a day."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarter_end(quarter: str) -> date:
    """Last day of a quarter."""
    year, number = int(quarter[:4]), int(quarter[5])
    return date(year, number * 3, 31 if number in (1, 4) else 30)


def is_late(date_to: date, verified_on: date) -> bool:
    """Late = verified after the end of the quarter in which the incident's date range ended."""
    return verified_on > quarter_end(quarter_of(date_to))


def _check_days(account: Account, today: date) -> dict[str, str]:
    """V1, V2: no day in the future, none before its cause."""
    problems: dict[str, str] = {}
    for name in ("date_from", "date_to", "date_reported", "consent_date"):
        day = getattr(account, name)
        if day is not None and day > today:
            problems[name] = _("This date lies in the future.")
        elif day is not None and day < EARLIEST:
            problems[name] = _("This date lies too far back.")
    if account.date_to < account.date_from:
        problems["date_to"] = _("The end lies before the beginning.")
    if account.date_reported < account.date_from:
        problems["date_reported"] = _("Reported before it happened.")
    return problems


def check_account(account: Account, today: date) -> dict[str, str]:
    """V1-V5 and V8 for one account; one problem per field, empty when it may be taken in."""
    problems = _check_days(account, today)
    if any(account.tally.get(group) for group in CHILDREN) and not account.child_protection_routed:  # V4
        problems["child_protection_routed"] = _("Children are among those counted: child protection must have been told first.")
    if account.record_class == "crsv" and not account.nexus_types:  # V5
        problems["nexus_types"] = _("Conflict-related needs at least one link to the conflict.")
    if account.forms and account.location_precision == "settlement" and not account.settlement:  # context has outside places
        problems["settlement"] = _("The precision says settlement, but none is named.")
    if account.total_min is not None and account.total_min > account.total:
        problems["total_min"] = _("The least number is above the total.")
    if account.total_max is not None and account.total_max < account.total:
        problems["total_max"] = _("The greatest number is below the total.")
    if account.location_precision in ("adm2", "adm3", "settlement", "exact") and not account.adm2:
        problems["adm2"] = _("The precision says district or finer, but no district is named.")
    findings = pii_findings(account.narrative_shareable)
    if findings:  # V8
        problems["narrative_shareable"] = _("Seems to name or locate a person (%(what)s). Take it out.") % {
            "what": ", ".join(findings)
        }
    return problems


MONTHS = "jan|feb|fév|mar|apr|avr|may|mai|jun|juin|jul|juil|aug|août|sep|oct|nov|dec|déc"
NO_NAMES = frozenset(
    "Human Rights United Nations Armed Forces Force Group Groups National Defence Police Province District Synthetic Child Protection"
    " Nations Unies Droits Force Groupe Armée Nationale Working Government Security Council Carana".split()
)
DAY = re.compile(rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{1,2}}(?:er|st|nd|rd|th)? (?:{MONTHS})[a-zé]{{0,8}}\.? \d{{4}})", re.I)
AGE = re.compile(r"\b(?:aged?|âgée?s? de) \d{1,2}\b|\b\d{1,2}[ -](?:years?|ans)\b", re.I)
TWO_NAMES = re.compile(r"\b([A-ZÀ-Þ][a-zà-ÿ]{2,20})[ -]([A-ZÀ-Þ][a-zà-ÿ]{2,20})\b")
PII = {
    "e-mail": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}"),
    "telephone": re.compile(r"(?<![\w])\+?\d[\d\s().-]{6,16}\d(?![\w])"),
    "coordinates": re.compile(r"-?\d{1,3}\.\d{3,8}\s{0,2}[,;/ ]\s{0,2}-?\d{1,3}\.\d{3,8}"),
    "name": re.compile(r"\b(?:Mr|Mrs|Ms|Dr|M\.|Mme|Mlle|named|nommée?|called|appelée?)\.?\s{1,2}[A-ZÀ-Þ][\w'’-]+"),
}


def pii_findings(text: str) -> list[str]:
    """V8: kinds of identifying detail found in a text; a person still reads it."""
    if not text:
        return []
    undated = DAY.sub(" ", text)  # a date is no telephone number
    found = [kind for kind, pattern in PII.items() if pattern.search(undated)]
    pairs = (set(pair) for pair in TWO_NAMES.findall(undated))
    if "name" not in found and any(not pair & NO_NAMES for pair in pairs):
        found.append("name")
    if undated != text and AGE.search(undated):
        found.append("age and exact date")
    return found


def check_day(day: date, *, began: date, reported: date, today: date) -> str | None:
    """Why a decision cannot have been taken on a day, or None: after the first report, not in the future."""
    if day > today:
        return _("This date lies in the future.")
    if day < max(began, reported):
        return _("This date lies before the incident was reported.")
    return None


def attribution_of(statuses: Collection[str]) -> str:
    """An incident's attribution is the strongest of its parties': verified, else alleged, else unknown."""
    return next((status for status in ("verified", "alleged") if status in statuses), "unknown")


@dataclass(frozen=True)
class SourceFacts:
    """One source behind an incident: its category, the office and the report through which it came, and the day it was reported."""

    category: str
    organisation: str
    report: str = ""
    day: str = ""


def _same(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each key's representative, where pairs go back to one origin."""
    root: dict[str, str] = {}

    def top(key: str) -> str:
        while root.get(key, key) != key:
            key = root[key]
        return key

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        root.setdefault(one, one)
        root.setdefault(other, other)
        root[second] = first
    return {key: top(key) for key in root}


def count_sources(sources: Iterable[SourceFacts], same_origin: Iterable[tuple[str, str]] = ()) -> tuple[int, int]:
    """(primary, independent secondary) sources of one incident.

    Accounts of one office on one day, and accounts a person has judged to be of one origin, count as the fullest of them.
    Secondary sources through one office count once, whenever they came.
    """
    facts = [one if one.report else SourceFacts(one.category, one.organisation, f"-{place}") for place, one in enumerate(sources)]
    days = {(one.organisation, one.day): one.report for one in facts if one.day}
    alike = [(one.report, days[one.organisation, one.day]) for one in facts if one.day]
    origin = _same([*same_origin, *alike])
    primary: dict[str, dict[str, int]] = {}
    for one in facts:
        if one.category in PRIMARY:
            per_report = primary.setdefault(origin.get(one.report, one.report), {})
            per_report[one.report] = per_report.get(one.report, 0) + 1
    seconds = [one for one in facts if one.category == "secondary"]
    apart = _same([*same_origin, *alike, *((one.report, f"office {one.organisation}") for one in seconds)])
    return sum(max(reports.values()) for reports in primary.values()), len({apart.get(one.report, one.report) for one in seconds})


def check_step(before: str, after: str) -> str | None:
    """Why a step of verification is not possible, or None."""
    if after not in TRANSITIONS.get(before, frozenset()):
        return _("From its present state this incident cannot take that step.")
    return None


def check_verification(
    *, primary: int, secondary: int, standard: str, verifier: str, reporters: Collection[str], nexus: Collection[str], nexus_note: str,
    stated_by_body: bool = False,
) -> dict[str, str]:  # fmt: skip
    """V5 and V6 at the moment of verification. By reference the body's own statement stands for sources and explanation."""
    problems: dict[str, str] = {}
    if not stated_by_body and primary < 1 and secondary < 2:
        problems["sources"] = _("Verified needs a primary source, or two independent secondary ones.")
    if standard not in STANDARDS:
        problems["standard_of_proof"] = _("Say which standard of proof was met.")
    if set(reporters) == {verifier}:
        problems["verifier"] = _("Who alone reported an incident cannot verify it. Ask a colleague.")
    if not nexus or not (nexus_note.strip() or stated_by_body):
        problems["nexus_note"] = _("The link to the conflict must be ticked and explained.")
    return problems


def reason_codes(before: str, after: str) -> tuple[str, ...]:
    """Reasons that may be given for a step; for one that takes a verification back, those of taking back too."""
    fitting = {after, "under_verification"} if before == "verified" else {after}
    return tuple(one.code for one in vocabulary.load("verification_reason").codes if fitting & set(one.crosswalk.get("verification_status", ())))


def needs_reason(before: str, after: str) -> bool:
    """Pending, excluded or taken back: a reason is required (MRM verification record)."""
    return after in NEEDS_REASON or before == "verified"


def reason_without_choice(before: str, after: str) -> str:
    """Where no reason is chosen: a duplicate repeats an event, everything else says in words why."""
    return "" if not needs_reason(before, after) else "same_event" if after == "duplicate" else "other"


def check_reason(before: str, after: str, code: str, words: str) -> dict[str, str]:
    """A reason is a code; `other` says which in words."""
    if not needs_reason(before, after):
        return {}
    if code not in reason_codes(before, after):
        return {"reason_code": _("Choose a reason that fits this decision.")}
    return {"rationale": _("Say why.")} if code == "other" and not words.strip() else {}


def check_attribution(status: str, rationale: str, party: bool) -> dict[str, str]:
    """V7: attribution is its own axis and needs its own reasons."""
    if status == "verified" and not party:
        return {"party": _("Say which party. What no party is known for cannot be verified.")}
    if status == "verified" and len(rationale.strip()) < 10:
        return {"rationale": _("An attribution needs its own reasons, apart from those of the verification.")}
    return {}
