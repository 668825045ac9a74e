"""Drawings that a strict page may show."""

import time
from xml.etree import ElementTree

import pytest

from openmara.charts import AreaValue, NotDrawable, Point, area_map, bars, finish, to_png, trend

QUARTERS = [
    Point(f"Q{at % 4 + 1} {2024 + at // 4}", value) for at, value in enumerate([3, 5, None, 8, 0, 13, 21, 34])
]
AREAS = (
    ("CR01", "M0,0L10,0L10,10L0,10Z"),
    ("CR02", "M10,0L20,0L20,10L10,10Z"),
    ("CR03", "M20,0L30,0L30,10L20,10Z"),
)
VALUES = {"CR01": AreaValue(12), "CR02": AreaValue(None, hidden=True)}


def drawings():
    names = {"CR01": "Fellari & coast", "CR02": "Maroni", "CR03": "Sureen"}
    yield trend(QUARTERS, title="Trend", desc="Eight quarters", lang="en")
    yield bars([Point("a <b>", 4), Point("c", None, hidden=True)], title="Bars", desc="Two bars", lang="fr")
    yield area_map(AREAS, VALUES, names, title="Map", desc="Three areas", lang="en")


@pytest.mark.parametrize(
    "bad", ["<script>x</script>", "<style>a{}</style>", '<rect onclick="x"/>', "<foreignObject/>"]
)
def test_it_refuses_a_drawing_that_could_run_or_style(bad):
    with pytest.raises(NotDrawable):
        finish(f'<svg xmlns="http://www.w3.org/2000/svg">{bad}</svg>', "t", "d")


def test_styles_become_presentation_attributes():
    svg = finish(
        '<svg xmlns="http://www.w3.org/2000/svg"><rect style="fill:#123456; stroke-width: 2"/></svg>',
        "t",
        "d",
    ).text
    assert "style" not in svg and 'fill="#123456"' in svg and 'stroke-width="2"' in svg


def test_every_drawing_is_one_named_image_without_style_or_script():
    for drawing in drawings():
        root = ElementTree.fromstring(drawing.text)
        tags = [element.tag.rpartition("}")[2] for element in root.iter()]
        assert root.get("role") == "img"
        assert (tags[1], tags[2]) == ("title", "desc")
        assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
        assert "style=" not in drawing.text and "http://" not in drawing.text.replace(
            "http://www.w3.org/", ""
        )


def test_a_gap_is_a_gap_and_not_a_bar_of_zero():
    drawing = trend(QUARTERS, title="Trend", desc="d", lang="en").text
    assert drawing.count("<path") == 7
    assert "no data" in drawing


def test_a_hidden_bar_shows_only_its_mark():
    drawing = bars([Point("a", 4), Point("b", 3, hidden=True)], title="Bars", desc="d", lang="en").text
    assert ">c<" in drawing and ">3<" not in drawing and drawing.count("<path") == 1


def test_a_hidden_area_is_hatched_and_no_data_is_not_the_same():
    drawing = area_map(AREAS, VALUES, {}, title="Map", desc="d", lang="en").text
    root = ElementTree.fromstring(drawing)
    fills = [element.get("fill") for element in root.iter() if element.tag.endswith("path")]
    assert fills[0].startswith("#") and fills[1].startswith("url(#hatch-") and fills[2] == "#FFFFFF"


def test_quarters_of_one_year_name_the_year_once():
    drawing = trend(QUARTERS, title="Trend", desc="d", lang="en").text
    assert drawing.count(">2024<") == 1 and drawing.count(">2025<") == 1


def test_the_same_chart_has_the_same_bytes_and_few_of_them():
    first, second = list(drawings()), list(drawings())
    assert first == second
    assert all(len(one.text) < 6000 for one in first)


def test_a_chart_is_drawn_within_half_a_second_once_warm():
    trend(QUARTERS, title="Trend", desc="d", lang="en")
    started = time.perf_counter()
    trend(QUARTERS, title="Trend", desc="other", lang="en")
    assert time.perf_counter() - started < 0.5


def test_word_gets_pixels():
    assert to_png(next(drawings()).text).startswith(b"\x89PNG")


def test_labels_on_a_map_are_dark_with_a_white_edge_and_print_the_text_they_are_given():
    values = {"CR01": AreaValue(40, text="<50"), "CR02": AreaValue(1)}
    drawing = area_map(AREAS, values, {"CR01": "A long name of an area"}, title="Map", desc="d", lang="en").text
    texts = [one for one in ElementTree.fromstring(drawing).iter() if one.tag.endswith("text")]
    assert 'paint-order="stroke"' in drawing and not any(one.get("fill") == "#FFFFFF" for one in texts)
    assert "<50" in [one.text for one in texts]
    assert float(texts[0].get("x")) >= 3.2 * len("A long name of an area")


def test_a_long_name_beside_a_bar_is_not_cut():
    name = "Trafficking in persons for sexual violence or exploitation"
    assert name in bars([Point(name, 4)], title="Bars", desc="d", lang="en").text
