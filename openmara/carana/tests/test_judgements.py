"""The script of the cast: it may err, but it must be replayable."""

import json
from collections import Counter
from datetime import date

from openmara.carana.generator import write
from openmara.carana.generator.codes import TALLY
from openmara.carana.generator.quarters import quarter_of

ROUTES = {"crsv", "gbv_context", "mrm_xref", "out_of_scope", "sea_route"}
CAST = {"wpa.fellari", "wpa.leppko", "swpa", "hr.1", "hr.2", "hr.3", "cp.1"}
BEFORE = {
    "start": {"received"},
    "verify": {"under_verification"},
    "not_verified": {"under_verification"},
    "did_not_occur": {"under_verification"},
    "duplicate": {"received", "under_verification"},
    "retract": {"verified"},
}
AFTER = {"start": "under_verification", "verify": "verified", "retract": "under_verification"}


def test_nobody_verifies_what_they_opened(truth):
    opener = {}
    for act in truth("judgements"):
        if act["act"] == "open":
            opener[act["incident"]] = act["by"]
        if act["act"] == "verify":
            assert act["by"] != opener[act["incident"]]
            assert act["by"].startswith(("hr.", "cp."))
            assert act["primary_sources"] >= 1 or act["secondary_sources"] >= 2


def test_no_incident_is_verified_on_too_few_sources(truth):
    reports = {
        (r["organisation"], r["their_reference"]): r["coding"]["source_category"] for r in truth("reports")
    }
    linked = {}
    for act in truth("judgements"):
        if act["act"] in ("open", "link"):
            linked.setdefault(act["incident"], []).append(tuple(act["report"]))
        if act["act"] == "verify":
            mine = linked[act["incident"]]
            primary = sum(reports[key].startswith("primary") for key in mine)
            secondary = len({key[0] for key in mine if reports[key] == "secondary"})
            assert (primary, secondary) == (act["primary_sources"], act["secondary_sources"])
            assert primary >= 1 or secondary >= 2  # V6


def test_a_duplicate_was_not_reported_before_the_incident_it_repeats(truth):
    reports = {
        (r["organisation"], r["their_reference"]): r["coding"]["date_reported"] for r in truth("reports")
    }
    told = {}
    for act in truth("judgements"):
        if act["act"] in ("open", "link"):
            told.setdefault(act["incident"], []).append(reports[tuple(act["report"])])
        if act["act"] == "duplicate":
            assert min(told[act["of"]]) <= min(told[act["incident"]])
            assert act["incident"] == f"{act['of']}-2"


def test_who_decides_is_who_started(truth):
    started = {}
    for act in truth("judgements"):
        if act["act"] == "start":
            started[act["incident"]] = act["by"]
        elif act["act"] in ("verify", "not_verified", "did_not_occur", "retract", "attribute", "code"):
            assert act["by"] == started[act["incident"]]


def test_every_judgement_speaks_of_what_exists_at_that_time(demo, truth):
    reports = {(r["organisation"], r["their_reference"]): r for r in truth("reports")}
    events = {incident["truth_id"] for incident in truth("incidents")}
    imported, triaged, opened, last = set(), {}, {}, ""
    for act in truth("judgements"):
        assert last < act["at"] <= "2026-11-21T23:59:59Z"
        assert act["by"] in CAST
        last = act["at"]
        if act["act"] == "import":
            assert (demo[0] / act["file"]).exists()
            imported.add(act["file"])
        elif act["act"] == "triage":
            key = tuple(act["report"])
            assert reports[key]["file"] in imported and key not in triaged and act["route"] in ROUTES
            triaged[key] = act["route"]
        elif act["act"] in ("open", "link"):
            assert triaged.pop(tuple(act["report"])) == "crsv"  # popped: a report has one incident
            assert (act["incident"] in opened) is (act["act"] == "link")
            if act["act"] == "open":
                assert act["truth"] in events and act["incident"].startswith(act["truth"])
                opened[act["incident"]] = act["at"]
        else:
            assert act["incident"] in opened
            assert act.get("of", act["incident"]) in opened


def test_an_incident_passes_only_through_allowed_states(truth):
    state = {}
    for act in truth("judgements"):
        key, name = act.get("incident"), act["act"]
        if name == "open":
            state[key] = "received"
        elif name in BEFORE:
            assert state[key] in BEFORE[name], act
            state[key] = AFTER.get(name, name)
        elif name == "attribute":
            assert state[key] == "verified"


def test_a_judged_coding_keeps_the_validations(truth):
    reports = {(r["organisation"], r["their_reference"]): r["coding"] for r in truth("reports")}
    codings, told = {}, {}
    for act in truth("judgements"):
        if act["act"] in ("open", "link"):
            coding = reports[tuple(act["report"])]
            codings.setdefault(act["incident"], dict(coding))
            told.setdefault(act["incident"], []).append(coding["date_reported"])
        if act["act"] == "code":
            stated = codings[act["incident"]]
            stated |= act["changes"]
            assert act["changes"]
            assert stated["date_from"] <= stated["date_to"] <= stated["date_reported"]
            if "date_to" in act["changes"]:
                assert stated["date_to"] <= min(told[act["incident"]])
            assert stated["total"] == sum(stated.get(name, 0) for name in TALLY)
            assert stated.get("adm2", "")[:4] in ("", stated["adm1"])
            if any(stated.get(name, 0) for name in ("girls", "boys", "child_unknown")):
                assert stated["child_protection_routed"] == "yes"
        if act["act"] == "attribute":
            assert act["party"] in codings[act["incident"]]["alleged_parties"]
            assert act["rationale"]


def test_the_shares_of_outcomes_are_as_the_story_wants(truth):
    incidents = {i["truth_id"]: i for i in truth("incidents")}
    acts = truth("judgements")
    counts = Counter(act["act"] for act in acts)
    assert 0.64 < counts["verify"] / counts["open"] < 0.76
    assert 0.05 < counts["not_verified"] / counts["open"] < 0.12
    assert counts["did_not_occur"] and counts["duplicate"] and counts["retract"]
    verified = {a["incident"]: date.fromisoformat(a["verified_on"]) for a in acts if a["act"] == "verify"}
    late = [
        key
        for key, day in verified.items()
        if quarter_of(day) > quarter_of(date.fromisoformat(incidents[key.removesuffix("-2")]["date_to"]))
    ]
    assert 0.08 < len(late) / len(verified) < 0.2
    mass = next(i["truth_id"] for i in incidents.values() if i["storyline"] == "mass_kika")
    assert mass in late and sum(incidents[mass]["tally"].values()) >= 12


def test_the_volumes_are_those_of_the_demo(demo, truth):
    summary = demo[1]
    assert summary.incidents >= 2000 and summary.reports >= 4500
    assert sum(i["occurred"] for i in truth("incidents")) == summary.incidents
    assert {i["date_to"][:4] for i in truth("incidents")} == {"2024", "2025", "2026"}
    assert summary.judgements < 14_500
    assert summary.register_entries >= 3000
    assert len(summary.quarters) == 8 and summary.quarters[-1] == "2026Q3"


def test_four_in_five_victims_are_women_and_girls(truth):
    tally = Counter()
    for incident in truth("incidents"):
        if incident["occurred"]:
            tally.update(incident["tally"])
    assert 0.76 < (tally["women"] + tally["girls"]) / tally.total() < 0.86
    assert tally["girls"] > 500


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    def files(name, seed):
        folder = tmp_path / name
        write(folder, seed=seed, incidents=160, reports_target=340)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    first = files("first", 7)
    assert first == files("second", 7)
    assert first != files("third", 8)
    assert json.loads(first["truth/summary.json"])["reports"] == 340


def test_progress_is_told_up_to_the_end(tmp_path):
    told = []
    write(
        tmp_path, incidents=120, reports_target=260, progress=lambda done, total: told.append((done, total))
    )
    assert told[-1][0] == told[-1][1] == len(told)
