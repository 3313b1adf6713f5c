"""What the measurements are shown and written with; nothing here measures time."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as bench
from bench import filing, machine

ROW: dict[str, Any] = {
    "name": "filing",
    "unit": "messages/s",
    "value": 30.0,
    "baseline": 300.0,
    "baseline_name": "pgbench",
    "ratio": 0.1,
    "bar": 0.05,
    "noise": 0.07,
    "notes": ["p50 30 ms"],
}


def test_a_row_says_what_was_measured_against_what() -> None:
    assert bench.table([ROW]) == [
        "\nfiling",
        "  30 messages/s   against 300 messages/s (pgbench)",
        "  ratio 0.1, bar 0.05, noise ± 7%",
        "    p50 30 ms",
    ]


@pytest.mark.parametrize(
    ("change", "is_reached"),
    [({}, True), ({"bar": 0.2}, False), ({"limit": 29.0}, False), ({"limit": 31.0}, True)],
)
def test_a_missed_bar_is_named(change: dict[str, float], is_reached: bool) -> None:
    row = ROW | change
    assert bench.reached(row) is is_reached
    assert ("MISSED" in bench.table([row])[0]) is not is_reached


def test_what_is_written_names_no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path)
    state = machine.noise()
    file = bench.write_down("filing", [ROW], state, state)
    told = json.loads(file.read_text())
    assert set(told) == {"at", "cores", "python", "machine", "rows"}
    assert told["rows"] == [ROW]


def test_nobody_files_more_than_an_account_may() -> None:
    people = {"sessions": ["a", "b"], "points": [(37.5, 55.5)], "topics": ["roads_pothole"]}
    turns = filing.Turns(people)
    taken = [turns.next()[0] for _message in range(2 * filing.MESSAGES_OF_A_PERSON)]
    assert taken == ["a"] * filing.MESSAGES_OF_A_PERSON + ["b"] * filing.MESSAGES_OF_A_PERSON
    with pytest.raises(RuntimeError, match="have filed"):
        turns.next()


def test_the_spread_is_half_of_the_range() -> None:
    assert machine.spread([9.0, 10.0, 11.0]) == pytest.approx(0.1)
