"""Every outcome a comparison can have has words, in every language."""

import pytest

from openmara.linkage.comparisons import COMPARISONS
from openmara.linkage.reasons import LANGUAGES, NoWords, reasons, table


def test_it_refuses_an_outcome_or_a_language_without_words() -> None:
    with pytest.raises(NoWords, match="date: someday"):
        reasons({"date": "someday"}, "en")
    with pytest.raises(NoWords, match="'xx'"):
        reasons({}, "xx")


def test_every_outcome_has_words_and_no_words_are_left_over() -> None:
    outcomes = {(c.name, level.name) for c in COMPARISONS for level in c.levels[1:]} | {("rule", "v11")}
    assert {(name, outcome) for name in table() for outcome in table()[name]} == outcomes


@pytest.mark.parametrize("prefix", ["", "but_"])
def test_every_language_has_its_own_words(prefix: str) -> None:
    for name, outcomes in table().items():
        for outcome, entry in outcomes.items():
            words = [entry[prefix + lang] for lang in LANGUAGES if prefix + lang in entry]
            assert len(words) == len(set(words)), f"{name}.{outcome}"
            assert len(words) in ((len(LANGUAGES),) if not prefix else (0, len(LANGUAGES))), (
                f"{name}.{outcome}"
            )
            assert entry["sign"] in "+-"


def test_the_usual_sign_stands_before_each_reason() -> None:
    features = {"date": "overlap_week", "place": "elsewhere", "parties": "unknown"}
    assert reasons(features, "en") == ["+ Dates overlap (to the week)", "− Different provinces"]
    assert reasons(features, "fr") == [
        "+ Les dates se recoupent (à la semaine près)",
        "− Provinces différentes",
    ]


def test_a_mixed_outcome_shows_both_sides() -> None:
    assert reasons({"place": "same_adm3_different"}, "en") == [
        "+ Same sub-district",
        "− Different settlements, both exact",
    ]


def test_with_contributions_the_heaviest_comes_first_and_the_weight_gives_the_sign() -> None:
    features = {"date": "near", "place": "elsewhere", "organisation": "same"}
    told = reasons(features, "en", {"date": -0.5, "place": -4.0, "organisation": 0.1})
    assert [reason[:12] for reason in told] == ["− Different ", "− At most th", "+ Same organ"]
