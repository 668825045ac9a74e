"""Each folder of the catalogue is complete, in both languages, and breaks down as it says."""

from pathlib import Path

import pytest

from openmara.config import translations
from openmara.errors import NotFound, NotValid
from openmara.indicators import calculation, definitions, labels, periods, reference
from openmara.indicators.tests import made
from openmara.indicators.tests.test_twins import AS_OF, QUARTERS

EIGHT = {f"IND-{name}" for name in ("PROT-01", "PROT-02", "PROT-08", "PROT-09", "PROT-10", "PREV-01", "TRN-01", "SSR-01")}
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "indicators.md"


@pytest.mark.parametrize("name", ["IND-PROT-99", "shared", "../catalogue/IND-PROT-01", ""])
def test_it_refuses_an_indicator_that_is_none(name: str) -> None:
    with pytest.raises(NotFound):
        definitions.load(name)


@pytest.mark.parametrize(("old", "new", "field"), [('fr = "', 'de = "', "title"), ('value = "none"', 'value = "0"', "target")])
def test_it_refuses_a_missing_language_and_a_target_for_a_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, field: str
) -> None:
    text = (definitions.CATALOGUE / "IND-PROT-01" / "definition.toml").read_text()
    (tmp_path / "IND-PROT-01").mkdir()
    (tmp_path / "IND-PROT-01" / "definition.toml").write_text(text.replace(old, new))
    monkeypatch.setattr(definitions, "CATALOGUE", tmp_path)
    with pytest.raises(NotValid) as refused:
        definitions.load.__wrapped__("IND-PROT-01")
    assert field in refused.value.problems


def test_the_first_eight_are_there() -> None:
    assert set(definitions.ids()) == EIGHT


@pytest.mark.parametrize("name", sorted(EIGHT))
def test_it_breaks_down_as_its_definition_says_and_every_code_has_its_words(name: str) -> None:
    one = definitions.load(name)
    found = {row.breakdown for seed in range(3) for row in calculation.compute(name, made.frames(seed), QUARTERS, "as_known", AS_OF).rows}
    assert found == {"", *one.disaggregation}
    assert set(one.page) <= set(one.disaggregation)
    for breakdown in one.page:
        assert labels.breakdown(breakdown, "fr") and labels.word("breakdown", breakdown, "en") != breakdown
    for kind in ("pillar", "unit", "component", "frequency", "grade"):
        assert getattr(one, kind) in definitions.labels()[kind]


def test_no_count_of_violence_has_a_target_and_every_one_has_a_caution() -> None:
    counts = [definitions.load(name) for name in definitions.ids() if definitions.load(name).is_count]
    assert [one.id for one in counts] == ["IND-PROT-01", "IND-PROT-02"]
    for one in counts:
        assert one.target == "none" and one.min_cell == 5
        assert "No target, no ranking" in one.caution["en"] and "Ni cible, ni classement" in one.caution["fr"]


def test_the_reference_page_is_the_one_that_the_definitions_give() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference.page()


def test_the_room_speaks_french() -> None:
    assert translations.missing("indicators") == []


def test_the_same_frames_give_the_same_fingerprint_and_other_ones_another() -> None:
    one, again = (calculation.compute("IND-PROT-09", made.frames(3), QUARTERS, "as_known", AS_OF) for _ in range(2))
    assert one == again
    other = calculation.compute("IND-PROT-09", made.frames(7), QUARTERS, "as_known", AS_OF)
    basis = calculation.compute("IND-PROT-09", made.frames(3), QUARTERS, periods.BASES[0], AS_OF)
    assert len({one.fingerprint, other.fingerprint, basis.fingerprint}) == 3
