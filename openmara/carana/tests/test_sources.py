"""The raw files: every report is in a file of its kind and comes back through the mapping."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from openmara import vocabulary
from openmara.carana.generator.codes import CHILD_TALLY, FORM_ORDER, PARTY_CATEGORY, TALLY, TEMPLATE
from openmara.carana.generator.layouts import KINDS, MAPPINGS_FOLDER, load
from openmara.carana.generator.places import read

from .reading import coding, rows

REQUIRED = (
    "their_reference source_org_type record_class date_from date_precision date_reported adm1 location_precision "
    "forms alleged_parties classification"
).split()
LIST_OF_COLUMN = {
    "source_org_type": "source_org_type",
    "record_class": "record_class",
    "date_precision": "date_precision",
    "location_precision": "location_precision",
    "place_type": "place_type",
    "time_of_day": "time_of_day",
    "forms": "crsv_form",
    "nexus_evidence": "nexus_evidence",
    "tactic_use": "tactic_use",
    "perpetrator_count": "perpetrator_count",
    "associated_violations": "associated_violation",
    "displacement_context": "displacement_context",
    "activity_context": "activity_context",
    "during_military_operation": "yes_no_unknown",
    "source_category": "source_category",
    "source_type": "source_type",
    "source_reliability": "source_reliability",
    "source_credibility": "source_credibility",
    "consent_basis": "consent_basis",
    "consent_scope": "consent_scope",
    "classification": "classification",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_comes_back_through_its_mapping(kind, demo, truth):
    folder, gazetteer = demo[0], read()
    mapping = tomllib.loads((MAPPINGS_FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    expected = {}
    for report in truth("reports"):
        if report["kind"] == kind:
            for path in filter(None, (report["file"], report["resent_in"])):
                expected.setdefault(path, {})[report["their_reference"]] = report["coding"]
    files = sorted((folder / "sources").glob(f"2*/{kind}-*"))
    assert len(files) == 26
    for path in files:
        records = [coding(mapping, gazetteer, row) for row in rows(mapping, path.read_bytes())]
        read_back = {record["their_reference"]: record for record in records}
        assert len(read_back) == len(records)
        assert read_back == expected.get(path.relative_to(folder).as_posix(), {})


def test_every_kind_of_source_is_used_and_belongs_to_one_organisation(truth):
    pairs = {(report["kind"], report["organisation"]) for report in truth("reports")}
    assert {kind for kind, _ in pairs} == set(KINDS)
    assert len(pairs) == len({organisation for _, organisation in pairs}) == 6


def test_no_report_breaks_a_validation_of_the_template(truth):
    for report in truth("reports"):
        stated = report["coding"]
        assert set(stated) <= set(TEMPLATE)
        assert all(stated[name] for name in REQUIRED), report
        first, last, told = (date.fromisoformat(stated[n]) for n in ("date_from", "date_to", "date_reported"))
        assert first <= last <= told < date(2026, 11, 21)  # V1, V2
        parts = [stated.get(name, 0) for name in TALLY]
        assert min(parts) >= 0 and sum(parts) == stated["total"] >= 1  # V3
        assert (
            stated.get("total_min", stated["total"])
            <= stated["total"]
            <= stated.get("total_max", stated["total"])
        )
        if any(stated.get(name, 0) for name in CHILD_TALLY):
            assert stated["child_protection_routed"] == "yes"  # V4
        if stated["record_class"] == "crsv":
            assert stated["nexus_types"] and stated["nexus_evidence"] and stated["nexus_note"]  # V5
        assert stated["consent_scope"]
        assert stated["adm1"] == stated.get("adm2", stated["adm1"])[:4]


def test_every_code_is_in_the_vocabulary(truth):
    known = {name: set(vocabulary.codes(name)) for name in LIST_OF_COLUMN.values()}
    nexus = {f"{t}:{d}" for t in vocabulary.codes("nexus_type") for d in vocabulary.codes("nexus_directness")}
    for report in truth("reports"):
        for column, name in LIST_OF_COLUMN.items():
            value = report["coding"].get(column, [])
            assert set(value if isinstance(value, list) else [value]) <= known[name], (column, value)
        assert set(report["coding"].get("nexus_types", [])) <= nexus
        assert set(report["coding"]["alleged_parties"]) <= set(PARTY_CATEGORY)


def test_the_counting_order_of_forms_is_the_vocabularys():
    assert vocabulary.codes("crsv_form") == FORM_ORDER


def test_the_parties_of_one_report_are_of_one_category(truth):
    for report in truth("reports"):
        assert len({PARTY_CATEGORY[code] for code in report["coding"]["alleged_parties"]}) == 1


def test_there_is_noise_of_every_kind(truth):
    reports = truth("reports")
    incidents = {incident["truth_id"]: incident for incident in truth("incidents")}
    crsv = [r for r in reports if r["truth_id"]]

    def share(test):
        return sum(map(test, crsv)) / len(crsv)

    assert 0.1 < share(lambda r: r["coding"]["date_precision"] in ("week", "month")) < 0.4
    assert 0.2 < share(lambda r: r["coding"]["location_precision"] in ("adm1", "adm2")) < 0.6
    assert (
        0.05 < share(lambda r: r["coding"]["total"] != sum(incidents[r["truth_id"]]["tally"].values())) < 0.4
    )
    assert 0.05 < share(lambda r: r["coding"]["forms"] != incidents[r["truth_id"]]["forms"]) < 0.5
    assert sum(bool(r["resent_in"]) for r in reports) >= 20


def test_a_refused_file_names_a_cell_that_exists(demo):
    folder = demo[0]
    expected = json.loads((folder / "truth" / "expected_refusals.json").read_text())
    assert len(expected) == len(list((folder / "sources" / "refused").iterdir())) == 9
    for refusal in expected:
        assert refusal["column"] in load(refusal["kind"]).mapping["columns"].values()
        assert (folder / refusal["file"]).exists()


def test_every_file_says_that_it_is_synthetic(demo):
    folder = demo[0]
    for path in (folder / "sources").rglob("*"):
        if path.suffix in (".csv", ".txt", ".json"):
            content = path.read_bytes()
            plain = content.decode(
                "utf-16" if path.suffix == ".txt" else "cp1252" if path.suffix == ".csv" else "utf-8"
            )
            marks = ("Mention", "remark", "synthetic", "[]")
            assert any(mark in plain for mark in marks), Path(path).name
