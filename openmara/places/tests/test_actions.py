"""Areas and settlements: refused, loaded, loaded again, audited, rolled back."""

import csv
from decimal import Decimal

import pytest
from django.db import connection

from openmara import ROOT
from openmara.errors import NotAllowed, NotValid
from openmara.places import actions, queries
from openmara.places.boundaries import AreaRecord
from openmara.places.listed import SettlementRecord
from openmara.places.models import Area, Settlement
from openmara.security.context import acting
from openmara.security.models import Mission

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]}


def area(pcode: str, level: int, parent: str | None = None, name: dict[str, str] | None = None, shape: dict | None = None) -> AreaRecord:
    return AreaRecord(level, pcode, name or {"en": f"Area {pcode}", "fr": f"Zone {pcode}"}, parent, shape, None, None)


TREE = [area("CR01", 1, "CR", shape=SQUARE), area("CR0101", 2, "CR01"), area("CR010101", 3, "CR0101")]
PLACE = SettlementRecord("CR010101S01", "Galasi", "CR01", "CR0101", "CR010101", Decimal("8.81310"), Decimal("-31.19840"))


def mission() -> Mission:
    return Mission.objects.get(code="carana")


def test_it_refuses_areas_from_a_role_that_does_not_load_them() -> None:
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.load_areas(by=person, mission=mission(), records=TREE)


def test_it_refuses_an_area_whose_parent_is_missing_and_stores_nothing() -> None:
    with acting("swpa", "carana") as person:
        with pytest.raises(NotValid, match="coarser level"):
            actions.load_areas(by=person, mission=mission(), records=[TREE[0], TREE[2]])
        assert Area.objects.count() == 0


def test_it_refuses_a_code_that_stands_twice() -> None:
    with acting("swpa", "carana") as person, pytest.raises(NotValid, match="twice"):
        actions.load_areas(by=person, mission=mission(), records=[TREE[0], TREE[0]])


def test_it_refuses_changes_from_somebody_who_may_only_add() -> None:
    with acting("swpa", "carana") as person:
        actions.load_areas(by=person, mission=mission(), records=TREE)
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotAllowed):
            actions.load_areas(by=person, mission=mission(), records=[area("CR01", 1, "CR", {"en": "Other"})])
        assert Area.objects.get(pcode="CR01").name_en == "Area CR01"


def test_it_refuses_settlements_whose_areas_are_missing_or_lie_elsewhere() -> None:
    with acting("swpa", "carana") as person:
        with pytest.raises(NotValid, match="CR010101S01"):
            actions.load_settlements(by=person, mission=mission(), records=[PLACE])
        actions.load_areas(by=person, mission=mission(), records=[*TREE, area("CR02", 1, "CR")])
        with pytest.raises(NotValid, match="elsewhere"):
            actions.load_settlements(by=person, mission=mission(), records=[SettlementRecord("X1", "Galasi", "CR02", "CR0101")])
        assert Settlement.objects.count() == 0


def test_it_loads_areas_once_and_changes_what_differs() -> None:
    with acting("swpa", "carana") as person:
        assert actions.load_areas(by=person, mission=mission(), records=TREE) == actions.Loaded(3, 0, 0)
        assert actions.load_areas(by=person, mission=mission(), records=TREE) == actions.Loaded(0, 0, 3)
        renamed = area("CR01", 1, "CR", {"en": "Fellari Province", "fr": "Province de Fellari"})
        assert actions.load_areas(by=person, mission=mission(), records=[renamed]) == actions.Loaded(0, 1, 0)
        stored = Area.objects.get(pcode="CR01")
        assert (stored.name_fr, stored.boundary) == ("Province de Fellari", SQUARE)


def test_provisional_areas_never_replace_confirmed_ones() -> None:
    with acting("swpa", "carana") as person:
        actions.load_areas(by=person, mission=mission(), records=TREE)
        loaded = actions.load_areas(by=person, mission=mission(), records=[area("CR01", 1, None, {"und": "Guess"})], provisional=True)
        assert loaded == actions.Loaded(0, 0, 1)
        assert Area.objects.get(pcode="CR01").name_en == "Area CR01"


def test_it_loads_settlements_once_and_the_audit_says_so() -> None:
    with acting("swpa", "carana") as person:
        actions.load_areas(by=person, mission=mission(), records=TREE)
        assert actions.load_settlements(by=person, mission=mission(), records=[PLACE]).added == 1
        assert actions.load_settlements(by=person, mission=mission(), records=[PLACE]).unchanged == 1
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        assert [event for (event,) in cursor.fetchall()][-3:] == ["places:area:load", "places:settlement:load", "places:settlement:load"]


def test_names_come_in_the_language_of_the_person() -> None:
    with acting("swpa", "carana") as person:
        actions.load_areas(by=person, mission=mission(), records=TREE)
        person.language = "fr"
        assert queries.area_names(for_user=person)["CR01"] == "Zone CR01"
        assert queries.area_name("CR01", for_user=person, lang="en") == "Area CR01"
        assert queries.area_name("XX", for_user=person) == "XX"
        assert [one.pcode for one in queries.areas(2, for_user=person)] == ["CR0101"]


def test_nobody_of_another_mission_sees_the_areas() -> None:
    with acting("swpa", "carana") as person:
        actions.load_areas(by=person, mission=mission(), records=TREE)
    with acting("stranger", "other") as person:
        assert queries.areas(for_user=person) == []


def test_it_refuses_a_list_with_bad_rows_and_names_them() -> None:
    with pytest.raises(NotValid, match="row 2"):
        actions.read_areas([{"ADM1_EN": "No code"}])
    with pytest.raises(NotValid, match="row 2"):
        actions.read_areas([{"ADM1_PCODE": "CR01", "ADM2_PCODE": "XX0101", "ADM2_EN": "Elsewhere"}])
    good = {"settlement_pcode": "CR010101S01", "name_en": "Galasi", "adm1_pcode": "CR01", "adm2_pcode": "CR0101"}
    with pytest.raises(NotValid, match="row 3"):
        actions.read_settlements([good, good | {"lat": "95", "lon": "10"}])
    with pytest.raises(NotValid, match="no row"):
        actions.read_settlements([])


def test_it_reads_the_lists_of_carana() -> None:
    folder = ROOT / "openmara/carana/places"
    with (folder / "adm3.csv").open(encoding="utf-8", newline="") as rows:
        assert {one.level for one in actions.read_subdistricts(csv.DictReader(rows))} == {3}
    with (folder / "settlements.csv").open(encoding="utf-8", newline="") as rows:
        assert len(actions.read_settlements(csv.DictReader(rows))) >= 300
