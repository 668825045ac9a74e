"""Recording register entries: refused, changed by key, audited, rolled back; lists and the frame."""

import csv
import json
import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from openmara.activities import actions, frames, queries, registers
from openmara.activities.models import RegisterEntry, RegisterText
from openmara.activities.rules import EntriesRefused, check_columns
from openmara.errors import Conflict, NotAllowed, NotFound, NotValid
from openmara.places.models import Area
from openmara.security.context import acting
from openmara.security.keys import pseudonym
from openmara.security.models import Person

pytestmark = pytest.mark.django_db


def example(name):
    with (registers.FOLDER / name / "example.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def recorded(name="patrol", rows=None, who="", **more):
    who = who or {"ssr_institution": "ssr.1"}.get(name, "unpol.1")
    with acting(who, "carana") as person:
        rows = example(name) if rows is None else rows
        return actions.record_entries(by=person, mission=person.active_mission, register=name, rows=rows, **more)


def keyed(**changes):
    return example("patrol")[0] | {"entry_key": "P-1"} | changes


def events():
    with connection.cursor() as cursor, transaction.atomic():
        with acting("auditor", "carana"):
            cursor.execute("select event, class from audit.entry order by id")
            return cursor.fetchall()


def stored(who="hom"):
    with acting(who, "carana"):
        return list(RegisterEntry.objects.order_by("entry_key"))


@pytest.mark.parametrize("who", ["cp.1", "hom", "auditor", "swpa", "gender", "ssr.1"])
def test_it_refuses_a_role_that_does_not_record(who):
    with pytest.raises(NotAllowed, match="component concerned"):
        recorded(who=who)
    assert stored() == []


def test_it_refuses_another_components_register_and_takes_the_training_of_every_component():
    with pytest.raises(NotAllowed, match="component concerned"):
        recorded("ssr_institution", who="unpol.1")
    assert recorded("training", who="ssr.1").added


def test_the_database_refuses_another_components_register_by_itself():
    recorded()
    with acting("ssr.1", "carana") as person, connection.cursor() as cursor:
        cursor.execute("update activities_registerentry set form_version = 'x'")
        assert cursor.rowcount == 0
        held = RegisterEntry.objects.first()
        texts = RegisterText(mission_id=held.mission_id, entry=held, texts={"remarks": "x"}, recorded_at=held.recorded_at)
        held.pk, held.entry_key, held.recorded_by = uuid.uuid4(), "another", person
        for row in (held, texts):
            with pytest.raises(ProgrammingError), transaction.atomic():
                RegisterText.objects.bulk_create([texts]) if row is texts else row.save(force_insert=True)


def test_an_entry_is_recorded_and_corrected_in_ones_own_name():
    recorded()
    with acting("unpol.1", "carana"):
        other = Person.objects.get(username="ssr.1")
        held = RegisterEntry.objects.first()
        with pytest.raises(ProgrammingError), transaction.atomic():
            RegisterEntry.objects.filter(id=held.id).update(recorded_by=other)
        held.pk, held.entry_key, held.recorded_by = uuid.uuid4(), "another", other
        with pytest.raises(ProgrammingError), transaction.atomic():
            held.save(force_insert=True)


@pytest.mark.parametrize("name", ["nothing", "../training", "patrol/../training", "", "tests", "key.toml"])
def test_it_refuses_a_register_that_does_not_exist(name):
    with pytest.raises(NotFound, match="no register"):
        recorded(name=name, rows=[{}])


def test_it_refuses_every_wrong_cell_at_once_and_keeps_no_entry():
    rows = example("patrol")
    rows[1] |= {"women_in_team": "-1", "start_date": "2099-01-01"}
    rows[4] |= {"mode": "submarine", "women_in_team": "900"}
    rows[6] |= {"stranger": "x"}
    with pytest.raises(EntriesRefused) as refused:
        recorded(rows=rows)
    cells = {(cell.row, cell.column) for cell in refused.value.cells}
    assert cells >= {(2, "women_in_team"), (2, "start_date"), (5, "mode"), (5, "women_in_team"), (7, "stranger")}
    assert {row for row, _column in cells} == {2, 5, 7}
    assert len(cells) == len(refused.value.cells)
    assert refused.value.problems["5:women_in_team"] == "There cannot be more women than members of the team."
    assert stored() == []


def test_it_refuses_an_area_the_mission_does_not_have_once_areas_are_loaded():
    with acting("swpa", "carana") as person:
        for pcode, level in (("CR08", 1), ("CR0801", 2)):
            Area.objects.create(mission=person.active_mission, pcode=pcode, level=level, name_en=pcode, name_fr=pcode)
    with pytest.raises(EntriesRefused) as refused:
        recorded(rows=[keyed(adm2="CR0899")])
    assert set(refused.value.problems) == {"1:adm2"}
    assert recorded(rows=[keyed()]).added == ("P-1",)


@pytest.mark.parametrize("key", ["=1+1", "a b", "x" * 61, "-1", "é"])
def test_it_refuses_a_key_that_is_no_key(key):
    with pytest.raises(EntriesRefused) as refused:
        recorded(rows=[keyed(entry_key=key)])
    assert set(refused.value.problems) == {"1:entry_key"}


def test_it_refuses_a_key_twice_in_one_file():
    with pytest.raises(EntriesRefused, match="Nothing was recorded") as refused:
        recorded(rows=[keyed(), keyed(mode="foot")])
    assert refused.value.problems == {"2:entry_key": "Entry 1 of the same file has this key already."}
    institution = example("ssr_institution")[0]
    with pytest.raises(EntriesRefused) as refused:
        recorded(name="ssr_institution", rows=[institution, institution | {"men_senior": "60"}])
    assert set(refused.value.problems) == {"2:institution"}


def test_it_refuses_to_change_an_entry_where_only_new_ones_are_meant():
    recorded(rows=[keyed()])
    assert recorded(rows=[keyed()], may_change=False).unchanged == 1
    with pytest.raises(Conflict):
        recorded(rows=[keyed(mode="foot")], may_change=False)
    assert stored()[0].data["mode"] == "vehicle"


def test_wrong_headings_are_named_once_and_not_per_row():
    register = registers.find("patrol")
    assert check_columns(register, registers.columns(register)) == []
    assert check_columns(register, registers.columns(register)[1:]) == []
    found = check_columns(register, ["force", "force", "weather"])
    assert ("weather", "The register has no such column.") in {(one.column, one.text) for one in found}
    assert ("force", "This column stands here twice.") in {(one.column, one.text) for one in found}
    assert ("mode", "This column is missing.") in {(one.column, one.text) for one in found}
    assert {one.row for one in found} == {0}


@pytest.mark.parametrize("name", ["patrol", "training", "ssr_institution"])
def test_it_records_each_example_and_the_same_again_changes_nothing(name):
    first = recorded(name)
    assert len(first.added) == len(example(name)) and not first.changed and not first.unchanged
    again = recorded(name)
    assert (again.added, again.changed, again.unchanged) == ((), (), len(first.added))
    assert len(stored()) == len(first.added)


def test_a_dry_run_says_what_would_happen_and_keeps_nothing():
    assert len(recorded(dry_run=True).added) == 8
    assert stored() == []
    with pytest.raises(EntriesRefused):
        recorded(rows=[keyed(mode="submarine")], dry_run=True)


def test_the_same_key_with_other_answers_corrects_the_entry_and_keeps_the_earlier_one():
    recorded(rows=[keyed()])
    found = recorded(rows=[keyed(women_in_team="4", mode="foot")])
    assert [(one.entry_key, one.columns) for one in found.changed] == [("P-1", ("mode", "women_in_team"))]
    (entry,) = stored()
    assert (entry.data["mode"], entry.data["women_in_team"]) == ("foot", 4)
    with acting("hom", "carana"), connection.cursor() as cursor:
        cursor.execute("select earlier -> 'data' ->> 'mode' from activities_registerentry_history")
        assert cursor.fetchall() == [("vehicle",)]


def test_entries_without_a_key_that_are_alike_are_two_entries():
    row = example("patrol")[0]
    assert len(recorded(rows=[row, row]).added) == 2
    assert recorded(rows=[row, row]).unchanged == 2


def test_free_text_lies_apart_and_only_two_roles_read_it():
    recorded(rows=[keyed(observations="Market closed early. Synthetic.")])
    (entry,) = stored()
    assert "observations" not in entry.data and "Market" not in json.dumps(entry.data)
    with acting("unpol.1", "carana"):
        assert not RegisterText.objects.exists()
    with acting("swpa", "carana"):
        assert RegisterText.objects.get().texts == {"observations": "Market closed early. Synthetic."}


def test_a_text_is_corrected_by_somebody_who_may_not_read_it():
    recorded(rows=[keyed(observations="First. Synthetic.")])
    found = recorded(rows=[keyed(observations="Second. Synthetic.")])
    assert found.changed[0].columns == ("text",)
    assert recorded(rows=[keyed(observations="Second. Synthetic.")]).unchanged == 1
    recorded(rows=[keyed(observations="")])
    with acting("swpa", "carana"):
        texts = RegisterText.objects.order_by("recorded_at").values_list("texts", flat=True)
        assert list(texts) == [{"observations": "First. Synthetic."}, {"observations": "Second. Synthetic."}, {}]


def test_it_is_audited_without_content():
    recorded(rows=[keyed(observations="Words. Synthetic.")])
    assert ("activities:entry:record", "S4") in events()


def test_nothing_remains_when_the_last_step_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk")

    monkeypatch.setattr(actions, "record", fail)
    with acting("unpol.1", "carana") as person:
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.record_entries(by=person, mission=person.active_mission, register="patrol", rows=example("patrol"))
        assert not RegisterEntry.objects.exists()


def test_another_mission_sees_no_entry():
    recorded()
    with acting("stranger", "other") as person:
        assert queries.entries(for_user=person, register=registers.find("patrol"), filters={}).rows == []
        assert frames.entries("patrol").num_rows == 0


def test_the_list_is_paged_by_key_and_filtered(monkeypatch):
    monkeypatch.setattr("openmara.activities.paging.PAGE", 3)
    recorded()
    patrol = registers.find("patrol")
    with acting("hom", "carana") as person:

        def page(**given):
            where = {name: given.pop(name) for name in ("after", "before") if name in given}
            return queries.entries(for_user=person, register=patrol, filters=given, **where)

        seen, after = [], ""
        while True:
            found = page(after=after)
            seen += [row.id for row in found.rows]
            if not found.after:
                break
            after = found.after
        assert len(seen) == len(set(seen)) == 8
        days = [RegisterEntry.objects.get(id=one).occurred_on for one in seen]
        assert days == sorted(days, reverse=True)
        assert [row.id for row in page(before=found.before).rows] == seen[3:6]
        assert {row.data["force"] for row in page(force="unpol").rows} == {"unpol"}
        assert {row.adm1 for row in page(adm1="CR01").rows} == {"CR01"}
        assert page(quarter="2026Q2").rows == [] and len(page(quarter="2026Q3").rows) == 3
        assert page(mode="' or true --\x00").rows == []
        assert queries.quarters(for_user=person, register=patrol) == ["2026Q3"]


@pytest.mark.parametrize("where", [{"after": "x"}, {"before": "2026-01-01~1"}, {"filters": {"quarter": "2026"}}, {"filters": {"quarter": "0000Q1"}}])
def test_it_refuses_an_address_that_is_no_page(where):
    with acting("hom", "carana") as person, pytest.raises(NotValid):
        queries.entries(for_user=person, register=registers.find("patrol"), **({"filters": {}} | where))


def test_the_list_is_refused_without_a_role_and_audited_with_one():
    with acting("auditor", "carana") as person, pytest.raises(NotAllowed):
        queries.entries(for_user=person, register=registers.find("patrol"), filters={})
    with acting("hom", "carana") as person:
        queries.entries(for_user=person, register=registers.find("patrol"), filters={})
        assert queries.waiting_for(for_user=person) == []
    assert ("activities:entry:list", "S1") in events()


def test_the_overview_counts_by_quarter():
    recorded("patrol")
    recorded("ssr_institution")
    with acting("hom", "carana") as person:
        found = {one.register.name: one for one in queries.overview(for_user=person)}
    assert found["patrol"].by_quarter == {"2026Q3": 8} and found["patrol"].last_day.isoformat() == "2026-09-24"
    assert found["ssr_institution"].by_quarter == {"2026Q2": 3, "2026Q3": 5}
    assert (found["training"].total, found["training"].last_recorded) == (0, None)


def test_the_frame_has_pseudonymous_keys_and_no_free_text():
    recorded(rows=[keyed(observations="Secret. Synthetic.", adm2="")])
    with acting("hom", "carana"):
        table = frames.entries("patrol")
        (row,) = table.to_pylist()
        key = RegisterEntry.objects.get().id
    assert table.column_names == ["entry_key", "adm1", "adm2", "occurred_on", "quarter", "data"]
    assert row["entry_key"] == pseudonym(str(key)) and row["entry_key"] != "P-1"
    assert (row["adm1"], row["adm2"], row["quarter"]) == ("CR08", None, "2026Q3")
    assert json.loads(row["data"])["team_size"] == 14 and "Secret" not in row["data"]
    with acting("hom", "carana"):
        assert frames.entries("training").num_rows == 0


def test_thousands_of_entries_are_recorded_in_seconds():
    """Not a benchmark: a bound far above what it takes (about two seconds), to notice a statement per row."""
    rows, counting = [keyed(entry_key=f"P-{number}") for number in range(3000)], _Counting()
    with acting("unpol.1", "carana") as person:
        with connection.execute_wrapper(counting):
            actions.record_entries(by=person, mission=person.active_mission, register="patrol", rows=rows)
            actions.record_entries(
                by=person, mission=person.active_mission, register="patrol", rows=[row | {"mode": "foot"} for row in rows]
            )
        assert RegisterEntry.objects.filter(data__mode="foot").count() == RegisterEntry.objects.count() == 3000
    assert counting.statements < 90


class _Counting:
    statements = 0

    def __call__(self, execute, *args):
        self.statements += 1
        return execute(*args)
