"""The commands of the Makefile: run, stop, clean, lock, check, test, bench, manage."""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import build, checks, environment, packages
from tools.checkout import Checkout
from tools.ports import HOST, is_free
from tools.postgres import Cluster
from tools.stack import Busy, Stack, locked
from tools.stamps import Stamp
from tools.terminal import Failure, say, step, stop_signals_interrupt

TEST = {"role": "portal_test", "database": "portal_test"}
FOR_TESTS = ("DATABASE_URL", "REDIS_URL", "CHROMIUM")
BENCH = {"role": "portal", "database": "portal_bench"}


def set_up(stack: Stack, *, with_tests: bool) -> None:
    """Install and build whatever this checkout lacks."""
    checkout = stack.checkout
    sections = ["libraries", "build", *(["tests"] if with_tests else [])]
    if environment.server_ports(stack.given):
        sections.append("servers")
    packages.ensure(checkout, sections)
    build.python_packages(checkout, with_tests=with_tests)
    build.frontend(checkout, stack.given)
    build.translations(checkout)


def run(stack: Stack) -> int:
    """Everything from nothing to a portal that answers, until Ctrl-C or `make stop`."""
    checkout = stack.checkout
    shown = checkout.run / "addresses.txt"
    try:
        with locked(checkout.run / "run.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            shown.unlink(missing_ok=True)
            return _run(stack, shown)
    except Busy:
        if shown.exists():
            say("The portal of this checkout runs already; `make stop` stops it.")
            say(shown.read_text())
        else:
            say("The portal of this checkout is being started or stopped in another terminal.")
        return 0


def _run(stack: Stack, shown: Path) -> int:
    began = time.monotonic()
    # A portal whose terminal was killed hard may still be there.
    stack.portal.end()
    port = int(stack.given.get("PORT") or environment.DEFAULT_PORT)
    if not is_free(port):
        raise Failure(
            f"Port {port} of {HOST} is taken by another program. Choose another one, for example:\n"
            f"    make run PORT={port + 1}"
        )
    with locked(stack.checkout.run / "setup.lock", fcntl.LOCK_EX):
        set_up(stack, with_tests=False)
    try:
        with stack.servers_up():
            stack.claim_stand_ins()
            _prepare_data(stack)
            with stack.portal_up():
                shown.write_text(_addresses(stack))
                say(f"\n  Ready after {time.monotonic() - began:.0f} s.\n")
                say(shown.read_text())
                say("  Ctrl-C stops everything.")
                try:
                    stack.watch()
                except KeyboardInterrupt:
                    say("\n  Stopping …")
                finally:
                    shown.unlink(missing_ok=True)
    finally:
        say("  Stopped.")
    return 0


def _prepare_data(stack: Stack) -> None:
    """Bring the database to what the code expects, and fill a new one with the demo."""
    checkout = stack.checkout
    root = checkout.root
    oid = stack.database(role="portal", database="portal")
    env = environment.process_environment(stack.settings(), stack.given)
    build.static_files(checkout, env)
    migrations = [
        *sorted(root.glob("*/migrations/*.py")),
        root / "requirements" / "base.txt",
    ]
    for title, arguments, inputs in (
        ("Database schema", ["migrate", "--noinput"], migrations),
        ("Topics", ["import_topics"], [root / "fixtures" / "topics"]),
        ("Demo region", ["load_demo"], []),
        (
            "Topic suggestion",
            ["train_topics"],
            [root / "fixtures" / "topics", root / "authorities" / "topic_learning"],
        ),
        ("What is noticed", ["examine_waiting"], [root / "moderation" / "findings"]),
        ("Pages", ["import_pages"], [root / "fixtures" / "pages"]),
    ):
        stamp = Stamp(checkout.stamps, f"data-{arguments[0]}", [str(oid), *inputs])
        # Of a server that is not ours nobody knows what happened to it meanwhile.
        if oid is not None and stamp.is_fresh:
            continue
        step(
            title,
            [checkout.python, "manage.py", *arguments],
            log=checkout.log / f"{arguments[0]}.log",
            cwd=root,
            env=env,
        )
        stamp.set()


def _addresses(stack: Stack) -> str:
    """What the person needs to look around: addresses and the demo logins."""
    own = stack.settings()
    base = f"http://{HOST}:{own['PORT']}"
    rows = {
        "Portal": f"{base}/",
        "Moderation": f"{base}/moderation/",
        "Administration": f"{base}/admin/",
    }
    if environment.is_own("EMAIL_URL", stack.given):
        rows["Letters"] = f"http://{HOST}:{stack.ports['mail_web']}/"
    if environment.is_own("MSED_URL", stack.given):
        rows["МСЭД"] = f"http://{HOST}:{stack.ports['msed']}/"
    rows["Logs"] = "var/log/"
    lines = [f"    {title:<16} {address}" for title, address in rows.items()]
    asked = _manage(stack, ["load_demo", "--print-logins"], capture=True)
    lines += ["", *(f"    {line}" for line in asked.stdout.splitlines()), ""]
    return "\n".join(lines)


def _manage(
    stack: Stack, arguments: list[str], *, capture: bool = False
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(stack.checkout.python), "manage.py", *arguments],
        cwd=stack.checkout.root,
        env=environment.process_environment(stack.settings(), stack.given),
        capture_output=capture,
        text=True,
        check=False,
    )


def manage(stack: Stack, arguments: list[str]) -> int:
    """`manage.py` with the settings of this checkout, on its servers."""
    with stack.servers_up():
        stack.database(role="portal", database="portal")
        return _manage(stack, arguments).returncode


def check(stack: Stack) -> int:
    """`make check`."""
    return _with_tools(stack, lambda env: _report(checks.failed(stack.checkout, env)))


def test(stack: Stack, arguments: list[str]) -> int:
    """`make test`: the checks, then all tests; pytest's own last lines close the output."""

    def everything(env: Mapping[str, str]) -> int:
        titles = checks.failed(stack.checkout, env)
        # The tests have settings of their own; from here they only learn where to find things.
        places = {name: env[name] for name in FOR_TESTS if name in env}
        code = checks.pytest(stack.checkout, {**stack.given, **places}, arguments)
        return _report(titles) or code

    return _with_tools(stack, everything)


def bench(stack: Stack, arguments: list[str]) -> int:
    """`make bench`, on a database of its own."""

    def measure(env: Mapping[str, str]) -> int:
        command = [str(stack.checkout.python), "-m", "bench", *arguments]
        return subprocess.run(command, cwd=stack.checkout.root, env=env, check=False).returncode

    return _with_tools(stack, measure, database=BENCH)


def _with_tools(
    stack: Stack, work: Callable[[Mapping[str, str]], int], *, database: dict[str, str] = TEST
) -> int:
    with locked(stack.checkout.run / "setup.lock", fcntl.LOCK_EX):
        set_up(stack, with_tests=True)
    with stack.servers_up():
        stack.database(**database)
        env = environment.process_environment(stack.settings(**database), stack.given)
        build.static_files(stack.checkout, env)
        browser = packages.browser()
        return work(env | ({"CHROMIUM": str(browser)} if browser else {}))


def _report(titles: list[str]) -> int:
    if titles:
        say(f"Not passed: {', '.join(titles)}")
    return 1 if titles else 0


def lock(stack: Stack, arguments: list[str]) -> int:
    """`make lock`."""
    build.python_packages(stack.checkout, with_tests=True)
    build.lock(stack.checkout, upgrade="--upgrade" in arguments)
    return 0


def stop(stack: Stack) -> int:
    """`make stop`."""
    say("Stopped." if stack.end() else "Nothing of this checkout was running.")
    return 0


def clean(stack: Stack) -> int:
    """`make clean`: stop, and take away all that was made here, the data too."""
    stack.end()
    Cluster(stack.checkout, stack.ports).remove()
    shutil.rmtree(stack.checkout.var)
    build.remove(stack.checkout)
    say("Clean.")
    return 0


def main() -> int:
    """Run the command named on the command line; its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    checkout = Checkout(Path(__file__).resolve().parent.parent)
    try:
        with stop_signals_interrupt():
            checkout.prepare()
            stack = Stack(checkout, dict(os.environ))
            return COMMANDS[asked.command](stack, asked.arguments)
    except Failure as failure:
        sys.stderr.write(f"\n{failure}\n")
        return 1
    except KeyboardInterrupt:
        return 130


COMMANDS = {
    "run": lambda stack, _: run(stack),
    "stop": lambda stack, _: stop(stack),
    "clean": lambda stack, _: clean(stack),
    "check": lambda stack, _: check(stack),
    "test": test,
    "bench": bench,
    "manage": manage,
    "lock": lock,
}

if __name__ == "__main__":
    sys.exit(main())
