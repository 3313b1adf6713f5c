"""The five laws, run rather than read (docs/architecture.md)."""

import ast
import re
import tomllib

import pytest
from django.apps import apps as registry

from issues.management.commands import workflow_diagram
from tests.architecture import house

STATE_WRITER = "issues/operations/writer.py"
# A bulk load writes rows, not actions; it writes whole lives with their chained timelines.
BULK_LOADER = "issues/load"


def test_every_app_has_its_place_in_the_house() -> None:
    assert set(house.apps()) <= set(house.RANK)


def test_the_order_inside_is_asked_of_every_app() -> None:
    """Of all but the ground floor and the roof, which have an order of their own."""
    settings = tomllib.loads((house.ROOT / "pyproject.toml").read_text())
    _rooms, inside = settings["tool"]["importlinter"]["contracts"]
    assert set(inside["containers"]) == set(house.apps()) - {"common", "config"}


@pytest.mark.parametrize("app", house.apps())
def test_no_model_relates_upwards_or_sideways(app: str) -> None:
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in registry.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in house.RANK
        and field.related_model._meta.app_label != app
        and house.RANK[field.related_model._meta.app_label] <= house.RANK[app]
    ]
    assert wrong == []


def test_one_writer_of_a_state() -> None:
    """Nothing else assigns `.state`, passes `state=` to update or create, or sets visibility."""
    guarded = {"state", "is_hidden", "answer_due_at", "moderation_due_at", "registration_due_at"}
    found = []
    for path in house.sources():
        place = house.name(path)
        if (
            place == STATE_WRITER
            or place.startswith(BULK_LOADER)
            or place.startswith("msed_bridge/models")
        ):
            continue
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if (
                        isinstance(target, ast.Attribute)
                        and target.attr in guarded
                        and isinstance(target.value, ast.Name)
                        and target.value.id in {"issue", "Issue"}
                    ):
                        found.append(f"{place}:{node.lineno}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                receiver = ast.unparse(node.func.value)
                names = {keyword.arg for keyword in node.keywords}
                writes = node.func.attr in {"update", "create", "bulk_create", "get_or_create"}
                if writes and names & guarded and "Issue.objects" in receiver:
                    found.append(f"{place}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("zeep", r"msed_bridge/client\.py"),
        ("dramatiq", r".*/tasks\.py|config/.*"),
        ("rest_framework", r"(mobile_api|open_data)/.*"),
    ],
)
def test_outside_libraries_stay_in_their_rooms(package: str, allowed: str) -> None:
    found = [
        house.name(path)
        for path in house.sources()
        if not house.name(path).startswith(("tools/", "bench/", "reference_servers/"))
        and any(m == package or m.startswith(package + ".") for m in house.imports(path))
    ]
    assert [place for place in found if not re.fullmatch(allowed, place)] == []


def test_stand_ins_know_nothing_of_the_portal() -> None:
    found = [
        house.name(path)
        for path in house.sources()
        if house.name(path).startswith("reference_servers/")
        and any(module.split(".")[0] in house.RANK for module in house.imports(path))
    ]
    assert found == []


def test_the_diagram_is_drawn_from_the_table() -> None:
    drawn = "\n".join(workflow_diagram.lines())
    assert (house.ROOT / "docs/workflow.md").read_text() == drawn


def test_every_file_says_at_its_head_what_it_is_for() -> None:
    silent = [
        house.name(path)
        for path in house.sources(with_tests=True)
        if path.read_text().strip() and not ast.get_docstring(house.tree(path))
    ]
    assert silent == []


def test_no_room_of_leftovers() -> None:
    leftovers = {"utils", "helpers", "services", "managers", "misc"}
    assert [house.name(p) for p in house.sources() if p.stem in leftovers] == []


def test_files_stay_readable() -> None:
    long = {
        house.name(path): lines
        for path in (*house.sources(with_tests=True), *house.sheets_and_scripts())
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


SCRIPT_WITHOUT_SOURCE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I)
HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=", re.I)
STYLE = re.compile(r"<style|<[^>]+\sstyle\s*=", re.I)
FOREIGN = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?https?://(?!www\.w3\.org)[^"'{\s>]+""", re.I
)


def test_pages_keep_the_content_security_policy() -> None:
    """No inline script, handler or style, and nothing loaded from another host; letters are apart."""
    found = []
    for path in house.templates():
        if re.search(r"/(letters|email|notifications)/", path.as_posix()):
            continue
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
        for rule in (SCRIPT_WITHOUT_SOURCE, HANDLER, STYLE):
            found += [f"{house.name(path)}: {m.group(0)[:80]}" for m in rule.finditer(text)]
        found += [
            f"{house.name(path)}: {m.group(0)[:80]}"
            for m in FOREIGN.finditer(text)
            if not m.group(0).lower().startswith("href")
        ]
    assert found == []


@pytest.mark.parametrize("app", house.apps())
def test_migrations_are_one_chain(app: str) -> None:
    numbers = sorted(p.name[:4] for p in (house.ROOT / app / "migrations").glob("0*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
