"""The SMTP side: takes every letter, or refuses as it was told to."""

import asyncio
import threading
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from reference_servers.mail.letters import Letters

LARGEST_LETTER = 50 * 1024 * 1024  # bytes


@dataclass
class Trouble:
    """What goes wrong next: `count` letters wait `seconds` and get the answer `code` (250: accepted)."""

    count: int = 0
    code: int = 451
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """The trouble for `/control/fail`."""
        return {"count": self.count, "code": self.code, "seconds": self.seconds}


class Sink:
    """The handler of aiosmtpd."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._lock = threading.Lock()
        self._trouble = Trouble()

    @property
    def trouble(self) -> Trouble:
        """What is still to go wrong."""
        with self._lock:
            return Trouble(**vars(self._trouble))

    def make_trouble(self, trouble: Trouble) -> None:
        """From the next letter on, do this."""
        with self._lock:
            self._trouble = Trouble(**vars(trouble))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer to one whole letter."""
        trouble = self._next_trouble()
        if trouble is not None:
            await asyncio.sleep(trouble.seconds)
            if trouble.code != 250:
                return f"{trouble.code} Refused, as told to"
        content = envelope.content
        assert isinstance(content, bytes)
        self._letters.keep(envelope.mail_from or "", envelope.rcpt_tos, content)
        return "250 Kept"

    def _next_trouble(self) -> Trouble | None:
        with self._lock:
            if self._trouble.count <= 0:
                return None
            self._trouble.count -= 1
            return Trouble(**vars(self._trouble))


def controller(sink: Sink, host: str, port: int) -> Controller:
    """An SMTP server in a thread of its own, still to be started."""
    return Controller(
        sink,
        hostname=host,
        port=port,
        enable_SMTPUTF8=True,
        data_size_limit=LARGEST_LETTER,
        ready_timeout=15,
    )
