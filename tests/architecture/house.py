"""The project as the rules of the house see it: its rooms, files and syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

# From the roof down; apps of one line never import one another (docs/architecture.md).
LAYERS: tuple[tuple[str, ...], ...] = (
    ("config",),
    (
        "portal",
        "moderation",
        "cabinet",
        "mobile_api",
        "open_data",
        "kiosk",
        "msed_bridge",
    ),
    ("receptions", "stats", "polls"),
    ("issues",),
    ("authorities",),
    ("notifications",),
    ("accounts", "geo"),
    ("common",),
)
RANK = {app: rank for rank, layer in enumerate(LAYERS) for app in layer}


def apps() -> list[str]:
    """Folders of the root that are Django apps."""
    return sorted(path.parent.name for path in ROOT.glob("*/apps.py"))


@cache
def sources(*, with_tests: bool = False) -> tuple[Path, ...]:
    """Python files of the project, without migrations and what is not ours."""
    folders = [*apps(), "tools", "bench", "reference_servers", *(["tests"] if with_tests else [])]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(path for path in files if "migrations" not in path.parts))


def templates() -> list[Path]:
    """HTML templates of the project."""
    return sorted(path for app in apps() for path in (ROOT / app).rglob("templates/**/*.html"))


def sheets_and_scripts() -> list[Path]:
    """Style sheets and TypeScript of the project."""
    sheets = [path for app in apps() for path in (ROOT / app).rglob("static/**/*.css")]
    return sorted([*sheets, *(ROOT / "frontend" / "src").rglob("*.ts")])


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name(path: Path) -> str:
    """Path from the root, for messages."""
    return path.relative_to(ROOT).as_posix()
