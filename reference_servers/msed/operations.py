"""The six operations of MsedService. Each runs inside one transaction of the books."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from reference_servers.msed import life
from reference_servers.msed.books import MAX_CHUNK_BYTES, Appeal, Books, Message, stamp
from reference_servers.msed.scenario import Scenario
from reference_servers.msed.soap import (
    M,
    MsedFault,
    attribute,
    canonical,
    serialized,
    tag,
    text,
)

# Base64 and the envelope around it must stay under the 16 MiB of a reply.
MAX_PAGE_BYTES = 12 * 1024 * 1024
# What the schema leaves without a bound has that of the books.
LARGEST = 2**63 - 1
EMPTY_SHA256 = hashlib.sha256().hexdigest()


class SpoiledFile(MsedFault):
    """HASH_MISMATCH is final for the file uid, so it must outlive the rolled back message."""

    def __init__(self, file_uid: str) -> None:
        super().__init__("HASH_MISMATCH", f"file {file_uid}: size or SHA-256 differ; use a new uid")
        self.file_uid = file_uid


@dataclass(frozen=True)
class Desk:
    """What the operations work with. An empty partner uid means: any is let in."""

    books: Books
    scenario: Scenario
    portal_uid: str
    msed_uid: str


Operation = Callable[[Desk, etree._Element, datetime], etree._Element]


def _headed(
    desk: Desk,
    request: etree._Element,
    now: datetime,
    appeal_uid: str,
    effect: Callable[[], str],
) -> etree._Element:
    """Take a message with a header in: once by its uid, receipt given.

    effect does the work and returns why it did nothing, or an empty text.
    """
    header = request[0]
    uid = attribute(header, "uid")
    source, destination = header[0], header[1]
    for partner, wanted in ((source, desk.portal_uid), (destination, desk.msed_uid)):
        if wanted and attribute(partner, "uid") != wanted:
            raise MsedFault("ACCESS_DENIED", "source or destination is not known here")
    if attribute(header, "type") != "Документ":
        raise MsedFault("SCHEMA", "header/@type must be «Документ»")
    digest = hashlib.sha256(canonical(request)).hexdigest()
    known = desk.books.message(uid)
    if known is not None:
        if known.digest != digest:
            raise MsedFault("UID_CONFLICT", f"another message came under uid {uid}")
        return _receipt(known, duplicate=True)
    comment = effect()
    message = Message(
        uid=uid,
        kind=etree.QName(request).localname,
        appeal_uid=appeal_uid,
        digest=digest,
        body=serialized(request),
        received_at=stamp(now),
        accepted=not comment,
        comment=comment,
    )
    desk.books.add_message(message)
    return _receipt(message, duplicate=False)


def _receipt(message: Message, *, duplicate: bool) -> etree._Element:
    acknowledgment = M.acknowledgment(
        M.time(message.received_at),
        M.accepted(str(message.accepted).lower()),
        M.duplicate(str(duplicate).lower()),
        uid=message.uid,
    )
    if message.comment:
        acknowledgment.append(M.comment(message.comment))
    response = M(f"{message.kind}Response", acknowledgment)
    return response


def register_appeal(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    header, body = request[0], request[1]
    uid = attribute(body, "uid")

    def effect() -> str:
        earlier = desk.books.appeal(uid)
        if earlier is not None and earlier.state != life.REFUSED:
            raise MsedFault("UID_CONFLICT", f"appeal {uid} is here already")
        _check_files(desk.books, body)
        plan = desk.scenario.plan_for(body, corrected=earlier is not None)
        appeal = Appeal(
            uid=uid,
            received_at=stamp(now),
            body=serialized(body),
            kind=text(body, "kind"),
            portal_uid=attribute(header[0], "uid"),
            portal_name=text(header, "source/organization"),
            msed_uid=attribute(header[1], "uid"),
            msed_name=text(header, "destination/organization"),
            state=life.RECEIVED,
            number="",
            registered_on="",
            control_date=text(body, "controlDate"),
            executor="",
            last_seq=0 if earlier is None else earlier.last_seq,
            closed=False,
            plan=plan,
            step=0,
            due_at=desk.scenario.due_at(plan, 0, now),
        )
        desk.books.save_appeal(appeal)
        return ""

    return _headed(desk, request, now, uid, effect)


def add_to_appeal(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    uid = text(request, "appealUid")
    purpose = text(request, "purpose")
    control_date = text(request, "controlDate")

    def effect() -> str:
        if purpose != "Оценка" and (text(request, "rating") or text(request, "solved")):
            raise MsedFault("SCHEMA", "rating and solved go only with «Оценка»")
        if (purpose == "Возврат на доработку") != bool(control_date):
            raise MsedFault("SCHEMA", "controlDate goes with «Возврат на доработку» and only there")
        appeal = desk.books.appeal(uid)
        if appeal is None:
            raise MsedFault("UNKNOWN_APPEAL", f"appeal {uid} is not known")
        _check_files(desk.books, request)
        if appeal.state in life.DEAD_ENDS:
            return f"Обращение в состоянии «{appeal.state}»"
        if appeal.closed:
            return "Обращение закрыто"
        if purpose == "Отзыв":
            appeal = replace(appeal, state=life.WITHDRAWN, due_at=None)
        elif purpose == "Оценка":
            appeal = replace(appeal, closed=text(request, "solved") in ("true", "1"))
        elif purpose == "Возврат на доработку":
            appeal = replace(
                appeal,
                state=life.IN_WORK,
                control_date=control_date,
                plan=desk.scenario.after_return,
                step=0,
                due_at=desk.scenario.due_at(desk.scenario.after_return, 0, now),
            )
        desk.books.save_appeal(appeal)
        return ""

    return _headed(desk, request, now, uid, effect)


def _check_files(books: Books, document: etree._Element) -> None:
    """Every file that a message names is held whole and is the one meant."""
    for reference in document.findall(tag("file")):
        uid, size = attribute(reference, "uid"), int(attribute(reference, "size"))
        sha256 = text(reference, "sha256").lower()
        file = books.file(uid)
        if file is None and size == 0 and sha256 == EMPTY_SHA256:
            continue
        if file is None or file.received < file.total_size:
            raise MsedFault("UNKNOWN_FILE", f"file {uid} is not here whole")
        if file.spoiled or file.total_size != size or books.sha256(uid) != sha256:
            raise SpoiledFile(uid)


def put_file_chunk(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    books = desk.books
    uid = text(request, "fileUid")
    offset, total = int(text(request, "offset")), int(text(request, "totalSize"))
    content = base64.b64decode(text(request, "content"))
    if len(content) > MAX_CHUNK_BYTES:
        raise MsedFault("TOO_LARGE", "a chunk is at most 4 MiB")
    if total > LARGEST:
        raise MsedFault("TOO_LARGE", f"a file is at most {LARGEST} bytes")
    file = books.file(uid)
    if file is not None and (file.spoiled or file.origin != "portal"):
        raise MsedFault("HASH_MISMATCH", f"file uid {uid} can not be used; take a new one")
    held = 0 if file is None else file.received
    if not content and offset == 0:
        if file is None and total == 0:
            books.add_file(uid, origin="portal", total_size=0)
        return M.PutFileChunkResponse(M.received(str(held)))
    if offset > held:
        raise MsedFault("BAD_OFFSET", f"{held} bytes are held, offset {offset} leaves a hole")
    if offset + len(content) > total or (file is not None and file.total_size != total):
        raise MsedFault("BAD_OFFSET", "totalSize has changed or is exceeded")
    repeated = content[: held - offset]
    if repeated != books.content(uid, offset, len(repeated)):
        raise MsedFault("BAD_OFFSET", "the chunk differs from the bytes held")
    fresh = content[held - offset :]
    if fresh:
        file = file or books.add_file(uid, origin="portal", total_size=total)
        held = books.append(file, fresh).received
    return M.PutFileChunkResponse(M.received(str(held)))


def get_file_chunk(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    uid = text(request, "fileUid")
    offset, limit = int(text(request, "offset")), int(text(request, "limit"))
    file = desk.books.file(uid)
    if file is None or file.origin != "msed":
        raise MsedFault("UNKNOWN_FILE", f"file {uid} is not here", retryable=True)
    if offset > file.total_size:
        raise MsedFault("BAD_OFFSET", f"the file has {file.total_size} bytes")
    content = desk.books.content(uid, offset, limit)
    return M.GetFileChunkResponse(
        M.totalSize(str(file.total_size)), M.content(base64.b64encode(content).decode())
    )


def get_appeal_status(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    asked = dict.fromkeys((element.text or "").strip() for element in request)
    known = {uid: appeal for uid in asked if (appeal := desk.books.appeal(uid)) is not None}
    return M.GetAppealStatusResponse(
        *(life.status(appeal) for appeal in known.values()),
        *(M.unknownAppealUid(uid) for uid in asked if uid not in known),
    )


def get_notifications(desk: Desk, request: etree._Element, now: datetime) -> etree._Element:
    after, limit = int(text(request, "afterPosition")), int(text(request, "limit"))
    waiting = desk.books.queue(min(after, LARGEST), limit + 1)
    response = M.GetNotificationsResponse()
    size = 0
    for notification in waiting[:limit]:
        size += len(notification.body) + 100
        if size > MAX_PAGE_BYTES:
            break
        response.append(
            M.queued(etree.fromstring(notification.body), position=str(notification.position))
        )
    response.append(M.more(str(len(response) < len(waiting)).lower()))
    return response


OPERATIONS: dict[str, Operation] = {
    "RegisterAppeal": register_appeal,
    "AddToAppeal": add_to_appeal,
    "PutFileChunk": put_file_chunk,
    "GetFileChunk": get_file_chunk,
    "GetAppealStatus": get_appeal_status,
    "GetNotifications": get_notifications,
}
