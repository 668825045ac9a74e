"""The command line shows a list as a table that can be read in a terminal."""

import pytest

from openmara import vocabulary


def test_it_refuses_an_unknown_list() -> None:
    with pytest.raises(vocabulary.Unknown):
        vocabulary.describe("weather")


def test_a_list_is_printed_with_its_title_source_and_standing() -> None:
    text = vocabulary.describe("crime_category", "fr")
    assert text.startswith("crime_category – Catégorie de crime")
    assert "Source: Rome Statute" in text
    assert "État: Non reconfirmé" in text


def test_the_columns_are_aligned() -> None:
    lines = vocabulary.describe("yes_no_unknown").splitlines()
    head = next(line for line in lines if line.startswith("Code"))
    rows = lines[lines.index(head) + 2 :]
    assert [row[head.index("Label") :].split("  ")[0].strip() for row in rows] == ["Yes", "No", "Unknown"]


def test_cross_walks_are_printed_and_doubts_marked() -> None:
    text = vocabulary.describe("crsv_form")
    assert "→ mrm: Gang rape" in text
    assert "→ svac: 7" in text
    icc = next(line for line in vocabulary.describe("crsv_form").splitlines() if "7(1)(k)" in line)
    assert icc.endswith("(?)")


def test_a_version_shows_until_when_it_held() -> None:
    assert "Valid 2014-01-01 – 2015-12-31" in vocabulary.describe("crsv_definition")


def test_a_code_of_another_standing_than_its_list_says_so() -> None:
    assert "[Proposal]" in vocabulary.describe("source_org_type")
    assert "[Proposition]" in vocabulary.describe("source_org_type", "fr")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_list_prints_within_the_width_of_a_page(lang: str) -> None:
    for name in vocabulary.names():
        table = vocabulary.describe(name, lang).splitlines()[4:]
        assert max(map(len, table)) <= 140


def test_the_overview_names_every_list() -> None:
    text = vocabulary.overview("fr")
    assert all(f"\n{name} " in text for name in vocabulary.names())
    assert "Forme de violence sexuelle liée aux conflits" in text
