"""Hints: operations ask the workers to look now, and know no queue. A lost one does no harm: a sweep looks anyway."""

from collections.abc import Callable
from typing import Generic, ParamSpec

from django.db import transaction

What = ParamSpec("What")


class Hint(Generic[What]):
    """That there is something to do.

    Attributes:
        asks: is told what there is to do, and may fail without harm; set once at start, None tells nobody.
    """

    def __init__(self) -> None:
        self.asks: Callable[What, object] | None = None

    def now(self, *args: What.args, **kwargs: What.kwargs) -> None:
        """Gives the hint."""
        if self.asks is not None:
            self.asks(*args, **kwargs)

    def after_commit(self, *args: What.args, **kwargs: What.kwargs) -> None:
        """Gives the hint once the present transaction is committed."""
        transaction.on_commit(lambda: self.now(*args, **kwargs), robust=True)
