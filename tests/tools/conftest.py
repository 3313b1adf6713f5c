"""A checkout in an empty folder."""

from pathlib import Path

import pytest

from tools.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Folders only: nothing is installed or started in it."""
    root = tmp_path / "a checkout"
    root.mkdir()
    made = Checkout(root)
    made.prepare()
    return made
