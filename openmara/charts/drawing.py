"""Charts and area maps drawn to SVG on the server: few inks, zero-based bars, gaps shown as gaps.

The SVG carries presentation attributes only, so a page with `style-src 'self'` shows it unharmed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from xml.etree import ElementTree
from xml.sax.saxutils import escape as _escape

import altair
import vl_convert
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # no stubs

from openmara.charts.look import ACCENT, INK, MUTED, TYPEFACE, font_folders, number, word

SVG = "http://www.w3.org/2000/svg"
EARLIER = "#8FB3C0"
VL_VERSION = "6.4"
LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
DROPPED = ("role", "class", "pointer-events")


class NotDrawable(ValueError):
    """The drawing holds something that a page under a strict content policy must not show."""


@dataclass(frozen=True)
class Point:
    """One bar. `value` None is a gap: no data, or hidden to protect people. `text` is printed instead of the number."""

    label: str
    value: float | None
    hidden: bool = False
    text: str = ""


@dataclass(frozen=True)
class Svg:
    text: str
    title: str
    desc: str


def trend(
    points: Sequence[Point], *, title: str, desc: str, lang: str, width: int = 600, height: int = 130
) -> Svg:
    """Bars over quarters from zero; the last one, which the report is about, in the accent colour."""
    rows = [{**_row(point, lang), "at": at, "last": at == len(points) - 1} for at, point in enumerate(points)]
    labels = json.dumps(_two_line_labels([point.label for point in points]), ensure_ascii=False)
    axis = altair.Axis(
        title=None, labelExpr=f"{labels}[datum.value]", labelAngle=0, ticks=False, domainColor=MUTED,
        labelColor=INK, labelFontSize=11, labelPadding=6, labelLineHeight=14, labelOverlap=False,
    )  # fmt: skip
    base = altair.Chart(_data(rows)).encode(
        x=altair.X("at:O", axis=axis, scale=altair.Scale(paddingInner=0.35, paddingOuter=0.2)),
        y=altair.Y("shown:Q", axis=None, scale=altair.Scale(zero=True, nice=False, domainMin=0)),
    )
    colour = altair.condition("datum.last", altair.value(ACCENT), altair.value(EARLIER))
    bars = base.transform_filter("datum.known").mark_bar().encode(color=colour)
    text = base.mark_text(dy=-7, fontSize=11, color=INK).encode(text="text:N")
    return _drawn(altair.layer(bars, text).properties(width=width, height=height), title, desc)


def bars(points: Sequence[Point], *, title: str, desc: str, lang: str, width: int = 0) -> Svg:
    """Horizontal bars in the given order, each with its whole name and its number; long names leave less for bars."""
    width = width or round(max(200, min(400, 570 - 6 * max((len(point.label) for point in points), default=0))))
    rows = [{**_row(point, lang), "label": point.label} for point in points]
    axis = altair.Axis(
        title=None,
        ticks=False,
        domainColor=MUTED,
        labelColor=INK,
        labelFontSize=11,
        labelLimit=0,
        labelPadding=8,
    )
    base = altair.Chart(_data(rows)).encode(
        y=altair.Y(
            "label:N",
            sort=[point.label for point in points],
            axis=axis,
            scale=altair.Scale(paddingInner=0.35, paddingOuter=0.2),
        ),
        x=altair.X("shown:Q", axis=None, scale=altair.Scale(zero=True, nice=False, domainMin=0)),
    )
    drawn = base.transform_filter("datum.known").mark_bar(color=ACCENT)
    text = base.mark_text(align="left", dx=6, fontSize=11, color=INK).encode(text="text:N")
    chart = altair.layer(drawn, text).properties(width=width, height=altair.Step(22))
    return _drawn(chart, title, desc)


def _data(rows: list[dict[str, object]]) -> altair.Data:
    return altair.Data(values=rows)  # type: ignore[no-untyped-call]  # altair leaves it untyped


def _row(point: Point, lang: str) -> dict[str, object]:
    known = point.value is not None and not point.hidden
    if known and point.value is not None:
        value = int(point.value) if float(point.value).is_integer() else point.value
        text = point.text or number(value, lang)
    else:
        text = "c" if point.hidden else word("no_data", lang)
    return {"shown": point.value if known else 0, "known": known, "text": text}


def _two_line_labels(labels: Sequence[str]) -> list[list[str]]:
    """ "Q4 2024" becomes two lines; the year stands only where it starts."""
    lines = []
    before = ""
    for label in labels:
        first, _, year = label.rpartition(" ")
        lines.append([first or year, year if first and year != before else ""])
        before = year
    return lines


@cache
def _register_fonts() -> None:
    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))


def _drawn(chart: altair.LayerChart | altair.FacetChart, title: str, desc: str) -> Svg:
    _register_fonts()
    spec = (
        chart.configure(font=TYPEFACE, background="transparent", padding=4)
        .configure_view(stroke=None)
        .configure_axis(grid=False)
        .to_dict()
    )
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VL_VERSION, allowed_base_urls=[])
    return finish(svg, title, desc)


def finish(svg: str, title: str, desc: str) -> Svg:
    """One image with a title and a description, no script and no style of its own."""
    root = fromstring(svg)
    ElementTree.register_namespace("", SVG)
    _clean(root)
    name = sha256(f"{title}\0{desc}\0{svg}".encode()).hexdigest()[:8]
    for at, (tag, text) in enumerate((("title", title), ("desc", desc))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{tag}-{name}"})
        element.text = text
        root.insert(at, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"title-{name} desc-{name}")
    root.set("class", "om-chart")
    return Svg(ElementTree.tostring(root, encoding="unicode"), title, desc)


def _clean(element: ElementTree.Element) -> None:
    """Drop what is invisible or unnamed, turn styles into attributes, refuse what could run."""
    for child in list(element):
        tag = child.tag.rpartition("}")[2]
        if tag in ("script", "style", "foreignObject"):
            raise NotDrawable(f"<{tag}> in a drawing")
        if tag == "path" and (not child.get("d") or child.get("class") == "background"):
            element.remove(child)
            continue
        _clean(child)
        if tag == "g" and len(child) == 0:
            element.remove(child)
    _clean_attributes(element)


def _clean_attributes(element: ElementTree.Element) -> None:
    for name in ("d", "transform"):
        if name in element.attrib and "scale" not in element.attrib[name]:
            element.set(name, LONG_NUMBER.sub(lambda hit: f"{float(hit.group()):.1f}", element.attrib[name]))
    for declaration in element.attrib.pop("style", "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            element.set(name.strip(), value.strip())
    for name in [*element.attrib]:
        if name in DROPPED or name.startswith("aria-") or (name, element.get(name)) == ("opacity", "1"):
            del element.attrib[name]
        elif name.startswith("on"):
            raise NotDrawable("an event handler in a drawing")


HUES = ("#DCE8EC", "#A9C6D0", "#5F93A5", ACCENT)
HALO = 'stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
MAP_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class AreaValue:
    """What one area shows: a number, hidden, or no data; never a point, never an incident."""

    value: float | None
    hidden: bool = False
    text: str = ""


def area_map(
    paths: Sequence[tuple[str, str]],
    values: Mapping[str, AreaValue],
    names: Mapping[str, str],
    *,
    title: str,
    desc: str,
    lang: str,
    width: int = 340,
) -> Svg:
    """A map of areas in one hue; hidden areas are hatched, areas without data stay white and dashed.

    `paths` are (p-code, SVG path with absolute coordinates). Counts of incidents are named, not ranked.
    """
    boxes = {code: _box(d) for code, d in paths}
    left, top = min(box[0] for box in boxes.values()), min(box[1] for box in boxes.values())
    across = max(box[2] for box in boxes.values()) - left
    down = max(box[3] for box in boxes.values()) - top
    scale = width / across
    steps = _steps([one.value for one in values.values() if one.value is not None and not one.hidden])
    pattern = "hatch-" + sha256(f"{title}\0{desc}".encode()).hexdigest()[:8]
    shapes = "".join(_shape(code, d, values, steps, pattern, scale) for code, d in paths)
    texts = "".join(
        _area_label(_middle(d), (left, top), scale, names.get(code, code), values.get(code), width, lang)
        for code, d in paths
    )
    key, key_height = _map_key(steps, pattern, down * scale + 16, width, lang)
    height = round(down * scale + 16 + key_height)
    move = f"translate({-left * scale + 1:.1f},{-top * scale + 1:.1f}) scale({scale:.5f})"
    svg = (
        f'<svg xmlns="{SVG}" width="{width + 2}" height="{height}" viewBox="0 0 {width + 2} {height}">'
        f"<defs>{_hatch(pattern)}</defs>"
        f'<g transform="{move}" stroke="#FFFFFF" stroke-linejoin="round">{shapes}</g>'
        f'<g font-family="{TYPEFACE}" font-size="11" text-anchor="middle" fill="{INK}" {HALO}>{texts}</g>'
        f'<g font-family="{TYPEFACE}" font-size="10" fill="{INK}">{key}</g></svg>'
    )
    return finish(svg, title, desc)


def _box(d: str) -> tuple[float, float, float, float]:
    numbers = [float(one) for one in MAP_NUMBER.findall(d)]
    across, down = numbers[0::2], numbers[1::2]
    return min(across), min(down), max(across), max(down)


def _middle(d: str) -> tuple[float, float]:
    """Centre of the area's corners weighted by area, so that a label stays inside most shapes."""
    numbers = [float(one) for one in MAP_NUMBER.findall(d)]
    corners = list(zip(numbers[0::2], numbers[1::2], strict=True))
    twice = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        twice, x, y = twice + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return (x / (3 * twice), y / (3 * twice)) if twice else corners[0]


def _steps(values: Sequence[float]) -> list[float]:
    """Up to four classes between round numbers; the upper end of each."""
    if not values:
        return []
    top = max(values)
    unit = next(
        size
        for size in (1, 2, 5, 10, 20, 30, 40, 50, 100, 150, 200, 300, 500, 1000, 10**9)
        if size * 4 >= top
    )
    return [float(unit * at) for at in range(1, 5) if unit * (at - 1) < top]


def _class_of(value: float, steps: Sequence[float]) -> int:
    return next((at for at, upper in enumerate(steps) if value <= upper), len(steps) - 1)


def _shape(
    code: str, d: str, values: Mapping[str, AreaValue], steps: Sequence[float], pattern: str, scale: float
) -> str:
    one = values.get(code)
    line = f'stroke-width="{1.2 / scale:.3f}"'
    if one is not None and one.hidden:
        return f'<path d="{_quoted(d)}" fill="url(#{pattern})" stroke="#A9B4BA" stroke-width="{0.6 / scale:.3f}"/>'
    if one is None or one.value is None:
        dash = f'stroke="{MUTED}" stroke-dasharray="{3 / scale:.3f} {3 / scale:.3f}"'
        return f'<path d="{_quoted(d)}" fill="#FFFFFF" {dash} stroke-width="{0.8 / scale:.3f}"/>'
    return f'<path d="{_quoted(d)}" fill="{HUES[_class_of(one.value, steps)]}" {line}/>'


def _area_label(
    middle: tuple[float, float],
    origin: tuple[float, float],
    scale: float,
    name: str,
    one: AreaValue | None,
    width: float,
    lang: str,
) -> str:
    """Name and number in dark ink with a white edge, readable on every hue and on its neighbours; never cut at the side."""
    half = min(3.2 * len(name), width / 2)
    x = min(max((middle[0] - origin[0]) * scale + 1, half), width - half)
    y = (middle[1] - origin[1]) * scale + 1
    if one is not None and one.value is not None and not one.hidden:
        text = one.text or number(int(one.value), lang)
    else:
        text = "c" if one is not None and one.hidden else word("no_data", lang)
    return (
        f'<text x="{x:.1f}" y="{y - 2:.1f}">{_quoted(name)}</text>'
        f'<text x="{x:.1f}" y="{y + 12:.1f}" font-weight="700">{_quoted(text)}</text>'
    )


def _hatch(pattern: str) -> str:
    return (
        f'<pattern id="{pattern}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="#F4F6F7"/><rect width="1.2" height="6" fill="#A9B4BA"/></pattern>'
    )


def _map_key(steps: Sequence[float], pattern: str, y: float, width: float, lang: str) -> tuple[str, float]:
    """Rows of swatches: the classes, then hidden, then no data."""
    entries = []
    lower = 0
    for at, upper in enumerate(steps):
        text = f"{number(lower, lang)}–{number(int(upper), lang)}" if upper > lower else number(lower, lang)
        entries.append((f'fill="{HUES[at]}"', text))
        lower = int(upper) + 1
    entries.append((f'fill="url(#{pattern})"', f"c {word('hidden_spoken', lang)}"))
    entries.append((f'fill="#FFFFFF" stroke="{MUTED}" stroke-dasharray="2 2"', word("no_data", lang)))
    x, top, drawn = 1.0, y, ""
    for ink, text in entries:
        if x + 19 + 6.0 * len(text) > width:
            x, y = 1.0, y + 16
        drawn += f'<rect x="{x:.1f}" y="{y:.1f}" width="14" height="10" {ink}/>'
        drawn += f'<text x="{x + 19:.1f}" y="{y + 9:.1f}">{_quoted(text)}</text>'
        x += 19 + 6.0 * len(text) + 12
    return drawn, y - top + 16.0


def _quoted(text: str) -> str:
    return _escape(text, {'"': "&quot;"})


def width_of(svg: str) -> float:
    """Drawn width in CSS pixels."""
    return float(fromstring(svg).get("width", "560"))


def to_png(svg: str, scale: float = 2.5) -> bytes:
    """The same drawing as pixels, for Word."""
    _register_fonts()
    return bytes(vl_convert.svg_to_png(svg, scale=scale))
