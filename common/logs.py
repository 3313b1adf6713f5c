"""What may be written into a log: where and why something failed, never the row it failed on."""

import logging
import traceback
from types import TracebackType

from django.db import Error as DjangoDatabaseError
from psycopg2 import Error as PostgresError

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class DiscreetFormatter(logging.Formatter):
    """Cuts what PostgreSQL adds to an error: its details quote the row, with people's words (R13)."""

    def formatException(self, ei: ExceptionInfo) -> str:
        """The trace-back, each database error by its first line alone."""
        _kind, error, _trace = ei
        if error is None:
            return ""
        lines: list[str] = []
        for one in reversed(list(_chain(error))):
            lines += [
                "Traceback (most recent call last):\n",
                *traceback.format_tb(one.__traceback__),
            ]
            lines.append(f"{type(one).__qualname__}: {_said(one)}\n")
        return "".join(lines).rstrip()


def _chain(error: BaseException) -> "list[BaseException]":
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or (
            None if following.__suppress_context__ else following.__context__
        )
    return chain


def _said(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, DjangoDatabaseError | PostgresError):
        return text.split("\n", 1)[0]
    return text
