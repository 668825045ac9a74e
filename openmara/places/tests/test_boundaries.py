"""Boundary files: what is refused and how clearly, what is read, what is drawn."""

import gzip
import json
import os
import re
import warnings
from pathlib import Path

import pytest

from openmara.places.boundaries import BoundariesRefused, read_boundaries, svg_paths

CARANA = Path(__file__).parents[2] / "carana" / "places"
SQUARE = [[[-36.0, 8.0], [-35.0, 8.0], [-35.0, 9.0], [-36.0, 9.0], [-36.0, 8.0]]]


def feature(geometry=None, **changes):
    properties = {"ADM1_EN": "Fellari", "ADM1_PCODE": "CR01", "ADM0_PCODE": "CR", **changes}
    properties = {k: v for k, v in properties.items() if v is not ...}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": geometry or {"type": "Polygon", "coordinates": SQUARE},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def refusal(content):
    with pytest.raises(BoundariesRefused) as caught:
        read_boundaries(content)
    return caught.value.messages


def ring(*points):
    return {"type": "Polygon", "coordinates": [[list(p) for p in points]]}


def test_it_refuses_a_file_that_is_not_utf8():
    assert "not UTF-8" in refusal('{"type": "é"}'.encode("latin-1"))[0]


def test_it_refuses_what_is_not_json_and_says_where():
    assert refusal(b"PK\x03\x04 a zip archive") == ["file: not GeoJSON (line 1, column 1)"]


def test_it_refuses_json_that_is_not_a_collection_of_areas():
    for content in (b"[]", b'{"type": "Topology"}', b'{"type": "Feature"}'):
        assert "FeatureCollection" in refusal(content)[0]


def test_it_refuses_endless_nesting_and_numbers_that_are_none():
    assert "not GeoJSON" in refusal(b'{"a":' * 200_000)[0]
    assert "NaN" in refusal(b'{"type": "FeatureCollection", "x": NaN}')[0]


def test_it_refuses_an_empty_collection():
    assert refusal(collection()) == ["features: the file holds no area"]


def test_it_refuses_too_many_features(monkeypatch):
    monkeypatch.setattr("openmara.places.boundaries.MAX_FEATURES", 1)
    assert refusal(collection(feature(), feature())) == ["features: more than 1 areas"]


def test_it_refuses_a_file_that_is_too_large_before_reading_it(monkeypatch, tmp_path):
    monkeypatch.setattr("openmara.places.boundaries.MAX_BYTES", 10)
    path = tmp_path / "large.geojson"
    path.write_bytes(collection(feature()))
    assert "larger than" in refusal(path)[0]
    assert "larger than" in refusal(path.read_bytes())[0]


def test_it_refuses_a_file_without_pcodes():
    plain = {"type": "Feature", "properties": {"name": "X", "adm1_code": "X-1"}, "geometry": None}
    assert "no p-code column" in refusal(collection(plain))[0]


def test_it_refuses_a_missing_a_repeated_and_a_malformed_pcode():
    messages = refusal(
        collection(
            feature(), feature(), feature(ADM1_PCODE=""), feature(ADM1_PCODE=17), feature(ADM1_PCODE="01")
        )
    )
    assert messages == [
        "feature 1: ADM1_PCODE: CR01 is already used by feature 0",
        "feature 2: ADM1_PCODE: p-code missing",
        "feature 3: ADM1_PCODE: not a p-code (country letters, then digits)",
        "feature 4: ADM1_PCODE: not a p-code (country letters, then digits)",
    ]


def test_it_refuses_a_code_that_does_not_belong_to_its_parent():
    messages = refusal(collection(feature(ADM0_PCODE="XX"), feature(ADM1_PCODE="CR02", ADM0_PCODE=...)))
    assert messages == [
        "feature 0: ADM1_PCODE: CR01 does not begin with its parent's code XX",
        "feature 1: ADM0_PCODE: column missing",
    ]


def test_it_refuses_an_area_without_a_name():
    assert refusal(collection(feature(ADM1_EN=" "))) == ["feature 0: ADM1_EN: no name in any language"]


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Point", "coordinates": [-36, 8]}, "Polygon or MultiPolygon"),
        ({"type": "MultiPolygon", "coordinates": []}, "no coordinates"),
        ({"type": "Polygon", "coordinates": []}, "without rings"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "without rings"),
        (ring((0, 0), (1, 0), (0, 0)), "fewer than four"),
        (ring((0, 0), (1, 0), (1, 1), (0, 1)), "not closed"),
        (ring((0, 0), (1, 0), ("1", 1), (0, 0)), "pair of numbers"),
        (ring((0, 0), (True, 0), (1, 1), (0, 0)), "pair of numbers"),
        (ring((0, 0), (10**400, 0), (1, 1), (0, 0)), "pair of numbers"),
        (ring((512000, 890000), (513000, 890000), (513000, 891000), (512000, 890000)), "WGS 84"),
    ],
)
def test_it_refuses_a_wrong_shape_and_names_the_feature(geometry, words):
    messages = refusal(collection(feature(), feature(geometry, ADM1_PCODE="CR02")))
    assert len(messages) == 1
    assert messages[0].startswith("feature 1: geometry") and words in messages[0]


def test_it_refuses_another_coordinate_system():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32628"}}
    assert refusal(collection(feature(), crs=crs))[0].startswith("crs: ")
    crs["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert len(read_boundaries(collection(feature(), crs=crs))) == 1


def test_it_refuses_features_of_another_kind():
    assert refusal(collection({"type": "Feature"})) == ["feature 0: not a Feature with properties"]


def test_a_flood_of_problems_is_cut_short():
    messages = refusal(collection(*[feature(ADM1_EN="") for _ in range(80)]))
    assert len(messages) == 51 and "more problems" in messages[-1]


@pytest.mark.parametrize(
    "columns",
    [
        {"ADM2_PCODE": "CR0101", "ADM1_PCODE": "CR01", "ADM2_EN": "Galasi", "ADM2_FR": "Galasi (fr)"},
        {"adm2_pcode": "CR0101", "adm1_pcode": "CR01", "adm2_en": "Galasi", "adm2_fr": "Galasi (fr)"},
        {
            "admin2Pcode": "CR0101",
            "admin1Pcode": "CR01",
            "admin2Name_en": "Galasi",
            "admin2Name_fr": "Galasi (fr)",
        },
        {"adm2_pcode": "CR0101", "adm1_pcode": "CR01", "name_en": "Galasi", "name_fr": "Galasi (fr)"},
    ],
)
def test_the_usual_column_spellings_are_understood(columns):
    item = {"type": "Feature", "properties": columns, "geometry": {"type": "Polygon", "coordinates": SQUARE}}
    (area,) = read_boundaries(collection(item))
    assert (area.level, area.pcode, area.parent_pcode) == (2, "CR0101", "CR01")
    assert area.name == {"en": "Galasi", "fr": "Galasi (fr)"}


def test_a_name_without_language_takes_the_language_of_the_file_or_none():
    named = feature(ADM1_EN=..., adm1_name="Fellari")
    assert read_boundaries(collection(named))[0].name == {"und": "Fellari"}
    named["properties"]["lang"] = "fr"
    assert read_boundaries(collection(named))[0].name == {"fr": "Fellari"}


def test_box_and_centre_come_with_the_area_and_heights_are_dropped():
    shape = {"type": "MultiPolygon", "coordinates": [[[[*p, 12.5] for p in SQUARE[0]]]]}
    (area,) = read_boundaries(b"\xef\xbb\xbf" + collection(feature(shape)))
    assert area.bbox == (-36.0, 8.0, -35.0, 9.0)
    assert area.centroid == (-35.5, 8.5)
    assert area.geometry["coordinates"][0][0][0] == [-36.0, 8.0]


def test_an_area_may_come_without_a_shape():
    item = feature()
    item["geometry"] = None
    (area,) = read_boundaries(collection(item))
    assert (area.geometry, area.bbox, area.centroid) == (None, None, None)
    assert svg_paths([area], 100, 100) == []


def test_a_ring_without_area_has_the_middle_of_its_box_as_centre():
    (area,) = read_boundaries(collection(feature(ring((0, 0), (2, 0), (2, 0), (0, 0)))))
    assert area.centroid == (1.0, 0.0)


def test_carana_has_its_areas_on_three_levels():
    counts = {}
    for level in (0, 1, 2):
        areas = read_boundaries(CARANA / f"adm{level}.geojson")
        assert {a.level for a in areas} == {level}
        counts[level] = len(areas)
    assert counts == {0: 1, 1: 8, 2: 45}


def test_maps_fit_the_picture_and_keep_the_proportions():
    paths = dict(svg_paths(read_boundaries(CARANA / "adm1.geojson"), 600, 400))
    numbers = [
        tuple(map(float, pair)) for d in paths.values() for pair in re.findall(r"([\d.]+) ([\d.]+)", d)
    ]
    xs, ys = [x for x, _ in numbers], [y for _, y in numbers]
    assert set(paths) == {f"CR0{i}" for i in range(1, 9)}
    assert min(xs) >= 0 and max(xs) <= 600 and min(ys) >= 0 and max(ys) <= 400
    assert max(xs) - min(xs) > 595
    # 5.82 degrees of longitude at 9° N are 5.75 degrees of latitude long; the country is 1.99 high.
    assert (max(xs) - min(xs)) / (max(ys) - min(ys)) == pytest.approx(5.75 / 1.99, rel=0.01)


def test_neighbours_keep_the_same_border_on_the_map():
    """Only the outer border is drawn once; every other piece of border belongs to two districts."""
    rings = [
        d.strip("Mz").split("L") for _, d in svg_paths(read_boundaries(CARANA / "adm2.geojson"), 800, 400)
    ]
    corners = [point for r in rings for point in r]
    shared = sum(corners.count(p) > 1 for p in set(corners)) / len(set(corners))
    assert shared > 0.6


def test_a_shape_too_small_to_see_stays_on_the_map():
    tiny = ring((-36, 8), (-35.9999, 8), (-35.9999, 8.0001), (-36, 8))
    areas = read_boundaries(collection(feature(), feature(tiny, ADM1_PCODE="CR02")))
    assert dict(svg_paths(areas, 100, 100))["CR02"].endswith("h1v1h-1z")


@pytest.mark.filterwarnings("always:not run")
@pytest.mark.parametrize("name", ["ne_110m_admin_0_countries", "ne_50m_admin_1_states_provinces"])
def test_natural_earth_has_no_pcodes_and_is_refused_clearly(name):
    folder = os.environ.get("OPENMARA_OPEN_DATA", "")
    if not folder:
        warnings.warn("not run: OPENMARA_OPEN_DATA not set", stacklevel=1)
        return
    content = gzip.decompress((Path(folder) / "geography" / f"{name}.json.gz").read_bytes())
    (message,) = refusal(content)
    assert message.startswith("properties: no p-code column found")
