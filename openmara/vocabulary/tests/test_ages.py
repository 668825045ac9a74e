"""Child is under 18; a band maps to another scheme exactly or not at all."""

import pytest

from openmara import vocabulary
from openmara.vocabulary import Unknown

OLDEST = 130


def test_it_refuses_a_negative_age() -> None:
    with pytest.raises(ValueError, match="negative"):
        vocabulary.band_of_age(-1)


def test_it_refuses_an_unknown_scheme_band_or_sex() -> None:
    with pytest.raises(Unknown):
        vocabulary.band_in_scheme("0_5", "zodiac")
    with pytest.raises(Unknown):
        vocabulary.is_child("teenager")
    with pytest.raises(Unknown):
        vocabulary.person_category("x", True)


@pytest.mark.parametrize(
    ("years", "band"),
    [(0, "0_5"), (5, "0_5"), (6, "6_11"), (11, "6_11"), (12, "12_17"), (17, "12_17")]
    + [
        (18, "18_29"),
        (29, "18_29"),
        (30, "30_59"),
        (59, "30_59"),
        (60, "60_plus"),
        (104, "60_plus"),
        (None, "unknown"),
    ],
)
def test_an_age_has_one_band(years: int | None, band: str) -> None:
    assert vocabulary.band_of_age(years) == band


def test_a_child_is_under_eighteen() -> None:
    for years in range(OLDEST):
        assert vocabulary.is_child(vocabulary.band_of_age(years)) is (years < 18)
    assert vocabulary.is_child("unknown") is None


@pytest.mark.parametrize(
    ("sex", "child", "category"),
    [
        ("female", True, "girl"),
        ("female", False, "woman"),
        ("male", True, "boy"),
        ("male", False, "man"),
        ("unknown", True, "child_unknown"),
        ("unknown", False, "adult_unknown"),
        ("intersex", False, "adult_unknown"),
        ("female", None, "unknown"),
        ("unknown", None, "unknown"),
    ],
)
def test_sex_and_child_give_the_person_category(sex: str, child: bool | None, category: str) -> None:
    assert vocabulary.person_category(sex, child) == category


def test_the_tally_has_one_field_for_each_person_category() -> None:
    fields = [code.attributes["tally_field"] for code in vocabulary.load("person_category").codes]
    assert fields == ["women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown"]


def years_of(ages: tuple[int, ...]) -> set[int]:
    return set(range(ages[0], (ages[1] if len(ages) > 1 else OLDEST) + 1))


@pytest.mark.parametrize("scheme", vocabulary.codes("age_scheme"))
def test_a_band_maps_only_where_whole_bands_add_up(scheme: str) -> None:
    ours = {
        code.code: years_of((code.attributes["from"], code.attributes.get("to", OLDEST)))
        for code in vocabulary.load("age_band").codes
        if "from" in code.attributes
    }
    expected = dict.fromkeys(ours, "not_available")
    for band, ages in vocabulary.get("age_scheme", scheme).attributes["ages"].items():
        inside = {code for code, years in ours.items() if years <= years_of(ages)}
        if set().union(*(ours[code] for code in inside)) == years_of(ages):
            expected |= dict.fromkeys(inside, band)
    assert {code: vocabulary.band_in_scheme(code, scheme) for code in ours} == expected


def test_unhcr_and_mrm_bands_are_not_made_up() -> None:
    assert vocabulary.band_in_scheme("0_5", "unhcr") == "not_available"
    assert vocabulary.band_in_scheme("12_17", "mrm_group") == "not_available"
    assert vocabulary.band_in_scheme("60_plus", "primero") == "18_plus"
    assert vocabulary.band_in_scheme("unknown", "mrm_group") == "unknown"


def test_a_mapped_band_is_one_of_the_scheme() -> None:
    for scheme in vocabulary.load("age_scheme").codes:
        allowed = {*scheme.attributes["bands"], "not_available"}
        assert {
            vocabulary.band_in_scheme(band, scheme.code) for band in vocabulary.codes("age_band")
        } <= allowed
