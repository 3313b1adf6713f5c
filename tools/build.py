"""Everything made from the sources of a checkout: .venv, node_modules, frontend, translations, static files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.checkout import Checkout
from tools.stamps import Stamp
from tools.terminal import Failure, step

REQUIREMENTS = ("base", "demo", "dev")
# What `make clean` takes away, besides var/ and the compiled translations.
PRODUCTS = (
    ".venv",
    "node_modules",
    "frontend/dist",
    "staticfiles",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
)


def python_packages(checkout: Checkout, *, with_tests: bool) -> None:
    """Make .venv with the locked packages, those for tests too if asked."""
    _virtual_environment(checkout)
    folder = checkout.root / "requirements"
    stamps = {
        name: Stamp(
            checkout.stamps,
            f"python-{name}",
            [str(checkout.root), sys.version, folder / f"{name}.txt"],
            product=checkout.python,
        )
        for name in REQUIREMENTS
    }
    # dev.txt holds the others, in the same versions.
    wanted = ["dev"] if with_tests else ["base", "demo"]
    if all(stamps[name].is_fresh for name in wanted):
        return
    files = [word for name in wanted for word in ("-r", folder / f"{name}.txt")]
    command: list[str | Path] = [
        checkout.python,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        *files,
    ]
    step(
        "Python packages",
        [*command, "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar=off"],
        log=checkout.log / "pip.log",
        cwd=checkout.root,
    )
    for name in REQUIREMENTS if with_tests else wanted:
        stamps[name].set()


def _virtual_environment(checkout: Checkout) -> None:
    probe = "import sys; print(sys.version)"
    try:
        found = subprocess.run(
            [checkout.python, "-c", probe], capture_output=True, text=True, check=False
        ).stdout.rstrip("\n")
    except OSError:
        found = ""
    # One of another Python, or of a checkout that was moved, does not work as it is.
    record = checkout.venv / "pyvenv.cfg"
    in_place = record.exists() and str(checkout.venv) in record.read_text()
    if found == sys.version and in_place:
        return
    if checkout.venv.exists():
        shutil.rmtree(checkout.venv)
    step(
        "Virtual environment",
        [sys.executable, "-m", "venv", checkout.venv],
        log=checkout.log / "venv.log",
        cwd=checkout.root,
    )


def frontend(checkout: Checkout, env: Mapping[str, str]) -> None:
    """Install the locked npm packages and build the frontend."""
    root = checkout.root
    if not (root / "package.json").exists():
        return
    lock = root / "package-lock.json"
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    packages = Stamp(checkout.stamps, "npm", [node, lock], product=root / "node_modules")
    if not packages.is_fresh:
        step(
            "npm packages",
            # What a package would fetch for itself (a browser) is not wanted.
            ["npm", "ci", "--no-audit", "--no-fund", "--no-progress"],
            log=checkout.log / "npm.log",
            cwd=root,
            env={**env, "PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"},
        )
        packages.set()
    sources = [path for path in sorted((root / "frontend").iterdir()) if path.name != "dist"]
    built = Stamp(
        checkout.stamps,
        "frontend",
        [root / "package.json", lock, *root.glob("tsconfig*.json"), *sources],
        product=root / "frontend" / "dist",
    )
    if not built.is_fresh:
        step(
            "Frontend",
            ["npm", "run", "build"],
            log=checkout.log / "frontend.log",
            cwd=root,
            env=env,
        )
        built.set()


def catalogues(root: Path) -> list[Path]:
    """The translation sources of our own apps."""
    return sorted(root.glob("*/locale/*/LC_MESSAGES/*.po"))


def translations(checkout: Checkout) -> None:
    """Compile each translation that is newer than what was compiled from it."""
    for source in catalogues(checkout.root):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime:
            continue
        done = subprocess.run(
            ["msgfmt", "--check-format", "-o", compiled, source],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failure(f"msgfmt {source}:\n{done.stderr}")


def static_files(checkout: Checkout, env: Mapping[str, str]) -> None:
    """Collect static files where the web process serves them from."""
    root = checkout.root
    collected = Stamp(
        checkout.stamps,
        "static",
        [
            root / "requirements" / "base.txt",
            root / "config" / "settings.py",
            *sorted(root.glob("*/static")),
            root / "frontend" / "dist",
        ],
        product=root / "staticfiles",
    )
    if not collected.is_fresh:
        step(
            "Static files",
            [checkout.python, "manage.py", "collectstatic", "--noinput", "--clear"],
            log=checkout.log / "static.log",
            cwd=root,
            env=env,
        )
        collected.set()


def lock(checkout: Checkout, *, upgrade: bool) -> None:
    """Write requirements/*.txt anew from the *.in files; versions stay unless `upgrade`."""
    for name in REQUIREMENTS:
        step(
            f"requirements/{name}.txt",
            [
                *(checkout.program("uv"), "pip", "compile", f"requirements/{name}.in"),
                *("-o", f"requirements/{name}.txt", "--universal", "--generate-hashes"),
                *("--override", "requirements/left-out.txt"),
                *("--python-version", "3.11", "--custom-compile-command", "make lock", "--quiet"),
                *(["--upgrade"] if upgrade else []),
            ],
            log=checkout.log / f"lock-{name}.log",
            cwd=checkout.root,
            env=dict(os.environ),
        )


def remove(checkout: Checkout) -> None:
    """Delete all products outside of var/."""
    for name in PRODUCTS:
        path = checkout.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
    for source in catalogues(checkout.root):
        source.with_suffix(".mo").unlink(missing_ok=True)
    for cache in checkout.root.glob("**/__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
