"""What the person at the terminal sees: one short line for each step, its noise kept in a log."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HEARTBEAT_SECONDS = 30.0


class Failure(Exception):
    """The work can not go on; the text says why and what the reader can do about it."""


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def step(
    title: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run one command, showing the title and the seconds it takes; its output goes into `log`.

    Raises Failure with the end of the log when the command fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("wb") as output:
        # A session of its own, so that an interrupted step takes its children along.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, title, began)
    except BaseException:
        end_group(process)
        raise
    finally:
        _erase()
    seconds = time.monotonic() - began
    if process.returncode:
        tail = "\n".join(f"    {line}" for line in last_lines(log, 25))
        say(f"  ✗ {title}")
        raise Failure(f"{title}: exit code {process.returncode}\n{tail}\n  The whole log: {log}")
    say(f"  ✓ {title:<34} {seconds:6.1f} s")


def last_lines(log: Path, count: int) -> list[str]:
    """The last non-empty lines of a log file, or none if there is no such file."""
    if not log.exists():
        return []
    text = log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n")
    return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]


def end_group(process: subprocess.Popen[bytes], *, patience: float = 10.0) -> None:
    """End a process started in its own session together with its children, gently at first."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
        return


@contextlib.contextmanager
def stop_signals_interrupt() -> Iterator[None]:
    """Treat a closed terminal and a polite kill like Ctrl-C, so that there is one way to end."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(process: subprocess.Popen[bytes], title: str, began: float) -> None:
    live = sys.stdout.isatty()
    said = began
    while process.poll() is None:
        now = time.monotonic()
        if live:
            sys.stdout.write(f"\r  … {title:<34} {now - began:6.0f} s")
            sys.stdout.flush()
        elif now - said >= HEARTBEAT_SECONDS:
            said = now
            say(f"  … {title:<34} {now - began:6.0f} s")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5 if live else 1.0)


def _erase() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K")
        sys.stdout.flush()
