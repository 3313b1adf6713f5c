"""The bridge's own books: messages both ways, files, notifications, and the state of the partner.

A row is written before anything leaves the house and changed only after the other side has answered,
so a process may be killed at any moment: what it had in hand is taken up again when its lease ends.
"""

from msed_bridge.models.channel import Channel, Direction
from msed_bridge.models.exchange import Appeal, Exchange
from msed_bridge.models.file_transfer import FileTransfer
from msed_bridge.models.intervention import Intervention
from msed_bridge.models.notice import Notice
from msed_bridge.models.partner import Nonce, Partner
from msed_bridge.models.refused_package import RefusedPackage

__all__ = [
    "Appeal",
    "Channel",
    "Direction",
    "Exchange",
    "FileTransfer",
    "Intervention",
    "Nonce",
    "Notice",
    "Partner",
    "RefusedPackage",
]
