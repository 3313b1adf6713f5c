"""Delivery to МСЭД against a bare zeep loop: two processes each, turn by turn, one stand-in on this machine.

BENCH_APPEALS appeals wait (10,000); memory is looked at over BENCH_MESSAGES messages (20,000).
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.databases import ROOT, manage, prepared, server_settings
from bench.machine import spread

WAITING = int(os.environ.get("BENCH_APPEALS", "10000"))
LONG = int(os.environ.get("BENCH_MESSAGES", "20000"))
MOST_GROWN_MB = 8
PROCESSES = 2
ROUNDS = 3
SECONDS = 6
"""So long that there is something left to send in the last round."""
LEAST_PER_SECOND = 100
SHARE_OF_ZEEP = 0.5
PASSWORD = "only-for-measuring"


def run() -> list[dict[str, Any]]:
    """Measures rounds of both.

    Raises:
        RuntimeError: a process failed, or nothing was left to send.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared("bench_bridge", work_folder=folder) as environment,
        _msed(Path(folder)) as url,
    ):
        environment |= {"MSED_URL": url, "MSED_PASSWORD": PASSWORD}
        manage(environment, "generate_load", "--issues", str(WAITING * 3 // 2), "--seed", "1")
        waiting = int(manage(environment, "write", str(WAITING), module="bench.bridge_inside"))
        ours, zeep, computed = [], [], []
        for _turn in range(ROUNDS):
            sent = _side_by_side(environment, "send")
            ours.append(sum(found["count"] for found in sent) / SECONDS)
            computed += [found["cpu_seconds"] / found["count"] * 1000 for found in sent]
            bare = _side_by_side(environment, "zeep")
            zeep.append(sum(found["count"] for found in bare) / SECONDS)
            bare_computed = [found["cpu_seconds"] / found["count"] * 1000 for found in bare]
        points = [
            float(mb)
            for mb in manage(environment, "long", str(LONG), module="bench.bridge_inside").split()
        ]
    rate, ratio = (
        statistics.median(ours),
        statistics.median(mine / theirs for mine, theirs in zip(ours, zeep, strict=True)),
    )
    notes = [
        f"{waiting:,} appeals waited; {PROCESSES} processes on each side",
        f"processor time for one: ours {statistics.median(computed):.1f} ms,"
        f" zeep alone {statistics.median(bare_computed):.1f} ms",
        f"server: {server_settings('fsync')}",
    ]
    return [
        {
            "name": "appeals delivered to МСЭД against a bare zeep loop",
            "unit": "appeals/s",
            "value": rate,
            "baseline": statistics.median(zeep),
            "baseline_name": "zeep, nothing written down",
            "ratio": ratio,
            "bar": SHARE_OF_ZEEP,
            "noise": spread(ours),
            "notes": notes,
        },
        {
            "name": "appeals delivered to МСЭД",
            "unit": "appeals/s",
            "value": rate,
            "baseline": LEAST_PER_SECOND,
            "baseline_name": "what it must reach",
            "ratio": rate / LEAST_PER_SECOND,
            "bar": 1.0,
            "noise": spread(ours),
            "notes": [],
        },
        {
            "name": f"memory of a worker over {LONG:,} messages",
            "unit": "MB more",
            "value": points[-1] - points[1],
            "baseline": points[1],
            "baseline_name": "after the first tenth",
            "ratio": points[-1] / points[1],
            "limit": MOST_GROWN_MB,
            "noise": 0.0,
            "notes": [f"MB at each tenth: {', '.join(f'{mb:.0f}' for mb in points)}"],
        },
    ]


@contextmanager
def _msed(folder: Path) -> Iterator[str]:
    log = folder / "msed.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "reference_servers.msed", "--port", "0", "--manual"),
                *("--database", folder / "msed.sqlite3", "--callback-url", ""),
                *("--portal-password", PASSWORD),
            ],
            cwd=ROOT,
            stderr=written,
        )
    try:
        end = time.monotonic() + 30
        while not (found := re.search(r"listens on (\S+)", log.read_text())):
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError(f"МСЭД did not start: {log.read_text()[-500:]}")
            time.sleep(0.1)
        yield f"{found[1]}/msed"
    finally:
        process.kill()
        process.wait()


def _side_by_side(environment: Mapping[str, str], what: str) -> list[dict[str, float]]:
    """What each of the processes did in the same seconds."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.bridge_inside", what, str(SECONDS)],
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _number in range(PROCESSES)
    ]
    found = []
    for process in running:
        said, _nothing = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{what} failed")
        count, cpu_seconds = said.split()
        if what == "send" and not int(count):
            raise RuntimeError("nothing was left to send")
        found.append({"count": int(count), "cpu_seconds": float(cpu_seconds)})
    return found
