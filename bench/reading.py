"""Reading with a million messages: the map, lists, searches and pages over HTTP against the rows by plain SQL."""

import itertools
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from bench.databases import manage, prepared, standing
from bench.map_views import View, Views
from bench.reader import PUBLIC, Reader, Rows, middle, p95, row
from bench.searches import Searches
from bench.server import portal

ISSUES = int(os.environ.get("BENCH_ISSUES", "1000000"))
LOADED = os.environ.get("BENCH_DATABASE", "")
"""A database that holds the messages already: then none is made and loaded."""

ROUNDS = 3
VIEWS = 40
"""Of each kind in a round."""


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
    measured += [_map_again(reader, views), _list(reader, rows, views), _search(reader, rows)]
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
        ours.append(p95([ms for ms, _, _ in took]))
        naive.append(statistics.median(others))
        ratios.append(statistics.median(others) / statistics.median([ms for ms, _, _ in took]))
        sizes += [len(said) for _, _, said in took]
        every += [ms for ms, _, _ in took]
    return row(
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
        ours.append(p95([reader.get(view.path)[0] for _number in range(VIEWS)]))
        known += [reader.get(view.path, **{"If-None-Match": tag})[0] for _number in range(VIEWS)]
        first.append(fresh)
    ratios = [fresh / again for fresh, again in zip(first, ours, strict=True)]
    notes = [f"304 where the reader has it: p95 {p95(known):.1f} ms"]
    return row(
        "map, the same view again, p95",
        ours,
        middle(first),
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
        ours.append(p95([reader.get(path)[0] for path in paths]))
        naive.append(p95([_naive_list(rows, code) for code in codes[:10]]))
    ratios = [other / own for own, other in zip(ours, naive, strict=True)]
    return row(
        "list, three filters and its exact count, p95",
        ours,
        middle(naive),
        "its rows and count by SQL, no page",
        ratios,
        50,
    )


def _search(reader: Reader, rows: Rows) -> dict[str, Any]:
    searches = Searches(rows)
    ours, naive, ratios, every = [], [], [], []
    for _turn in range(ROUNDS):
        asked = [searches.another() for _number in range(VIEWS)]
        took = [reader.get(search.path)[0] for search in asked]
        compared = [search for search in asked if search.words][:2]
        others = [search.of_rows(rows) for search in compared]
        ours.append(p95(took))
        naive.append(statistics.median(others))
        ratios.append(statistics.median(others) / statistics.median(took))
        every += took
    return row(
        "search, p95",
        ours,
        middle(naive),
        "the same words in the text of every row by ILIKE, median",
        ratios,
        80,
        notes=[
            f"median {statistics.median(every):.1f} ms; the ratio is of medians",
            "one to three words of a message, a fifth with a typing mistake, a tenth a number",
        ],
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
        p95([reader.get(path)[0] for path in itertools.islice(paths, VIEWS)])
        for _turn in range(ROUNDS)
    ]
    bare = p95([reader.get("/healthz")[0] for _number in range(VIEWS)])
    ratios = [bare / own for own in ours]
    return row(f"{name}, p95", ours, bare, "an answer without a page", ratios, limit)
