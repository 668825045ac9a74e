"""Reading a list of decisions of another body: our reference, theirs, day, standard, outcome; nothing of a case. Pure."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.evidence import rules

COLUMNS = ("our_reference", "their_reference", "verified_on", "standard_of_proof", "outcome")
OUTCOMES = ("verified", "reported_not_verified", "did_not_occur")
REASON = {"reported_not_verified": "too_few_sources", "did_not_occur": "found_untrue"}
MOST = 500
OURS, THEIRS = re.compile(r"[0-9a-z]{8}"), re.compile(r"[\w./:#-]{2,60}")


@dataclass(frozen=True)
class Row:
    """One decision of a body, as typed and read."""

    line: int
    our_reference: str
    their_reference: str
    verified_on: date | None
    standard_of_proof: str
    outcome: str


def split(text: str) -> list[list[str]]:
    """Lines of a pasted list; columns apart by tab, semicolon or comma, whichever the first line uses."""
    lines = [line for line in text.replace("\0", "").splitlines() if line.strip()]
    if not lines:
        return []
    mark = next((one for one in ("\t", ";", ",") if one in lines[0]), ";")
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)]


def read(cells: Sequence[str], line: int) -> tuple[Row | None, dict[str, str]]:
    """One line; problems per column."""
    if len(cells) != len(COLUMNS):
        return None, {"": _("Five columns are needed: our reference, theirs, day, standard, outcome.")}
    given = dict(zip(COLUMNS, cells, strict=True))
    return read_named(given, line)


def read_named(given: Mapping[str, str], line: int) -> tuple[Row | None, dict[str, str]]:
    problems: dict[str, str] = {}
    ours = given.get("our_reference", "").strip().lower()
    theirs = given.get("their_reference", "").strip()
    if not OURS.fullmatch(ours):
        problems["our_reference"] = _("Our reference has eight characters.")
    if not THEIRS.fullmatch(theirs):
        problems["their_reference"] = _("Their reference is one word without spaces: no name, nothing of the case.")
    day = _day(given.get("verified_on", ""))
    if day is None:
        problems["verified_on"] = _("Not a date. Write year-month-day, for example 2026-03-31.")
    outcome = _code("verification_status", OUTCOMES, given.get("outcome", ""))
    if not outcome:
        problems["outcome"] = _("The outcome is one of: verified, reported_not_verified, did_not_occur.")
    standard = _code("standard_of_proof", rules.STANDARDS, given.get("standard_of_proof", ""))
    if not standard and (outcome == "verified" or given.get("standard_of_proof", "").strip()):
        problems["standard_of_proof"] = _("Say which standard of proof was met.")
    return (None if problems else Row(line, ours, theirs, day, standard, outcome)), problems


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _code(name: str, offered: Sequence[str], given: str) -> str:
    """A code, or its label in any of the languages."""
    wanted = given.strip().casefold()
    for code in offered:
        if wanted and wanted in {code, *(label.casefold() for label in vocabulary.load(name).code(code).label.values())}:
            return code
    return ""


def check(*, body: str, before: str, outcome: str, children: int) -> str:
    """Why a body's decision cannot be taken over for an incident as it stands; '' where it can."""
    if body == "child_protection" and not children:
        return _("Child protection verifies cases of children; no child is counted here.")
    if before == "verified":
        return _("This incident is verified already. Taking it back shows first what that reaches: do it on the incident’s page.")
    if before in rules.CLOSED:
        return _("This incident is closed. Take it up again on its page first.")
    if before == outcome:
        return _("This incident stands there already.")
    return ""
