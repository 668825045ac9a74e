"""Quarter edges, worked by hand (quarter_edges.toml), against the rule for one incident, the indicators' SQL, the reconciliation and the page."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from openmara import engine
from openmara.evidence import actions, frames, queries
from openmara.evidence.models import Incident, Report
from openmara.evidence.rules import quarter_end
from openmara.evidence.tests import desk as pages
from openmara.evidence.verification import presenters, quarters
from openmara.evidence.verification.reconciliation import queries as reconciliation
from openmara.indicators import definitions, periods
from openmara.indicators.columns import schema
from openmara.security import actions as security
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.keys import pseudonym
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties

CASES = tomllib.loads((Path(__file__).parents[2] / "tests" / "quarter_edges.toml").read_text())["case"]
QUARTERS = ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
LAST = date(2026, 9, 30)
STATES = {
    "start": "under_verification", "retract": "under_verification", "verify": "verified", "not_verified": "reported_not_verified",
    "unfounded": "did_not_occur", "duplicate": "duplicate", "out_of_scope": "out_of_scope",
}  # fmt: skip


@dataclass(frozen=True)
class Act:
    at: datetime
    verb: str
    days: tuple[date, ...]
    number: int


def acts_of(case: dict[str, Any], number: int = 0) -> list[Act]:
    found = []
    for text in case["acts"]:
        at, verb, *days = text.split()
        found.append(Act(datetime.fromisoformat(at + "+00:00"), verb, tuple(map(date.fromisoformat, days)), number))
    return found


def zone_of(case: dict[str, Any]) -> ZoneInfo:
    return ZoneInfo(case.get("zone", "UTC"))


def ends(quarter: str, zone: ZoneInfo) -> datetime:
    """The moment at which a quarter ends in the mission."""
    return datetime.combine(quarter_end(quarter) + timedelta(days=1), time(), zone)


def as_of(case: dict[str, Any], moment: datetime) -> tuple[list[quarters.Step], date]:
    """What was recorded of a case before a moment: its steps, and the end of its range as then coded."""
    steps, end = [], date.fromisoformat(case["event"][1])
    for act in acts_of(case):
        day = act.at.astimezone(zone_of(case)).date()
        if act.at >= moment:
            break
        if act.verb == "recode":
            end = act.days[1]
        else:
            steps.append(quarters.Step(STATES.get(act.verb, "received"), act.days[0] if act.days else day))
    return steps, end


def by_rule(case: dict[str, Any], cut_off: Callable[[str], date], moment: Callable[[str], datetime]) -> dict[str, str]:
    found = {quarter: quarters.line(*as_of(case, moment(quarter)), quarter, cut_off(quarter)) for quarter in QUARTERS}
    return {quarter: line for quarter, line in found.items() if line}


def test_the_table_is_long_enough_and_gives_each_reason() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert all(len(case["why"]) > 10 and set(case["frozen"]) | set(case["known"]) <= set(QUARTERS) for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_rule_for_one_incident_counts_as_by_hand(case: dict[str, Any]) -> None:
    end = ends("2026Q3", zone_of(case))
    assert by_rule(case, quarter_end, lambda quarter: ends(quarter, zone_of(case))) == case["frozen"]
    assert by_rule(case, quarter_end, lambda _quarter: end) == case.get("restated", case["frozen"])
    assert by_rule(case, lambda _quarter: LAST, lambda _quarter: end) == case["known"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_verification_counts_once_in_what_was_frozen(case: dict[str, Any]) -> None:
    """A case stands as verified or late in one frozen quarter; in a second one only where it was taken back and verified anew."""
    counted = [quarter for quarter, line in case["frozen"].items() if line in quarters.COUNTED_AS_VERIFIED]
    again = sum(act.verb == "retract" for act in acts_of(case))
    assert len(counted) <= 1 + again


class Played:
    """Every case of one zone, played through the actions at its own times; what the indicators' SQL said at each quarter's end."""

    def __init__(self, zone: str) -> None:
        self.zone, self.refs, self.keys = ZoneInfo(zone), {}, {}
        self.frozen: dict[str, dict[int, str]] = {}
        with security.installing():
            assert Mission.objects.using("owner").filter(code="carana").update(zone=zone) == 1
        with acting("swpa", "carana") as adviser:
            self.mission = adviser.active_mission
            make_areas_and_parties(self.mission)
        self.play()

    def play(self) -> None:
        with clock.set_to(datetime(2025, 10, 1, 8, tzinfo=ZoneInfo("UTC")), self.mission):
            self.kept = self._open({"event": ["2025-10-01", "2025-10-01"], "reported": "2025-10-01"}, "kept")
        here = [(number, case) for number, case in enumerate(CASES) if case.get("zone", "UTC") == str(self.zone)]
        script = sorted((act for number, case in here for act in acts_of(case, number)), key=lambda act: act.at)
        waiting = [(ends(quarter, self.zone), quarter) for quarter in QUARTERS]
        for act in script:
            while waiting and act.at >= waiting[0][0]:
                self._freeze(waiting.pop(0)[1])
            with clock.set_to(act.at, self.mission):
                self._do(act, CASES[act.number])
        for _moment, quarter in waiting:
            self._freeze(quarter)

    def _freeze(self, quarter: str) -> None:
        with clock.set_to(ends(quarter, self.zone) - timedelta(seconds=1), self.mission):
            self.frozen[quarter] = self.lines("as_reported", quarter_end(quarter)).get(quarter, {})

    def _open(self, case: dict[str, Any], number: object) -> str:
        first, last = map(date.fromisoformat, case["event"])
        said = account(
            f"E-{number}", date_from=first, date_to=last, date_precision=case.get("date_precision", "day" if first == last else "range"),
            date_reported=date.fromisoformat(case["reported"]),
        )  # fmt: skip
        with acting("hr.2", "carana") as reporter:
            office = Organisation.objects.get(code="hr_office")
            done = actions.take_in(by=reporter, mission=self.mission, organisation=office, accounts=[said])
        with acting("swpa", "carana") as adviser:
            incident = actions.open_incident(by=adviser, report=Report.objects.get(id=done.added[0]))
            actions.assign(by=adviser, incident=incident, to=Person.objects.get(username="hr.1"))
            self.keys[pseudonym(str(incident.id))] = number
            return incident.ref

    def _do(self, act: Act, case: dict[str, Any]) -> None:
        if act.verb == "open":
            self.refs[act.number] = self._open(case, act.number)
            return
        with acting("hr.1", "carana") as verifier:
            incident = queries.find_incident(for_user=verifier, ref=self.refs[act.number])
            if act.verb == "recode":
                actions.recode_incident(by=verifier, incident=incident, changes={"date_from": act.days[0], "date_to": act.days[1]})
                return
            actions.decide(
                by=verifier, incident=incident, to_status=STATES[act.verb], rationale="Synthetic reasons.", stated_on=act.days[0] if act.days else None,
                standard_of_proof="reasonable_grounds_to_believe" if act.verb == "verify" else "",
                duplicate_of=queries.find_incident(for_user=verifier, ref=self.kept) if act.verb == "duplicate" else None,
            )  # fmt: skip

    def lines(self, basis: str, day: date) -> dict[str, dict[int, str]]:
        """Case by case, the line of each quarter as the indicators' own SQL has it."""
        with acting("swpa", "carana"):
            read = {"incidents": frames.incidents(), "verification_steps": frames.verification_steps(str(self.zone))}
        narrow = {name: table.select(schema(name).names) for name, table in read.items()}
        found = engine.run(definitions.steps("IND-PROT-01"), narrow, periods.parameters(QUARTERS, basis, day), want="lines").rows.to_pylist()
        out: dict[str, dict[int, str]] = {}
        for row in found:
            if self.keys[row["incident_key"]] != "kept":
                out.setdefault(row["quarter"], {})[self.keys[row["incident_key"]]] = row["line"]
        return out


@pytest.fixture(params=sorted({case.get("zone", "UTC") for case in CASES}))
def played(request: pytest.FixtureRequest, committed: None, french: None) -> Iterator[Played]:
    yield Played(request.param)


def expected(name: str, quarter: str, played: Played) -> dict[int, str]:
    return {number: line for number in played.refs if (line := CASES[number].get(name, CASES[number]["frozen"]).get(quarter))}


def test_indicators_page_and_reconciliation_count_as_by_hand(played: Played) -> None:
    restated, known = played.lines("as_reported", LAST), played.lines("as_known", LAST)
    for quarter in QUARTERS:
        assert named(played.frozen[quarter]) == named(expected("frozen", quarter, played)), quarter
        assert named(restated.get(quarter, {})) == named(expected("restated", quarter, played)), quarter
        assert named(known.get(quarter, {})) == named(expected("known", quarter, played)), quarter
    with clock.set_to(ends("2026Q3", played.zone) - timedelta(seconds=1), played.mission), acting("swpa", "carana") as person:
        for number, ref in played.refs.items():
            shown = {one.quarter: one for one in presenters.in_figures(Incident.objects.get(ref=ref))}
            said = {name: {quarter: getattr(one, name) for quarter, one in shown.items() if getattr(one, name)} for name in ("as_reported", "as_known")}
            assert said["as_reported"] == CASES[number].get("restated", CASES[number]["frozen"]), CASES[number]["name"]
            assert said["as_known"] == CASES[number]["known"], CASES[number]["name"]
        for quarter in QUARTERS:
            cells = [cell for cell in reconciliation.count(quarter) if cell.breakdown == "adm1" and cell.form_group != "children"]
            lines = list(restated.get(quarter, {}).values())
            assert (sum(cell.incidents for cell in cells), sum(cell.late for cell in cells)) == (lines.count("verified"), 2 * lines.count("late"))
        assert person.username == "swpa"


def named(lines: dict[int, str]) -> dict[str, str]:
    return {CASES[number]["name"]: line for number, line in lines.items()}


def test_the_incident_page_says_in_which_quarter_it_counts(committed: None, french: None, plain_static: None) -> None:
    with suppress(KeyError):
        with acting("swpa", "carana") as adviser:
            make_areas_and_parties(adviser.active_mission)
    with acting("swpa", "carana") as adviser:
        mission = adviser.active_mission
    with clock.set_to(datetime(2026, 7, 20, tzinfo=ZoneInfo("UTC")), mission):
        ref = pages.opened(mission, verifier="hr.1")
    body = pages.signed_in("hr.1").get(f"{pages.BASE}incidents/{ref}/").content.decode()
    assert 'id="figures-title"' in body and "2026" in body
