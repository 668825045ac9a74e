"""Texts of sections: refused, then kept as one more edit, audited, and used by the next build."""

import pytest

from openmara.errors import NotAllowed, NotValid
from openmara.publish import actions, narratives, queries
from openmara.publish.models import Narrative
from openmara.security.context import acting
from openmara.security.models import AuditEntry, Person

pytestmark = pytest.mark.django_db
WHERE = {"quarter": "2026Q3", "language": "en"}


def write(person: Person, section: str = "5", text: str = "Fighters left after elders spoke to them.") -> Narrative:
    return actions.write_narrative(by=person, mission=person.active_mission, section=section, text=text, **WHERE)  # type: ignore[attr-defined]  # carried


@pytest.mark.parametrize("who", ["gender", "hom", "unpol.1"])
def test_it_refuses_who_does_not_write_reports(who: str) -> None:
    with acting(who, "carana") as person, pytest.raises(NotAllowed):
        write(person)


@pytest.mark.parametrize(
    ("section", "text", "said"),
    [
        ("2", "We know of 12 incidents.", "typed figure"),
        ("2", "We know of seven incidents.", "typed figure"),
        ("2", "{no.such.name} incidents", "no placeholder"),
        ("2", "A {brace", "brace"),
        ("5", "{incidents.verified} cases", "holds no figures"),
        ("5", "A group of 3 women.", "typed figure"),
        ("13", "x", "no such section"),
        ("2", "x" * 20_001, "too long"),
    ],
)
def test_it_refuses_a_text_that_breaks_a_rule_and_keeps_nothing(section: str, text: str, said: str) -> None:
    with acting("wpa", "carana") as person:
        with pytest.raises(NotValid, match=said):
            write(person, section, text)
        assert not Narrative.objects.exists()


def test_every_edit_is_kept_audited_and_the_newest_counts() -> None:
    with acting("wpa", "carana") as person:
        write(person, text="First.")
        last = write(person, text="Second.")
        assert Narrative.objects.count() == 2
        shown = {one.section: one for one in queries.texts(for_user=person, **WHERE)}
        assert shown["5"].text == "Second." and shown["6"].text == ""
    with acting("auditor", "carana"):
        assert AuditEntry.objects.filter(event="publish:narrative:write", object_ids=[last.id]).count() == 1


def test_nothing_is_kept_when_the_audit_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions, "record", fails)
    with acting("wpa", "carana") as person:
        with pytest.raises(RuntimeError):
            write(person)
        assert not Narrative.objects.exists()


STORED = {
    "incidents.late": {"value": None, "hidden": True, "unit": "", "period": "2026Q3"},
    "incidents.verified": {"value": 150, "hidden": False, "unit": "", "period": "2026Q3"},
    "delay.median": {"value": None, "hidden": False, "unit": "", "period": "2026Q3"},
}


@pytest.mark.parametrize("name", ["incidents.late", "delay.median"])
def test_a_preview_leaves_out_a_sentence_whose_figure_is_withheld_or_not_there_and_says_so(name: str) -> None:
    shown = narratives.preview("Verified: {incidents.verified}. Other: {" + name + "}.", STORED, "en")
    assert shown[0] == "Verified: 150."
    assert len(shown) == 2 and "left out" in shown[1]


def test_a_preview_before_the_first_build_shows_dashes() -> None:
    assert narratives.preview("{incidents.verified} and {incidents.late}", {}, "en") == ["– and –"]


def test_a_small_rounded_number_reads_as_words_never_as_none() -> None:
    stored = {
        "incidents.late": {"value": 0, "hidden": False, "unit": "rounded", "period": "2026Q3"},
        "victims.late": {"value": 5, "hidden": False, "unit": "rounded", "period": "2026Q3"},
    }
    assert narratives.preview("{incidents.late}, {victims.late}", stored, "en") == ["fewer than five, fewer than ten"]
    assert narratives.preview("{incidents.late}, {victims.late}", stored, "fr") == ["moins de cinq, moins de dix"]
