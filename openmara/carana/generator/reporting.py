"""Who reports which incident, when, and in which batch the report arrives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from .accounts import account
from .codes import TALLY
from .layouts import KINDS, SUFFIX, Layout
from .noise import fold_tally
from .quarters import Batch
from .truth import TrueIncident, draw

ROUTES: Final = ("gbv_context", "mrm_xref", "out_of_scope", "sea_route")
KIND_WEIGHT: Final = {
    "hr_office": 24,
    "police_liste": 17,
    "partner_odk_export": 19,
    "clinic_network": 16,
    "force_sitrep": 10,
    "community_alerts": 14,
}
REPORTS_PER_INCIDENT: Final = {1: 41, 2: 31, 3: 18, 4: 7, 5: 3}
# Source kinds whose layout can say that a record is not conflict-related.
STATING_KINDS: Final = ("hr_office", "partner_odk_export", "community_alerts")


@dataclass(frozen=True)
class Report:
    """One report as it arrives: its words are in a file, its coding is what the mapping makes of them."""

    organisation: str
    kind: str
    reference: str
    truth_id: str | None
    route: str
    batch: Batch
    coding: Mapping[str, Any]
    resent_in: Batch | None = None

    @property
    def key(self) -> list[str]:
        return [self.organisation, self.reference]

    @property
    def reported(self) -> str:
        return str(self.coding["date_reported"])

    def row(self) -> dict[str, Any]:
        """One line of truth/reports.jsonl."""
        return {
            "organisation": self.organisation,
            "their_reference": self.reference,
            "kind": self.kind,
            "truth_id": self.truth_id,
            "route": self.route,
            "file": source_path(self.kind, self.batch),
            "resent_in": source_path(self.kind, self.resent_in) if self.resent_in else None,
            "coding": dict(self.coding),
        }


def source_path(kind: str, batch: Batch) -> str:
    """Path of one file inside the demo folder: one per kind and sending day."""
    return f"sources/{batch.folder}/{kind}-{batch.part}.{SUFFIX[kind]}"


@dataclass(frozen=True)
class Draft:
    """A report before it has a reference."""

    kind: str
    incident: TrueIncident
    route: str
    stated_class: str
    reported: date
    batch: Batch


class Reporting:
    """Draws reports for true incidents, rumours and events that are none of the mission's record."""

    def __init__(self, rng: Random, layouts: Mapping[str, Layout], batches: Sequence[Batch]) -> None:
        self.rng = rng
        self.layouts = layouts
        self.batches = batches

    def reports(
        self,
        incidents: Sequence[TrueIncident],
        rumours: Sequence[TrueIncident],
        others: Sequence[TrueIncident],
        target: int,
    ) -> list[Report]:
        """Exactly `target` different reports, in order of batch, kind and day."""
        drafts = [d for r in rumours for d in self._drafts(r, 1)]
        drafts += [d for number, other in enumerate(others) for d in self._other(number, other)]
        for incident in incidents:
            mine = self._drafts(incident, self._how_many(incident))
            drafts += mine + self._follow_up(incident, mine)
        drafts = self._to_target(drafts, incidents, target)
        drafts.sort(key=lambda d: (d.batch, KINDS.index(d.kind), d.reported, d.incident.truth_id, d.route))
        return self._referenced(drafts)

    def _how_many(self, incident: TrueIncident) -> int:
        if incident.storyline == "mass_kika":
            return 6
        if self.rng.random() < 0.015:
            return 0  # nobody told anyone
        return int(draw(self.rng, {str(n): w for n, w in REPORTS_PER_INCIDENT.items()}))

    def _drafts(self, incident: TrueIncident, count: int) -> list[Draft]:
        kinds: list[str] = []
        while len(kinds) < count:
            kind = draw(self.rng, KIND_WEIGHT)
            # The same office rarely reports the same event twice.
            if kind not in kinds or self.rng.random() < 0.06 or len(set(kinds)) == len(KINDS):
                kinds.append(kind)
        found = (self._draft(kind, incident, "crsv", "crsv") for kind in kinds)
        return [draft for draft in found if draft is not None]

    def _follow_up(self, incident: TrueIncident, mine: Sequence[Draft]) -> list[Draft]:
        """Where only offices without a primary source reported, human rights mostly speaks to somebody."""
        weak = {"clinic_network", "force_sitrep", "community_alerts"}
        if not mine or not {draft.kind for draft in mine} <= weak or self.rng.random() < 0.1:
            return []
        found = self._draft("hr_office", incident, "crsv", "crsv")
        return [found] if found else []

    def _draft(self, kind: str, incident: TrueIncident, route: str, stated: str) -> Draft | None:
        reported = incident.date_to + timedelta(days=self._lag())
        batch = self._batch(reported)
        return Draft(kind, incident, route, stated, reported, batch) if batch else None

    def _lag(self) -> int:
        pick = self.rng.random()
        if pick < 0.76:
            return self.rng.randint(0, 9)
        if pick < 0.93:
            return self.rng.randint(8, 45)
        return self.rng.randint(30, 210)

    def _batch(self, reported: date) -> Batch | None:
        """The next sending day after the report; one in thirty misses it."""
        coming = [batch for batch in self.batches if batch.day > reported]
        skip = 1 if self.rng.random() < 0.033 else 0
        return coming[skip] if len(coming) > skip else None

    def _other(self, number: int, other: TrueIncident) -> list[Draft]:
        route = ROUTES[(0, 0, 1, 0, 2, 0, 1, 2, 0, 3)[number % 10]]
        says_so = route in ("gbv_context", "mrm_xref") and self.rng.random() < 0.5
        kind = self.rng.choice(STATING_KINDS) if says_so else draw(self.rng, KIND_WEIGHT)
        draft = self._draft(kind, other, route, route if says_so else "crsv")
        return [draft] if draft else []

    def _to_target(self, drafts: list[Draft], incidents: Sequence[TrueIncident], target: int) -> list[Draft]:
        while len(drafts) > target:
            index = self.rng.randrange(len(drafts))
            if drafts[index].incident.storyline != "mass_kika":
                drafts.pop(index)
        while len(drafts) < target:
            drafts += self._drafts(self.rng.choice(incidents), 1)
        return drafts

    def _referenced(self, drafts: Sequence[Draft]) -> list[Report]:
        """References run per office and year as each office numbers them."""
        counters: dict[tuple[str, int], int] = {}
        found: list[Report] = []
        for draft in drafts:
            key = (draft.kind, draft.batch.day.year)
            counters[key] = counters.get(key, 0) + 1
            found.append(self._report(draft, counters[key]))
        return found

    def _report(self, draft: Draft, number: int) -> Report:
        layout = self.layouts[draft.kind]
        full = account(self.rng, draft.kind, draft.incident, draft.reported, draft.stated_class)
        if draft.route == "mrm_xref":
            full = _children_only(full)
        if draft.route == "sea_route":
            full = {name: value for name, value in full.items() if not name.startswith("narrative")}
            full["alleged_parties"] = ["unknown"]
        fold_tally(full, layout.mapping["columns"])
        coding = layout.fit(full)
        coding.setdefault("alleged_parties", ["unknown"])
        reference = self._reference(draft.kind, draft.batch.day.year, number)
        coding = {"their_reference": reference} | coding
        if "total" not in coding:
            coding["total"] = sum(coding.get(name, 0) for name in TALLY)
        resent = self._resent(draft.batch)
        truth_id = draft.incident.truth_id if draft.route == "crsv" else None
        return Report(
            layout.organisation, draft.kind, reference, truth_id, draft.route, draft.batch, coding, resent
        )

    def _resent(self, batch: Batch) -> Batch | None:
        """About one report in eighty comes again, word for word, with the next sending."""
        later = [b for b in self.batches if b > batch]
        return later[0] if later and self.rng.random() < 0.0125 else None

    def _reference(self, kind: str, year: int, number: int) -> str:
        if kind == "partner_odk_export":
            return f"uuid:{UUID(int=self.rng.getrandbits(128), version=4)}"
        shapes = {
            "hr_office": f"HRO-{year}-{number:05d}",
            "police_liste": f"L/{year}/{number:04d}",
            "clinic_network": f"CN{year % 100}-{number:04d}",
            "force_sitrep": f"SIR-{year}-{number:04d}",
            "community_alerts": f"A{year % 100}{number:04d}",
        }
        return shapes[kind]


def _children_only(coding: dict[str, Any]) -> dict[str, Any]:
    """A record for the child monitoring list speaks of children alone."""
    total = coding["total"]
    kept = {name: value for name, value in coding.items() if name not in (*TALLY, "total_min", "total_max")}
    return kept | {"girls": total, "child_protection_routed": "yes"}
