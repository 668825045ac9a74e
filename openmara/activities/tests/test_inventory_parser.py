"""Pages of the UN inventory: what yields no activity, what is kept literally, what is split, what is repeated.

Our own pages about the fictional mission UNAC are always read; the real pages where OPENMARA_OPEN_DATA names them.
"""

import os
import warnings
from datetime import date
from pathlib import Path

import pytest

from openmara import vocabulary
from openmara.activities.inventory import (
    PageFilter,
    agency_profile,
    merge,
    page_shape,
    parse_page,
    parse_pages,
    plain,
)

CARANA = Path(__file__).parents[2] / "carana" / "inventory"
DECK = "Training\n\n# One\n\n- a\n- b\n\n# Two\n\n- c\n\n# Three\n\n- d\n"


def read(folder, name_from=0):
    return {p.name[name_from : name_from + 3]: p.read_text("utf-8") for p in sorted(folder.glob("*.txt"))}


@pytest.fixture(scope="module")
def ours():
    return read(CARANA)


@pytest.fixture(scope="module")
def merged(ours):
    return parse_pages(ours, {"102": PageFilter("Jan 2026 - Jun 2026", "DPO")})


def real_pages():
    """The five public pages, or None with a visible 'not run'."""
    folder = os.environ.get("OPENMARA_OPEN_DATA", "")
    if not folder:
        warnings.warn("not run: OPENMARA_OPEN_DATA not set", stacklevel=2)
        return None
    return read(Path(folder) / "inventory")


FILTERS = {"002": PageFilter(entity="DPKO"), "003": PageFilter(entity="DPKO")}


def starting(records, text):
    return next(r for r in records if r.text.startswith(text) and not r.part_of)


def lines_of(record, pages):
    place = record.provenance
    lines = pages[place.page].splitlines()[place.first_line - 1 : place.last_line]
    return plain(" ".join(lines))


def printed(record):
    return [e.as_printed for e in record.entities]


# -- what yields nothing ---------------------------------------------------------------------------------------


def test_a_training_deck_yields_no_activity_whatever_its_file_is_called(ours):
    assert page_shape(ours["104"]) == "deck"
    assert parse_page("000_inventory_node.txt", ours["104"]) == []


def test_a_deck_stays_a_deck_when_a_search_word_or_a_header_stands_above_it():
    for first in ("Search", "Feb 2025 - Sep 2026 | DPO"):
        assert parse_page("x", f"{first}\n{DECK}") == []


def test_a_page_without_header_and_without_search_yields_no_activity():
    assert page_shape("A report.\n\nIn 2025 UNAC trained 40 people.") == "other"
    assert parse_page("x", "A report.\n\nIn 2025 UNAC trained 40 people.") == []
    assert parse_page("x", "") == []


def test_furniture_and_notices_are_no_activities(merged):
    texts = {r.text.casefold() for r in merged}
    assert not texts & {"search", "view more"}
    assert not any("synthetic page" in t for t in texts)


def test_the_profile_of_an_agency_is_kept_as_attributes_and_is_no_activity(ours, merged):
    profile = agency_profile(ours["101"])
    assert (profile.code, profile.name) == ("DPO", "Department of Peace Operations in Carana")
    assert profile.item_id == "{00000000-0000-4000-8000-000000000101}"
    assert profile.agency_id == "{00000000-0000-4000-8000-000000000102}"
    assert profile.mail_address == "UNAC, Galasi, Carana"
    assert [(p.section, p.line) for p in profile.passages] == [("Background", 11), ("Areas of Work", 17)]
    assert not any(r.text.startswith("The mission of the Department") for r in merged)
    assert agency_profile(ours["100"]) is None


def test_the_profile_is_found_on_a_node_page_only_through_the_agency_page(ours):
    alone = parse_page("100", ours["100"])
    assert sum(r.text.startswith("The mission of the Department") for r in alone) == 1


# -- nothing invented, everything traceable -------------------------------------------------------------------


def test_every_text_stands_literally_on_its_page_and_lines(ours, merged):
    assert merged
    for record in merged:
        assert record.text in plain(ours[record.provenance.page])
        assert record.text in lines_of(record, ours)
        assert record.occurrences


def test_every_code_is_in_its_vocabulary(merged):
    for record in merged:
        assert set(record.measures) <= set(vocabulary.codes("inventory_measure"))
        assert set(record.themes) <= set(vocabulary.codes("inventory_theme"))
        assert record.unit_prefix in vocabulary.codes("inventory_unit")
        assert not record.output_type or record.output_type in vocabulary.codes("inventory_output_type")
        assert record.period_precision in vocabulary.codes("date_precision")


def test_every_record_waits_for_review_and_has_its_own_id(merged):
    assert {r.review_status for r in merged} == {"unreviewed"}
    assert len({r.activity_id for r in merged}) == len(merged)


def test_the_same_pages_give_the_same_records(ours, merged):
    assert parse_pages(ours, {"102": PageFilter("Jan 2026 - Jun 2026", "DPO")}) == merged


# -- headers and periods ---------------------------------------------------------------------------------------


def test_a_range_covers_whole_months_and_sept_is_a_month(ours):
    record = starting(parse_page("101", ours["101"]), "In February 2025")
    assert (record.period_label, record.period_precision) == ("Feb 2025 - Sept 2025", "range")
    assert (record.period_start, record.period_end) == (date(2025, 2, 1), date(2025, 9, 30))


def test_a_single_month_starts_and_ends_in_that_month(ours):
    record = starting(parse_page("101", ours["101"]), "Cooperation between")
    assert (record.period_start, record.period_end) == (date(2025, 7, 1), date(2025, 7, 31))
    assert record.period_precision == "month"


def test_a_period_that_runs_backwards_is_kept_as_printed_and_unknown(ours):
    record = starting(parse_page("101", ours["101"]), "UNAC held consultations")
    assert (record.period_label, record.period_precision) == ("Mar 2026 - Feb 2026", "unknown")
    assert (record.period_start, record.period_end) == (None, None)


def test_entities_may_stand_on_several_lines_and_keep_their_printed_names(ours):
    records = parse_page("101", ours["101"])
    assert printed(starting(records, "The Political Section")) == ["DPPA", "DPO"]
    assert printed(starting(records, "UNAC and its partners")) == ["DPO", "OHCHR"]
    old = starting(records, "Cooperation between").entities[0]
    assert (old.as_printed, old.code, old.current_name) == ("DPKO", "DPO", "Department of Peace Operations")


def test_an_unknown_entity_keeps_its_printed_name():
    (record,) = parse_page("x", "Jul 2025 | XYZ\n\nThe office opened a library.")
    assert [(e.code, e.current_name) for e in record.entities] == [("XYZ", "XYZ")]


def test_two_entities_printed_in_one_breath_are_both_authors(ours):
    record = starting(parse_page("101", ours["101"]), "In February 2025")
    assert [(e.as_printed, e.source) for e in record.entities] == [("DPO", "header"), ("DFS", "text")]


def test_the_period_of_a_search_page_is_its_filter_or_unknown_never_a_date_in_the_text(ours):
    with_filter = parse_page("102", ours["102"], "Jan 2026 - Jun 2026", "DPO")
    assert {(r.period_start, r.period.source) for r in with_filter} == {(date(2026, 1, 1), "filter")}
    without = starting(parse_page("102", ours["102"]), "DDR/CVR teams")
    assert (without.period_label, without.period_precision, without.period_start) == ("", "unknown", None)
    assert without.entities == ()
    assert without.dates_mentioned == ("January 2026",)


def test_a_filter_that_is_no_period_keeps_its_words():
    (record,) = parse_page("x", "Search\nUNAC opened a library.", "period 97")
    assert (record.period_label, record.period_precision) == ("period 97", "unknown")


def test_without_header_and_filter_the_one_who_acts_is_the_entity(ours):
    record = starting(parse_page("102", ours["102"]), "DPO is a member")
    assert [(e.code, e.source) for e in record.entities] == [("DPO", "text")]


# -- passages ---------------------------------------------------------------------------------------------------


def test_broken_lines_are_joined(ours):
    records = parse_page("102", ours["102"])
    joined = starting(records, "In Leppko, partners")
    assert (joined.provenance.first_line, joined.provenance.last_line) == (5, 8)
    assert "Sexual and Gender-Based Violence" in joined.text and joined.text.endswith("new indictments.")
    assert starting(records, "A register").text.endswith(
        "patrols . A mission-wide roll out of these indicators is expected to take place through 2026"
    )


def test_prefixes_become_units_and_leave_the_text(ours):
    records = parse_page("102", ours["102"])
    units = {r.text[:12]: r.unit_prefix for r in records if not r.part_of}
    assert units == {
        "A register o": "gender_unit", "In Leppko, p": "jcs", "DDR/CVR team": "ddr_cvr", "1. In Galasi": "ssr",
        "Victim data ": "unmas", "Recruitment ": "none", "DPO is a mem": "none", "The prison s": "jcs",
    }  # fmt: skip


def test_addresses_stay_with_their_passage_and_intranet_is_marked(ours):
    record = starting(parse_page("102", ours["102"]), "DPO is a member")
    assert [(u.url, u.public) for u in record.urls] == [
        ("https://example.org/sea-carana", True),
        ("https://iseek.example.org/sea-internal", False),
    ]
    assert record.provenance.last_line - record.provenance.first_line == 3


def test_facts_are_those_printed(ours, merged):
    ddr = starting(merged, "DDR/CVR teams of UNAC")
    assert (ddr.missions, ddr.output_type) == (("UNAC",), "project")
    assert [(n.value, n.unit) for n in ddr.numbers] == [(6.0, "projects"), (40.0, "%")]
    mara = starting(merged, "Since May 2025")
    assert [e.code for e in mara.partners] == ["OHCHR", "UNFPA", "UNICEF"]
    assert mara.countries == ("XCR",) and "mara" in mara.themes and "coordination" in mara.measures


# -- splitting --------------------------------------------------------------------------------------------------


def test_a_numbered_enumeration_becomes_parts(ours):
    records = parse_page("102", ours["102"])
    whole = starting(records, "1. In Galasi")
    parts = [r for r in records if r.part_of == whole.activity_id]
    assert [p.text[:9] for p in parts] == ["In Galasi", "In Corma,", "In Faron,"]
    assert all(p.text in whole.text for p in parts)


def test_an_enumeration_may_leave_out_its_first_number():
    records = parse_page("x", "Search\nIn Corma, a court opened. 2. In Faron, a school for judges opened.")
    assert [r.text for r in records[1:]] == [
        "In Corma, a court opened.",
        "In Faron, a school for judges opened.",
    ]


def test_numbers_that_do_not_count_on_are_no_enumeration():
    assert len(parse_page("x", "Search\nIn Corma, a court opened in 2025. 7. In Faron, none did.")) == 1
    assert len(parse_page("x", "Search\nThe plan has one part. 1. In Faron, a court opened.")) == 1


def test_a_numbered_line_goes_on_with_its_list():
    records = parse_page("x", "Search\nUNAC did this:\n1. A court.\n2. A school.\nUNAC closed a base.")
    assert [(r.text, bool(r.part_of)) for r in records] == [
        ("UNAC did this: 1. A court. 2. A school.", False),
        ("A court.", True),
        ("A school.", True),
        ("UNAC closed a base.", False),
    ]


def test_a_bulleted_enumeration_becomes_parts_with_their_own_lines(ours):
    records = parse_page("101", ours["101"])
    whole = starting(records, "UNAC and its partners")
    parts = [r for r in records if r.part_of == whole.activity_id]
    assert len(parts) == 3
    assert [p.provenance.first_line for p in parts] == [n + whole.provenance.first_line for n in (1, 2, 3)]
    assert parts[2].dates_mentioned == ("June 2026",)


def test_a_passage_about_several_entities_becomes_one_part_for_each(ours):
    records = parse_page("101", ours["101"])
    for start, codes in (
        ("The Political Section", ["DPPA", "DPO"]),
        ("Cooperation between", ["DPO", "UNICEF"]),
    ):
        whole = starting(records, start)
        parts = [r for r in records if r.part_of == whole.activity_id]
        assert [[e.code for e in p.entities] for p in parts] == [[code] for code in codes]
        assert " ".join(p.text for p in parts) == whole.text


# -- repetition -------------------------------------------------------------------------------------------------


def test_a_repeated_passage_is_kept_once_with_every_occurrence(merged):
    team = starting(merged, "The Women’s Protection Team")
    assert [(o.page, o.first_line) for o in team.occurrences] == [("100", 3), ("100", 6)]
    register = starting(merged, "A register")
    assert [o.page for o in register.occurrences] == ["100", "102"]
    assert register.period_label == "Feb 2025 - Sep 2026"


def test_a_passage_that_stands_shortened_elsewhere_keeps_the_fuller_text_and_the_printed_period(merged):
    review = starting(merged, "Since May 2025")
    assert review.text.endswith("new guidance for the working group in Galasi.")
    assert [(o.page, o.match) for o in review.occurrences] == [("100", "part"), ("103", "same")]
    assert (review.period_label, printed(review)) == ("Feb 2025 - Sep 2026", ["DPO"])


def test_parts_of_a_repeated_passage_are_kept_once_too(merged):
    whole = starting(merged, "1. In Galasi")
    parts = [r for r in merged if r.part_of == whole.activity_id]
    assert len(parts) == 3
    assert all([o.page for o in p.occurrences] == ["102", "103"] for p in parts)


def test_a_short_text_inside_a_longer_one_is_no_repetition():
    records = parse_page(
        "x", "Search\nUNAC trained judges.\nIn Corma, UNAC trained judges. They came from Faron."
    )
    assert len(merge(records)) == 2


def test_how_many_records_our_pages_give(ours, merged):
    counts = {n: len([r for r in parse_page(n, t) if not r.part_of]) for n, t in ours.items()}
    assert counts == {"100": 10, "101": 5, "102": 8, "103": 3, "104": 0}
    assert sum(not r.part_of for r in merged) == 19
    assert sum(bool(r.part_of) for r in merged) == 10


# -- the real pages ---------------------------------------------------------------------------------------------

pytest_not_run = pytest.mark.filterwarnings("always:not run")


@pytest_not_run
def test_real_pages_give_their_records_literally():
    if pages := real_pages():
        records = parse_pages(pages, FILTERS)
        assert all(r.text in lines_of(r, pages) for r in records)
        assert (sum(not r.part_of for r in records), sum(bool(r.part_of) for r in records)) == (37, 6)
        assert not any(o.page == "004" for r in records for o in r.occurrences)


@pytest_not_run
def test_real_pages_repeat_what_is_known_to_be_repeated():
    if pages := real_pages():
        found = {
            tuple(o.page for o in r.occurrences)
            for r in parse_pages(pages, FILTERS)
            if len(r.occurrences) > 1
        }
        assert found == {("000", "000"), ("000", "002"), ("002", "003"), ("000", "003")}


# Rows read by hand: words of the text, printed entities, unit, start, end, measure, missions, countries.
ROWS = [
    ("supporting five UN peacekeeping operations", ["DPKO"], "crsv_team", "2020-02", "2021-09", "capacity_un_entity", (), ()),
    ("Through WPS quarterly reporting", ["DPKO"], "none", "2020-02", "2021-09", "data_research", (), ()),
    ("launched the first Handbook", ["DPKO"], "none", "2020-02", "2021-09", "guidance_knowledge", (), ()),
    ("leading on an activity to assess", ["DPKO"], "none", "2020-02", "2021-09", "coordination", (), ()),
    ("DPKO/DFS developed Guidelines", ["DPKO", "DFS"], "unpol", "2008-02", "2008-09", "guidance_knowledge", (), ()),
    ("sent a Code Cable", ["DPKO", "DFS"], "none", "2008-02", "2008-09", "data_research", (), ()),
    ("conducted training for national gendarme", ["DPPA", "DPKO"], "unpol", "2007-07", "2008-01", "training_capacity", ("BONUCA",), ("CAF",)),
    ("the eight regional offices", ["DPKO"], "human_rights", "2011-03", "2012-02", "prevention_awareness", ("MINUSTAH",), ("HTI",)),
    ("separate facilities have been constructed", ["DPKO"], "ddr_cvr", "", "", "protection_services", (), ("MLI", "HTI")),
    ("30% female quota in security", ["DPKO"], "ssr", "", "", "law_policy", ("MINUSMA", "UNSOM"), ("MLI", "SOM")),
]  # fmt: skip


@pytest_not_run
@pytest.mark.parametrize(("words", "names", "unit", "start", "end", "measure", "missions", "countries"), ROWS)
def test_the_ten_sample_rows_are_found(words, names, unit, start, end, measure, missions, countries):
    if pages := real_pages():
        (record,) = [r for r in parse_pages(pages, FILTERS) if words in r.text and not r.part_of]
        assert (printed(record), record.unit_prefix) == (names, unit)
        assert f"{record.period_start or '':%Y-%m}" == start if start else record.period_start is None
        assert f"{record.period_end:%Y-%m}" == end if end else record.period_end is None
        assert measure in record.measures
        assert (record.missions, record.countries) == (missions, countries)


@pytest_not_run
def test_real_pages_split_what_covers_several_entities():
    if pages := real_pages():
        records = parse_pages(pages, FILTERS)
        parts = {}
        for record in records:
            if record.part_of:
                parts.setdefault(record.part_of, []).append(tuple(printed(record)))
        assert sorted(parts.values()) == [
            [("DPA",), ("DPKO",)],
            [("DPKO",), ("DPKO",)],
            [("DPKO",), ("UNIFEM",)],
        ]
