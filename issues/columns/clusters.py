"""Exact clusters for the map: each message is in exactly one sign."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from issues.columns.table import WORLD, Column, lat_of, lon_of

CLUSTER_PIXELS: Final = 72
"""Messages within one square of so many screen pixels become one sign on the map."""

GRAIN: Final = 16
"""Parts of a square's side: as finely it is known where in the square the messages are."""

MAX_ZOOM: Final = 24

MOST_GRAINS: Final = 4_000_000
"""Of a picture; the largest screen has a sixth of it."""


@dataclass(frozen=True)
class Cluster:
    """A sign on the map: how many messages, where it stands, and the box that holds them all.

    Attributes:
        count: exact.
        lon, lat: about their middle, WGS 84 degrees.
        box: west, south, east, north, and none but these are in it; a point where all lie at one place.
        issue_id: the message where it is only one.
    """

    count: int
    lon: float
    lat: float
    box: tuple[float, float, float, float]
    issue_id: int | None


def clusters(ids: Column, x: Column, y: Column, *, zoom: float) -> list[Cluster]:
    """The signs of the messages at a zoom, the largest first.

    Args:
        ids, x, y: of the messages, as `table.FIELDS` has them.
        zoom: zoom of the web map, 0 is the world in 256 pixels; need not be a whole number.

    Raises:
        ValueError: they are spread wider than any screen at this zoom, or there is no such zoom.
    """
    if not 0 <= zoom <= MAX_ZOOM:
        raise ValueError("no such zoom")
    if not len(ids):
        return []
    grains = 256 * 2**zoom / CLUSTER_PIXELS * GRAIN
    across, down = _grain(x, grains), _grain(y, grains)
    # Whole squares from the first to the last one.
    left, top = (int(part.min()) // GRAIN * GRAIN for part in (across, down))
    width, height = (
        (int(part.max()) // GRAIN * GRAIN - first + GRAIN)
        for part, first in ((across, left), (down, top))
    )
    if width * height > MOST_GRAINS:
        raise ValueError("wider than any screen")
    places = (down - top) * np.int32(width) + (across - left)
    rows, columns = height // GRAIN, width // GRAIN
    counted = np.bincount(places, minlength=width * height)
    # Of each square: its grains from north to south, from west to east.
    squares = counted.reshape(rows, GRAIN, columns, GRAIN).transpose(0, 2, 1, 3)
    counts = squares.sum(axis=(2, 3))
    taken = counts > 0
    numbers = np.flatnonzero(taken.ravel())
    counts = counts[taken]
    by_column, by_row = squares.sum(axis=2)[taken], squares.sum(axis=3)[taken]
    first_x = left + numbers % columns * GRAIN
    first_y = top + numbers // columns * GRAIN
    middle_x, middle_y = (
        first + _standing(by @ (np.arange(GRAIN) + 0.5) / counts)
        for first, by in ((first_x, by_column), (first_y, by_row))
    )
    west, east = _hull(first_x, by_column, grains)
    north, south = _hull(first_y, by_row, grains)
    # Those whose messages all lie within one grain are looked at closely: is it one place, which message?
    is_small = ((by_column > 0).sum(axis=1) == 1) & ((by_row > 0).sum(axis=1) == 1)
    which = np.full(rows * columns, -1, np.int32)
    which[numbers[is_small]] = np.flatnonzero(is_small)
    of_grain = np.repeat(np.repeat(which.reshape(rows, columns), GRAIN, 0), GRAIN, 1).ravel()
    close = np.flatnonzero(of_grain[places] >= 0)
    cluster = of_grain[places[close]]
    for least, most, part in ((west, east, x[close]), (north, south, y[close])):
        least[is_small], most[is_small] = WORLD, -1
        np.minimum.at(least, cluster, part.astype(np.float64))
        np.maximum.at(most, cluster, part.astype(np.float64))
    one_id = np.zeros(len(counts), np.int64)
    one_id[cluster] = ids[close]
    is_place = (west == east) & (north == south)
    # A grain is whole: from the middle of its first part of the world to the middle of its last one.
    lons = np.where(is_place, lon_of(west), lon_of(middle_x / grains * WORLD))
    lats = np.where(is_place, lat_of(north), lat_of(middle_y / grains * WORLD))
    boxes = zip(lon_of(west), lat_of(south), lon_of(east), lat_of(north), strict=True)
    found = [
        Cluster(
            count, lon, lat, (float(w), float(s), float(e), float(n)), one if count == 1 else None
        )
        for count, lon, lat, (w, s, e, n), one in zip(
            counts.tolist(), lons.tolist(), lats.tolist(), boxes, one_id.tolist(), strict=True
        )
    ]
    return sorted(found, key=lambda cluster: -cluster.count)


def _grain(part: Column, grains: float) -> Column:
    return (part * (grains / WORLD)).astype(np.int32)


def _standing(inside: Column) -> Column:
    """Where a sign stands in its square: pulled into the middle half, so that no two overlap."""
    return np.clip(inside, GRAIN * 0.25, GRAIN * 0.75)


def _hull(first: Column, by: Column, grains: float) -> tuple[Column, Column]:
    """The first and the last part of the world that the taken grains of each square hold."""
    is_taken = by > 0
    begin = first + is_taken.argmax(axis=1)
    end = first + GRAIN - is_taken[:, ::-1].argmax(axis=1)
    part = WORLD / grains
    return np.ceil(begin * part), np.ceil(end * part) - 1
