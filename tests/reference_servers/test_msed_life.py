"""The life of an appeal at the МСЭД stand-in, from the receipt to the answer and after it."""

import base64
import hashlib

from reference_servers.msed.soap import MSED, tag, text
from tests.reference_servers.msed_process import (
    Msed,
    Portal,
    chunk,
    file_ref,
    new_uid,
    register,
    wait_for,
)


def test_an_appeal_with_a_photo_is_registered_assigned_and_answered(
    msed: Msed, portal: Portal
) -> None:
    appeal, photo, content = new_uid(), new_uid(), b"\x89jpeg" * 1000

    stored = msed.call(chunk(photo, 0, len(content), content))
    receipt = msed.call(register(appeal, new_uid(), files=file_ref(photo, content)))

    assert text(stored, "received") == str(len(content))
    assert text(receipt, "acknowledgment/accepted") == "true"
    assert text(receipt, "acknowledgment/duplicate") == "false"
    told = wait_for(lambda: len(found := portal.told(appeal)) == 3 and found)
    assert told == [(1, "documentAccepted"), (2, "executorAssigned"), (3, "reportSent")]
    report = portal.deliveries[-1][1][0]
    reference = report.find(tag("file"))
    assert reference is not None
    assert text(report, "decision") == "Решено"
    assert text(report, "signatory/person")
    fetched = msed.call(
        f'<GetFileChunk xmlns="{MSED}"><fileUid>{reference.get("uid")}</fileUid>'
        "<offset>0</offset><limit>4194304</limit></GetFileChunk>".encode()
    )
    picture = base64.b64decode(text(fetched, "content"))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) == int(reference.get("size", "0"))
    assert hashlib.sha256(picture).hexdigest() == text(reference, "sha256")
