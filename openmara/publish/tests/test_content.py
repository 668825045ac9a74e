"""What a report refuses to say, then what it says."""

from datetime import date

import pytest

from openmara.publish.content import (
    Chart,
    Column,
    Figures,
    Measure,
    NarrativeByHand,
    NotReadable,
    Paragraph,
    Ref,
    Report,
    Row,
    Section,
    Table,
    changes,
    lint,
    parse_sentence,
)
from openmara.publish.render_words import long_date, number, sentence, shown
from openmara.publish.tests.sample_report import sample_report

FIVE = Measure("incidents", {"en": "incidents"}, 1234)


def report(*blocks, measures=None, lang="en"):
    return Report(
        title="Report", subtitle="Training", marks=("NOT CLEARED", "Synthetic"), classification="Confidential", caveat="",
        period="Q3 2026", as_of=date(2026, 10, 1), lang=lang, measures=measures or {"incidents": FIVE},
        sections=(Section("1", "Key figures", blocks),),
    )  # fmt: skip


def problems(*blocks):
    return [(issue.problem, issue.text) for issue in lint(report(*blocks))]


def test_it_refuses_a_hidden_measure_that_still_carries_its_value():
    with pytest.raises(NotReadable):
        Measure("incidents", {}, 3, hidden=True)


@pytest.mark.parametrize("text", ["{incidents", "incidents}", "{not a name}"])
def test_it_refuses_a_brace_that_names_no_measure(text):
    with pytest.raises(NotReadable):
        parse_sentence(text)


@pytest.mark.parametrize(
    "text", ["There were 14 incidents.", "A rise of 3.5 points.", "Fifty of 1,071 people.", "On the 15th"]
)
def test_a_figure_typed_in_a_sentence_is_an_issue(text):
    assert problems(Paragraph(text))


@pytest.mark.parametrize("text", ["Seven incidents happened.", "On a recensé trois victimes."])
def test_a_figure_typed_as_a_word_is_an_issue(text):
    assert problems(Paragraph(text))


def test_a_figure_typed_in_a_table_is_an_issue():
    table = Table("1.1", "Counts", (Column("a"), Column("b", figures=True)), (Row(("north", "7")),))
    assert problems(table) == [("a figure is typed, not taken from a measure", "7")]


@pytest.mark.parametrize(
    "text",
    [
        "Resolution 1960 (2010) asks for it, see S/2010/498.",
        "See section 4 and annex A.",
        "On 30 September 2026, in Q3 2026, 2026Q3, 2026-09-30.",
        "Le 1er juillet 2026, au troisième trimestre de 2026.",
        "In Sector 3, district CR0103.",
    ],
)
def test_names_that_hold_digits_are_no_figures(text):
    assert problems(Paragraph(text)) == []


def test_an_unknown_measure_is_an_issue_wherever_it_stands():
    table = Table("1.1", "Counts", (Column("a"), Column("b")), (Row(("north", Ref("gone"))),))
    found = problems(Paragraph("{gone} incidents"), Figures(("gone",)), table)
    assert found == [("no such measure", "gone")] * 3


def test_text_by_hand_holds_no_figures():
    assert problems(NarrativeByHand("{incidents} people"))


def test_a_chart_needs_its_table_and_a_description():
    assert len(problems(Chart("1.a", "Trend", "<svg/>", "", "9.9"))) == 2


def test_a_row_that_does_not_fit_its_table_is_an_issue():
    assert problems(Table("1.1", "Counts", (Column("a"), Column("b")), (Row(("north",)),)))


def test_one_report_may_allow_a_pattern_of_its_own():
    text = Paragraph("Care within 72 hours.")
    assert lint(report(text)) and not lint(report(text), allowed=(r"72 hours",))


def test_sentences_are_filled_from_measures():
    assert parse_sentence("Of {incidents}, all") == ("Of ", Ref("incidents"), ", all")
    assert sentence("Of {incidents}", report()) == "Of 1,234"


def test_hidden_missing_and_zero_look_different():
    hidden, missing, zero = Measure("h", {}, None, hidden=True), Measure("m", {}, None), Measure("z", {}, 0)
    assert [shown(one, "en") for one in (hidden, missing, zero)] == ["c", "–", "0"]


def test_numbers_and_dates_are_written_as_each_language_writes_them():
    assert (number(1234567, "en"), number(1234567, "fr")) == ("1,234,567", "1\u202f234\u202f567")
    assert (number(-38.5, "en"), number(38.5, "fr")) == ("\u221238.5", "38,5")
    assert shown(Measure("p", {}, 38.5, unit="%"), "fr") == "38,5\u202f%"
    assert long_date(date(2026, 7, 1), "fr") == "1er juillet 2026"


def test_changes_between_two_builds_are_named():
    old = report(
        measures={
            "a": Measure("a", {}, 5),
            "b": Measure("b", {}, 6),
            "c": Measure("c", {}, 7),
            "d": Measure("d", {}, 8),
        }
    )
    new = report(
        measures={
            "a": Measure("a", {}, 9),
            "b": Measure("b", {}, None, hidden=True),
            "d": Measure("d", {}, 8),
            "e": FIVE,
        }
    )
    assert [(one.id, one.kind) for one in changes(old, new)] == [
        ("a", "changed"),
        ("b", "hidden"),
        ("c", "removed"),
        ("e", "added"),
    ]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_sample_report_has_twelve_sections_and_no_issue(lang):
    sample = sample_report(lang)
    assert len(sample.sections) == 12
    assert lint(sample) == []
