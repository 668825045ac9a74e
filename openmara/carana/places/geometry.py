"""Plane geometry for drawing Carana: rings of (longitude, latitude) corners, pure Python."""

import math
import random

KM_PER_DEGREE = 111.2
STRETCH = math.cos(math.radians(9.0))  # one degree of longitude at 9° N, in degrees of latitude
GRID = 0.001  # three decimals, about 100 m

Point = tuple[float, float]
Ring = list[Point]
Edge = tuple[Point, Point]


def snap(point: Point) -> Point:
    """A point on the three-decimal grid, so that equal corners are equal numbers."""
    return (round(round(point[0] / GRID) * GRID, 3), round(round(point[1] / GRID) * GRID, 3))


def area(ring: Ring) -> float:
    """Signed area in square degrees; positive when counter-clockwise."""
    closed = [*ring, ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(closed, closed[1:], strict=False)) / 2


def centroid(ring: Ring) -> Point:
    """Centre of gravity of a simple ring."""
    closed, total, x, y = [*ring, ring[0]], area(ring), 0.0, 0.0
    for a, b in zip(closed, closed[1:], strict=False):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return (x / (6 * total), y / (6 * total))


def length_km(points: Ring) -> float:
    """Length of a line in kilometres."""
    return sum(
        math.hypot((a[0] - b[0]) * STRETCH, a[1] - b[1]) * KM_PER_DEGREE
        for a, b in zip(points, points[1:], strict=False)
    )


def inside(point: Point, ring: Ring) -> bool:
    """Whether a point lies inside a ring (ray casting)."""
    x, y, hit = point[0], point[1], False
    closed = [*ring, ring[0]]
    for (x1, y1), (x2, y2) in zip(closed, closed[1:], strict=False):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hit = not hit
    return hit


def half_plane(ring: Ring, site: Point, other: Point) -> Ring:
    """The part of a convex ring that is nearer to `site` than to `other`."""
    nx, ny = other[0] - site[0], other[1] - site[1]
    limit = (other[0] ** 2 + other[1] ** 2 - site[0] ** 2 - site[1] ** 2) / 2
    kept: Ring = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        da, db = nx * a[0] + ny * a[1] - limit, nx * b[0] + ny * b[1] - limit
        if da <= 0:
            kept.append(a)
        if (da < 0 < db) or (db < 0 < da):
            t = da / (da - db)
            kept.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
    return kept


def cells(sites: list[Point], others: list[Point], frame: Ring) -> list[Ring]:
    """Voronoi cell of every site, seen from its nearest neighbours outwards."""
    rings = []
    for site in sites:
        ring = frame
        near = sorted((p for p in [*sites, *others] if p != site), key=lambda p: math.dist(p, site))
        for other in near[:30]:
            ring = half_plane(ring, site, other)
        rings.append(ring)
    return rings


def bend(a: Point, b: Point, strength: float, rng: random.Random) -> Ring:
    """A line from a to b with its middle moved sideways, again and again (midpoint displacement)."""
    if math.dist(a, b) < 0.045:
        return [a, b]
    shift = rng.uniform(-strength, strength)
    middle = snap(((a[0] + b[0]) / 2 - (b[1] - a[1]) * shift, (a[1] + b[1]) / 2 + (b[0] - a[0]) * shift))
    return [*bend(a, middle, strength, rng)[:-1], *bend(middle, b, strength, rng)]


def count_edges(rings: list[Ring]) -> dict[Edge, int]:
    """How many rings use each edge (1 = outer border, 2 = shared)."""
    seen: dict[Edge, int] = {}
    for ring in rings:
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            key = (min(a, b), max(a, b))
            seen[key] = seen.get(key, 0) + 1
    return seen


def dissolve(rings: list[Ring]) -> Ring:
    """The outline of a group of neighbouring rings: the edges only one of them uses, in order."""
    seen = count_edges(rings)
    follows = {
        a: b
        for ring in rings
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        if seen[(min(a, b), max(a, b))] == 1
    }
    start = min(follows)
    outline, point = [start], follows.pop(start)
    while point != start:
        outline.append(point)
        point = follows.pop(point)
    if follows:
        raise SystemExit("a province falls apart into several pieces: choose another seed")
    return outline
