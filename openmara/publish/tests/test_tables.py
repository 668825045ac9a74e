"""Counts of the report equal the independent recount; sums that overlap stay sums; the gate and its mutants hold."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from openmara.disclosure import disclosure
from openmara.disclosure.disclosure import Protected
from openmara.publish import builder, content, figures, rules, sections, tables
from openmara.publish.render_words import sentence, shown
from openmara.publish.tables import Delay, Rows, Share, Timing
from openmara.publish.tests import from_truth, sample

NAMES = {
    "verified": "occurred_and_verified", "late": "late_verified", "under_verification": "under_verification",
    "older_open": "under_verification_older", "reported_not_verified": "reported_not_verified",
}  # fmt: skip
GROUPS = {"area": "by_adm1", "form": "by_principal_form", "category": "by_party_category"}
QUARTERS = tables.quarters_to("2026Q3")
NOTHING = Timing(Delay(None, 0, 0), Share(0, 0), Share(0, 0))


def test_a_leak_stops_the_report() -> None:
    def careless(cells: object, relations: object, k: int) -> Protected:
        found = disclosure.protect(cells, relations, k)  # type: ignore[arg-type]  # passed on
        values = {cell.key: cell.value for cell in cells}  # type: ignore[attr-defined]  # the cells
        return Protected({key: one for key, one in values.items() if key not in found.primary}, found.primary, found.primary)

    with pytest.raises(rules.NotSafe):
        rules.shield(from_truth.system(), 5, careless)


@pytest.mark.parametrize("quarter", QUARTERS)
@pytest.mark.parametrize("line", tables.LINES)
def test_counts_equal_the_independent_recount(quarter: str, line: str) -> None:
    counts, wanted = from_truth.counts(), from_truth.figures(quarter)[NAMES[line]]
    key = (quarter, line, "", "")
    assert (counts.incidents.get(key, 0), counts.victims.get(key, 0)) == (wanted["incidents"], wanted["victims"])
    for breakdown, name in GROUPS.items():
        mine = {
            one[3]: {"incidents": number, "victims": counts.victims[one]}
            for one, number in counts.incidents.items()
            if one[:3] == (quarter, line, breakdown)
        }
        assert mine == wanted[name], breakdown
    persons = {code: counts.victims.get((quarter, line, "person", code), 0) for code in tables.PERSONS}
    assert list(persons.values()) == list(wanted["victims_by_person_category"].values())


@pytest.mark.parametrize("k", [5, 10])
def test_every_mutant_is_caught_in_every_quarter(k: int) -> None:
    for quarter in ("2025Q1", "2026Q2", "2026Q3"):
        system = from_truth.system(quarter)
        made = rules.shield(system, k)
        caught = rules.mutants(system, made)
        assert caught.caught == caught.total
        assert caught.total > 0 or made.rounded


def test_a_mutant_that_is_not_needed_would_be_seen() -> None:
    system = from_truth.system()
    made = rules.shield(system, 5)
    big = max((cell for cell in system.cells if cell.key in made.published), key=lambda cell: cell.value)
    shown_less = {key: one for key, one in made.published.items() if key != big.key}
    loose = replace(made, published=shown_less, hidden=made.hidden | {big.key})
    assert rules.mutants(system, loose).missed == (big.key,)


def test_victims_set_against_incidents_tell_nothing_more() -> None:
    """Where they would, the victims beside a hidden number are hidden too: 2026Q3 of the demo needs that."""
    system = from_truth.system()
    found = disclosure.protect(system.cells, system.relations, 5)
    assert rules.compare(found.published, found.hidden, system, 5), "this quarter no longer shows the danger"
    made = rules.shield(system, 5)
    assert made.extra and not rules.compare(made.published, made.hidden, system, 5)


def test_above_thirty_per_cent_it_rounds_where_the_threshold_allows_it() -> None:
    cells = tuple(disclosure.Cell(name, value) for name, value in (("t", 23), ("t|a=1", 3), ("t|a=2", 4), ("t|a=3", 16)))
    system = tables.System(cells, (disclosure.Relation("t", ("t|a=1", "t|a=2", "t|a=3")),))
    made = rules.shield(system, 5)
    assert made.rounded and all(value % 5 == 0 for value in made.published.values()) and not made.hidden
    assert not rules.shield(system, 10).rounded


def test_named_readers_see_everything_and_the_summary_says_so() -> None:
    made = rules.shield(from_truth.system(), 0)
    assert not made.hidden and made.summary()["applied"] is False


@pytest.mark.parametrize(
    ("share", "k", "way"),
    [(Share(0, 0), 5, "none"), (Share(3, 9), 5, "hidden"), (Share(6, 12), 5, "counts"), (Share(9, 30), 5, "percent"), (Share(9, 19), 10, "hidden")],
)  # fmt: skip
def test_percentages_over_few_are_not_given(share: Share, k: int, way: str) -> None:
    assert rules.how_to_show(share, k) == way


def frames(parties: list[list[str]], categories: list[list[str]]) -> dict[str, pa.Table]:
    month = date(2026, 8, 1)
    incidents = [
        {
            "incident_key": str(at), "record_class": "crsv", "status": "verified", "month_to": month, "reported_month": month, "adm1": "CR01",
            "principal_form": "rape", "displacement_context": "", "parties": named, "party_categories": kinds, "women": 1, "girls": 0, "men": 0,
            "boys": 0, "adult_unknown": 0, "child_unknown": 0, "unknown": 0,
        }
        for at, (named, kinds) in enumerate(zip(parties, categories, strict=True))
    ]  # fmt: skip
    steps = [{"incident_key": str(at), "to_status": "verified", "stated_on": date(2026, 9, 1), "step": at} for at in range(len(parties))]
    return {"incidents": pa.Table.from_pylist(incidents), "verification_steps": pa.Table.from_pylist(steps)}


def test_an_incident_of_several_parties_counts_once_under_each_and_the_sums_still_hold() -> None:
    both = frames([["CDF", "ICSC"], ["ICSC", "MLCS"], ["ICSC"]], [["armed_force", "armed_group"], ["armed_group"], ["armed_group"]])
    counts = tables.count(both, ["2026Q3"])
    rows = Rows(("CR01",), ("rape",), ("unknown",), ("armed_force", "armed_group"), {"CDF": "armed_force", "ICSC": "armed_group", "MLCS": "armed_group"})
    made = tables.system(counts, "2026Q3", ["2026Q3"], rows, NOTHING)
    values = made.values()
    assert values["incidents.verified|category=armed_group"] == 3 and values["incidents.verified|category=armed_force"] == 1
    assert values["incidents.verified|category=again"] == 1
    assert values["incidents.verified|category=armed_group|party=again"] == 1
    for relation in made.relations:
        assert values[relation.total] == sum(values[part] for part in relation.parts), relation


def test_a_duplicate_another_class_and_a_withdrawn_verification_do_not_count() -> None:
    found = frames([["CDF"]] * 4, [["armed_force"]] * 4)
    rows = found["incidents"].to_pylist()
    rows[0]["status"], rows[1]["record_class"] = "duplicate", "gbv_other"
    steps = found["verification_steps"].to_pylist()
    steps.append({"incident_key": "2", "to_status": "under_verification", "stated_on": date(2026, 11, 2), "step": 99})
    counts = tables.count({"incidents": pa.Table.from_pylist(rows), "verification_steps": pa.Table.from_pylist(steps)}, ["2026Q3"])
    assert counts.incidents[("2026Q3", "verified", "", "")] == 1
    assert ("2026Q3", "under_verification", "", "") not in counts.incidents


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_report_has_twelve_sections_marks_caveat_and_no_typed_figure(lang: str) -> None:
    made = sample.report(lang=lang)
    assert [one.number for one in made.sections] == list(sections.NUMBERS) and [one.number for one in made.annexes] == ["A", "B"]
    assert "NOT CLEARED" in made.marks[0] or "NON VALIDÉ" in made.marks[0]
    assert len(made.marks) == 2 and made.caveat
    assert content.lint(made, sections.ALLOWED) == []
    by_hand = [one.number for one in made.sections if any(isinstance(block, content.NarrativeByHand) for block in one.blocks)]
    assert by_hand == ["5", "6", "7", "9", "11", "12"]


def test_a_sentence_never_prints_a_hidden_number() -> None:
    made = sample.report()
    text = " ".join(sentence(block.text, made) for block in made.sections[1].blocks if isinstance(block, content.Paragraph))
    assert "could not be verified:" not in text and "[" not in text and "–" not in text
    assert "verified by the working group: 150." in text and text.endswith("the tables mark such figures.")


def test_rounded_figures_are_told_as_small_and_drawn_in_no_chart_by_form() -> None:
    made = sample.material()
    exact = rules.shield(made.system(), 0)
    low = {key: 0 if key == "incidents.late" else 5 if key == "victims.late" else value for key, value in exact.published.items()}
    report = builder.build_report(made, rules.Shield(5, low, frozenset(), rounded=True))
    told = " ".join(sentence(block.text, report) for block in report.sections[1].blocks if isinstance(block, content.Paragraph))
    assert "verified late: fewer than five." in told and "Victims and survivors of incidents verified late: fewer than ten." in told
    assert not any(isinstance(block, content.Chart) for block in report.sections[1].blocks)
    assert [shown(report.measures[name], "en") for name in ("incidents.late", "victims.late")] == ["<5", "<10"]


def test_rates_stand_on_published_parts_and_zero_is_printed_only_where_covered() -> None:
    made = sample.material()
    covered = {**made.counts.covered, "2026Q3": frozenset({"CR08"})}
    changed = sample.material(counts=tables.Counts(made.counts.incidents, made.counts.victims, covered, ""))
    shield = rules.shield(changed.system(), 5)
    found = figures.measures(changed, shield, sections.words("en"))
    assert shown(found["rate.percent"], "en") == "65.4%"
    assert shown(found["incidents.late|area=CR02"], "en") == "–" and shown(found["incidents.verified|area=CR02"], "en") == "15"
    assert found["areas.covered"].value == 1
    hidden = rules.Shield(5, {key: one for key, one in shield.published.items() if key != "rate.yes"}, shield.hidden | {"rate.yes"})
    assert figures.measures(changed, hidden, sections.words("en"))["rate.percent"].hidden


def test_a_written_text_is_refused_for_a_typed_figure_an_unknown_name_and_a_figure_by_hand() -> None:
    known = {"incidents.verified"}
    assert [one.problem for one in sections.problems("2", "There were 12 incidents.", known)] == ["a figure is typed, not taken from a measure"]
    assert [one.text for one in sections.problems("2", "{incidents.other}", known)] == ["incidents.other"]
    assert sections.problems("5", "{incidents.verified} cases", known)
    assert not sections.problems("2", "{incidents.verified} incidents, as resolution 1960 (2010) asks.", known)


def test_a_report_with_a_text_that_breaks_a_rule_is_not_built() -> None:
    with pytest.raises(builder.NotBuildable, match="typed"):
        sample.report(written={"5": "A group of 12 women."})


def test_both_languages_have_the_same_words_and_the_same_measures() -> None:
    for name, group in sections.words("en").items():
        assert group.keys() == sections.words("fr")[name].keys(), name
    for number in sections.NUMBERS:
        assert sections.names_in(sections.default_text(number, "en")) == sections.names_in(sections.default_text(number, "fr"))


def test_what_is_published_is_exact_and_what_is_hidden_is_small_or_covers_for_it() -> None:
    system = from_truth.system()
    made, exact = rules.shield(system, 5), system.values()
    assert all(exact[key] == value for key, value in made.published.items())
    assert {key for key in exact if 1 <= exact[key] < 5 and not key.endswith("=named")} == set(made.primary)
    found = sample.report().measures
    wanted = from_truth.figures("2026Q3")["occurred_and_verified"]["by_principal_form"]
    for form, counts in wanted.items():
        measure = found[f"incidents.verified|form={form}"]
        assert measure.value == counts["incidents"] or (measure.hidden and measure.value is None), form
