"""The long chaos: messages with photos are on their way while processes are killed and faults ordered.

CHAOS_ISSUES messages (500), CHAOS_SEEDS runs (5), CHAOS_HARMS in each (60). Every run has a database of its
own; what it does and how the books are compared is in `tests.journeys.chaos`, as for the short form.
"""

import json
import tempfile
from typing import Any

from bench.databases import manage, prepared
from tests.journeys.chaos import told

ISSUES, SEEDS, HARMS = told("ISSUES", 500), told("SEEDS", 5), told("HARMS", 60)


def run() -> list[dict[str, Any]]:
    """Runs every seed; a difference between the books misses the bar."""
    return [_run(seed) for seed in range(SEEDS)]


def _run(seed: int) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared("bench_chaos", work_folder=f"{folder}/media") as environment,
    ):
        arguments = (folder, str(seed), str(ISSUES), str(HARMS))
        said = manage(environment, *arguments, module="bench.chaos_inside")
    found = json.loads(said.splitlines()[-1])
    harm = ", ".join(f"{name} {count}" for name, count in sorted(found["harm"].items()))
    different = found["differences"]
    notes = [
        f"killed: {harm}",
        f"harm was done for {found['harm_seconds']:.0f} s, all had arrived {found['after_seconds']:.0f} s later",
        f"{found['messages']:,} messages, {found['notifications']:,} notifications, {found['files']:,} files",
        "books equal" if not different else f"DIFFERENT: {'; '.join(different[:5])}",
    ]
    return {
        "name": f"chaos, seed {seed}: {ISSUES:,} messages with photos",
        "unit": "differences",
        "value": float(len(different)),
        "baseline": 0.0,
        "baseline_name": "books equal",
        "ratio": 0.0 if different else 1.0,
        "bar": 1.0,
        "noise": 0.0,
        "notes": notes,
    }
