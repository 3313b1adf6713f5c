"""Draws the base map as SVG: tiles, and single pictures for pages that need no script.

Every tile draws each label that touches it, and which labels there are at a zoom is settled for the
whole region at once: so a word goes on over the edge of a tile.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from geo.models import Place
from issues.queries import Box
from portal import queries
from portal.queries import View

VERSION = 1
"""Counts up when a change here makes older tiles wrong."""
TILE = 256
MAX_ZOOM = 18
_HALF_WORLD = math.pi * 6378137.0


@dataclass(frozen=True)
class Theme:
    """Colours of a picture."""

    outside: str
    land: str
    border: str
    forest: str
    water: str
    road: str
    road_edge: str
    word: str
    halo: str
    sign: str
    on_sign: str


THEMES = {
    "light": Theme(
        outside="#e3e0d7",
        land="#f6f3eb",
        border="#a99fb0",
        forest="#d8e6cb",
        water="#b4d6e8",
        road="#ffffff",
        road_edge="#d2c8b4",
        word="#2b3540",
        halo="#fbfaf6",
        sign="#075e78",
        on_sign="#ffffff",
    ),
    "dark": Theme(
        outside="#0e1318",
        land="#1d252d",
        border="#5b5568",
        forest="#1f3328",
        water="#173a4c",
        road="#46515c",
        road_edge="#2a333c",
        word="#d3dae0",
        halo="#161c22",
        sign="#6cc4dd",
        on_sign="#05222d",
    ),
}


@dataclass(frozen=True)
class Label:
    """A word on the map, metres of EPSG:3857."""

    x: float
    y: float
    text: str
    size: int
    has_dot: bool

    @property
    def half_width(self) -> float:
        """Half of the word's width, pixels, generously."""
        return 0.31 * self.size * len(self.text) + 4


@dataclass(frozen=True)
class Sign:
    """A circle over the map with a number in it, or a pin without."""

    lon: float
    lat: float
    text: str


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Metres of EPSG:3857 of a point in WGS 84 degrees."""
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return math.radians(lon) * 6378137.0, y * 6378137.0


def tile_view(zoom: int, x: int, y: int) -> View:
    """The picture that is one tile of a web map.

    Raises:
        ValueError: there is no such tile.
    """
    # First the zoom: two to the power of what a stranger wrote may fill the memory.
    if not 0 <= zoom <= MAX_ZOOM:
        raise ValueError("no such tile")
    count = 2**zoom
    if not (0 <= x < count and 0 <= y < count):
        raise ValueError("no such tile")
    size = 2 * _HALF_WORLD / count
    return View(x * size - _HALF_WORLD, _HALF_WORLD - y * size, TILE / size, TILE, TILE)


MAX_LATITUDE = 85.0511  # degrees: where the Mercator map ends
WIDEST_SCREEN = 8192
"""Pixels: signs are drawn for a view that somebody can look at."""


def is_beyond_a_screen(box: Box, zoom: float) -> bool:
    """Whether a box is wider or higher at a zoom than any screen."""
    west, south = mercator(box.west, max(box.south, -MAX_LATITUDE))
    east, north = mercator(box.east, min(box.north, MAX_LATITUDE))
    scale = TILE * 2**zoom / (2 * _HALF_WORLD)
    return bool(max(east - west, north - south) * scale > WIDEST_SCREEN)


def view_round(lon: float, lat: float, zoom: int, width: int, height: int) -> View:
    """The picture with a point in its middle."""
    scale = TILE * 2**zoom / (2 * _HALF_WORLD)
    x, y = mercator(lon, lat)
    return View(x - width / 2 / scale, y + height / 2 / scale, scale, width, height)


def view_of(box: Box, width: int, height: int) -> tuple[View, float]:
    """The closest picture that shows a whole box, and the zoom it has, which is no whole number."""
    west, south = mercator(box.west, box.south)
    east, north = mercator(box.east, box.north)
    span = max((east - west) / width, (north - south) / height)
    x, y = (west + east) / 2, (south + north) / 2
    view = View(x - width / 2 * span, y + height / 2 * span, 1 / span, width, height)
    return view, math.log2(2 * _HALF_WORLD / TILE / span)


def picture(
    view: View, *, zoom: int, theme: str, language: str, version: str, signs: Iterable[Sign] = ()
) -> str:
    """The SVG document of a view.

    Args:
        view: what is shown.
        zoom: zoom of the web map next below the view's own.
        theme: a name in `THEMES`.
        language: `ru` or `en`, of the names.
        version: `queries.ground_version()`.
        signs: drawn over the map.
    """
    colours = THEMES[theme]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{view.width}" height="{view.height}"'
        f' viewBox="0 0 {view.width} {view.height}">'
        f'<rect width="100%" height="100%" fill="{colours.outside}"/>',
        *_ground(view, zoom, colours),
        *_words(view, zoom, colours, language, version),
        *_signs(view, colours, signs),
        "</svg>",
    ]
    return "".join(parts)


def _ground(view: View, zoom: int, colours: Theme) -> Iterator[str]:
    by_kind: dict[str, list[str]] = {}
    for shape in queries.shapes(view):
        by_kind.setdefault(shape.kind, []).append(shape.path)
    wide = max(0.6, (zoom - 6) * 0.45)
    lines = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    styles = [
        ("land", f'fill="{colours.land}"'),
        ("forest", f'fill="{colours.forest}"'),
        ("river", f'{lines} stroke="{colours.water}" stroke-width="{wide:.1f}"'),
        ("water", f'fill="{colours.water}"'),
        ("road", f'{lines} stroke="{colours.road_edge}" stroke-width="{wide + 1.4:.1f}"'),
        ("road", f'{lines} stroke="{colours.road}" stroke-width="{wide:.1f}"'),
        ("land", f'fill="none" stroke="{colours.border}" stroke-dasharray="5 3"'),
    ]
    for kind, style in styles:
        if paths := by_kind.get(kind):
            yield f'<path fill-rule="evenodd" {style} d="{" ".join(paths)}"/>'


def _words(view: View, zoom: int, colours: Theme, language: str, version: str) -> Iterator[str]:
    labels = [*_details(view, zoom, language), *settled_labels(zoom, language, version)]
    placed = [
        (label, (label.x - view.west) * view.scale, (view.north - label.y) * view.scale)
        for label in labels
    ]
    seen = [
        (label, x, y)
        for label, x, y in placed
        if -label.half_width < x < view.width + label.half_width and -30 < y < view.height + 30
    ]
    if not seen:
        return
    yield (
        f'<g font-family="system-ui, sans-serif" text-anchor="middle" fill="{colours.word}"'
        f' stroke="{colours.halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
    )
    for label, x, y in seen:
        if label.has_dot:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
        weight = ' font-weight="600"' if label.size >= 14 else ""
        rise = label.size + 3 if label.has_dot else label.size / 3
        yield (
            f'<text x="{x:.1f}" y="{y + rise:.1f}" font-size="{label.size}"{weight}>'
            f"{escape(label.text)}</text>"
        )
    yield "</g>"


# Inhabitants of the smallest settlement that has its name on the map, by zoom.
_SMALLEST = {5: 500_000, 6: 200_000, 7: 100_000, 8: 40_000, 9: 15_000, 10: 5_000, 11: 1_000}


@lru_cache(maxsize=64)
def settled_labels(zoom: int, language: str, version: str) -> Sequence[Label]:
    """Names of settlements at a zoom, none over another; the larger one stays.

    Args:
        zoom: zoom of the web map.
        language: `ru` or `en`.
        version: of the ground; makes the cache forget.
    """
    if zoom < min(_SMALLEST):
        return ()
    placed: list[Label] = []
    near: dict[tuple[int, int], list[Label]] = {}
    scale = TILE * 2**zoom / (2 * _HALF_WORLD)
    for place in queries.settlements(larger_than=_SMALLEST.get(zoom, 0), limit=3000):
        label = _label(place, language, _size(place.population), has_dot=True)
        cell = (int(label.x * scale // 256), int(label.y * scale // 256))
        around = (
            other
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for other in near.get((cell[0] + i, cell[1] + j), ())
        )
        if not any(_collide(label, other, scale) for other in around):
            placed.append(label)
            near.setdefault(cell, []).append(label)
    return tuple(placed)


def _details(view: View, zoom: int, language: str) -> Iterator[Label]:
    if zoom >= 15:
        for street in queries.details(view, Place.Kind.STREET, limit=60):
            yield _label(street, language, 11, has_dot=False)
    if zoom >= 17:
        for house in queries.details(view, Place.Kind.HOUSE, limit=200):
            yield _label(house, language, 10, has_dot=False)


def _label(place: Place, language: str, size: int, *, has_dot: bool) -> Label:
    x, y = mercator(place.point.x, place.point.y)
    text = (place.name_en if language == "en" else "") or place.name
    return Label(x, y, text, size, has_dot)


def _size(population: int) -> int:
    return 15 if population >= 150_000 else 13 if population >= 40_000 else 11


def _collide(one: Label, other: Label, scale: float) -> bool:
    return (
        abs(one.x - other.x) * scale < one.half_width + other.half_width
        and abs(one.y - other.y) * scale < one.size + other.size
    )


def _signs(view: View, colours: Theme, signs: Iterable[Sign]) -> Iterator[str]:
    for sign in signs:
        x, y = mercator(sign.lon, sign.lat)
        across, down = (x - view.west) * view.scale, (view.north - y) * view.scale
        if not sign.text:
            yield (
                f'<path transform="translate({across:.1f} {down:.1f}) scale(1.5)"'
                f' fill="{colours.sign}" stroke="{colours.halo}" stroke-width="1.5"'
                ' d="M0 0C-6-7-9-11-9-15.500a9 9 0 0 1 18 0C9-11 6-7 0 0z"/>'
                f'<circle cx="{across:.1f}" cy="{down - 23.5:.1f}" r="4" fill="{colours.on_sign}"/>'
            )
            continue
        radius = 10 + 3 * len(sign.text)
        yield (
            f'<circle cx="{across:.1f}" cy="{down:.1f}" r="{radius}" fill="{colours.sign}"'
            f' stroke="{colours.halo}" stroke-width="2"/>'
            f'<text x="{across:.1f}" y="{down + 4.5:.1f}" font-family="system-ui, sans-serif"'
            f' font-size="13" font-weight="700" text-anchor="middle" fill="{colours.on_sign}">'
            f"{escape(sign.text)}</text>"
        )
