"""axe-core on a page that a browser shows."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def findings(page: Page, *, only: list[str] | None = None) -> list[str]:
    """What axe finds against the page, a line for each rule; empty when nothing.

    Args:
        page: loaded and at rest.
        only: the rules to try; all of them when not given.
    """
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    # Evaluated, not added as a script: the content security policy stays as it is.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": only} if only else {}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
    ]
