"""The open files of the cast while the script is written: what each incident is coded as and linked to."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .codes import TALLY
from .reporting import Report
from .truth import TrueIncident

# Columns of a report that become the incident's coding when it is opened from it.
INCIDENT_COLUMNS = (
    "record_class",
    "date_from",
    "date_to",
    "date_precision",
    "date_reported",
    "adm1",
    "adm2",
    "adm3",
    "settlement",
    "location_precision",
    "forms",
    *TALLY,
    "number_estimated",
    "alleged_parties",
)


@dataclass
class CaseFile:
    """One incident as the mission sees it; a second file on the same event has its own key."""

    key: str
    truth: TrueIncident
    opener: str
    opened: date
    coding: dict[str, Any]
    reports: list[Report] = field(default_factory=list)
    fate: str = "open"
    step_at: int = 0
    of: str = ""
    retract_at: int | None = None
    postponed: int = 0
    verifier: str = ""

    @property
    def first_reported(self) -> str:
        return min(report.reported for report in self.reports)

    @property
    def has_children(self) -> bool:
        return any(self.coding.get(name, 0) for name in ("girls", "boys", "child_unknown"))

    def sources(self) -> tuple[int, int]:
        """Primary sources, and offices with a secondary one: sources through one office are not independent."""
        categories = [(r.organisation, str(r.coding["source_category"])) for r in self.reports]
        primary = sum(1 for _, category in categories if category.startswith("primary"))
        return primary, len({office for office, category in categories if category == "secondary"})

    @property
    def may_be_verified(self) -> bool:
        """V6: a primary source or two independent secondary ones."""
        primary, secondary = self.sources()
        return primary >= 1 or secondary >= 2


def opened_from(report: Report, key: str, truth: TrueIncident, opener: str, opened: date) -> CaseFile:
    """An incident pre-filled from one report; a blank second day is the first day."""
    coding = {name: report.coding[name] for name in INCIDENT_COLUMNS if name in report.coding}
    coding.setdefault("date_to", coding["date_from"])
    return CaseFile(key, truth, opener, opened, coding, [report])
