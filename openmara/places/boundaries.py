"""Reads the common humanitarian boundary files (COD-AB style GeoJSON with p-codes) and draws them as SVG paths."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from openmara.errors import NotValid

MAX_BYTES = 60_000_000
MAX_FEATURES = 20_000
MAX_POSITIONS = 3_000_000
MAX_MESSAGES = 50

PCODE = re.compile(r"[A-Z]{2,3}[0-9A-Z]{0,15}")
PCODE_COLUMN = re.compile(r"(?:adm|admin)_?([0-4])_?p_?code")
NAME_COLUMN = re.compile(r"(?:adm|admin)_?([0-4])_?(?:name)?_?([a-z]{2})?")
GENERIC_NAME = re.compile(r"name(?:_([a-z]{2}))?")
WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG:0:4326")

Position = tuple[float, float]
BBox = tuple[float, float, float, float]


class BoundariesRefused(NotValid):
    """The file is not a usable boundary file; `messages` name feature and field, never more than fifty."""

    code = "boundaries_refused"

    def __init__(self, messages: list[str]) -> None:
        shown = messages[:MAX_MESSAGES]
        if len(messages) > MAX_MESSAGES:
            shown = [*shown, f"… and {len(messages) - MAX_MESSAGES} more problems of the same file"]
        super().__init__("\n".join(shown))
        self.messages = shown


@dataclass(frozen=True)
class AreaRecord:
    """One administrative area as the file states it."""

    level: int
    pcode: str
    name: dict[str, str]
    parent_pcode: str | None
    geometry: dict[str, Any] | None
    bbox: BBox | None
    centroid: Position | None


def read_boundaries(source: Path | str | bytes) -> list[AreaRecord]:
    """All areas of a boundary file, or BoundariesRefused with every problem found."""
    features = _features(_document(source))
    level = _level(features)
    messages: list[str] = []
    seen: dict[str, int] = {}
    areas = [area for i, f in enumerate(features) if (area := _area(i, f, level, messages, seen)) is not None]
    if messages:
        raise BoundariesRefused(messages)
    return areas


def _refuse(message: str) -> NoReturn:
    raise BoundariesRefused([message])


def _document(source: Path | str | bytes) -> dict[str, Any]:
    """The file as JSON object; refuses what is too large, not UTF-8, not JSON."""
    if not isinstance(source, bytes):
        path = Path(source)
        if path.stat().st_size > MAX_BYTES:
            _refuse(f"file: larger than {MAX_BYTES // 1_000_000} MB; simplify the boundaries first")
        source = path.read_bytes()
    if len(source) > MAX_BYTES:
        _refuse(f"file: larger than {MAX_BYTES // 1_000_000} MB; simplify the boundaries first")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        _refuse(f"file: not UTF-8 text (byte {problem.start}); save it as GeoJSON in UTF-8")
    try:
        document = json.loads(
            text, parse_constant=lambda word: _refuse(f"file: {word} is not a number in GeoJSON")
        )
    except json.JSONDecodeError as problem:
        _refuse(f"file: not GeoJSON (line {problem.lineno}, column {problem.colno})")
    except (RecursionError, ValueError):
        _refuse("file: not GeoJSON (nested too deeply or a number too long)")
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        _refuse("file: not GeoJSON with areas; 'type' must be 'FeatureCollection'")
    _check_crs(document.get("crs"))
    return document


def _check_crs(crs: Any) -> None:
    """An old-style 'crs' member may only say WGS 84 (RFC 7946, 4)."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not name.upper().endswith(WGS84):
        _refuse("crs: coordinates must be longitude and latitude (WGS 84, EPSG:4326); export the file again")


def _features(document: dict[str, Any]) -> list[dict[str, Any]]:
    features = document.get("features")
    if not isinstance(features, list) or not features:
        _refuse("features: the file holds no area")
    if len(features) > MAX_FEATURES:
        _refuse(f"features: more than {MAX_FEATURES} areas")
    wrong = [
        f"feature {i}: not a Feature with properties"
        for i, f in enumerate(features)
        if not isinstance(f, dict) or f.get("type") != "Feature" or not isinstance(f.get("properties"), dict)
    ]
    if wrong:
        raise BoundariesRefused(wrong)
    return features


def _columns(properties: dict[str, Any]) -> dict[int, str]:
    """P-code columns by level, whatever their usual spelling (ADM2_PCODE, adm2_pcode, admin2Pcode)."""
    found = {}
    for column in properties:
        if match := PCODE_COLUMN.fullmatch(column.lower()):
            found[int(match[1])] = column
    return found


def _level(features: list[dict[str, Any]]) -> int:
    """The level of the file: the deepest p-code column any of its features has a value in."""
    levels = [
        level
        for feature in features
        for level, column in _columns(feature["properties"]).items()
        if feature["properties"][column] not in (None, "")
    ]
    if not levels:
        _refuse(
            "properties: no p-code column found (expected ADM1_PCODE, adm2_pcode, admin2Pcode …); "
            "a file without p-codes cannot be used"
        )
    return max(levels)


def _area(
    index: int, feature: dict[str, Any], level: int, messages: list[str], seen: dict[str, int]
) -> AreaRecord | None:
    """One area, or None with its problems added to `messages`."""
    properties, before = feature["properties"], len(messages)
    pcode = _pcode(index, properties, level, messages)
    if pcode and pcode in seen:
        messages.append(
            f"feature {index}: ADM{level}_PCODE: {pcode} is already used by feature {seen[pcode]}"
        )
    elif pcode:
        seen[pcode] = index
    parent = _pcode(index, properties, level - 1, messages) if level else None
    if pcode and parent and not pcode.startswith(parent):
        messages.append(
            f"feature {index}: ADM{level}_PCODE: {pcode} does not begin with its parent's code {parent}"
        )
    name = _names(properties, level)
    if not name:
        messages.append(f"feature {index}: ADM{level}_EN: no name in any language")
    geometry = _geometry(index, feature.get("geometry"), messages)
    if len(messages) > before:
        return None
    box = bbox(geometry) if geometry else None
    return AreaRecord(
        level, pcode, name, parent or None, geometry, box, centroid(geometry) if geometry else None
    )


def _pcode(index: int, properties: dict[str, Any], level: int, messages: list[str]) -> str:
    """The p-code of one level; missing or malformed codes are reported."""
    column = _columns(properties).get(level)
    value = properties.get(column) if column else None
    if value in (None, ""):
        role = "p-code missing" if column else "column missing"
        messages.append(f"feature {index}: {column or f'ADM{level}_PCODE'}: {role}")
        return ""
    if not isinstance(value, str) or not PCODE.fullmatch(value):
        messages.append(f"feature {index}: {column}: not a p-code (country letters, then digits)")
        return ""
    return value


def _names(properties: dict[str, Any], level: int) -> dict[str, str]:
    """Names by language; a name column without a language takes the file's 'lang', else 'und' (undetermined)."""
    default = properties.get("lang")
    default = default if isinstance(default, str) and re.fullmatch(r"[a-z]{2}", default) else "und"
    names: dict[str, str] = {}
    for column, value in properties.items():
        if not isinstance(value, str) or not value.strip():
            continue
        match = NAME_COLUMN.fullmatch(column.lower())
        if match and int(match[1]) == level:
            names.setdefault(match[2] or default, value.strip())
        elif generic := GENERIC_NAME.fullmatch(column.lower()):
            names.setdefault(generic[1] or default, value.strip())
    return names


def _geometry(index: int, geometry: Any, messages: list[str]) -> dict[str, Any] | None:
    """The geometry without heights; problems are reported with the place where they are."""
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        messages.append(f"feature {index}: geometry: must be Polygon or MultiPolygon")
        return None
    parts = geometry.get("coordinates")
    polygons = [parts] if kind == "Polygon" else parts
    if not isinstance(polygons, list) or not polygons:
        messages.append(f"feature {index}: geometry: no coordinates")
        return None
    clean, budget = [], MAX_POSITIONS
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            messages.append(f"feature {index}: geometry: a polygon without rings")
            return None
        rings = []
        for number, ring in enumerate(polygon):
            budget -= len(ring) if isinstance(ring, list) else 0
            problem = "too many points" if budget < 0 else _ring_problem(ring)
            if problem:
                messages.append(f"feature {index}: geometry, ring {number}: {problem}")
                return None
            rings.append([[float(p[0]), float(p[1])] for p in ring])
        clean.append(rings)
    return {"type": kind, "coordinates": clean[0] if kind == "Polygon" else clean}


def _ring_problem(ring: Any) -> str:
    """What is wrong with a ring (RFC 7946, 3.1.6); empty when it is good."""
    if not isinstance(ring, list) or len(ring) < 4:
        return "fewer than four positions"
    for position in ring:
        if (
            not isinstance(position, list)
            or not 2 <= len(position) <= 4
            or not all(map(_is_number, position))
        ):
            return "a position is not a pair of numbers"
        if abs(position[0]) > 180 or abs(position[1]) > 90:
            return "coordinates outside longitude ±180, latitude ±90; export the file as WGS 84 (EPSG:4326)"
    if ring[0][:2] != ring[-1][:2]:
        return "not closed (first and last position differ)"
    return ""


def _is_number(value: Any) -> bool:
    """A finite number; compared before it is converted, because an integer of JSON may be too large for a float."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def bbox(geometry: dict[str, Any]) -> BBox:
    """West, south, east, north of a geometry."""
    xs, ys = zip(*(p[:2] for ring in _rings(geometry) for p in ring), strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def centroid(geometry: dict[str, Any]) -> Position:
    """Centre of gravity of the largest ring; the middle of the box when it has no area."""
    best, centre = 0.0, None
    for ring in _rings(geometry):
        crosses = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:], strict=False)]
        total = sum(cross for _, _, cross in crosses) / 2
        if abs(total) > best:
            x = sum((a[0] + b[0]) * cross for a, b, cross in crosses) / (6 * total)
            y = sum((a[1] + b[1]) * cross for a, b, cross in crosses) / (6 * total)
            best, centre = abs(total), (round(x, 5), round(y, 5))
    if centre is None or best < 1e-12:
        west, south, east, north = bbox(geometry)
        return ((west + east) / 2, (south + north) / 2)
    return centre


def svg_paths(areas: Iterable[AreaRecord], width: float, height: float) -> list[tuple[str, str]]:
    """(p-code, path) of every area with a shape, fitted into width × height.

    Equirectangular, longitude shortened by the cosine of the middle latitude. Points are snapped to half
    a pixel and straight runs thinned, so that neighbours keep the same border.
    """
    drawn = [(area, area.geometry, area.bbox) for area in areas if area.geometry and area.bbox]
    if not drawn:
        return []
    west, south = min(b[0] for _, _, b in drawn), min(b[1] for _, _, b in drawn)
    east, north = max(b[2] for _, _, b in drawn), max(b[3] for _, _, b in drawn)
    squeeze = math.cos(math.radians((south + north) / 2)) or 1e-6
    scale = min(width / max((east - west) * squeeze, 1e-9), height / max(north - south, 1e-9))
    left = (width - (east - west) * squeeze * scale) / 2
    top = (height - (north - south) * scale) / 2

    def place(point: list[float]) -> Position:
        x, y = left + (point[0] - west) * squeeze * scale, top + (north - point[1]) * scale
        return (round(x * 2) / 2, round(y * 2) / 2)

    return [
        (area.pcode, _path([list(map(place, ring)) for ring in _rings(shape)])) for area, shape, _ in drawn
    ]


def _path(rings: list[list[Position]]) -> str:
    """SVG path of projected rings; a shape too small to see stays visible as one pixel."""
    thinned = [t for t in map(_thin, rings) if len(t) > 2]
    if not thinned:
        x, y = rings[0][0]
        return f"M{x:g} {y:g}h1v1h-1z"
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "z" for ring in thinned)


def _thin(ring: list[Position]) -> list[Position]:
    """A ring without repeated points and without points on a straight line between their neighbours."""
    kept: list[Position] = []
    for point in ring[:-1]:
        if kept and point == kept[-1]:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _straight(a: Position, b: Position, c: Position) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])
