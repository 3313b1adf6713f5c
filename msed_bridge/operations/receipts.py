"""Our receipts («Квитанции») of what came by МЭДО."""

import uuid
from collections.abc import Mapping

from authorities.models import Authority
from common import clock
from msed_bridge.medo import folders, reading, writing
from msed_bridge.operations.by_folder import party, portal, write_out


def receipt(
    message: reading.Message,
    authority: Authority,
    prints: Mapping[str, tuple[int, str]],
    *,
    why_not: str = "",
) -> bytes:
    """Our receipt of a message.

    Args:
        message: that came.
        authority: that sent it.
        prints: size and SHA-256 of its files by their names.
        why_not: why it is not taken; empty for one that is.
    """
    # Its uid follows from that of the message: written again, it is the same receipt.
    uid = uuid.uuid5(message.uid, "refused" if why_not else "accepted")
    return writing.receipt(
        writing.Head(uid, clock.now(), portal(), party(authority)),
        message.uid,
        accepted=not why_not,
        comment=why_not,
        hashes={name: sha256 for name, (_size, sha256) in prints.items()},
    )


def write_receipt(message: reading.Message, content: bytes) -> None:
    """Puts our receipt of a message into `out`, where its sender is known.

    Raises:
        client.UnreachableError: the folder does not take it.
    """
    authority = Authority.objects.filter(medo_uid=message.source).first()
    if authority is None or not authority.medo_address:
        return
    envelope = folders.Envelope(
        subject="ЭСД МЭДО (Квитанция)",
        address=authority.medo_address,
        at=clock.now().astimezone(clock.region_zone()),
    )
    name = str(reading.read(content).uid)
    write_out(name, envelope, {"acknowledgment.xml": content})


def answer_refused(message: reading.Message, why_not: str) -> None:
    """Tells a sender who is known that its message was not taken; a receipt gets no receipt."""
    authority = Authority.objects.filter(medo_uid=message.source).first()
    if authority is not None and message.kind != writing.RECEIPT:
        write_receipt(message, receipt(message, authority, {}, why_not=why_not))
