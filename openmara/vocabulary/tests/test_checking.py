"""A list that is not fit for use is refused with a sentence that says why."""

from pathlib import Path

import pytest

from openmara import vocabulary
from openmara.vocabulary.checking import STATUSES

GOOD = """
title.en = "Colour of a flag"
title.fr = "Couleur d’un drapeau"
source = "A test"
status = "confirmed"
valid_from = 2010-12-16

[[codes]]
code = "red"
label.en = "Red"
label.fr = "Rouge"
definition.en = "A red flag"
definition.fr = "Un drapeau rouge"
"""
BLUE = GOOD[GOOD.index("[[codes]]") :].replace("red", "blue").replace("Red", "Blue").replace("ouge", "leu")


def problems(tmp_path: Path, text: str, schemes: str = "") -> list[str]:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "flag.toml").write_text(text, encoding="utf-8")
    (tmp_path / "crosswalks.toml").write_text(schemes, encoding="utf-8")
    return vocabulary.check(lists)


def test_the_example_itself_is_good(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD + BLUE.replace("Bleu", "Bleue")) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('label.fr = "Rouge"\n', "", "flag.red: no label in 'fr'"),
        ('label.fr = "Rouge"', 'label.fr = "  "', "flag.red: no label in 'fr'"),
        ('label.en = "Red"\n', "", "flag.red: no label in 'en'"),
        ('title.fr = "Couleur d’un drapeau"\n', "", "flag: no title in 'fr'"),
        ('definition.en = "A red flag"\n', "", "flag.red: no definition in 'en'"),
        ('definition.fr = "Un drapeau rouge"\n', "", "flag.red: no definition in 'fr'"),
        ('source = "A test"\n', "", "flag.red: no source"),
        ('label.fr = "Rouge"', 'label.fr = "red"', "flag.red: the French label equals the English one"),
        ('"Un drapeau rouge"', '"A red flag"', "flag.red: the French definition equals the English one"),
        ('"Couleur d’un drapeau"', '"Colour of a flag"', "flag: the French title equals the English one"),
        ('label.fr = "Rouge"', 'label.fr = "[fr] Red"', "flag.red: placeholder in label.fr"),
        (
            'label.fr = "Rouge"',
            'label.fr = "Rouge"\nsame_in_fr = true',
            "flag.red: says same_in_fr, but the label differs",
        ),
        ('code = "red"', 'code = "Red Flag"', "flag.Red Flag: the code is not lower_snake_case"),
        ('code = "red"', 'code = "red_"', "flag.red_: the code is not lower_snake_case"),
        ("valid_from = 2010-12-16\n", "", "flag.red: no date valid_from"),
        ("valid_from = 2010-12-16", 'valid_from = "2010"', "flag.red: no date valid_from"),
        (
            "valid_from = 2010-12-16",
            "valid_from = 2010-12-16\nvalid_to = 2010-12-15",
            "flag.red: valid_to is before valid_from",
        ),
        (
            "valid_from = 2010-12-16",
            'valid_from = 2010-12-16\nvalid_to = "x"',
            "flag.red: valid_to is not a date",
        ),
        ('status = "confirmed"', 'status = "sure"', "flag.red: the status is not one of"),
        ('label.fr = "Rouge"', 'label.fr = "Rouge"\nlable = "x"', "flag.red: unknown key 'lable'"),
        (
            'code = "red"',
            'code = "red"\ncrosswalk.nowhere = "x"',
            "flag.red: cross-walk to the unknown list 'nowhere'",
        ),
        (
            'code = "red"',
            'code = "red"\ncrosswalk.flag = "green"',
            "flag.red: cross-walk to 'green', not a code of flag",
        ),
        (
            'code = "red"',
            'code = "red"\nunconfirmed = ["icc"]',
            "flag.red: unconfirmed cross-walk 'icc' is not there",
        ),
        (
            'code = "red"',
            'code = "red"\nattributes.qualifier_list = "sky"',
            "flag.red: qualifier from the unknown list 'sky'",
        ),
    ],
)
def test_it_refuses_a_list_with_a_fault(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(says)


def test_it_refuses_a_code_that_is_there_twice(tmp_path: Path) -> None:
    assert "flag: code 'red' is there twice" in problems(tmp_path, GOOD + GOOD[GOOD.index("[[codes]]") :])


def test_it_refuses_one_text_that_leads_to_two_codes(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD + BLUE + 'aliases = ["ROUGE"]\n')
    assert found == ["flag: 'rouge' leads to 'red' and to 'blue'"]


def test_it_refuses_an_order_that_goes_back(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD + "order = 2\n" + BLUE + "order = 1\n")
    assert found == ["flag: code 'blue' is not in the order it states"]


def test_it_refuses_a_list_without_codes(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD[: GOOD.index("[[codes]]")]) == ["flag: no codes"]


def test_it_refuses_a_file_that_is_not_toml(tmp_path: Path) -> None:
    found = problems(tmp_path, "title = ")
    assert len(found) == 1
    assert found[0].startswith("flag: cannot be read")


def test_it_refuses_an_empty_folder(tmp_path: Path) -> None:
    assert vocabulary.check(tmp_path) == ["there are no code lists"]


def test_it_refuses_an_outside_scheme_without_title_and_source(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD, '[icc]\ntitle.en = "Elements"\n')
    assert found == ["crosswalks.toml icc: no title in 'fr'", "crosswalks.toml icc: no source"]


def test_a_word_that_is_the_same_in_french_may_say_so(tmp_path: Path) -> None:
    said = GOOD.replace('label.fr = "Rouge"', 'label.fr = "Red"\nsame_in_fr = true')
    assert problems(tmp_path, said) == []


def test_a_source_of_the_code_stands_in_for_one_of_the_list(tmp_path: Path) -> None:
    moved = GOOD.replace('source = "A test"\n', "").replace('code = "red"', 'code = "red"\nsource = "A test"')
    assert problems(tmp_path, moved) == []


def test_every_list_of_the_product_is_fit_for_use() -> None:
    assert vocabulary.check() == []


def test_the_standings_are_themselves_a_list() -> None:
    assert vocabulary.codes("entry_status") == STATUSES
