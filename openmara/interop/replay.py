"""Replays the cast's script of judgements through the rooms' actions, at the times the script states.

The script is data of the demonstration; nothing here decides anything. Works in synthetic missions only (clock.set_to).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from openmara.evidence import actions, queries
from openmara.evidence.models import Incident, Report
from openmara.evidence.sea import actions as sea
from openmara.evidence.triage import actions as triage
from openmara.evidence.verification.by_reference.actions import by_reference
from openmara.evidence.verification.by_reference.rules import Row
from openmara.interop import intake
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Person

Act = Mapping[str, Any]
NEXUS_NOTE = "Link to the conflict confirmed at triage. Synthetic."
RATIONALE = "Accounts agree and come from sources known as reliable. Synthetic."
BY_REFERENCE = 25  # every so many verifications are taken over from the human rights office's own system
EXACT = {"date_from", "date_to"}


@dataclass
class Replay:
    """Walks the script; remembers which incident stands for which key of the script."""

    mission: Mission
    folder: Path
    incidents: dict[str, str] = field(default_factory=dict)
    done: int = 0
    verified: int = 0

    def run(self, script: list[Act], progress: Callable[[int, int], None] | None = None) -> int:
        """Every act in order, one transaction per run of acts by one person. Returns how many."""
        for person, acts in groupby(script, key=lambda act: str(act["by"])):
            with acting(person, self.mission.code) as by:
                for act in acts:
                    with clock.set_to(_moment(act["at"]), self.mission):
                        getattr(self, f"_{act['act']}")(by, act)
                    self.done += 1
            if progress:
                progress(self.done, len(script))
        return self.done

    def _report(self, key: list[str]) -> Report:
        return Report.objects.get(organisation__code=key[0], their_reference=key[1])

    def _incident(self, by: Person, key: str) -> Incident:
        return queries.find_incident(for_user=by, ref=self.incidents[key])

    def _import(self, by: Person, act: Act) -> None:
        content = (self.folder / act["file"]).read_bytes()
        intake.take(by=by, mission=self.mission, kind=act["kind"], content=content)

    def _triage(self, by: Person, act: Act) -> None:
        if act["route"] == "crsv":
            return  # opening an incident, or linking to one, is that judgement
        if act["route"] == "sea_route" and not self._still_here(act["report"]):
            return  # routed when it came in: only the notice was ever kept
        if act["route"] == "sea_route":
            draft = triage.hand_over(by=by, report=self._report(act["report"]))
            sea.record_receipt(by=by, draft=draft, reference="CDT, synthetic", received_at=clock.now())
            return
        actions.route_report(by=by, report=self._report(act["report"]), route=act["route"])

    def _still_here(self, key: list[str]) -> bool:
        return Report.objects.filter(organisation__code=key[0], their_reference=key[1]).exists()

    def _open(self, by: Person, act: Act) -> None:
        self.incidents[act["incident"]] = actions.open_incident(by=by, report=self._report(act["report"]), nexus_note=NEXUS_NOTE).ref

    def _link(self, by: Person, act: Act) -> None:
        actions.link_report(by=by, report=self._report(act["report"]), incident=self._incident(by, act["incident"]))

    def _mine(self, by: Person, act: Act) -> Incident:
        incident = self._incident(by, act["incident"])
        return incident if incident.assigned_to_id == by.id else actions.assign(by=by, incident=incident, to=by)

    def _code(self, by: Person, act: Act) -> None:
        changes: dict[str, object] = {}
        for name, value in act["changes"].items():
            if name in EXACT:
                changes[name] = date.fromisoformat(value)
            elif name in ("number_estimated", "child_protection_routed"):
                changes[name] = value == "yes"
            elif name == "alleged_parties":
                changes["party_codes"] = [code for code in value if code != "unknown"]
            else:
                changes[name] = value
        actions.recode_incident(by=by, incident=self._mine(by, act), changes=changes)

    def _start(self, by: Person, act: Act) -> None:
        actions.decide(by=by, incident=self._mine(by, act), to_status="under_verification", rationale="")

    def _verify(self, by: Person, act: Act) -> None:
        incident = self._mine(by, act)
        self.verified += 1
        if self.verified % BY_REFERENCE == 0 and by.username.startswith("hr."):
            self._by_reference(by, incident, act)
            return
        if incident.verification_status == "received":
            actions.decide(by=by, incident=incident, to_status="under_verification", rationale="")
        actions.decide(
            by=by, incident=incident, to_status="verified", rationale=act.get("rationale") or RATIONALE,
            stated_on=date.fromisoformat(act["verified_on"]), standard_of_proof=act["standard"],
        )  # fmt: skip

    def _by_reference(self, by: Person, incident: Incident, act: Act) -> None:
        """The same judgement, on the same day, taken over from the human rights office's own system: figures are the same."""
        theirs, day = f"HR-{act['verified_on'][:4]}-{self.verified:04d}", date.fromisoformat(act["verified_on"])
        row = Row(1, incident.ref, theirs, day, act["standard"], "verified")
        by_reference(by=by, incident=incident, body="human_rights", row=row)

    def _close(self, by: Person, act: Act, status: str) -> None:
        incident = self._mine(by, act)
        if incident.verification_status == "received" and status != "duplicate":
            actions.decide(by=by, incident=incident, to_status="under_verification", rationale="")
        of = self._incident(by, act["of"]) if "of" in act else None
        actions.decide(by=by, incident=incident, to_status=status, rationale=act["reason"], duplicate_of=of)

    def _not_verified(self, by: Person, act: Act) -> None:
        self._close(by, act, "reported_not_verified")

    def _did_not_occur(self, by: Person, act: Act) -> None:
        self._close(by, act, "did_not_occur")

    def _duplicate(self, by: Person, act: Act) -> None:
        self._close(by, act, "duplicate")

    def _retract(self, by: Person, act: Act) -> None:
        actions.decide(by=by, incident=self._mine(by, act), to_status="under_verification", rationale=act["reason"])

    def _attribute(self, by: Person, act: Act) -> None:
        party = Party.objects.filter(code=act["party"]).first()
        actions.attribute(by=by, incident=self._mine(by, act), party=party, status=act["status"], rationale=act["rationale"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def read_script(path: Path) -> list[Act]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def parts(script: list[Act], ends: list[date]) -> Iterator[tuple[date | None, list[Act]]]:
    """The script cut after each of these days; the last part has none."""
    rest = script
    for end in ends:
        yield end, [act for act in rest if _moment(act["at"]).date() <= end]
        rest = [act for act in rest if _moment(act["at"]).date() > end]
    yield None, rest
