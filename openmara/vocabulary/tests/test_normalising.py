"""Importers find a code by what people type, and never by guessing."""

import pytest

from openmara import vocabulary


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("crsv_form", ""),
        ("crsv_form", "   "),
        ("crsv_form", "rap"),
        ("crsv_form", "rape and looting"),
        ("perpetrator_count", "-1"),
        ("perpetrator_count", ">2"),
        ("yes_no_unknown", "maybe"),
        ("yes_no_unknown", "-1"),
    ],
)
def test_it_refuses_to_guess(name: str, text: str) -> None:
    assert vocabulary.normalise(name, text) is None


def test_it_refuses_an_unknown_list() -> None:
    with pytest.raises(vocabulary.Unknown):
        vocabulary.normalise("weather", "rain")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("crsv_form", "gang_rape", "gang_rape"),
        ("crsv_form", " Gang  RAPE ", "gang_rape"),
        ("crsv_form", "Viol collectif", "gang_rape"),
        ("crsv_form", "VIOL EN RÉUNION", "gang_rape"),
        ("crsv_form", "viol en reunion", "gang_rape"),
        ("crsv_form", "mariage forcé", "forced_marriage"),
        ("crsv_form", "Nudite forcee", "forced_nudity"),
        ("source_org_type", "ONG locale", "local_ngo"),
        ("source_org_type", "UNPOL", "un_police"),
        ("source_org_type", "Centre de santé", "health_provider"),
        ("place_type", "Bush/Forest", "bush_forest"),
        ("place_type", "Brousse", "bush_forest"),
        ("place_type", "Client's Home", "survivor_home"),
        ("place_type", "Client’s home", "survivor_home"),
        ("place_type", "check-point", "checkpoint"),
        ("place_type", "point d'eau", "water_point"),
        ("person_category", "Women", "woman"),
        ("person_category", "Garçons", "boy"),
        ("person_category", "garcons", "boy"),
        ("yes_no_unknown", "Oui", "yes"),
        ("yes_no_unknown", "O", "yes"),
        ("yes_no_unknown", "FALSE", "no"),
        ("yes_no_unknown", "ne sait pas", "unknown"),
        ("perpetrator_count", ">3", "more_than_3"),
        ("perpetrator_count", "3", "3"),
        ("age_band", "0–5", "0_5"),
        ("age_band", "60+", "60_plus"),
    ],
)
def test_it_finds_a_code_by_code_label_or_alias(name: str, text: str, code: str) -> None:
    assert vocabulary.normalise(name, text) == code


def test_every_printed_label_of_gbv_and_mrm_finds_its_place() -> None:
    for place in vocabulary.load("place_type").codes:
        for key in {"gbvims_label", "mrm_label"} & place.crosswalk.keys():
            assert vocabulary.normalise("place_type", place.crosswalk[key]) == place.code


def test_every_label_in_every_language_finds_its_own_code() -> None:
    for name in vocabulary.names():
        for entry in vocabulary.load(name).codes:
            assert {vocabulary.normalise(name, text) for text in entry.label.values()} == {entry.code}
