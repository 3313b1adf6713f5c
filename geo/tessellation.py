"""Ground drawn by a computer: a plane cut into cells with winding borders, and winding lines.

Neighbours share every vertex of their border, so there are neither gaps nor overlaps. The demo region
and the measurements of routing are made of it; it knows no database.
"""

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

GRID = 1e-6  # degrees: about 0.1 m, the precision of published boundaries
ROUGHNESS = 0.16  # sideways, as a share of the length


def winding_cells(
    sites: Sequence[tuple[float, float]], hull: Polygon, *, step: float, seed: int
) -> list[Polygon]:
    """The Voronoi cells of `sites` inside `hull`, their borders bent like natural ones.

    Args:
        sites: longitude and latitude of each site, WGS 84 degrees, all different and inside `hull`.
        hull: the outline.
        step: no border segment is longer, degrees of latitude.
        seed: the same seed draws the same borders.

    Returns:
        One polygon for each site, in their order; together they cover the bent hull exactly.
    """
    squeeze = math.cos(math.radians(hull.centroid.y))
    flat = [Point(lon * squeeze, lat) for lon, lat in sites]
    outline = _scaled(hull, squeeze)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(flat), extend_to=outline).geoms
    clipped = [shapely.intersection(cell, outline, grid_size=GRID) for cell in cells]
    network = shapely.line_merge(
        shapely.union_all([cell.boundary for cell in clipped], grid_size=GRID)
    )
    tree = shapely.STRtree(flat)
    bent = []
    for line in shapely.get_parts(network):
        reach = float(line.distance(flat[int(tree.nearest(line))]))
        bent.append(wind(line, step=step, seed=_seed_of(line, seed), limit=0.3 * reach))
    network = _scaled(shapely.union_all(bent), 1 / squeeze)
    noded = shapely.node(shapely.set_precision(network, GRID))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return _one_for_each_site(list(faces), sites)


def _one_for_each_site(faces: list[Polygon], sites: Sequence[tuple[float, float]]) -> list[Polygon]:
    """Gives each site the face it lies in, with the slivers cut off where two borders touch."""
    points = shapely.points(np.asarray(sites))
    pairs = shapely.STRtree(faces).query(points, predicate="intersects")
    face_of = dict(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True))
    if len(set(face_of.values())) != len(sites):
        raise ValueError("two sites are so near each other that the bent border joins them")
    cells = [faces[face_of[site]] for site in range(len(sites))]
    for sliver in (face for at, face in enumerate(faces) if at not in set(face_of.values())):
        near = shapely.STRtree(cells).query(sliver, predicate="intersects")
        shared = [cells[at].intersection(sliver.boundary).length for at in near]
        if shared:
            at = int(near[int(np.argmax(shared))])
            cells[at] = shapely.union(cells[at], sliver, grid_size=GRID)
    return cells


def wind(line: LineString, *, step: float, seed: int, limit: float = math.inf) -> LineString:
    """`line` with every part bent sideways at its middle, again and again, down to `step`.

    Args:
        line: in units where a degree of either direction is equally long.
        step: no segment of the result is longer.
        seed: the same seed bends the same way.
        limit: no middle goes further aside than this.
    """
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    corners = list(line.coords)
    drawn = [corners[0]]
    for start, end in pairwise(corners):
        drawn.extend(_bent(start, end, step, limit, chance))
    return LineString(drawn)


def _bent(
    start: tuple[float, ...],
    end: tuple[float, ...],
    step: float,
    limit: float,
    chance: random.Random,
) -> list[tuple[float, float]]:
    """The vertices after `start` up to and with `end`."""
    across, along = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, along)
    if length <= step:
        return [(end[0], end[1])]
    aside = chance.uniform(-1, 1) * min(ROUGHNESS * length, limit) / length
    middle = (
        (start[0] + end[0]) / 2 - along * aside,
        (start[1] + end[1]) / 2 + across * aside,
    )
    return _bent(start, middle, step, limit / 2, chance) + _bent(
        middle, end, step, limit / 2, chance
    )


def blob(centre: tuple[float, float], *, radius: float, seed: int) -> Polygon:
    """A lake or a wood: a round thing with an uneven shore.

    Args:
        centre: longitude and latitude, WGS 84 degrees.
        radius: about half its size, degrees of latitude.
        seed: the same seed draws the same shore.
    """
    chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    squeeze = math.cos(math.radians(centre[1]))
    waves = [(n, chance.uniform(0, math.tau), chance.uniform(0.1, 0.5) / n) for n in (1, 2, 3, 5)]
    shore = []
    for part in range(48):
        angle = math.tau * part / 48
        reach = radius * (1 + sum(size * math.sin(n * angle + turn) for n, turn, size in waves))
        shore.append(
            (
                round(centre[0] + reach * math.cos(angle) / squeeze, 6),
                round(centre[1] + reach * math.sin(angle), 6),
            )
        )
    return Polygon(shore)


def _scaled(shape: BaseGeometry, across: float) -> BaseGeometry:
    return shapely.transform(shape, lambda at: at * (across, 1.0))


def _seed_of(line: LineString, seed: int) -> int:
    """One number for a border, whichever end it is drawn from."""
    middle = line.interpolate(0.5, normalized=True)
    return hash((seed, round(middle.x, 5), round(middle.y, 5)))
