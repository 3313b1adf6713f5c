"""A file is given to a process of its own, and what that found is taken back."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from moderation.findings.seen import Found

PATIENCE = 45.0
"""How long one file may take, seconds of the clock."""


class NotSeenError(Exception):
    """The file could not be looked at.

    Attributes:
        why: `slow` or `broken`.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in a file.

    Attributes:
        regions: parts of a photo that show somebody.
        blank: `black` or `plain` of a photo on which nothing can be seen, else empty.
        fingerprint: 64 bits by which a photo is known again, None of any other file.
        text: the words of a document, else empty.
    """

    regions: Sequence[Found] = ()
    blank: str = ""
    fingerprint: int | None = None
    text: str = ""


def look(content: bytes, content_type: str, *, patience: float = PATIENCE) -> Look:
    """Looks at a file. Slow: call outside transactions.

    Args:
        content: its bytes.
        content_type: as `common.uploads` found it.
        patience: seconds after which it is given up.

    Raises:
        NotSeenError: it took too long, or what reads it failed.
    """
    command = [sys.executable, "-m", "moderation.findings.alone", content_type]
    try:
        done = subprocess.run(  # noqa: S603  (our own program, a content type of our own list)
            command,
            input=content,
            capture_output=True,
            timeout=patience,
            cwd=settings.BASE_DIR,
            # Nothing of ours for a picture that takes the process over; each thread of the library would
            # want memory of its own.
            env={"OPENBLAS_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotSeenError("slow") from None
    if done.returncode != 0:
        is_over = -done.returncode in {signal.SIGKILL, signal.SIGXCPU}
        raise NotSeenError("slow" if is_over else "broken")
    told = json.loads(done.stdout)
    return Look(
        tuple(Found(**one) for one in told.get("regions", ())),
        told.get("blank", ""),
        told.get("fingerprint"),
        told.get("text", ""),
    )
