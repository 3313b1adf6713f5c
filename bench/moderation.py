"""The desk with a million messages kept and 20,000 waiting: its queue page over HTTP, and ten who decide."""

import itertools
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from bench.databases import manage, prepared
from bench.machine import spread
from bench.reader import Reader, p95
from bench.server import portal

ISSUES = int(os.environ.get("BENCH_ISSUES", "1000000"))
WAITING = int(os.environ.get("BENCH_WAITING", "20000"))
MODERATORS = 10
ROUNDS = 5
VIEWS = 40
"""Of each kind in a round."""
LIMIT_MS = 60
DECIDING_SECONDS = 60

DATABASE = "bench_moderation"


def run() -> list[dict[str, Any]]:
    """Makes the messages, and measures what the moderators wait for."""
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared(DATABASE, work_folder=folder) as environment,
    ):
        manage(environment, "generate_load", "--issues", str(ISSUES), "--seed", "1")
        said = manage(environment, str(WAITING), str(MODERATORS), module="bench.moderation_inside")
        manage(environment, "collectstatic", "--noinput", "-v0")  # pages name their styles by it
        with portal(environment) as server:
            measured = queue_page(server.port, json.loads(said))
        return [*measured, deciding(environment)]


def deciding(environment: Mapping[str, str]) -> dict[str, Any]:
    """Ten moderators at one queue for a minute, while the process that sends their decisions is killed.

    Args:
        environment: of a database with messages that wait.

    Raises:
        RuntimeError: a decision was lost, made twice, or stands in nobody's name.
    """
    held = {**environment, "MODERATION_UNDO_SECONDS": "1"}

    def together(moderators: int, seconds: int) -> dict[str, Any]:
        arguments = (str(moderators), str(seconds))
        return dict(json.loads(manage(held, *arguments, module="bench.deciding_inside")))

    alone = together(1, DECIDING_SECONDS // 6)
    found = together(MODERATORS, DECIDING_SECONDS)
    if faults := alone["faults"] + found["faults"]:
        raise RuntimeError("; ".join(faults))
    ours = found["decided"] / DECIDING_SECONDS
    one = alone["decided"] / (DECIDING_SECONDS // 6)
    return {
        "name": f"{MODERATORS} moderators decide for {DECIDING_SECONDS} s against one queue",
        "unit": "decisions/s",
        "value": ours,
        "baseline": one,
        "baseline_name": "one moderator alone",
        "ratio": ours / one,
        "bar": None,
        "noise": 0.0,
        "notes": [
            f"{found['decided']} decisions: none twice, none lost, each timeline whole",
            f"undone {found['undone']}, somebody else was quicker {found['met']} times,"
            f" the sender was killed {found['kills']} times",
        ],
    }


def queue_page(port: int, sessions: Sequence[str]) -> list[dict[str, Any]]:
    """The queue as moderators walk through it: its beginning, further pages, and by each filter.

    Args:
        port: where the portal answers.
        sessions: keys of moderators who are logged in, one after the other.
    """
    reader = Reader(port)
    cookies = itertools.cycle({"Cookie": f"sessionid={key}"} for key in sessions)
    first = reader.get("/moderation/", **next(cookies))[2].decode()
    walks = {
        "queue page": itertools.repeat("/moderation/"),
        "queue page, further on": _further(reader, sessions[0]),
        "queue page, narrowed": itertools.cycle(_narrowed(first)),
    }
    measured = []
    for name, paths in walks.items():
        for path in itertools.islice(paths, 2 * VIEWS):
            reader.get(path, **next(cookies))
        ours = [
            p95([reader.get(path, **next(cookies))[0] for path in itertools.islice(paths, VIEWS)])
            for _turn in range(ROUNDS)
        ]
        bare = p95([reader.get("/healthz")[0] for _number in range(VIEWS)])
        ratios = [bare / own for own in ours]
        measured.append(
            {
                "name": f"{name}, {WAITING:,} waiting of {ISSUES:,}, p95",
                "unit": "ms",
                "value": median(ours),
                "limit": LIMIT_MS,
                "baseline": bare,
                "baseline_name": "an answer without a page",
                "ratio": median(ratios),
                "bar": None,
                "noise": spread(ratios),
                "notes": [],
            }
        )
    return measured


def _further(reader: Reader, session: str) -> Iterator[str]:
    """The pages one after the other, from the first again after the last."""
    after = ""
    while True:
        path = f"/moderation/?after={after}" if after else "/moderation/"
        page = reader.get(path, Cookie=f"sessionid={session}")[2].decode()
        found = re.search(r"after=(\d+-\d+)", page)
        after = found[1] if found else ""
        yield path


def _narrowed(page: str) -> list[str]:
    """One address for each filter that the form offers, by its second choice."""
    paths = []
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        values = re.findall(r'value="([^"]+)"', options)
        paths += [f"/moderation/?{name}={value}" for value in values[1:3]]
    return paths
