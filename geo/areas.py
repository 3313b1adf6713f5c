"""Which of many polygons cover a point: exact for one point and for millions, in process.

The ground is cut into cells of a grid. A cell that no border enters lies wholly inside or wholly outside
of each polygon, so one table look-up answers for it. Only in the cells of a border are the polygons asked
that cross them, themselves and whole: no clipped piece with rounded vertices ever answers.

Two facts make it exact. A cell measures 2⁻ᵏ degrees, so that finding the cell of a point is free of
rounding. And a border marks every cell its box touches: marking too many costs time, never truth.
"""

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

MOST_CELLS = 1 << 21
CELLS_A_VERTEX = 64  # about: finer than the border is drawn the grid gains nothing
FINEST = 20  # 2⁻²⁰ degrees, about 0.1 m
_OUTSIDE, _INSIDE, _BORDER = 0, 1, 2
_SLACK = 1e-9  # degrees: far more than rounding moves the middle of a long segment

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class AreaIndex:
    """Answers which polygons cover a point; a polygon covers its own border (`ST_Covers`).

    Points are planar: a polygon that ends at 180° does not cover −180°. Safe to share by threads.

    Attributes:
        sets: what `find` answers with, by number: places of polygons in ascending order. Number 0 is
            the empty set.
    """

    def __init__(self, polygons: Sequence[BaseGeometry], *, most_cells: int | None = None) -> None:
        """Cuts the ground.

        Args:
            polygons: valid polygons and multipolygons, WGS 84 degrees; not to be changed afterwards.
            most_cells: bound of the table's size, 4 bytes each; by the number of vertices when not
                given.
        """
        self._polygons = list(polygons)
        self.sets: list[tuple[int, ...]] = [()]
        self._number_of: dict[tuple[int, ...], int] = {(): 0}
        self._registering = threading.Lock()
        shapely.prepare(self._polygons)
        vertices = int(shapely.get_num_coordinates(self._polygons).sum())
        self._lay_grid(most_cells or min(MOST_CELLS, 1024 + CELLS_A_VERTEX * vertices))
        # A code stands for (polygons that cover the whole cell, polygons whose border enters it).
        self._codes: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
        self._cells = np.zeros(self._height * self._width, dtype=np.int32)
        code_of = {self._codes[0]: 0}
        for place, polygon in enumerate(self._polygons):
            if not polygon.is_empty:
                self._draw(place, polygon, code_of)
        self._set_of_code: list[int] = [
            -1 if doubtful else self._number(sure) for sure, doubtful in self._codes
        ]
        self._sets_of_codes = np.array(self._set_of_code, dtype=np.int64)

    # --- Asking -----------------------------------------------------------------------------------

    def find(self, lon: float, lat: float) -> int:
        """The number of the set of polygons that cover a point; WGS 84 degrees."""
        if not (self._west <= lon < self._east and self._south <= lat < self._north):
            return 0  # and for what is not a number
        column = math.floor(lon * self._scale) - self._first_column
        row = math.floor(lat * self._scale) - self._first_row
        code: int = self._cells.item(row * self._width + column)
        found = self._set_of_code[code]
        if found >= 0:
            return found
        sure, doubtful = self._codes[code]
        polygons = self._polygons
        return self._number(
            tuple(
                sorted(
                    [
                        *sure,
                        *(at for at in doubtful if shapely.intersects_xy(polygons[at], lon, lat)),
                    ]
                )
            )
        )

    def find_many(self, lons: Floats, lats: Floats) -> Integers:
        """`find` for arrays of points of equal length."""
        found = np.zeros(len(lons), dtype=np.int64)
        known = (lons >= self._west) & (lons < self._east)
        known &= (lats >= self._south) & (lats < self._north)
        if not known.all():
            inside = np.flatnonzero(known)
            if len(inside):
                found[inside] = self.find_many(lons[inside], lats[inside])
            return found
        cells = np.floor(lats * self._scale).astype(np.int64)
        cells -= self._first_row
        cells *= self._width
        cells += np.floor(lons * self._scale).astype(np.int64) - self._first_column
        codes = self._cells[cells]
        found = self._sets_of_codes[codes]
        doubtful = np.flatnonzero(found < 0)
        if len(doubtful):
            found[doubtful] = self._ask(codes[doubtful], lons[doubtful], lats[doubtful])
        return found

    def _ask(self, codes: npt.NDArray[np.int32], lons: Floats, lats: Floats) -> Integers:
        """The sets of points in the cells of borders: the polygons themselves are asked."""
        order = np.argsort(codes, kind="stable")
        codes, lons, lats = codes[order], lons[order], lats[order]
        answers = np.empty(len(codes), dtype=np.int64)
        ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
        start = 0
        for end in ends:
            sure, doubtful = self._codes[int(codes[start])]
            part = slice(start, end)
            if len(doubtful) > 62:  # more than there are bits: one by one
                points = zip(lons[part].tolist(), lats[part].tolist(), strict=True)
                answers[part] = [self.find(lon, lat) for lon, lat in points]
                start = end
                continue
            bits = np.zeros(end - start, dtype=np.int64)
            for bit, at in enumerate(doubtful):
                covered = shapely.intersects_xy(self._polygons[at], lons[part], lats[part])
                bits |= covered.astype(np.int64) << bit
            kinds, which = np.unique(bits, return_inverse=True)
            numbers = [
                self._number(
                    tuple(
                        sorted([*sure, *(at for bit, at in enumerate(doubtful) if kind >> bit & 1)])
                    )
                )
                for kind in kinds.tolist()
            ]
            answers[part] = np.array(numbers)[which]
            start = end
        result = np.empty(len(codes), dtype=np.int64)
        result[order] = answers
        return result

    def _number(self, members: tuple[int, ...]) -> int:
        number = self._number_of.get(members)
        if number is None:
            with self._registering:
                number = self._number_of.get(members)
                if number is None:
                    number = len(self.sets)
                    self.sets.append(members)
                    self._number_of[members] = number
        return number

    # --- Building ---------------------------------------------------------------------------------

    def _lay_grid(self, most_cells: int) -> None:
        filled = [polygon for polygon in self._polygons if not polygon.is_empty]
        west, south, east, north = shapely.total_bounds(filled) if filled else (0.0, 0.0, 0.0, 0.0)
        for power in range(FINEST, -9, -1):
            scale = 2.0**power
            columns = math.floor(east * scale) - math.floor(west * scale) + 1
            rows = math.floor(north * scale) - math.floor(south * scale) + 1
            if columns * rows <= most_cells:
                break
        self._scale, self._width, self._height = scale, columns, rows
        self._first_column, self._first_row = math.floor(west * scale), math.floor(south * scale)
        self._west, self._south = self._first_column / scale, self._first_row / scale
        self._east = (self._first_column + columns) / scale
        self._north = (self._first_row + rows) / scale

    def _draw(
        self,
        place: int,
        polygon: BaseGeometry,
        code_of: dict[tuple[tuple[int, ...], tuple[int, ...]], int],
    ) -> None:
        """Adds a polygon to the codes of the cells it covers or enters."""
        states, left, bottom = self._states(polygon)
        rows, columns = np.nonzero(states)
        cells = (rows + bottom) * self._width + columns + left
        keys = self._cells[cells].astype(np.int64) * 3 + states[rows, columns]
        seen = np.zeros(len(self._codes) * 3, dtype=bool)
        seen[keys] = True
        new_codes = np.zeros(len(seen), dtype=np.int32)
        for key in np.flatnonzero(seen).tolist():
            sure, doubtful = self._codes[key // 3]
            if key % 3 == _INSIDE:
                sure = (*sure, place)
            else:
                doubtful = (*doubtful, place)
            code = code_of.setdefault((sure, doubtful), len(self._codes))
            if code == len(self._codes):
                self._codes.append((sure, doubtful))
            new_codes[key] = code
        self._cells[cells] = new_codes[keys]

    def _states(self, polygon: BaseGeometry) -> tuple[npt.NDArray[np.int8], int, int]:
        """What each cell of the polygon's box is to it, and the box's first column and row."""
        low, high = self._boxes_of_border(polygon)
        left, bottom = low.min(axis=0).tolist()
        width, height = (high.max(axis=0) - (left, bottom) + 1).tolist()
        states = np.zeros((height, width), dtype=np.int8)
        low, high = low - (left, bottom), high - (left, bottom)
        for across in range(int((high - low)[:, 0].max()) + 1):
            for up in range(int((high - low)[:, 1].max()) + 1):
                columns = np.minimum(low[:, 0] + across, high[:, 0])
                states[np.minimum(low[:, 1] + up, high[:, 1]), columns] = _BORDER
        # Free neighbours in a row are alike: the first of each run is asked for all of it.
        free = states == _OUTSIDE
        first = free.copy()
        first[:, 1:] &= ~free[:, :-1]
        rows, columns = np.nonzero(first)
        lons = (columns + left + self._first_column + 0.5) / self._scale
        lats = (rows + bottom + self._first_row + 0.5) / self._scale
        answers = shapely.intersects_xy(polygon, lons, lats)
        run = np.cumsum(first.ravel()).reshape(first.shape) - 1
        states[free] = answers.astype(np.int8)[run[free]]
        return states, left, bottom

    def _boxes_of_border(self, polygon: BaseGeometry) -> tuple[Integers, Integers]:
        """First and last column and row of the cells that each part of the border may touch."""
        rings = shapely.get_rings(shapely.get_parts(polygon))
        coords, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[1:] == ring[:-1]
        starts, ends = coords[:-1][same], coords[1:][same]
        spans = np.abs(np.floor(ends * self._scale) - np.floor(starts * self._scale)).max(axis=1)
        long = spans > 1
        low = np.minimum(starts, ends)[~long]
        high = np.maximum(starts, ends)[~long]
        if long.any():
            # A long segment is taken in parts, each with some slack for the rounding of its ends.
            parts = spans[long].astype(np.int64)
            segment = np.repeat(np.flatnonzero(long), parts)
            number = np.arange(len(segment)) - np.repeat(np.cumsum(parts) - parts, parts)
            share = (np.vstack((number, number + 1)) / np.repeat(parts, parts)).T
            way = (ends - starts)[segment]
            one = starts[segment] + way * share[:, :1]
            other = starts[segment] + way * share[:, 1:]
            low = np.vstack((low, np.minimum(one, other) - _SLACK))
            high = np.vstack((high, np.maximum(one, other) + _SLACK))
        return self._cell_of(low), self._cell_of(high)

    def _cell_of(self, coords: npt.NDArray[Any]) -> Integers:
        cells = np.floor(coords * self._scale).astype(np.int64)
        cells -= (self._first_column, self._first_row)
        return np.clip(cells, 0, (self._width - 1, self._height - 1))
