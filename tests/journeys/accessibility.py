"""axe-core on a page that a browser shows."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# What is right is neither collected nor brought over: that would take longer than the looking.
RUN = """async rules => {
    const lean = {resultTypes: ["violations"], selectors: false, preload: false};
    const found = await axe.run(rules ? {...lean, runOnly: rules} : lean);
    return found.violations.map(one => ({
        id: one.id, impact: one.impact, nodes: one.nodes.slice(0, 3).map(node => node.html),
    }));
}"""


def findings(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds against the page, a line for each rule; empty when nothing.

    Args:
        page: loaded and at rest.
        only: the rules to try; all of them when not given.
    """
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    # Evaluated, not added as a script: the content security policy stays as it is.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        f"{one['id']} ({one['impact']}): {[html[:160] for html in one['nodes']]}"
        for one in page.evaluate(RUN, list(only) or None)
    ]
