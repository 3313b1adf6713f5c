"""How long a million messages with their timelines take to generate: `manage.py generate_load`."""

import os
import re
import tempfile
import time
from typing import Any

from bench.databases import manage, prepared, server_settings

ISSUES = int(os.environ.get("BENCH_ISSUES", "1000000"))
LIMIT_SECONDS = 300


def run() -> list[dict[str, Any]]:
    """Generates once, verifies a part, and tells the time of the whole command."""
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared("bench_load", work_folder=folder) as environment,
    ):
        start = time.perf_counter()
        said = manage(environment, "generate_load", "--issues", str(ISSUES), "--seed", "1")
        seconds = time.perf_counter() - start
    entries = re.search(r"(\d+) entries", said)
    assert entries is not None
    durable = server_settings("fsync", "full_page_writes")
    return [
        {
            "name": f"{ISSUES:,} issues with {int(entries[1]):,} entries of their timelines",
            "unit": "s",
            "value": seconds,
            "baseline": LIMIT_SECONDS * ISSUES / 1_000_000,
            "baseline_name": "what it may take",
            "ratio": LIMIT_SECONDS * ISSUES / 1_000_000 / seconds,
            "bar": 1.0,
            "noise": 0.0,
            "notes": [f"{ISSUES / seconds:,.0f} issues/s", f"server: {durable}"],
        }
    ]
