"""When verified incidents of one party may be called a pattern, and what a step of listing must carry. Pure.

Source: resolution 1960 (2010), operative paragraph 3 (patterns, not isolated acts); the decision rests with the Secretary-General.
"""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

LISTING = ("on_notice", "listed", "delisted", "relisted")
AFTER: dict[str, frozenset[str]] = {
    "": frozenset({"on_notice", "listed"}),
    "on_notice": frozenset({"on_notice", "listed"}),
    "listed": frozenset({"listed", "delisted"}),
    "delisted": frozenset({"on_notice", "relisted"}),
    "relisted": frozenset({"listed", "delisted"}),
}
QUARTERS = 8


def quarters_back(quarter: str, many: int = QUARTERS) -> list[str]:
    """The quarters up to and with this one, the earliest first."""
    at = int(quarter[:4]) * 4 + int(quarter[5]) - 1
    return [f"{one // 4}Q{one % 4 + 1}" for one in range(at - many + 1, at + 1)]


def first_day(quarter: str) -> date:
    return date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)


def check_pattern(*, finding: str, criteria: Collection[str], incidents: int, months: tuple[date, date], rationale: str) -> dict[str, str]:
    """One problem per field; a pattern needs more than one verified incident and more than one criterion."""
    problems: dict[str, str] = {}
    if months[1] < months[0]:
        problems["month_to"] = _("The end lies before the beginning.")
    if incidents < 1:
        problems["incidents"] = _("Choose the verified incidents that the assessment rests on.")
    if finding == "pattern" and incidents < 2:
        problems["incidents"] = _("One incident is no pattern: choose at least two.")
    if finding == "pattern" and len(set(criteria) - {"several_incidents"}) < 1:
        problems["criteria"] = _("A pattern needs at least one criterion besides the number of incidents.")
    if len(rationale.strip()) < 20:
        problems["rationale"] = _("Say in some sentences why.")
    return problems


def check_event(*, before: str, event: str, source: str, decided_on: date, today: date) -> dict[str, str]:
    """A step of listing follows the one before it and names its document."""
    problems: dict[str, str] = {}
    if event not in AFTER.get(before, frozenset()):
        problems["event"] = _("After its last step this party cannot take that one.")
    if not any(sign.isdigit() for sign in source) or len(source.strip()) < 4:
        problems["source_document"] = _("Name the document, for example S/2025/389, annex.")
    if decided_on > today:
        problems["decided_on"] = _("This date lies in the future.")
    return problems
