"""What tests of the desk share."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def _what_is_kept_stays_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are kept for seconds, which a slow machine may need between two looks that are compared."""
    for name in ("queries.counts", "queries.double_checks", "queries.queue", "views.head"):
        monkeypatch.setattr(import_module(f"moderation.{name}"), "KEPT_SECONDS", 3600)
    monkeypatch.setattr("moderation.forms.queue.NAMED_SECONDS", 3600)
