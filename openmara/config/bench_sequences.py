"""Random sequences of what several people may do with reports and incidents, and what must hold after each of them.

Every sequence runs in a savepoint that is rolled back. A refusal is an answer like any other; anything else that goes wrong is a violation.
"""

import contextlib
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

import pyarrow as pa
from django.db import DatabaseError, connection, transaction

from openmara.errors import Refusal
from openmara.evidence import actions, frames, queries, rules
from openmara.evidence.accounts import Account
from openmara.evidence.consent import actions as consent
from openmara.evidence.consent.models import ConsentAnswer
from openmara.evidence.gathering import actions as gathering
from openmara.evidence.gathering.models import Gathering
from openmara.evidence.models import Consent, Decision, Incident, Link, Report
from openmara.evidence.verification import actions as verification
from openmara.evidence.verification.models import Release
from openmara.indicators.calculation import compute
from openmara.parties.models import Party
from openmara.security import context
from openmara.security.models import Mission, Organisation, Person

Table: TypeAlias = pa.Table  # type: ignore[valid-type,unused-ignore]  # pyarrow has no types
STEPS = (3, 5)
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
AS_OF = date(2026, 12, 31)
KEPT = " union all ".join(
    f"select '{name}', id from evidence_{name} where mission_id = (select sec.mission())"
    for name in ("gathering", "decision", "link", "report", "incident")
)
WHY = "Judged in a sequence. Synthetic."
TELLING = "advocacy_case_redacted"
REPORTERS, TRIAGE, VERIFIERS = ("hr.1", "hr.2", "wpa"), ("swpa", "wpa", "hr.1", "hr.2"), ("hr.1", "hr.2")
Standing = tuple[Any, ...]


@dataclass
class Tally:
    """What was tried and what did not hold."""

    sequences: int = 0
    steps: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


@dataclass
class Play:
    """One mission under random hands."""

    mission: Mission
    office: Organisation
    people: Mapping[str, Person]
    rng: random.Random
    tally: Tally
    before: dict[uuid.UUID, dict[uuid.UUID, Standing]] = field(default_factory=dict)
    rows: set[tuple[str, uuid.UUID]] = field(default_factory=set)
    number: int = 0

    @contextlib.contextmanager
    def acting(self, name: str) -> Iterator[Person]:
        person = self.people[name]
        if not context.enter_as(person.id, self.mission.id):
            raise RuntimeError(f"{name} has no grant")
        person.active_mission = self.mission  # type: ignore[attr-defined]  # carried, not stored
        yield person

    def run(self, sequences: int) -> Tally:
        with self.acting("swpa"), transaction.atomic():
            self._begin()
            for _number in range(sequences):
                self.before, self.rows = {}, set()
                with transaction.atomic():
                    self.sequence()
                    transaction.set_rollback(True)
                self.tally.sequences += 1
            transaction.set_rollback(True)
        return self.tally

    def _begin(self) -> None:
        """Four reports, two incidents, both with hr.1 for verifier: every sequence begins here."""
        for name in ("hr.2", "wpa", "hr.2", "hr.1"):
            self._take_in(name)
        reports = list(Report.objects.order_by("recorded_at"))
        with self.acting("swpa") as adviser:
            first, second = (actions.open_incident(by=adviser, report=one) for one in reports[:2])
            actions.link_report(by=adviser, report=reports[2], incident=first)
            for one in (first, second):
                actions.assign(by=adviser, incident=one, to=self.people["hr.1"])
        with self.acting("hr.1") as verifier:
            for one in (first, second):
                actions.decide(by=verifier, incident=one, to_status="under_verification", rationale=WHY)

    def sequence(self) -> None:
        said = []
        for _number in range(self.rng.randint(*STEPS)):
            name = self.rng.choices(list(VERBS), weights=[weight for weight, _verb in VERBS.values()])[0]
            self.tally.steps += 1
            try:
                with transaction.atomic():
                    VERBS[name][1](self)
                self.tally.done[name] += 1
                said.append(name)
            except Refusal:
                self.tally.refused[name] += 1
            except (DatabaseError, AssertionError, LookupError, TypeError, ValueError, AttributeError) as problem:
                self.tally.violations.append(f"{name} after {said}: {type(problem).__name__}: {str(problem)[:200]}")
            if lost := self._lost():
                self.tally.violations.append(f"{name} after {said}: {lost}")
        with self.acting("swpa") as person:
            found = [*alone(), *told_without_consent(person), *counts(person, self.tally.sequences % 25 == 0)]
        self.tally.violations += [f"{said}: {one}" for one in found]

    def _lost(self) -> str:
        """Judgements, decisions and links are added, never taken away."""
        with connection.cursor() as cursor:
            cursor.execute(KEPT)
            now = set(cursor.fetchall())
        gone = Counter(table for table, _key in self.rows - now)
        self.rows = now
        return f"rows are gone: {dict(gone)}" if gone else ""

    def _take_in(self, name: str) -> None:
        self.number += 1
        day = FIRST + timedelta(days=self.rng.randrange((LAST - FIRST).days))
        people = self.rng.randint(1, 4)
        account = Account(
            their_reference=f"S-{self.number}", source_org_type="un_civilian", record_class="crsv", date_from=day, date_to=day, date_precision="day",
            date_reported=day + timedelta(days=self.rng.randrange(40)), adm1="CR08", location_precision="adm1", forms=("rape",),
            alleged_parties=("ICSC",) if self.rng.random() < 0.7 else (), classification="confidential", total=people, number_estimated=False,
            tally={"women": people}, nexus_types=("causal:direct",), nexus_note="Fighters present. Synthetic.",
            source_category=self.rng.choice(("primary_victim", "primary_witness", "secondary")), consent_basis="survivor_adult",
            consent_scope=("aggregate_reporting", TELLING) if self.rng.random() < 0.6 else ("aggregate_reporting",),
            narrative_shareable="Account held by the source. Synthetic.",
        )  # fmt: skip
        with self.acting(name) as person:
            actions.take_in(by=person, mission=self.mission, organisation=self.office, accounts=[account])

    def _incident(self, *statuses: str) -> Incident:
        """An incident, of these states where there are any."""
        rows = list(Incident.objects.order_by("recorded_at"))
        return self.rng.choice([one for one in rows if one.verification_status in statuses] or rows)

    def _report(self) -> Report:
        return self.rng.choice(list(Report.objects.order_by("recorded_at")))

    def _hand(self, names: tuple[str, ...], incident: Incident | None = None) -> str:
        """Mostly who may, now and then anybody."""
        mine = [name for name in names if incident is not None and self.people[name].id == incident.assigned_to_id]
        return self.rng.choice(mine) if mine and self.rng.random() < 0.85 else self.rng.choice(names)

    def take_in(self) -> None:
        self._take_in(self.rng.choice(REPORTERS))

    def open(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            actions.open_incident(by=person, report=self._report())

    def link(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            actions.link_report(by=person, report=self._report(), incident=self._incident(*rules.OPEN))

    def unlink(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            actions.unlink_report(by=person, link=self.rng.choice(list(Link.objects.filter(undone_at=None).select_related("incident", "report"))))

    def route(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            actions.route_report(by=person, report=self._report(), route=self.rng.choice(("gbv_context", "mrm_xref", "out_of_scope")))

    def assign(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            actions.assign(by=person, incident=self._incident(), to=self.people[self.rng.choice(VERIFIERS)])

    def decide(self) -> None:
        incident = self._incident("under_verification", "received")
        to = self.rng.choice(["verified", "verified", *sorted(rules.TRANSITIONS[incident.verification_status])])
        with self.acting(self._hand(VERIFIERS, incident)) as person:
            actions.decide(
                by=person, incident=incident, to_status=to, rationale=WHY, stated_on=date(2026, 7, 1) + timedelta(days=self.rng.randrange(140)),
                standard_of_proof="reasonable_grounds_to_believe", duplicate_of=self._incident() if to == "duplicate" else None,
            )  # fmt: skip

    def reopen(self) -> None:
        incident = self._incident("verified", *rules.CLOSED)
        with self.acting(self._hand(VERIFIERS, incident)) as person:
            actions.decide(by=person, incident=incident, to_status="under_verification", rationale=WHY)

    def attribute(self) -> None:
        incident = self._incident()
        party = Party.objects.filter(code=self.rng.choice(("ICSC", "CDF"))).first() if self.rng.random() < 0.8 else None
        with self.acting(self._hand(VERIFIERS, incident)) as person:
            actions.attribute(by=person, incident=incident, party=party, status=self.rng.choice(("verified", "alleged")), rationale=WHY)

    def recode(self) -> None:
        number = self.rng.randint(1, 6)
        incident = self._incident()
        version = incident.version - (self.rng.random() < 0.3)
        with self.acting(self._hand(TRIAGE)) as person:
            actions.recode_incident(by=person, incident=incident, changes={"women": number, "total": number}, version=version)

    def keep(self) -> None:
        with self.acting(self._hand(TRIAGE)) as person:
            gathering.keep_edit(by=person, incident=self._incident(), base_version=1, typed={"mine": {"women": "9"}, "base": None})

    def split(self) -> None:
        incident = self._incident(*rules.OPEN, "verified")
        live = list(Link.objects.filter(incident=incident, undone_at=None).values_list("report_id", flat=True))
        chosen = self.rng.sample(live, self.rng.randint(0, max(len(live) - 1, 0)))
        seen = self._standings()
        with self.acting(self._hand(TRIAGE, incident)) as person:
            gathering.split_incident(
                by=person, incident=incident, reports=chosen, base=chosen[0] if chosen else None, reason="different_events", rationale=WHY
            )  # fmt: skip
        self._remember(seen)

    def join(self) -> None:
        incident, into = self._incident(*rules.OPEN, "verified"), self._incident(*rules.OPEN, "verified")
        seen = self._standings()
        with self.acting(self._hand(VERIFIERS, incident)) as person:
            gathering.join_incident(by=person, incident=incident, into=into, reason="same_event", rationale=WHY)
        self._remember(seen)

    def undo(self) -> None:
        rows = list(Gathering.objects.select_related("incident", "other").order_by("made_at"))
        undone = {row.undoes_id for row in rows}
        live = [row for row in rows if row.id not in undone]
        if not live:
            raise Refusal("nothing to undo")
        judgement, seen = self.rng.choice(live), self._standings()
        with self.acting(self._hand(VERIFIERS, judgement.incident)) as person:
            gathering.undo_gathering(by=person, judgement=judgement, reason="new_information", rationale=WHY)
        self._check_restored(judgement)
        self._remember(seen)

    def release(self) -> None:
        with self.acting("swpa") as person:
            verification.release(by=person, incident=self._incident("verified"))

    def withdraw(self) -> None:
        with self.acting(self._hand(REPORTERS)) as person:
            consent.withdraw(by=person, report=self._report(), scopes=[(TELLING, "")], everything=self.rng.random() < 0.3)

    def _standings(self) -> dict[uuid.UUID, Standing]:
        """Where every incident stands and which reports belong to it."""
        live: dict[uuid.UUID, set[uuid.UUID]] = {}
        for incident, report in Link.objects.filter(undone_at=None).values_list("incident_id", "report_id"):
            live.setdefault(incident, set()).add(report)
        rows = Incident.objects.values_list("id", "verification_status", "verified_on", "standard_of_proof", "closed_on", "duplicate_of_id")
        return {row[0]: (row[1:], frozenset(live.get(row[0], ()))) for row in rows}

    def _remember(self, seen: dict[uuid.UUID, Standing]) -> None:
        self.before[Gathering.objects.latest("made_at").id] = seen

    def _check_restored(self, judgement: Gathering) -> None:
        """Reports lie where they lay, and every standing the judgement had changed is as it was."""
        before, now = self.before[judgement.id], self._standings()
        moved = set(judgement.moves.values_list("report_id", flat=True))
        for side in ("incident", "other"):
            key = getattr(judgement, f"{side}_id")
            if key in before:
                assert now[key][1] & moved == before[key][1] & moved, "a report is not where it was"
            if judgement.state[side]:
                assert now[key][0] == before[key][0], f"{now[key][0]} is not {before[key][0]}"


VERBS: dict[str, tuple[int, Callable[[Play], None]]] = {
    "take_in": (2, Play.take_in), "open": (2, Play.open), "link": (4, Play.link), "unlink": (2, Play.unlink), "route": (1, Play.route),
    "assign": (2, Play.assign), "decide": (7, Play.decide), "reopen": (2, Play.reopen), "attribute": (1, Play.attribute), "recode": (2, Play.recode),
    "keep": (1, Play.keep), "split": (5, Play.split), "join": (4, Play.join), "undo": (7, Play.undo), "release": (3, Play.release), "withdraw": (2, Play.withdraw),
}  # fmt: skip


def alone() -> list[str]:
    """Incidents verified by whoever recorded every one of their reports."""
    found = []
    for one in Incident.objects.filter(verification_status="verified"):
        made = Decision.objects.filter(incident=one, axis="verification", to_status="verified").order_by("-recorded_at", "-id")[0]
        reporters = set(Report.objects.filter(links__incident=one, links__undone_at=None).values_list("recorded_by_id", flat=True))
        if reporters <= {made.made_by_id}:
            found.append("verified by its sole reporter")
    return found


def told_without_consent(person: Person) -> list[str]:
    """Cases that may leave although an account's consent does not reach so far; looked up anew, row by row."""
    found = []
    for ref, _text in queries.cleared_for_release(for_user=person, quarter_months=(date(2020, 1, 1), date(2030, 1, 1))):
        incident = Incident.objects.get(ref=ref)
        agreed = [_agreed(report) for report in Report.objects.filter(links__incident=incident, links__undone_at=None)]
        released = Release.objects.filter(incident=incident, undone_at=None).exists()
        if not (agreed and all(agreed) and released and incident.verification_status == "verified"):
            found.append("a case could leave without consent or release")
    return found


def _agreed(report: Report) -> bool:
    given = TELLING in (Consent.objects.filter(report=report).values_list("scope", flat=True).first() or [])
    for answer in ConsentAnswer.objects.filter(report=report, scope__in=[TELLING, "everything"]).order_by("recorded_at", "id"):
        given = answer.scope == TELLING and answer.answer == "given"
    return given


def counts(person: Person, with_figures: bool) -> list[str]:
    """List, incident pages, frames and the states that figures are drawn from say the same number for every state."""
    pages = Counter(Incident.objects.values_list("verification_status", flat=True))
    table, steps = frames.incidents(), frames.verification_steps("UTC")
    framed = dict(zip(*(table.column(name).to_pylist() for name in ("incident_key", "status")), strict=True))
    last = dict(zip(*(steps.column(name).to_pylist() for name in ("incident_key", "to_status")), strict=True))
    withdrawn = {key for key, status in last.items() if status == "withdrawn"}  # counted no more from the next revision on
    found = [] if Counter(framed.values()) == pages else [f"frames {framed}, pages {pages}"]
    found += [f"{key} is {status}, its last step {last[key]}" for key, status in framed.items() if key not in withdrawn and last[key] != status]
    listed = Counter(row.verification_status for row in queries.incidents(for_user=person, filters={}).rows if isinstance(row, Incident))
    found += [] if listed == pages else [f"the list shows {listed}, the pages {pages}"]
    return [*found, *(_figures(table, steps, sum(status == "verified" and key not in withdrawn for key, status in framed.items())) if with_figures else [])]


def _figures(table: Table, steps: Table, rows: int) -> list[str]:
    """The figure drawn by the engine beside a count of the rows by hand: verified as known at the end of the year, whatever the quarter."""
    drawn = compute("IND-PROT-01", {"incidents": table, "verification_steps": steps}, QUARTERS, "as_known", AS_OF)
    said = sum(row.numerator for row in drawn.rows if (row.breakdown, row.code) == ("status", "verified"))
    return [] if said == rows else [f"the figure says {said}, the rows {rows}"]
