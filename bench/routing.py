"""How fast messages are routed: a million at once against shapely's plain STRtree, and one at a time.

Real municipal boundaries are used where they are at hand, else polygons of the same number of vertices
are drawn. Everything is in process, without a database.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

REAL = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "municipalities_moscow_oblast.geojson"
)
POINTS = 1_000_000
SAMPLE = 20_000  # of them for the plain tree: a million would take it minutes
CHECKED = 100_000  # of them are compared with every polygon, prepared
SINGLE = 20_000
ROUNDS = 5
PIECE = 64  # vertices
TOPICS = 130


def run() -> list[dict[str, Any]]:
    """Measures; needs Django's settings, and no database.

    Returns:
        One dict for each measurement: `name`; `value` and `baseline` in `unit`; `baseline_name`; `ratio`:
        how many times the value is better; `bar`: the least ratio, or `limit`: the greatest value, where
        there is one; `noise`: the spread of the rounds, as a share of their median.

    Raises:
        AssertionError: the answers are not the same on some point.
    """
    from authorities.models import Authority
    from authorities.routing import as_routing
    from authorities.rules import Rule, RuleBook, Subject
    from geo.areas import AreaIndex

    polygons = boundaries()
    grounds = AreaIndex(polygons)
    book = RuleBook(
        [
            Rule(
                id=place + 1,
                authority=Authority(pk=place + 1, name=f"Администрация {place + 1}"),
                topic_id=None,
                category_id=None,
                level="",
                priority=0,
                ground=place,
                ground_name=f"округ {place + 1}",
                km2=1.0,
                of="",
            )
            for place in range(len(polygons))
        ],
        {topic: Subject(topic, 1, "municipal") for topic in range(1, TOPICS + 1)},
        grounds,
    )
    chance = np.random.default_rng(1)
    lons, lats = _points(grounds, shapely.total_bounds(polygons), chance)
    topics = chance.integers(1, TOPICS + 1, POINTS)

    plain = shapely.STRtree(polygons)
    pieces, owner = subdivided(polygons)
    small = shapely.STRtree(pieces)
    sample = shapely.points(lons[:SAMPLE], lats[:SAMPLE])
    _check(polygons, grounds, plain, lons, lats, sample)

    def ask_plain() -> None:
        plain.query(sample, predicate="intersects")

    def ask_pieces() -> None:
        some = slice(0, POINTS // 4)
        found = small.query(shapely.points(lons[some], lats[some]), predicate="intersects")
        owner[found[1]]

    def ask_bulk() -> None:
        book.decide_many(topics, lons, lats)

    rates: dict[str, list[float]] = {"plain": [], "pieces": [], "bulk": []}
    for _ in range(ROUNDS):
        rates["plain"].append(SAMPLE / _seconds(ask_plain))
        rates["pieces"].append(POINTS // 4 / _seconds(ask_pieces))
        rates["bulk"].append(POINTS / _seconds(ask_bulk))

    one_by_one = list(
        zip(topics[:SINGLE].tolist(), lons[:SINGLE].tolist(), lats[:SINGLE].tolist(), strict=True)
    )
    single = [
        _seconds(lambda at=at: as_routing(book.decide(*at))) * 1e6  # type: ignore[misc]
        for at in one_by_one
    ]
    single_plain = [
        _seconds(lambda at=at: plain.query(shapely.Point(at[1:]), predicate="intersects")) * 1e6  # type: ignore[misc]
        for at in one_by_one[: SINGLE // 10]
    ]
    vertices = int(shapely.get_num_coordinates(polygons).sum())
    of_what = f"{len(polygons)} polygons, {vertices} vertices"
    median_single = statistics.median(single)
    return [
        _bulk(f"bulk routing of {POINTS} points, {of_what}", rates, "plain", bar=100),
        _bulk(f"the same, against pieces of at most {PIECE} vertices", rates, "pieces"),
        {
            "name": f"routing of one point with its explanation, {of_what}",
            "unit": "µs",
            "value": median_single,
            "p95": statistics.quantiles(single, n=20)[-1],
            "baseline": statistics.median(single_plain),
            "baseline_name": "plain STRtree, one point",
            "ratio": statistics.median(single_plain) / median_single,
            "bar": None,
            "limit": 100,
            "noise": _spread(single),
        },
    ]


def _points(
    grounds: Any, bounds: npt.NDArray[np.float64], chance: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Points as messages have them: in the region, and one of twenty anywhere round it."""
    west, south, east, north = bounds
    lons, lats = chance.uniform(west, east, 4 * POINTS), chance.uniform(south, north, 4 * POINTS)
    kept = np.flatnonzero((grounds.find_many(lons, lats) > 0) | (chance.random(4 * POINTS) < 0.05))
    assert len(kept) >= POINTS
    return lons[kept[:POINTS]], lats[kept[:POINTS]]


def _bulk(
    name: str, rates: dict[str, list[float]], against: str, bar: int | None = None
) -> dict[str, Any]:
    ratios = [ours / theirs for ours, theirs in zip(rates["bulk"], rates[against], strict=True)]
    names = {
        "plain": f"STRtree(polygons).query, measured on {SAMPLE} of the points",
        "pieces": f"STRtree(pieces).query, measured on {POINTS // 4} of the points",
    }
    return {
        "name": name,
        "unit": "points/s",
        "value": statistics.median(rates["bulk"]),
        "baseline": statistics.median(rates[against]),
        "baseline_name": names[against],
        "ratio": statistics.median(ratios),
        "bar": bar,
        "limit": None,
        "noise": _spread(ratios),
    }


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _spread(values: list[float]) -> float:
    """Half the distance of the quartiles, as a share of the median."""
    low, middle, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / middle


def _check(
    polygons: list[Any],
    grounds: Any,
    plain: shapely.STRtree,
    lons: npt.NDArray[np.float64],
    lats: npt.NDArray[np.float64],
    sample: npt.NDArray[Any],
) -> None:
    """The index says what the plain tree says on the sample, and what each polygon says on more."""
    found = [grounds.sets[number] for number in grounds.find_many(lons[:CHECKED], lats[:CHECKED])]
    covering: list[list[int]] = [[] for _ in range(CHECKED)]
    for place, polygon in enumerate(polygons):
        shapely.prepare(polygon)
        inside = shapely.intersects_xy(polygon, lons[:CHECKED], lats[:CHECKED])
        for point in np.flatnonzero(inside).tolist():
            covering[point].append(place)
    assert found == [tuple(places) for places in covering], "the index differs from the polygons"
    told: list[list[int]] = [[] for _ in range(SAMPLE)]
    for point, place in plain.query(sample, predicate="intersects").T.tolist():
        told[point].append(place)
    assert found[:SAMPLE] == [tuple(sorted(places)) for places in told], "the plain tree differs"


def boundaries() -> list[Any]:
    """The real polygons where they are at hand, else sixty drawn ones of as many vertices."""
    if REAL.exists():
        features = json.loads(REAL.read_text(encoding="utf-8"))["features"]
        return [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    from geo.tessellation import winding_cells

    chance = np.random.default_rng(60)
    hull = shapely.Point(37.6, 55.6).buffer(1.6)
    sites = [(37.6 + x, 55.6 + y) for x, y in chance.uniform(-1.1, 1.1, (60, 2)).tolist()]
    return list(winding_cells(sites, hull, step=0.00115, seed=60))


def subdivided(polygons: list[Any]) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Pieces of few vertices, and for each the place of its polygon."""
    pieces, owner = [], []
    for place, polygon in enumerate(polygons):
        for piece in _halved(polygon):
            pieces.append(piece)
            owner.append(place)
    return pieces, np.array(owner)


def _halved(polygon: Any) -> Iterator[Any]:
    if shapely.get_num_coordinates(polygon) <= PIECE:
        yield polygon
        return
    west, south, east, north = polygon.bounds
    middle = ((west + east) / 2, (south + north) / 2)
    halves = (
        [(west, south, middle[0], north), (middle[0], south, east, north)]
        if east - west > north - south
        else [(west, south, east, middle[1]), (west, middle[1], east, north)]
    )
    for half in halves:
        for part in shapely.get_parts(shapely.clip_by_rect(polygon, *half)):
            if part.geom_type == "Polygon":
                yield from _halved(part)


if __name__ == "__main__":
    import django

    django.setup()
    for measured in run():
        print(json.dumps(measured, ensure_ascii=False, indent=2))
