"""A step is done again when its inputs changed or its product is gone, and only then."""

from pathlib import Path

from tools.stamps import Stamp


def test_a_step_is_done_once(tmp_path: Path) -> None:
    sources, product = tmp_path / "sources", tmp_path / "product"
    sources.mkdir()
    (sources / "map.ts").write_text("one")

    def stamp() -> Stamp:
        return Stamp(tmp_path, "frontend", ["v20", sources], product=product)

    assert not stamp().is_fresh
    product.touch()
    stamp().set()
    assert stamp().is_fresh

    (sources / "map.ts").write_text("two")
    assert not stamp().is_fresh
    stamp().set()
    (sources / "new.ts").touch()
    assert not stamp().is_fresh
    stamp().set()
    product.unlink()
    assert not stamp().is_fresh


def test_what_tools_leave_in_the_sources_is_no_input(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    (sources / "__pycache__").mkdir(parents=True)
    Stamp(tmp_path, "step", [sources]).set()
    (sources / "__pycache__" / "x.pyc").touch()
    assert Stamp(tmp_path, "step", [sources]).is_fresh
