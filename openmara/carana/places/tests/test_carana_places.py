"""Carana's places: as many as promised, in the right places, drawn the same way every time."""

import csv
import json
import math
from collections import Counter
from pathlib import Path

import pytest

from openmara.carana.places.geometry import KM_PER_DEGREE, STRETCH, area, inside, length_km
from openmara.carana.places.make import draw

HERE = Path(__file__).parents[1]
LEVELS = {n: json.loads((HERE / f"adm{n}.geojson").read_text("utf-8"))["features"] for n in (0, 1, 2)}
RINGS = {
    level: {
        f["properties"][f"ADM{level}_PCODE"]: [tuple(p) for p in f["geometry"]["coordinates"][0]]
        for f in features
    }
    for level, features in LEVELS.items()
}
with (HERE / "settlements.csv").open(encoding="utf-8", newline="") as file:
    TOWNS = list(csv.DictReader(file))
with (HERE / "adm3.csv").open(encoding="utf-8", newline="") as file:
    SUB_DISTRICTS = list(csv.DictReader(file))
AT = {
    t["name_en"]: (float(t["lon"]), float(t["lat"])) for t in TOWNS if t["settlement_pcode"].endswith("01S01")
}


def edges(ring):
    return list(zip(ring, ring[1:], strict=False))


def crosses(first, second):
    def side(u, v, w):
        return (v[0] - u[0]) * (w[1] - u[1]) - (v[1] - u[1]) * (w[0] - u[0])

    (p, q), (a, b) = first, second
    return side(p, q, a) * side(p, q, b) < 0 and side(a, b, p) * side(a, b, q) < 0


def km2(ring):
    return abs(area(ring[:-1])) * KM_PER_DEGREE**2 * STRETCH


@pytest.fixture(scope="module")
def drawn():
    return draw()


def test_the_files_are_what_the_script_draws(drawn):
    for name, text in drawn.items():
        assert (HERE / name).read_text("utf-8") == text, f"{name}: run python -m openmara.carana.places.make"


def test_every_row_and_feature_says_it_is_synthetic():
    assert all(f["properties"]["synthetic"] is True for features in LEVELS.values() for f in features)
    assert all(row["synthetic"] == "true" for row in [*TOWNS, *SUB_DISTRICTS])


def test_numbers_of_places():
    assert len(LEVELS[1]) == 8
    assert len(LEVELS[2]) >= 40
    assert len(TOWNS) >= 300
    assert set(Counter(s["ADM2_PCODE"] for s in SUB_DISTRICTS).values()) <= {2, 3, 4}
    assert (
        sum((HERE / name).stat().st_size for name in ("adm0.geojson", "adm1.geojson", "adm2.geojson"))
        < 400_000
    )


def test_codes_are_unique_and_nest():
    codes = [t["settlement_pcode"] for t in TOWNS]
    assert len(set(codes)) == len(codes)
    known = {s["ADM3_PCODE"]: s for s in SUB_DISTRICTS}
    for town in TOWNS:
        assert town["settlement_pcode"].startswith(town["adm3_pcode"])
        assert known[town["adm3_pcode"]]["ADM2_PCODE"] == town["adm2_pcode"]
    names = [t["name_en"] for t in TOWNS]
    assert len(set(names)) == len(names)


def test_the_provinces_have_their_capitals():
    seats = {t["adm1_pcode"]: t["name_en"] for t in TOWNS if t["size_class"] in ("capital", "city")}
    assert seats == {
        "CR01": "Galasi", "CR02": "Maroni", "CR03": "Sureen", "CR04": "Alur",
        "CR05": "Faron", "CR06": "Folsa", "CR07": "Amsan", "CR08": "Corma",
    }  # fmt: skip
    assert LEVELS[1][0]["properties"]["ADM1_EN"] == "Fellari Province"
    assert LEVELS[1][7]["properties"]["ADM1_FR"] == "Province de Leppko"


def test_the_country_has_its_size_and_lies_between_the_8th_and_10th_latitudes():
    (outline,) = RINGS[0].values()
    assert km2(outline) == pytest.approx(120_000, rel=0.03)
    assert min(p[1] for p in outline) >= 8 and max(p[1] for p in outline) <= 10


def test_the_coast_is_in_the_east_and_about_300_km_long():
    (outline,) = RINGS[0].values()
    points = outline[:-1]
    north_east = min(points, key=lambda p: math.dist(p, (-31.3, 10.0)))
    south_east = min(points, key=lambda p: math.dist(p, (-31.3, 8.0)))
    start, end = points.index(south_east), points.index(north_east)
    coast = points[start : end + 1] if start < end else points[start:] + points[: end + 1]
    assert length_km(coast) == pytest.approx(300, rel=0.1)


def test_no_shape_crosses_itself_and_none_is_a_sliver():
    for rings in RINGS.values():
        for code, ring in rings.items():
            sides = edges(ring)
            pairs = ((a, b) for i, a in enumerate(sides) for b in sides[i + 2 :])
            assert not any(crosses(a, b) for a, b in pairs), code
            assert 4 * math.pi * km2(ring) / length_km(ring) ** 2 > 0.3, code


def test_neighbours_share_their_borders_exactly():
    """Each edge is used by one or two districts; those used once are the country's outline, nothing else."""
    used = Counter(frozenset(edge) for ring in RINGS[2].values() for edge in edges(ring))
    (outline,) = RINGS[0].values()
    assert set(used.values()) == {1, 2}
    assert {e for e, n in used.items() if n == 1} == {frozenset(e) for e in edges(outline)}
    assert sum(map(km2, RINGS[2].values())) == pytest.approx(km2(outline), rel=1e-9)
    assert sum(map(km2, RINGS[1].values())) == pytest.approx(km2(outline), rel=1e-9)


def test_every_settlement_lies_in_its_district():
    for town in TOWNS:
        assert inside((float(town["lon"]), float(town["lat"])), RINGS[2][town["adm2_pcode"]][:-1]), town


def test_leppko_is_the_south_east_and_its_towns_lie_as_told():
    assert AT["Corma"][0] > AT["Folsa"][0] and AT["Corma"][1] < AT["Sureen"][1]
    for held in ("Kika", "Gachal"):
        assert AT[held][0] < AT["Corma"][0] and AT[held][0] < AT["Maldosa"][0]
    assert AT["Muka"][1] < AT["Corma"][1] and AT["Kika"][1] < AT["Corma"][1]
    assert math.dist(AT["Xalksa"], AT["Gachal"]) < math.dist(AT["Maldosa"], AT["Gachal"])
    assert AT["Maldosa"][0] == max(
        AT[n][0] for n in ("Corma", "Maldosa", "Eres", "Muka", "Kika", "Gachal", "Xalksa")
    )
