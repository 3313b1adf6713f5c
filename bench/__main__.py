"""`python -m bench [NAME …]`: runs the measurements, shows them as a table, and writes them down."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from bench import machine

BENCHES = ("routing", "filing", "bridge", "reading", "findings", "moderation", "load", "chaos")
RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str]) -> int:
    """Measures; the exit code is 1 when something missed its bar."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    names = parser.parse_args(arguments).names or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    RESULTS.mkdir(exist_ok=True)
    missed = 0
    for name in names:
        before = machine.noise()
        rows = import_module(f"bench.{name}").run()
        after = machine.noise()
        missed += sum(not reached(row) for row in rows)
        print("\n".join(table(rows)))
        for moment, state in (("before", before), ("after", after)):
            print(f"  machine {moment}: {', '.join(f'{k} {v}' for k, v in state.items())}")
        write_down(name, rows, before, after)
    return 1 if missed else 0


def reached(row: Mapping[str, Any]) -> bool:
    """Whether a measurement keeps its bar (the least ratio) and its limit (the greatest value)."""
    return bool(
        row["ratio"] >= (row.get("bar") or 0) and row["value"] <= (row.get("limit") or row["value"])
    )


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The measurements as lines; below each what it says of itself."""
    lines = []
    for row in rows:
        verdict = "" if reached(row) else "  MISSED"
        lines += [
            f"\n{row['name']}{verdict}",
            f"  {figure(row['value'])} {row['unit']}   against {figure(row['baseline'])}"
            f" {row['unit']} ({row['baseline_name']})",
            f"  ratio {figure(row['ratio'])}"
            + (f", bar {figure(row['bar'])}" if row.get("bar") else "")
            + (f", limit {figure(row['limit'])} {row['unit']}" if row.get("limit") else "")
            + f", noise ± {row['noise']:.0%}",
        ]
        lines += [f"    {line}" for line in row.get("notes", ())]
    return lines


def figure(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write_down(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    before: Mapping[str, float],
    after: Mapping[str, float],
) -> Path:
    """Writes the measurements to `bench/results/<date>-<name>.json`, without names of this machine."""
    now = datetime.now(UTC)
    told = {
        "at": now.isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": {"before": dict(before), "after": dict(after)},
        "rows": list(rows),
    }
    file = RESULTS / f"{now.date()}-{name}.json"
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
