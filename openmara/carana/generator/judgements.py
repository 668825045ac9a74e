"""The cast's judgements as a script in order of time: import, triage, open, link, verify (MRM configuration).

The script is derived from the truth, but the cast errs: links are missed, a few are wrong, counts stay as
they were told. Nobody verifies what she or he opened (V6).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from .casebook import CaseFile, opened_from
from .codes import CHILD_PROTECTION, HUMAN_RIGHTS, IMPORTER, OPENER_BY_ADM1, OPENER_ELSEWHERE
from .corrections import attribution, correction
from .layouts import KINDS
from .quarters import Batch, quarter_of
from .reporting import Report, source_path
from .truth import TrueIncident, draw

Act = dict[str, Any]
MISSED_LINK: Final = 0.05
WRONG_LINK: Final = 0.004
REASONS: Final = (
    "No safe access to the area.",
    "The source could not be reached again.",
    "A follow-up would put persons at risk.",
    "Only one secondary source.",
)
SESSION_HOUR: Final = 6


class Clock:
    """Instants of one working day, twenty seconds apart, so that no two judgements share one."""

    def __init__(self, day: date, hour: int) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def tick(self) -> str:
        self.now += timedelta(seconds=20)
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


class ScriptWriter:
    """Walks through the sending days and writes down what the cast does on each."""

    def __init__(self, rng: Random, batches: Sequence[Batch], truths: Mapping[str, TrueIncident]) -> None:
        self.rng = rng
        self.batches = batches
        self.truths = truths
        self.files: dict[str, CaseFile] = {}
        self.acts: list[Act] = []

    def script(self, reports: Sequence[Report]) -> list[Act]:
        """All judgements; `reports` may be in any order."""
        for index, batch in enumerate(self.batches):
            arrived = [r for r in reports if r.batch == batch]
            self._sending_day(index, batch, arrived)
            self._working_group(index, batch)
        return self.acts

    def _write(self, clock: Clock, person: str, act: str, **facts: Any) -> None:
        self.acts.append({"at": clock.tick(), "by": person, "act": act, **facts})

    def _sending_day(self, index: int, batch: Batch, arrived: Sequence[Report]) -> None:
        """Files are imported first thing; triage, opening and linking follow on the same day."""
        clock = Clock(batch.day, SESSION_HOUR)
        for kind in KINDS:
            self._write(clock, IMPORTER, "import", file=source_path(kind, batch), kind=kind)
        for report in arrived:
            person = OPENER_BY_ADM1.get(report.coding["adm1"], OPENER_ELSEWHERE)
            if index >= len(self.batches) - 1 and self.rng.random() < 0.25:
                continue  # still waiting for triage at the as-of date
            self._write(clock, person, "triage", report=report.key, route=report.route)
            if report.route == "crsv":
                self._open_or_link(clock, index, batch, report, person)

    def _open_or_link(self, clock: Clock, index: int, batch: Batch, report: Report, person: str) -> None:
        truth = self.truths[str(report.truth_id)]
        known = self.files.get(truth.truth_id)
        if known is None:
            other = self._wrong_file(report) if self.rng.random() < WRONG_LINK else None
            if other is not None:
                self._link(clock, person, report, other)
            else:
                self._open(clock, index, batch, report, truth, person, truth.truth_id)
        elif self.rng.random() < MISSED_LINK and f"{truth.truth_id}-2" not in self.files:
            self._open(clock, index, batch, report, truth, person, f"{truth.truth_id}-2")
        else:
            self._link(clock, person, report, known)

    def _wrong_file(self, report: Report) -> CaseFile | None:
        """Another incident of the same province and weeks that the report is taken for."""
        for file in reversed(list(self.files.values())):
            near = file.coding["adm1"] == report.coding["adm1"] and file.coding["date_to"] <= report.reported
            if (
                near
                and file.key.startswith("T")
                and "-" not in file.key
                and file.first_reported <= report.reported
            ):
                return file
        return None

    def _link(self, clock: Clock, person: str, report: Report, file: CaseFile) -> None:
        file.reports.append(report)
        self._write(clock, person, "link", report=report.key, incident=file.key)

    def _open(
        self,
        clock: Clock,
        index: int,
        batch: Batch,
        report: Report,
        truth: TrueIncident,
        person: str,
        key: str,
    ) -> None:
        file = opened_from(report, key, truth, person, batch.day)
        file.verifier = self._verifier(file)
        self.files[key] = file
        self._write(clock, person, "open", report=report.key, incident=key, truth=truth.truth_id)
        self._decide_fate(file, index, batch)

    def _decide_fate(self, file: CaseFile, index: int, batch: Batch) -> None:
        """What will become of an incident, and at which meeting of the working group."""
        rng = self.rng
        if file.key.endswith("-2") and rng.random() < 0.6:
            file.fate, file.of = "duplicate", file.truth.truth_id
            file.step_at = index + rng.randint(1, 4)
            return
        if not file.truth.occurred:
            file.fate = draw(rng, {"did_not_occur": 45, "not_verified": 40, "open": 15})
            file.step_at = index + rng.randint(0, 3)
            return
        late_arrival = quarter_of(batch.day) > quarter_of(file.truth.date_to)
        recent = index >= len(self.batches) - 4
        if file.truth.storyline == "mass_kika":
            file.fate, file.step_at = "verify", index + 2
            return
        file.fate = draw(rng, _fate_weights(late_arrival, recent))
        file.step_at = index + self._meetings_later(file.fate, batch)
        if file.fate == "verify" and rng.random() < 0.005:
            file.retract_at = file.step_at + 2

    def _meetings_later(self, fate: str, batch: Batch) -> int:
        if fate != "verify":
            return self.rng.choice((0, 0, 1, 2, 4))
        # The last meeting of a quarter clears what it can before the quarter ends.
        quick = 0.95 if batch.part == 3 else 0.86
        pick = self.rng.random()
        return 0 if pick < quick else self.rng.randint(1, 2) if pick < 0.97 else self.rng.randint(3, 7)

    def _working_group(self, index: int, batch: Batch) -> None:
        """On the three days after a sending day the working group decides what is due."""
        clocks = [Clock(batch.day + timedelta(days=n), SESSION_HOUR) for n in (1, 2, 3)]
        due = [file for file in self.files.values() if file.step_at == index]
        again = [file for file in self.files.values() if file.retract_at == index]
        opened_now = [file for file in self.files.values() if file.opened == batch.day]
        for file in opened_now:
            # A third of what stays open is assigned at once, the rest still waits as received.
            if file.fate != "duplicate" and (file.fate != "open" or self.rng.random() < 0.35):
                self._write(clocks[0], file.verifier, "start", incident=file.key)
        for file in due:
            self._decide(file, index, clocks[self.rng.choice((0, 1, 1, 2))])
        for file in again:
            if file.fate == "verified":
                reason = "New information contradicts the account."
                self._write(clocks[2], file.verifier, "retract", incident=file.key, reason=reason)
        self.acts.sort(key=lambda act: str(act["at"]))

    def _verifier(self, file: CaseFile) -> str:
        """Human rights officers share the provinces; child protection takes part of the cases with children."""
        if file.has_children and int(file.truth.truth_id[1:]) % 5 < 2:
            return CHILD_PROTECTION
        return HUMAN_RIGHTS[int(file.truth.place.adm1[2:]) % len(HUMAN_RIGHTS)]

    def _decide(self, file: CaseFile, index: int, clock: Clock) -> None:
        if file.fate == "verify" and not file.may_be_verified:
            self._postpone(file, index, clock)
        elif file.fate == "verify":
            self._verify(file, clock)
        elif file.fate == "not_verified":
            reason = self.rng.choice(REASONS)
            self._write(clock, file.verifier, "not_verified", incident=file.key, reason=reason)
        elif file.fate == "did_not_occur":
            reason = "Checked and found unfounded."
            self._write(clock, file.verifier, "did_not_occur", incident=file.key, reason=reason)
        elif file.fate == "duplicate":
            self._duplicate(file, clock)

    def _postpone(self, file: CaseFile, index: int, clock: Clock) -> None:
        """One secondary source is not enough (V6): the group waits for another, four meetings at most."""
        file.postponed += 1
        if file.postponed <= 4:
            file.step_at = index + 1
        else:
            file.fate = "not_verified"
            self._write(clock, file.verifier, "not_verified", incident=file.key, reason=REASONS[-1])

    def _verify(self, file: CaseFile, clock: Clock) -> None:
        person = file.verifier
        changes = correction(self.rng, file)
        if changes:
            file.coding |= changes
            self._write(
                clock, person, "code", incident=file.key, changes=changes, reason="Working group paper."
            )
        primary, secondary = file.sources()
        clear = self.rng.random() < 0.02
        self._write(
            clock,
            person,
            "verify",
            incident=file.key,
            standard="clear_and_convincing" if clear else "reasonable_grounds_to_believe",
            verified_on=clock.now.date().isoformat(),
            primary_sources=primary,
            secondary_sources=secondary,
            un_staff_among_sources=self.rng.random() < 0.4,
            rationale="Accounts are consistent with one another and with the known pattern.",
        )
        file.fate = "verified"
        stated = attribution(self.rng, file)
        if stated:
            self._write(clock, person, "attribute", incident=file.key, **stated)

    def _duplicate(self, file: CaseFile, clock: Clock) -> None:
        """The file with the earlier first report is kept, and only a file that was never decided is closed."""
        kept = self.files[file.of]
        if kept.first_reported > file.first_reported or kept.fate == "duplicate":
            return
        reason = "Same event, two files."
        self._write(clock, file.verifier, "duplicate", incident=file.key, of=kept.key, reason=reason)


def _fate_weights(late_arrival: bool, recent: bool) -> dict[str, float]:
    """Shares of outcomes; what arrives late or lately is decided less often."""
    if late_arrival:
        return {"verify": 46, "not_verified": 20, "did_not_occur": 1, "open": 33}
    if recent:
        return {"verify": 76, "not_verified": 4, "did_not_occur": 1, "open": 19}
    return {"verify": 85, "not_verified": 6, "did_not_occur": 1, "open": 8}
