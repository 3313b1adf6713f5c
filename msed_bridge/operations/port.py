"""The port through which authorities are reached; МСЭД by SOAP and МЭДО by folders are its two adapters.

The books, the order, the leases, the pauses and the watches are the same for both.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issues.models import IssueEvent
from msed_bridge.client import Receipt
from msed_bridge.mapping import SentFile
from msed_bridge.models import Exchange, FileTransfer


@dataclass(frozen=True)
class Written:
    """A message as it will be sent, byte for byte, at each attempt.

    Attributes:
        body: the message itself.
        purpose: of an addition.
        document: what goes beside it as a file, where the channel wants that.
    """

    body: bytes
    purpose: str = ""
    document: bytes | None = None


class Port(Protocol):
    """One way to the authorities; a module is enough."""

    def may_call(self) -> bool:
        """Whether it makes sense to send now."""

    def may_fetch(self) -> bool:
        """Whether it makes sense to fetch files now."""

    def write(
        self,
        event: IssueEvent,
        kind: Exchange.Kind,
        *,
        uid: uuid.UUID,
        at: datetime,
        files: Sequence[SentFile],
    ) -> Written:
        """Writes a message down.

        Args:
            event: what it tells, with its issue.
            kind: an appeal or an addition.
            uid: the message's identity.
            at: when it is made, UTC.
            files: what it names.

        Raises:
            soap.MessageRefusedError: it is against the schema.
        """

    def send(
        self, exchange: Exchange, *, has_files: bool, renew: Callable[[], None]
    ) -> Receipt | None:
        """Sends it once.

        Args:
            exchange: in this worker's hands.
            has_files: whether files have to go first.
            renew: keeps it there.

        Returns:
            The receipt; None where it comes later, by itself.

        Raises:
            client.CallError: it did not go; says whether a retry helps.
        """

    def fetch(self, transfer: FileTransfer, *, renew: Callable[[int], None]) -> bytes:
        """The whole of a file that a notification names, checked by its size and hash.

        Args:
            transfer: in this worker's hands.
            renew: keeps it there; is told how many bytes have come.

        Raises:
            client.CallError: it did not come; it is asked for again.
            common.uploads.UploadRefusedError: it will never do.
        """
