"""Carana's parties stand in Carana's places and use the vocabulary's codes."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from openmara import vocabulary

CARANA = Path(__file__).parents[2]
FILE = tomllib.loads((CARANA / "parties.toml").read_text("utf-8"))
PARTIES = {p["code"]: p for p in FILE["party"]}


def test_the_seven_parties_are_there_and_marked_synthetic():
    assert FILE["synthetic"] is True
    assert list(PARTIES) == ["CDF", "CNP", "PEF", "MPC", "ICSC", "MLCS", "UIAM"]


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("category", "party_category"),
        ("subtype", "party_subtype"),
        ("status", "party_status"),
        ("ucdp_actor_type", "ucdp_actor_type"),
    ],
)
def test_codes_are_in_the_vocabulary(key, codes):
    assert {p[key] for p in PARTIES.values() if key in p} <= set(vocabulary.codes(codes))


def test_unidentified_men_are_no_group():
    assert PARTIES["UIAM"]["category"] == "unknown"


def test_names_are_in_both_languages_and_aliases_have_their_time():
    for party in PARTIES.values():
        assert set(party["name"]) == {"en", "fr"}
        for alias in party["aliases"]:
            assert alias["from"] >= party["valid_from"]
            assert alias.get("to", date.max) > alias["from"]
    assert "CISC" in {a["text"] for a in PARTIES["ICSC"]["aliases"]}


def test_an_alias_names_one_party_only():
    texts = [a["text"].casefold() for p in PARTIES.values() for a in p["aliases"]]
    assert len(set(texts)) == len(texts)


def test_the_splinter_exists_only_after_the_split():
    (event,) = FILE["event"]
    assert (event["kind"], event["from"], event["to"]) == ("split", ["ICSC"], ["MLCS"])
    assert event["kind"] in vocabulary.codes("party_event")
    assert PARTIES["MLCS"]["valid_from"].replace(day=1) == event["date"].replace(day=1) == date(2025, 1, 1)


def test_areas_of_parties_exist():
    known = set()
    for level in (1, 2):
        features = json.loads((CARANA / "places" / f"adm{level}.geojson").read_text("utf-8"))["features"]
        known |= {f["properties"][f"ADM{level}_PCODE"] for f in features}
    assert {area for p in PARTIES.values() for area in p["areas"]} <= known
