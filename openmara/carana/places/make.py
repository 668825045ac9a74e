"""Draws Carana: the fictional country of UN training, invented shapes, same files every time.

Run by hand: python -m openmara.carana.places.make [DIR]. Districts are the cells of a relaxed Voronoi
partition; a border between two districts is bent once and used by both, so neighbours share it exactly.
"""

import csv
import io
import json
import math
import random
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

from openmara.carana.places.geometry import (
    GRID,
    Edge,
    Point,
    Ring,
    bend,
    cells,
    centroid,
    count_edges,
    dissolve,
    inside,
    snap,
)
from openmara.carana.places.names import (
    ADM3_ENDINGS,
    COUNTRY,
    FRENCH,
    LEPPKO_WISHES,
    PROVINCES,
    SYLLABLES_END,
    SYLLABLES_START,
    Province,
)

SEED = 1968
EAST, WEST, SOUTH, NORTH = -31.1, -36.5, 8.07, 9.97
FRAME = [(WEST - 2, SOUTH - 2), (EAST + 2, SOUTH - 2), (EAST + 2, NORTH + 2), (WEST - 2, NORTH + 2)]


def mirrored(sites: list[Point]) -> list[Point]:
    """Sites reflected in the frame of the country: they hold its outer edge in place."""
    flipped = []
    for x, y in sites:
        flipped += [(2 * EAST - x, y), (2 * WEST - x, y), (x, 2 * SOUTH - y), (x, 2 * NORTH - y)]
    return flipped


def relaxed_sites(rng: random.Random, count: int) -> list[Point]:
    """Evenly spread district centres (Lloyd's algorithm inside the frame)."""
    sites = [(rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH)) for _ in range(count)]
    for _ in range(40):
        sites = [centroid(ring) for ring in cells(sites, mirrored(sites), FRAME)]
    return [(x + rng.uniform(-0.06, 0.06), y + rng.uniform(-0.06, 0.06)) for x, y in sites]


def warp(point: Point) -> Point:
    """Smooth deformation that takes the frame's straightness away: a bay in the east, highlands narrowing west."""
    u, v = (point[0] - WEST) / (EAST - WEST), (point[1] - SOUTH) / (NORTH - SOUTH)
    height = 0.97 + 0.05 * math.sin(7.3 * u + 0.6) - 0.24 * (u - 0.5) ** 2
    bulge = math.sin(math.pi * v)
    x = (
        point[0]
        + u * (0.30 * bulge + 0.10 * math.sin(9.0 * v) - 0.22 * v)
        - (1 - u) * (0.26 * bulge - 0.30 * v)
    )
    y = 9.0 + (point[1] - 9.0) * height + 0.03 * math.sin(5.1 * u + 1.7)
    return (x, y)


def rough_ring(ring: Ring, rng_key: str) -> Ring:
    """Cell corners on the grid; a corner on the outer frame moves a little so that no outline is straight."""
    moved: Ring = []
    for x, y in ring:
        rng = random.Random(f"{rng_key}:{snap((x, y))}")
        east, west = abs(x - EAST) < 0.01, abs(x - WEST) < 0.01
        level = abs(y - SOUTH) < 0.01 or abs(y - NORTH) < 0.01
        shift = rng.uniform(-0.14, 0.14)
        x += shift if east or west else 0.0
        y += (shift if not (east or west) else 0.0) * 0.5 if level else 0.0
        corner = snap(warp((x, y)))
        if not moved or math.dist(corner, moved[-1]) > GRID / 2:
            moved.append(corner)
    return moved[:-1] if len(moved) > 1 and moved[0] == moved[-1] else moved


def bent_ring(ring: Ring, shared: dict[Edge, int]) -> Ring:
    """A ring whose every edge is bent; an edge used by two districts bends the same way for both."""
    points: Ring = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        low, high = min(a, b), max(a, b)
        outer = shared[(low, high)] == 1
        coast = outer and min(a[0], b[0]) > EAST - 0.75 and abs(a[1] - b[1]) > abs(a[0] - b[0])
        line = bend(low, high, 0.28 if coast else 0.13, random.Random(f"{SEED}:{low}:{high}"))
        points += (line if a == low else line[::-1])[:-1]
    return points


def district_rings(rng: random.Random, count: int) -> list[Ring]:
    """The districts of the country as bent rings, on the grid."""
    sites = relaxed_sites(rng, count)
    corners = merge_near_corners([rough_ring(r, str(SEED)) for r in cells(sites, mirrored(sites), FRAME)])
    shared = count_edges(corners)
    return [bent_ring(ring, shared) for ring in corners]


def merge_near_corners(rings: list[Ring]) -> list[Ring]:
    """Corners nearer than 6 km become one, so that no district has a splinter of a border."""
    chosen: list[Point] = []
    stands_for: dict[Point, Point] = {}
    for point in sorted({p for ring in rings for p in ring}):
        near = next((c for c in chosen if math.dist(c, point) < 0.055), None)
        stands_for[point] = near or point
        if near is None:
            chosen.append(point)
    merged = []
    for ring in rings:
        points = [stands_for[p] for p in ring]
        merged.append([p for i, p in enumerate(points) if p != points[i - 1]])
    return merged


def share_out(centres: list[Point]) -> list[list[int]]:
    """Districts to provinces: every province its number, the sum of squared distances least (pair swaps)."""
    wish = [(WEST + p.at[0] * (EAST - WEST), SOUTH + p.at[1] * (NORTH - SOUTH)) for p in PROVINCES]
    owner = [i for i, p in enumerate(PROVINCES) for _ in p.districts]

    def cost(district: int, province: int) -> float:
        dx, dy = centres[district][0] - wish[province][0], centres[district][1] - wish[province][1]
        return dx * dx + dy * dy

    better = True
    while better:
        better = False
        for i in range(len(owner)):
            for j in range(i):
                gain = cost(i, owner[i]) + cost(j, owner[j]) - cost(i, owner[j]) - cost(j, owner[i])
                if gain > 1e-12:
                    owner[i], owner[j], better = owner[j], owner[i], True
    return [[d for d, p in enumerate(owner) if p == number] for number in range(len(PROVINCES))]


def named_order(province: Province, members: list[int], centres: list[Point]) -> list[int]:
    """Which cell gets which district name: Leppko by its known relative places, the capital in the middle elsewhere."""
    mine = [centres[m] for m in members]
    if province.pcode == "CR08":
        xs, ys = [p[0] for p in mine], [p[1] for p in mine]
        scaled = [((x - min(xs)) / (max(xs) - min(xs)), (y - min(ys)) / (max(ys) - min(ys))) for x, y in mine]

        def distance(order: tuple[int, ...]) -> float:
            return sum(
                math.dist(scaled[cell], LEPPKO_WISHES[name]) ** 2
                for cell, name in zip(order, province.districts, strict=True)
            )

        return [members[i] for i in min(permutations(range(len(members))), key=distance)]
    middle = (sum(p[0] for p in mine) / len(mine), sum(p[1] for p in mine) / len(mine))
    capital = min(members, key=lambda m: (math.dist(centres[m], middle), m))
    if province.pcode == "CR01":
        capital = max(members, key=lambda m: centres[m][0])
    return [
        capital,
        *sorted((m for m in members if m != capital), key=lambda m: (-centres[m][1], centres[m][0])),
    ]


def province_columns(province: Province) -> dict[str, Any]:
    """ADM0 and ADM1 columns in the style of the common humanitarian boundary files."""
    return {
        **COUNTRY,
        "ADM1_EN": province.name_en,
        "ADM1_FR": province.name_fr,
        "ADM1_PCODE": province.pcode,
    }


def collection(level: int, rows: list[tuple[dict[str, Any], Ring]]) -> str:
    """A compact FeatureCollection; every feature says that it is synthetic."""
    features = [
        {
            "type": "Feature",
            "properties": {**columns, "synthetic": True},
            "geometry": {"type": "Polygon", "coordinates": [[*map(list, [*ring, ring[0]])]]},
        }
        for columns, ring in rows
    ]
    body = {
        "type": "FeatureCollection",
        "name": f"carana_adm{level}",
        "notice": "Synthetic. Carana is a fictional country for training.",
        "features": features,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


def fresh_name(rng: random.Random, used: set[str]) -> str:
    """An invented place name not used before."""
    while True:
        name = rng.choice(SYLLABLES_START) + rng.choice(SYLLABLES_END)
        if name not in used:
            used.add(name)
            return name


def spots(rng: random.Random, ring: Ring, count: int) -> list[Point]:
    """Points inside a ring, away from its border and from each other (best of forty candidates)."""
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    chosen: list[Point] = []
    while len(chosen) < count:
        tries: list[tuple[float, Point]] = []
        while len(tries) < 40:
            spot = (round(rng.uniform(min(xs), max(xs)), 4), round(rng.uniform(min(ys), max(ys)), 4))
            if inside(spot, ring):
                room = min(math.dist(spot, corner) * 1.6 for corner in ring)
                tries.append((min([room, *(math.dist(spot, c) for c in chosen)]), spot))
        chosen.append(max(tries)[1])
    return chosen


def nearest(points: list[Point], to: Point) -> Point:
    """The point with the least distance."""
    return min(points, key=lambda p: math.dist(p, to))


def settle(
    rng: random.Random, district: dict[str, Any], ring: Ring, used: set[str]
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Sub-districts of a district with their settlements; the first settlement is the district's seat."""
    seat = centroid(ring)
    seat = seat if inside(seat, ring) else spots(rng, ring, 1)[0]
    hearts = [(round(seat[0], 4), round(seat[1], 4)), *spots(rng, ring, rng.choice((1, 2, 2, 3)))]
    extra = spots(rng, ring, len(hearts) * 2)
    for number, heart in enumerate(hearts, start=1):
        town = district["ADM2_EN"] if number == 1 else fresh_name(rng, used)
        code = f"{district['ADM2_PCODE']}{number:02d}"
        ending = ADM3_ENDINGS[0] if number == 1 else rng.choice(ADM3_ENDINGS[1:])
        label = {
            "ADM3_EN": f"{town} {ending[0]}".strip(),
            "ADM3_FR": ending[1].format(FRENCH.get(town, town)),
            "ADM3_PCODE": code,
        }
        mine = [heart, *(e for e in extra if nearest(hearts, e) == heart)]
        towns = []
        for place, (lon, lat) in enumerate(mine, start=1):
            name = town if place == 1 else fresh_name(rng, used)
            size = size_class(rng, district, number, place)
            row = {
                "settlement_pcode": f"{code}S{place:02d}",
                "name_en": name,
                "name_fr": FRENCH.get(name, name),
            }
            codes = {f"adm{i}_pcode": district[f"ADM{i}_PCODE"] for i in (0, 1, 2)}
            where = {"adm3_pcode": code, "lat": lat, "lon": lon, "size_class": size, "synthetic": "true"}
            towns.append({**row, **codes, **where})
        yield {**district, **label, "synthetic": "true"}, towns


def size_class(rng: random.Random, district: dict[str, Any], sub_district: int, place: int) -> str:
    """capital, city (province seat), town (district seat or sub-district seat), village, hamlet."""
    if place == 1 and sub_district == 1:
        if district["ADM2_PCODE"] == "CR0101":
            return "capital"
        return "city" if district["ADM2_PCODE"].endswith("01") else "town"
    return "town" if place == 1 and rng.random() < 0.5 else rng.choice(("village", "village", "hamlet"))


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def draw() -> dict[str, str]:
    """All files of Carana: name to text."""
    rng = random.Random(SEED)
    rings = district_rings(rng, sum(len(p.districts) for p in PROVINCES))
    centres = [centroid(ring) for ring in rings]
    used = {name for p in PROVINCES for name in p.districts}
    adm1, adm2, adm3, towns = [], [], [], []
    for province, members in zip(PROVINCES, share_out(centres), strict=True):
        adm1.append((province_columns(province), dissolve([rings[m] for m in members])))
        order = named_order(province, members, centres)
        for number, (name, cell) in enumerate(zip(province.districts, order, strict=True), start=1):
            code = f"{province.pcode}{number:02d}"
            columns = {
                **province_columns(province),
                "ADM2_EN": name,
                "ADM2_FR": FRENCH.get(name, name),
                "ADM2_PCODE": code,
            }
            adm2.append((columns, rings[cell]))
            for sub_district, places in settle(rng, columns, rings[cell], used):
                adm3.append(sub_district)
                towns += places
    adm0 = [(dict(COUNTRY), dissolve(rings))]
    return {
        "adm0.geojson": collection(0, adm0),
        "adm1.geojson": collection(1, adm1),
        "adm2.geojson": collection(2, adm2),
        "adm3.csv": as_csv(adm3),
        "settlements.csv": as_csv(towns),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for file_name, text in draw().items():
        (target / file_name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{file_name}: {len(text.encode())} bytes\n")
