"""How quiet the machine is: the same loop and the same fsync, again and again."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable

LOOPS = 15
BLOCK = b"\0" * 8192


def noise() -> dict[str, float]:
    """The machine's own figures, to read the others by.

    Returns:
        `loop_ms`, `fsync_ms`: medians of a fixed loop and of a written and synced page, milliseconds;
        `loop_noise`, `fsync_noise`: the slowest tenth against the median; `load`: processes that want
        a core, over the last minute.
    """
    loop = _times(lambda: sum(number * number for number in range(200_000)))
    with tempfile.TemporaryFile() as file:

        def sync() -> None:
            file.write(BLOCK)
            file.flush()
            os.fsync(file.fileno())

        disk = _times(sync)
    return {
        "loop_ms": _rounded(statistics.median(loop) * 1000),
        "loop_noise": _rounded(_slowest(loop)),
        "fsync_ms": _rounded(statistics.median(disk) * 1000),
        "fsync_noise": _rounded(_slowest(disk)),
        "load": _rounded(os.getloadavg()[0]),
    }


def spread(values: list[float]) -> float:
    """Half of what lies between the least and the greatest, as a share of the median."""
    return (max(values) - min(values)) / 2 / statistics.median(values)


def _times(work: Callable[[], object]) -> list[float]:
    times = []
    for _turn in range(LOOPS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)


def _slowest(times: list[float]) -> float:
    return times[int(len(times) * 0.9)] / statistics.median(times) - 1


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
