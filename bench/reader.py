"""Who asks the portal in a measurement, the rows by plain SQL beside it, and how both are told."""

import http.client
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2

from bench.databases import libpq_environment
from bench.machine import spread
from bench.server import WORKERS

PUBLIC = (
    "state IN ('answered', 'closed', 'deferred', 'dispatched', 'extended', 'in_progress', 'published',"
    " 'rated', 'redirected', 'registered', 'reopened') AND NOT is_hidden"
)
"""The messages that everybody may read."""


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
        path = "/map/issues.json?bbox=0,0,1,1&zoom=7"
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


def row(
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
    """A line of the results: the median of what the rounds of a measurement took, milliseconds."""
    return {
        "name": name,
        "unit": "ms",
        "value": middle(ours),
        "limit": limit,
        "baseline": baseline,
        "baseline_name": baseline_name,
        "ratio": middle(ratios),
        "bar": bar,
        "noise": spread(list(ratios)),
        "notes": list(notes),
    }


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 keep."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
