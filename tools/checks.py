"""`make check`: what can be said about the code without running it."""

import subprocess
from collections.abc import Mapping

from tools.checkout import Checkout
from tools.terminal import Failure, say, step


def commands(checkout: Checkout) -> dict[str, list[str]]:
    """The checks by their title."""
    root = checkout.root
    templates = [str(path.relative_to(root)) for path in sorted(root.glob("*/templates/**/*.html"))]
    found = {
        "Format (ruff)": ["ruff", "format", "--check", "."],
        "Lint (ruff)": ["ruff", "check", "."],
        "Types (mypy)": ["mypy", "."],
        "Layers (import-linter)": ["lint-imports"],
        "Migrations": [
            "python",
            "-W",
            "error",
            "manage.py",
            "makemigrations",
            "--check",
            "--dry-run",
        ],
        "Django's own checks": ["python", "manage.py", "check"],
    }
    if templates:
        found["Templates (djade)"] = ["djade", "--check", "--target-version", "5.2", *templates]
    ours = {
        title: [str(checkout.program(command[0])), *command[1:]] for title, command in found.items()
    }
    for settings in sorted({*root.glob("tsconfig.json"), *root.glob("frontend/tsconfig.json")}):
        project = str(settings.relative_to(root))
        ours[f"TypeScript ({project})"] = ["npx", "--no-install", "tsc", "--noEmit", "-p", project]
    return ours


def failed(checkout: Checkout, env: Mapping[str, str]) -> list[str]:
    """Run all checks; the titles of those that did not pass, after what they said."""
    titles = []
    for number, (title, command) in enumerate(commands(checkout).items()):
        log = checkout.log / f"check-{number}.log"
        try:
            step(title, command, log=log, cwd=checkout.root, env=env)
        except Failure:
            say(log.read_text(encoding="utf-8", errors="replace"))
            titles.append(title)
    return titles


def pytest(checkout: Checkout, env: Mapping[str, str], arguments: list[str]) -> int:
    """Run the tests, three at a time as many of them mostly wait; pytest's exit code."""
    # Who has done their share takes from the others': else one had all the journeys at the end.
    at_once = ["-n", "3", "--dist", "worksteal"]
    command = [str(checkout.python), "-m", "pytest", *at_once, *arguments]
    return subprocess.run(command, cwd=checkout.root, env=env, check=False).returncode
