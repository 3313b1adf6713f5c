"""System packages: which parts are missing on this machine, and how they get there.

A part is looked for by what it is (a program, a library), not by its package: a machine that has a
newer Node or PostgreSQL from elsewhere is left as it is.
`python3 -m tools.packages libraries build` prints the package names of these sections.
"""

import ctypes.util
import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import postgres
from tools.checkout import Checkout
from tools.terminal import Failure, say, step

LIST = Path(__file__).with_name("packages.txt")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_LISTS = Path("/var/lib/apt/lists")
INSTALL = "apt-get install -y --no-install-recommends"
# What a distribution may not have as a package of its own, and what to do there.
ELSEWHERE = {
    "chromium": "snap install chromium    (or, as yourself: .venv/bin/python -m playwright install chromium)",
    "nodejs": "see https://nodejs.org for Node 18 or newer",
    "npm": "see https://nodejs.org: npm comes with Node",
}


@dataclass(frozen=True)
class Part:
    """One line of packages.txt: a package and the check that tells whether its part is there."""

    package: str
    check: str


def sections(text: str) -> dict[str, list[Part]]:
    """The sections of packages.txt with their parts, in the order of the file."""
    found: dict[str, list[Part]] = {}
    current: list[Part] = []
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line:
            package, check = line.split(maxsplit=1)
            current.append(Part(package, " ".join(check.split())))
    return found


def missing(names: Iterable[str]) -> list[Part]:
    """The parts of the named sections that this machine does not have."""
    listed = sections(LIST.read_text(encoding="utf-8"))
    return [part for name in names for part in listed[name] if not is_present(part.check)]


def is_present(check: str) -> bool:
    """Whether a part is there, e.g. `program node >= 18` or `library gdal`."""
    kind, *arguments = check.split()
    return CHECKS[kind](arguments)


def browser() -> Path | None:
    """A Chromium that starts: `CHROMIUM` of the environment, the system's, or Playwright's own."""
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in BROWSERS)]
    candidates += sorted(
        glob.glob(str(Path.home() / ".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))  # noqa: PTH207
    )
    for candidate in filter(None, candidates):
        # Ubuntu's chromium-browser without snap is a script that only says so.
        if _output([candidate, "--version"]).strip():
            return Path(candidate)
    return None


def ensure(checkout: Checkout, names: Iterable[str]) -> None:
    """Install what is missing of the named sections; raise Failure naming what can not be had."""
    names = list(names)
    lacking = missing(names)
    if not lacking:
        return
    become_root = _become_root()
    if become_root is not None and shutil.which("apt-get"):
        _apt(checkout, become_root, "List of system packages", ["update"], "apt-update")
        wanted = [package_for(part) for part in lacking]
        available = [package for package in wanted if _has_candidate(package)]
        if available:
            arguments = ["install", "-y", "--no-install-recommends", *available]
            say(f"    {' '.join(available)}")
            _apt(checkout, become_root, "System packages", arguments, "apt-install")
        lacking = missing(names)
    if lacking:
        raise Failure(explain(lacking))


def explain(lacking: Iterable[Part]) -> str:
    """Tell what is missing and the commands that would install it."""
    lines = ["Missing on this machine:"]
    from_apt = []
    for part in lacking:
        package = package_for(part)
        lines.append(f"    {part.check:<28} (package {package})")
        if _has_candidate(package) or part.package not in ELSEWHERE:
            from_apt.append(package)
        else:
            lines.append(
                f"        not in this distribution as a package; {ELSEWHERE[part.package]}"
            )
    if from_apt:
        lines += ["  As root:", f"    apt-get update && {INSTALL} {' '.join(from_apt)}"]
    return "\n".join(lines)


def package_for(part: Part) -> str:
    """The package to install: PostGIS has one for each version of PostgreSQL."""
    if part.check == "postgis":
        majors = [server.major for server in postgres.servers()]
        if majors:
            return f"postgresql-{max(majors)}-postgis-3"
    return part.package


def _program(arguments: list[str]) -> bool:
    name, *condition = arguments
    path = _which(name)
    if path is None:
        return False
    if not condition:
        return True
    version = re.search(r"\d+", _output([path, "--version"]))
    return version is not None and int(version[0]) >= int(condition[1])


CHECKS: Mapping[str, Callable[[list[str]], bool]] = {
    "library": lambda names: ctypes.util.find_library(names[0]) is not None,
    "file": lambda paths: Path(paths[0]).exists(),
    "module": lambda names: importlib.util.find_spec(names[0]) is not None,
    "program": _program,
    "postgres": lambda _: bool(postgres.servers()),
    "postgis": lambda _: any(server.has_postgis for server in postgres.servers()),
    "browser": lambda _: browser() is not None,
}


def _which(name: str) -> str | None:
    # Debian keeps servers in folders that are not on everybody's PATH.
    return shutil.which(
        name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
    )


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _has_candidate(package: str) -> bool:
    if not any(APT_LISTS.glob("*_Packages*")):
        return True  # this machine has not asked yet what there is
    # A name that other packages provide (libgeos-c1v5 on newer releases) has no candidate of its own.
    policy = _output(["apt-cache", "policy", package])
    if "Candidate:" in policy and "Candidate: (none)" not in policy:
        return True
    return "Reverse Provides:" in (shown := _output(["apt-cache", "showpkg", package])) and bool(
        shown.partition("Reverse Provides:")[2].strip()
    )


def _become_root() -> list[str] | None:
    """What to put before a command to run it as root; None when that can not be done unasked."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    # Somebody sits there: sudo itself asks for the password, once.
    if sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI"):
        say("  System packages are missing; sudo may ask for your password to install them.")
        if subprocess.run(["sudo", "-v"], check=False).returncode == 0:
            return ["sudo", "-n"]
    return None


def _apt(
    checkout: Checkout, become_root: list[str], title: str, arguments: list[str], log: str
) -> None:
    apt = ["apt-get", "-q", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", *arguments]
    step(
        title,
        [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", *apt],
        log=checkout.log / f"{log}.log",
        cwd=checkout.root,
    )


if __name__ == "__main__":
    listed = sections(LIST.read_text(encoding="utf-8"))
    for section in sys.argv[1:] or listed:
        for part in listed[section]:
            sys.stdout.write(part.package + "\n")
