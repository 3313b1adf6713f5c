"""Reading with a million messages: the map, lists and pages over HTTP against the rows by plain SQL."""

import http.client
import itertools
import json
import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg2

from bench.databases import libpq_environment, manage, prepared, standing
from bench.machine import spread
from bench.server import WORKERS, portal

ISSUES = int(os.environ.get("BENCH_ISSUES", "1000000"))
LOADED = os.environ.get("BENCH_DATABASE", "")
"""A database that holds the messages already: then none is made and loaded."""

SCREEN = (1014, 700)
"""Pixels of the map on a wide screen."""
ROUNDS = 3
VIEWS = 40
"""Of each kind in a round."""
COUNTRY_ZOOM = 7.25

PUBLIC = (
    "state IN ('answered', 'closed', 'deferred', 'dispatched', 'extended', 'in_progress', 'published',"
    " 'rated', 'redirected', 'registered', 'reopened') AND NOT is_hidden"
)


def run() -> list[dict[str, Any]]:
    """Measures what readers wait for, request by request, one reader at a time.

    Raises:
        RuntimeError: a page did not answer.
    """
    with tempfile.TemporaryDirectory() as folder, _loaded(folder) as (name, environment):
        rows = Rows(name)
        manage(environment, "collectstatic", "--noinput", "-v0")  # pages name their styles by it
        with portal(environment) as server:
            reader = Reader(server.port)
            begun = reader.wait_for_all()
            measured = _measured(reader, rows)
            held = ", ".join(f"{size:.0f}" for size in server.memory())
            measured[0]["notes"] += [begun, f"memory of the workers: {held} MB"]
            return measured


@contextmanager
def _loaded(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    if LOADED:
        with standing(LOADED, work_folder=folder) as environment:
            yield LOADED, environment
        return
    with prepared("bench_reading", work_folder=folder) as environment:
        manage(environment, "generate_load", "--issues", str(ISSUES), "--seed", "1")
        yield "bench_reading", environment


# --- Who asks, and the rows -----------------------------------------------------------------------


class Reader:
    """One browser: asks over one connection, and keeps no page."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **headers: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        """How many milliseconds until all has come, and what."""
        try:
            return self._get(path, headers)
        except http.client.RemoteDisconnected:
            # The server does not wait for ever for the next request.
            self._connection.close()
            return self._get(path, headers)

    def _get(
        self, path: str, headers: Mapping[str, str]
    ) -> tuple[float, http.client.HTTPResponse, bytes]:
        start = time.perf_counter()
        self._connection.request("GET", path, headers=dict(headers))
        answer = self._connection.getresponse()
        said = answer.read()
        took = (time.perf_counter() - start) * 1000
        if answer.status not in (200, 304):
            raise RuntimeError(f"{path}: {answer.status} {said[:300].decode()}")
        return took, answer, said

    def wait_for_all(self) -> str:
        """Until every worker has read all messages; how long that took."""
        path = f"/map/issues.json?bbox=0,0,1,1&zoom={COUNTRY_ZOOM}"
        slow, quick = [], 0
        while quick < 10 * WORKERS:
            # Each connection may come to another worker.
            took, _, _ = Reader(self._port).get(path)
            slow += [took] if took > 500 else []
            quick += took < 500
        told = ", ".join(f"{ms / 1000:.1f}" for ms in slow) or "none"
        return f"requests that waited while a worker read all messages: {told} s"


class Rows:
    """The rows of the messages, by plain SQL."""

    def __init__(self, name: str) -> None:
        place = libpq_environment(name)
        self._connection = psycopg2.connect(
            host=place["PGHOST"],
            port=place["PGPORT"],
            user=place["PGUSER"],
            password=place["PGPASSWORD"],
            dbname=name,
            options="-c jit=off",
        )
        self._connection.autocommit = True

    def ask(self, query: str, values: Mapping[str, object]) -> tuple[float, list[Any]]:
        """How many milliseconds until all rows have come, and they."""
        with self._connection.cursor() as cursor:
            start = time.perf_counter()
            cursor.execute(query, values)
            rows = cursor.fetchall()
            return (time.perf_counter() - start) * 1000, rows


@dataclass(frozen=True)
class View:
    """A part of the map as a screen shows it, and what narrows it."""

    west: float
    south: float
    east: float
    north: float
    zoom: float
    chosen: Mapping[str, str]

    @property
    def path(self) -> str:
        """What the page asks for its signs."""
        box = f"{self.west:.5f},{self.south:.5f},{self.east:.5f},{self.north:.5f}"
        query = urlencode({**self.chosen, "bbox": box, "zoom": self.zoom})
        return f"/map/issues.json?{query}"

    def of_rows(self, rows: Rows) -> tuple[float, int]:
        """The naive way: every message of the box, for the browser to group."""
        took, found = rows.ask(
            "SELECT issue.id, issue.number, issue.kind, issue.state, ST_X(point), ST_Y(point)"
            " FROM issues_issue AS issue JOIN authorities_topic AS topic ON topic.id = topic_id"
            " JOIN authorities_category AS category ON category.id = topic.category_id"
            f" WHERE {PUBLIC} AND ST_Intersects(point,"
            " ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))"
            " AND (%(kind)s IS NULL OR issue.kind = %(kind)s)"
            " AND (%(category)s IS NULL OR category.code = %(category)s)"
            " AND (%(state)s IS NULL OR state = %(state)s)",
            {
                **dict.fromkeys(("kind", "category", "state")),
                **self.chosen,
                **{side: getattr(self, side) for side in ("west", "south", "east", "north")},
            },
        )
        return took, len(found)


class Views:
    """Views as people have them: where messages are, narrowed or not, and no two alike."""

    def __init__(self, rows: Rows) -> None:
        self._random = random.Random(1)
        _, points = rows.ask(
            f"SELECT ST_X(point), ST_Y(point) FROM issues_issue TABLESAMPLE SYSTEM (0.2) REPEATABLE (1)"
            f" WHERE {PUBLIC}",
            {},
        )
        _, codes = rows.ask("SELECT code FROM authorities_category ORDER BY position", {})
        self._points, self.categories = points, [code for (code,) in codes]
        lons, lats = ([point[axis] for point in points] for axis in (0, 1))
        self._middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2

    def country(self, *, narrowed: bool) -> View:
        """All that there is, moved by a hair."""
        lon, lat = self._middle
        hair = self._random.uniform(-0.05, 0.05)
        return self._view(lon + hair, lat + hair, COUNTRY_ZOOM, narrowed=narrowed)

    def anywhere(self, *, narrowed: bool) -> View:
        """Somewhere at any zoom."""
        lon, lat = self._random.choice(self._points)
        return self._view(lon, lat, self._random.randint(28, 72) / 4, narrowed=narrowed)

    def _view(self, lon: float, lat: float, zoom: float, *, narrowed: bool) -> View:
        degrees = 360 / (256 * 2**zoom)
        wide, high = (side / 2 * degrees for side in SCREEN)
        high *= math.cos(math.radians(lat))
        chosen = {}
        if narrowed:
            chosen = {
                "kind": "problem",
                "category": self._random.choice(self.categories),
                "state": "closed",
            }
        # As finely as an address says it.
        west, east = round(lon - wide, 5), round(lon + wide, 5)
        south, north = round(lat - high, 5), round(lat + high, 5)
        return View(west, south, east, north, zoom, chosen)


# --- What is measured -----------------------------------------------------------------------------


def _measured(reader: Reader, rows: Rows) -> list[dict[str, Any]]:
    views = Views(rows)
    measured = []
    for name, view, narrowed, bar in (
        ("map, the whole country", views.country, False, 20.0),
        ("map, the whole country, three filters", views.country, True, None),
        ("map, anywhere at any zoom", views.anywhere, False, None),
        ("map, anywhere at any zoom, three filters", views.anywhere, True, None),
    ):
        measured.append(_map(name, reader, rows, view, narrowed=narrowed, bar=bar))
    measured += [_map_again(reader, views), _list(reader, rows, views)]
    _, numbers = rows.ask(
        f"SELECT number FROM issues_issue TABLESAMPLE SYSTEM (0.5) REPEATABLE (2) WHERE {PUBLIC}"
        " ORDER BY random() LIMIT 400",
        {},
    )
    pages = (f"/issues/{number}/" for (number,) in numbers)
    measured.append(_page("page of a message", reader, pages, limit=40))
    measured.append(_page("home page", reader, itertools.repeat("/"), limit=None))
    return measured


def _map(
    name: str,
    reader: Reader,
    rows: Rows,
    make: Callable[..., View],
    *,
    narrowed: bool,
    bar: float | None,
) -> dict[str, Any]:
    ours, naive, ratios, sizes, every = [], [], [], [], []
    for _turn in range(ROUNDS):
        views = [make(narrowed=narrowed) for _number in range(VIEWS)]
        took = [reader.get(view.path) for view in views]
        # The naive way may take seconds: a few of them say enough.
        compared = list(zip(views, took, strict=True))[: 2 if make.__name__ == "country" else 8]
        others = []
        for view, (_, _, said) in compared:
            other, count = view.of_rows(rows)
            others.append(other)
            if json.loads(said)["count"] != count and not view.chosen:
                raise RuntimeError(f"{view.path} does not count {count} messages")
        ours.append(_p95([ms for ms, _, _ in took]))
        naive.append(statistics.median(others))
        ratios.append(statistics.median(others) / statistics.median([ms for ms, _, _ in took]))
        sizes += [len(said) for _, _, said in took]
        every += [ms for ms, _, _ in took]
    return _row(
        f"{name}, p95",
        ours,
        statistics.median(naive),
        "every row of the box by SQL, median",
        ratios,
        limit=40,
        bar=bar,
        notes=[
            f"median {statistics.median(every):.1f} ms; the ratio is of medians",
            f"an answer has {statistics.median(sizes) / 1000:.1f} kB (median)",
        ],
    )


def _map_again(reader: Reader, views: Views) -> dict[str, Any]:
    ours, first, known = [], [], []
    for _turn in range(ROUNDS):
        view = views.country(narrowed=False)
        fresh, answer, _ = reader.get(view.path)
        tag = answer.headers["ETag"]
        ours.append(_p95([reader.get(view.path)[0] for _number in range(VIEWS)]))
        known += [reader.get(view.path, **{"If-None-Match": tag})[0] for _number in range(VIEWS)]
        first.append(fresh)
    ratios = [fresh / again for fresh, again in zip(first, ours, strict=True)]
    notes = [f"304 where the reader has it: p95 {_p95(known):.1f} ms"]
    return _row(
        "map, the same view again, p95",
        ours,
        _middle(first),
        "the first time",
        ratios,
        3,
        notes=notes,
    )


def _list(reader: Reader, rows: Rows, views: Views) -> dict[str, Any]:
    ours, naive = [], []
    for _turn in range(ROUNDS):
        codes = [views.categories[number % len(views.categories)] for number in range(VIEWS)]
        paths = (
            f"/issues/?{urlencode({'kind': 'problem', 'category': code, 'state': 'closed'})}"
            for code in codes
        )
        ours.append(_p95([reader.get(path)[0] for path in paths]))
        naive.append(_p95([_naive_list(rows, code) for code in codes[:10]]))
    ratios = [other / own for own, other in zip(ours, naive, strict=True)]
    return _row(
        "list, three filters and its exact count, p95",
        ours,
        _middle(naive),
        "its rows and count by SQL, no page",
        ratios,
        50,
    )


def _naive_list(rows: Rows, code: str) -> float:
    matching = (
        "FROM issues_issue JOIN authorities_topic AS topic ON topic.id = topic_id"
        " JOIN authorities_category AS category ON category.id = topic.category_id"
        f" WHERE {PUBLIC} AND kind = 'problem' AND category.code = %(code)s"
        " AND state IN ('closed', 'rated')"
    )
    columns = "issues_issue.id, number, published_text, address, published_at"
    newest = (
        f"SELECT {columns} {matching} ORDER BY published_at DESC, issues_issue.id DESC LIMIT 20"
    )
    return sum(
        rows.ask(query, {"code": code})[0] for query in (newest, f"SELECT count(*) {matching}")
    )


def _page(
    name: str, reader: Reader, paths: Iterator[str], *, limit: float | None
) -> dict[str, Any]:
    for path in itertools.islice(paths, 5):
        reader.get(path)
    ours = [
        _p95([reader.get(path)[0] for path in itertools.islice(paths, VIEWS)])
        for _turn in range(ROUNDS)
    ]
    bare = _p95([reader.get("/healthz")[0] for _number in range(VIEWS)])
    ratios = [bare / own for own in ours]
    return _row(f"{name}, p95", ours, bare, "an answer without a page", ratios, limit)


def _row(
    name: str,
    ours: Sequence[float],
    baseline: float,
    baseline_name: str,
    ratios: Sequence[float],
    limit: float | None,
    *,
    bar: float | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "name": name,
        "unit": "ms",
        "value": _middle(ours),
        "limit": limit,
        "baseline": baseline,
        "baseline_name": baseline_name,
        "ratio": _middle(ratios),
        "bar": bar,
        "noise": spread(list(ratios)),
        "notes": list(notes),
    }


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)
