"""What the documents say is there: settings, commands, addresses, actions and states."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from issues.workflow import ACTIONS, State
from tests.architecture import house

DOCS = sorted([*(house.ROOT / "docs").rglob("*.md"), house.ROOT / "README.md"])
SETTING = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
TARGET = re.compile(r"`make ([a-z]+)")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def text_of(name: str) -> str:
    return (house.ROOT / name).read_text()


def test_every_setting_is_in_the_table() -> None:
    told = text_of("docs/operations.md")
    settings = set(SETTING.findall(text_of("config/settings.py")))
    assert settings
    assert {name for name in settings if f"`{name}`" not in told} == set()


def test_every_command_of_ours_is_in_the_documents() -> None:
    told = "".join(path.read_text() for path in DOCS)
    ours = {name for name, app in get_commands().items() if app in house.RANK}
    assert {name for name in ours if f"manage.py {name}" not in told} == set()


def test_every_state_and_action_is_in_the_documents() -> None:
    told = text_of("docs/workflow.md")
    assert [name for name in [*ACTIONS, *State] if f"`{name}`" not in told] == []


@pytest.mark.parametrize("path", DOCS, ids=house.name)
def test_commands_that_a_document_names_exist(path: Path) -> None:
    text = path.read_text()
    commands = get_commands()
    for name in set(COMMAND.findall(text)):
        app = commands.get(name)
        assert app, f"manage.py {name}"
        command = app if not isinstance(app, str) else load_command_class(app, name)
        assert command.create_parser("manage.py", name).format_help()
    makefile = text_of("Makefile")
    for target in set(TARGET.findall(text)):
        assert re.search(rf"^{target}:", makefile, re.M), f"make {target}"


@pytest.mark.parametrize("path", DOCS, ids=house.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    folder = path.parent
    text = path.read_text()
    assert [link for link in LINK.findall(text) if not (folder / link).exists()] == []


def test_nothing_of_a_workplace_is_in_the_project() -> None:
    """No path of a machine, no registry's address."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=house.ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    workplace = re.compile(rf'{re.escape(str(house.ROOT))}/|--(?:extra-)?index-url|"resolved":')
    found = []
    for name in tracked:
        file = house.ROOT / name
        if not file.is_file() or file == Path(__file__):
            continue
        try:
            if match := workplace.search(file.read_text()):
                found.append(f"{name}: {match.group(0)}")
        except UnicodeDecodeError:
            continue
    assert found == []


def test_every_decision_is_in_the_index() -> None:
    told = text_of("docs/decisions/README.md")
    decisions = sorted((house.ROOT / "docs/decisions").glob("0*.md"))
    assert [path.name for path in decisions if f"]({path.name})" not in told] == []
