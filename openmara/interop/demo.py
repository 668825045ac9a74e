"""The Carana demonstration: an installation, files on disk, a script of judgements, then the quarter's work.

Everything enters through the doors an operator uses: importers for files, actions for judgements. Synthetic throughout.
"""

import csv
import io
import json
import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from openmara import ROOT
from openmara.activities import registers
from openmara.carana.generator import write
from openmara.errors import NotNow
from openmara.indicators import actions as indicators
from openmara.indicators import queries as figures
from openmara.interop import demo_meetings, demo_urgent, demo_verification
from openmara.interop.replay import Replay, parts, read_script
from openmara.linkage import actions as linkage
from openmara.parties import actions as parties
from openmara.places import actions as places
from openmara.places.boundaries import read_boundaries
from openmara.places.queries import areas
from openmara.publish import actions as publish
from openmara.security import actions as security
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.demo_sign_in import add_totp
from openmara.security.models import Mission
from openmara.security.people.training.actions import give_modules

LIBRARY = ROOT / "openmara" / "carana"
MISSION = "carana"
OFFICES = {
    "OHCHR-U": ("Human rights office", "Bureau des droits de l’homme"),
    "UNPOL": ("United Nations Police", "Police des Nations Unies"),
    "NGO-LUMA": ("Luma women’s association", "Association de femmes Luma"),
    "CLIN-NET": ("Clinic network", "Réseau de dispensaires"),
    "UNMIL-F": ("Mission force", "Force de la mission"),
    "CAN-CR": ("Community alert network", "Réseau d’alerte communautaire"),
    "WPA-U": ("Women’s protection unit", "Unité de protection des femmes"),
}


@dataclass(frozen=True)
class Role:
    """One of the cast: sign-in name, name, roles, clearance, office; provinces (None = all) and kind of staff."""

    username: str
    title: str
    roles: tuple[str, ...]
    clearance: int
    office: str
    areas: tuple[str, ...] | None = None
    staff: str = "international"
    contingent: str = ""


CAST = (
    Role("swpa", "Senior women’s protection adviser", ("swpa",), 4, "WPA-U"),
    Role("wpa.fellari", "Women’s protection adviser, Fellari", ("wpa",), 4, "WPA-U", areas=("CR01",)),
    Role("wpa.leppko", "Women’s protection adviser, Leppko", ("wpa",), 4, "WPA-U", areas=("CR08",)),
    Role("hr.1", "Human rights officer 1", ("hr",), 5, "OHCHR-U"),
    Role("hr.2", "Human rights officer 2", ("hr",), 5, "OHCHR-U"),
    Role("hr.3", "Human rights officer 3", ("hr",), 5, "OHCHR-U"),
    Role("hr.national", "Human rights officer, national staff", ("hr",), 4, "OHCHR-U", staff="national"),
    Role("cp.1", "Child protection adviser", ("cp",), 5, "OHCHR-U"),
    Role("gender", "Gender adviser", ("gender",), 1, "WPA-U"),
    Role("force", "Force gender adviser", ("force",), 2, "UNMIL-F", staff="contingent", contingent="RIM"),
    Role("unpol", "Police gender focal point", ("unpol",), 2, "UNPOL", staff="seconded_police"),
    Role("ssr", "Security sector reform officer", ("ssr",), 1, "WPA-U"),
    Role("hom", "Head of mission", ("hom",), 1, "WPA-U"),
    Role("priv", "Data protection officer", ("priv",), 2, "WPA-U"),
    Role("admin", "User administrator", ("admin",), 1, "WPA-U"),
    Role("auditor", "Auditor", ("audit",), 1, "WPA-U"),
)
RUN_OUT = ("unpol",)  # whose modules have run out: interviewing stops, recording goes on
# Districts in which nobody can be referred, or nobody has said: (health, psychosocial), by their place in the list of codes.
UNCOVERED = {2: ("no", "yes"), 5: ("no", "no"), 9: ("yes", "no"), 12: ("yes", "unknown")}
Done = Callable[[int, int], None]
Stage = Callable[[str], Done]


@dataclass(frozen=True)
class SignIns:
    """Names, the one generated pass phrase and the secrets of the authenticator apps of a demonstration."""

    phrase: str
    names: tuple[tuple[str, str], ...]
    totp: dict[str, str]


def sign_ins_file() -> Path:
    return settings.DATA_FOLDER / "demo-sign-ins.json"


def known_sign_ins() -> SignIns | None:
    """The sign-ins of a demonstration that is loaded already."""
    if not sign_ins_file().exists():
        return None
    stored = json.loads(sign_ins_file().read_text())
    return SignIns(stored["phrase"], tuple((name, title) for name, title in stored["names"]), stored.get("totp", {}))


def unfinished() -> bool:
    """Whether a load was begun and never ended: a mission without the file of sign-ins, which is written last."""
    with security.installing():
        return Mission.objects.using("owner").filter(code=MISSION).exists() and known_sign_ins() is None


def load(stage: Stage, as_of: date, incidents: int = 2200, reports: int = 4700) -> SignIns:
    """Everything of the demonstration up to the built report. `stage(label)` gives a progress callback."""
    folder = settings.DATA_FOLDER / "demo" / MISSION
    summary = write(folder, as_of=as_of, incidents=incidents, reports_target=reports, progress=stage("Writing the source files"))
    sign_ins = _found(as_of)
    load_library(stage("Places and parties"))
    _replay(folder, summary.quarters, stage)
    demo_verification.seed(mission_of_replay(), summary.quarters[-1], as_of)
    demo_urgent.seed(mission_of_replay(), as_of)
    demo_meetings.hold(MISSION, summary.quarters, as_of, stage("Meetings"))
    _registers(folder, stage("Registers"))
    inventory = stage("Inventory of activities")
    _command("inventory", str(LIBRARY / "inventory"))
    inventory(1, 1)
    with acting("swpa", MISSION) as by:
        linkage.find_candidates(by=by, mission=_mission(), progress=stage("Possible duplicates"))
    with acting("swpa", MISSION, isolation="repeatable read") as by:
        indicators.take_snapshot(by=by, mission=_mission(), as_of=_end_of(as_of), progress=stage("Snapshot and indicators"))
        figures.draw_ahead(for_user=by)
    for language, name in (("en", "Quarterly report, English"), ("fr", "Quarterly report, French")):
        _report(summary.quarters[-1], language, stage(name))
    sign_ins_file().write_text(json.dumps({"phrase": sign_ins.phrase, "names": sign_ins.names, "totp": sign_ins.totp}))
    sign_ins_file().chmod(0o600)
    return sign_ins


def mission_of_replay() -> Mission:
    with acting("swpa", MISSION):
        return _mission()


def _report(quarter: str, language: str, done: Done) -> None:
    with acting("swpa", MISSION) as by:
        made = publish.build_now(
            by=by, mission=_mission(), quarter=quarter, language=language, audience="forum", progress=lambda _step, percent: done(percent, 100)
        )
    if made.state != "done":
        raise NotNow(made.problem)


def _mission() -> Mission:
    return Mission.objects.get(code=MISSION)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=UTC)


def _found(as_of: date) -> SignIns:
    """Mission, offices and cast. Grants reach back over the eight quarters that are replayed, and not beyond a year from now."""
    phrase, totp = "-".join(secrets.token_hex(2) for _ in range(4)), {}
    with security.installing():
        mission = security.found_mission(code=MISSION, name_en="UNAC, Carana", name_fr="UNAC, Carana", synthetic=True)
        offices = {
            code: security.found_organisation(mission=mission, code=code, name_en=en, name_fr=fr) for code, (en, fr) in OFFICES.items()
        }
        for one in CAST:
            person = security.enrol(username=one.username, code=one.username, display_name=one.title, password=phrase)
            totp[one.username] = add_totp(person)
            security.give_grant(
                person=person, mission=mission, roles=list(one.roles), clearance=one.clearance, organisation=offices[one.office],
                areas=list(one.areas) if one.areas else None, staff=one.staff, contingent=one.contingent, granted_by="demonstration",
            )  # fmt: skip
            done = as_of - timedelta(days=400 if one.username in RUN_OUT else 60)
            give_modules(person=person, mission=mission, completed_on=done, valid_until=done + timedelta(days=365))
    return SignIns(phrase, tuple((one.username, one.title) for one in CAST), totp)


def load_library(done: Done) -> None:
    with acting("swpa", MISSION) as by:
        mission = _mission()
        for number, name in enumerate(("adm1.geojson", "adm2.geojson"), start=1):
            places.load_areas(by=by, mission=mission, records=read_boundaries(LIBRARY / "places" / name))
            done(number, 5)
        with (LIBRARY / "places" / "adm3.csv").open(encoding="utf-8", newline="") as rows:
            places.load_areas(by=by, mission=mission, records=places.read_subdistricts(csv.DictReader(rows)))
        done(3, 5)
        with (LIBRARY / "places" / "settlements.csv").open(encoding="utf-8", newline="") as rows:
            places.load_settlements(by=by, mission=mission, records=places.read_settlements(csv.DictReader(rows)))
        done(4, 5)
        parties.load_parties(by=by, mission=mission, register=tomllib.loads((LIBRARY / "parties.toml").read_text()))
        for number, pcode in enumerate(sorted(area.pcode for area in areas(2, for_user=by))):
            health, psychosocial = UNCOVERED.get(number, ("yes", "yes"))
            places.set_coverage(by=by, mission=mission, adm2=pcode, health=health, psychosocial=psychosocial, as_of=clock.today())
        done(5, 5)


def _replay(folder: Path, quarters: tuple[str, ...], stage: Stage) -> None:
    """The script quarter by quarter; at each end the quarter's figures are frozen as they were reported."""
    with acting("swpa", MISSION):
        mission = _mission()
    script = read_script(folder / "truth" / "judgements.jsonl")
    replay = Replay(mission, folder)
    progress = stage("Reports and judgements of eight quarters")
    ends = [indicators.quarter_end(quarter) for quarter in quarters]
    for end, acts in parts(script, ends):
        replay.run(acts, lambda done, _total: progress(done, len(script)))
        if end is None:
            continue
        with acting("swpa", MISSION, isolation="repeatable read") as by, clock.set_to(_end_of(end), mission):
            indicators.freeze_quarter(by=by, mission=mission, quarter=indicators.quarter_of(end))


def _registers(folder: Path, done: Done) -> None:
    files = sorted((folder / "registers").glob("*.csv"))
    for number, path in enumerate(files, start=1):
        register = registers.find(path.stem)
        enters = next(one.username for one in CAST if register and set(one.roles) & set(register.entered_by))
        _command("register", "import", path.stem, str(path), by=enters)
        done(number, len(files))


def _command(*words: str, by: str = "swpa") -> None:
    """One of the commands an operator types, in the adviser's name or that of a register's component."""
    call_command(*words, "--mission", MISSION, "--as", by, stdout=io.StringIO(), stderr=io.StringIO())


def only_synthetic() -> bool:
    """Whether every mission of this installation is synthetic."""
    with security.installing():
        return not Mission.objects.using("owner").filter(synthetic=False).exists()


