"""Keeping and searching the inventory: refused, kept once, searched with any characters, audited, rolled back."""

import os
import warnings
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from openmara.activities import actions, inventory, queries
from openmara.activities.inventory import PageFilter, PageTooLarge, parse_page, parse_pages
from openmara.activities.models import InventoryActivity
from openmara.activities.rules import count_pages
from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.security.context import acting

pytestmark = pytest.mark.django_db
CARANA = Path(__file__).parents[2] / "carana" / "inventory"


def pages_of(folder):
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}


def kept(who="gender", pages=None, filters=None):
    with acting(who, "carana") as person:
        records = parse_pages(pages_of(CARANA) if pages is None else pages, filters)
        return actions.record_inventory(by=person, mission=person.active_mission, records=records)


def search(**given):
    with acting("hom", "carana") as person:
        return list(queries.inventory(for_user=person, **given).rows)


@pytest.mark.parametrize("who", ["hom", "priv", "auditor"])
def test_it_refuses_a_role_that_does_not_keep_the_inventory(who):
    with pytest.raises(NotAllowed, match="gender unit"):
        kept(who)
    assert search() == []


def test_it_is_not_read_without_a_role():
    with acting("auditor", "carana") as person:
        with pytest.raises(NotAllowed):
            queries.inventory(for_user=person)
        with pytest.raises(NotAllowed):
            queries.inventory_choices(for_user=person)
        with pytest.raises(NotAllowed):
            queries.activity(for_user=person, activity_id="x")


def test_another_mission_sees_nothing_of_it():
    kept()
    known = kept_ids()[0]
    with acting("stranger", "other") as person:
        assert queries.inventory(for_user=person).rows == []
        with pytest.raises(NotFound):
            queries.activity(for_user=person, activity_id=known)


def kept_ids():
    with acting("hom", "carana"):
        return list(InventoryActivity.objects.values_list("activity_id", flat=True))


@pytest.mark.parametrize("activity_id", ["", "x", "' or true --", "\x00", "0" * 5000])
def test_it_refuses_an_activity_that_does_not_exist(activity_id):
    kept()
    with acting("hom", "carana") as person, pytest.raises(NotFound):
        queries.activity(for_user=person, activity_id=activity_id)


@pytest.mark.parametrize("given", [{"period": "last year"}, {"period": "0000"}, {"period": "٢٠٢٥"}, {"after": "1"}, {"before": "2025-01-01~x"}])
def test_it_refuses_a_period_or_page_that_is_none(given):
    with pytest.raises(NotValid):
        search(**given)


@pytest.mark.parametrize("text", ["%", "_", "%%%", "\\", "\\%", "'", '"', '"unclosed', "' or 1=1 --", "a\x00b", "& | ! ( ) <->", ":*", "-", "('"])
def test_search_text_is_never_a_pattern_nor_a_statement(text):
    kept()
    found = search(text=text)
    assert all(text in row.text for row in found if len(text) == 1 and text not in "-&")
    assert len(found) < len(search())


def test_search_finds_percent_signs_and_phrases_and_leaves_out_words():
    kept()
    assert all("40%" in row.text for row in search(text="40%")) and search(text="40%")
    assert all("code cable" in row.text.casefold() for row in search(text='"code cable"')) and search(text='"code cable"')
    assert search(text="“code cable”") == search(text="« code cable »") == search(text='"code cable"')
    with_word = search(text="Corma")
    without = search(text="Corma -radio")
    assert with_word and {row.id for row in without} < {row.id for row in with_word}
    assert search(text="gender-responsive patrol")  # the beginning of a word is enough
    assert len(search(text="x" * 5000)) == 0


def test_it_keeps_every_record_with_page_and_lines():
    found = kept()
    assert len(found.added) == len(parse_pages(pages_of(CARANA))) and not found.changed and not found.unchanged
    pages = pages_of(CARANA)
    with acting("hom", "carana"):
        for row in InventoryActivity.objects.all():
            assert row.details["synthetic"] is True
            for place in row.occurrences:
                assert 1 <= place["first_line"] <= place["last_line"] <= len(pages[place["page"]].splitlines())


def test_the_same_pages_again_change_nothing():
    first = kept()
    again = kept()
    assert (again.added, again.changed, again.unchanged) == ((), (), len(first.added))


def test_a_review_outlives_another_reading_of_the_pages():
    kept()
    with acting("gender", "carana"):
        row = InventoryActivity.objects.filter(part_of="").first()
        row.measures, row.review_status, row.occurrences = ["other"], "reviewed", []
        row.save()
    assert len(kept().changed) == 1
    with acting("gender", "carana"):
        row.refresh_from_db()
        assert (row.measures, row.review_status) == (["other"], "reviewed") and row.occurrences


def test_filters_find_a_passage_also_by_one_of_its_parts():
    kept(filters={"102_search_unac.txt": PageFilter("Jan 2026 - Jun 2026", "DPO")})
    with acting("hom", "carana") as person:
        choices = queries.inventory_choices(for_user=person)
    assert choices.total == len(search(period="")) and choices.synthetic == choices.total
    assert {code for code, _name in choices.entities} >= {"DPO", "DPPA", "UNICEF"}
    for code, _name in choices.entities:
        for row in search(entity=code):
            with acting("hom", "carana"):
                parts = InventoryActivity.objects.filter(part_of=row.activity_id)
                assert code in {one["code"] for each in [row, *parts] for one in each.entities}
    assert search(entity="UNICEF") and not search(entity="' or true")
    assert all("justice_accountability" in row.measures for row in search(measure="justice_accountability"))
    assert all("mara" in row.themes for row in search(theme="mara")) and search(theme="mara")
    assert all(row.period_start <= date(2025, 12, 31) for row in search(period="2025")) and search(period="2025")
    assert all(row.period_start is None for row in search(period="none"))
    assert len(search(period="none")) + len([1 for row in search() if row.period_start]) == len(search())


def test_the_list_is_paged_by_key_past_what_has_no_period(monkeypatch):
    monkeypatch.setattr("openmara.activities.paging.PAGE", 4)
    kept()
    seen, after = [], ""
    with acting("hom", "carana") as person:
        while True:
            page = queries.inventory(for_user=person, after=after)
            seen += [row.id for row in page.rows]
            if not page.after:
                break
            after = page.after
        back = queries.inventory(for_user=person, before=page.before)
        assert len(seen) == len(set(seen)) == InventoryActivity.objects.filter(part_of="").count()
        start = seen.index(page.rows[0].id)
        assert [row.id for row in back.rows] == seen[start - 4 : start]


def test_a_part_leads_to_its_passage_and_the_passage_to_its_parts_in_order():
    kept()
    with acting("hom", "carana") as person:
        part = InventoryActivity.objects.exclude(part_of="").first()
        whole = queries.activity(for_user=person, activity_id=part.activity_id).whole
        opened = queries.activity(for_user=person, activity_id=whole.activity_id)
        places = [opened.activity.text.find(one.text) for one in opened.parts]
        assert places == sorted(places) and len(places) > 1 and part in opened.parts


def test_it_is_audited():
    kept()
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry")
        assert ("activities:inventory:record",) in cursor.fetchall()


def test_nothing_remains_when_the_last_step_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk")

    monkeypatch.setattr(actions, "record", fail)
    with acting("gender", "carana") as person:
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.record_inventory(by=person, mission=person.active_mission, records=parse_pages(pages_of(CARANA)))
        assert not InventoryActivity.objects.exists()


def test_it_refuses_a_page_that_is_none(monkeypatch):
    with pytest.raises(PageTooLarge, match="no page"):
        parse_page("x", "Search\n" + "a" * inventory.LARGEST_PAGE)
    monkeypatch.setattr(inventory, "MOST_RECORDS", 3)
    with pytest.raises(PageTooLarge, match="smaller sets"):
        parse_pages(pages_of(CARANA))


def test_counts_per_page_add_up():
    pages = pages_of(CARANA)
    records = parse_pages(pages)
    counts = {one.page: one for one in count_pages(pages, records)}
    assert counts["104_training_deck.txt"].passages == 0
    assert counts["103_search_unac_coordination.txt"].repeated == 3
    assert sum(bool(record.part_of) for record in records) <= sum(one.parts for one in counts.values())


@pytest.mark.filterwarnings("always:not run")
def test_the_real_pages_are_kept_found_and_never_called_synthetic():
    folder = os.environ.get("OPENMARA_OPEN_DATA", "")
    if not folder:
        warnings.warn("not run: OPENMARA_OPEN_DATA not set", stacklevel=1)
        return
    pages = pages_of(Path(folder) / "inventory")
    found = kept(pages=pages)
    assert len(found.added) >= 40
    assert kept(pages=pages).unchanged == len(found.added)
    with acting("hom", "carana") as person:
        choices = queries.inventory_choices(for_user=person)
        assert choices.synthetic == 0 and choices.total >= 30
    (row,) = [one for one in search(text='"leading on an activity to assess"')]
    assert len(row.occurrences) == 2
    assert search(entity="DPPA") and search(period="2008") and search(period="none")
