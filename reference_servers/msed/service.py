"""One SOAP call from bytes to bytes: security, schema, operation, commit, and the faults ordered."""

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from lxml import etree

from reference_servers.msed.faults import AFTER_COMMIT, BEFORE_COMMIT, Faults, Rule
from reference_servers.msed.operations import OPERATIONS, Desk, SpoiledFile
from reference_servers.msed.security import Credentials, checked_nonce
from reference_servers.msed.signature import Keys, check, signed
from reference_servers.msed.soap import (
    MSED,
    Contract,
    FaultCode,
    MsedFault,
    NotUnderstood,
    SecurityCode,
    SecurityFault,
    check_understood,
    envelope,
    parse,
    serialized,
    tag,
)

log = logging.getLogger(__name__)
STRANGE_UID = "00000000-0000-0000-0000-000000000000"


class Dropped(Exception):
    """The connection is to be closed without a reply."""


@dataclass(frozen=True)
class Reply:
    """An HTTP reply; drip_seconds above zero spreads it over that time, cut ends it half-way."""

    status: int
    body: bytes
    drip_seconds: float = 0
    cut: bool = False


@dataclass(frozen=True)
class Service:
    desk: Desk
    contract: Contract
    faults: Faults
    portal: Credentials
    keys: Keys | None = None

    def reply(self, body: bytes, charset: str | None) -> Reply:
        """Answer a call, signed where signatures are configured. Raises Dropped."""
        reply = self._answer(body, charset)
        if self.keys is None or not reply.body.startswith(b"<?xml"):
            return reply
        return replace(reply, body=signed(reply.body, self.keys, now=datetime.now(UTC)))

    def _answer(self, body: bytes, charset: str | None) -> Reply:
        try:
            return self._reply(body, charset)
        except (MsedFault, SecurityFault) as fault:
            # The code only: a message about a value may quote what a resident wrote.
            log.info("fault %s", fault.code)
            return Reply(500, fault.envelope())
        except NotUnderstood as fault:
            return Reply(500, fault.envelope())
        except Dropped:
            raise
        except Exception:
            log.exception("a call failed")
            return Reply(500, MsedFault("FAILURE", "internal failure").envelope())

    def _reply(self, body: bytes, charset: str | None) -> Reply:
        header, child = parse(body, charset)
        check_understood(header)
        name = etree.QName(child)
        operation = name.localname if name.namespace == MSED else ""
        if delay := self.faults.draw(operation, "delay"):
            time.sleep(delay.seconds)
        fault = self.faults.draw(operation, *BEFORE_COMMIT)
        if fault is not None and fault.kind != "drop_before_commit":
            return _refusal(fault)
        now = datetime.now(UTC)
        if self.keys is not None:
            check(child.getroottree().getroot(), self.keys, now=now)
        nonce = checked_nonce(header, self.portal, now=now)
        response, refusal = self._commit(operation, child, nonce, now, drop=fault is not None)
        if refusal is not None:
            raise refusal
        if operation == "GetFileChunk" and self.faults.draw(operation, "wrong_hash"):
            _corrupt(response)
        return self._after_commit(operation, response)

    def _commit(
        self, operation: str, child: etree._Element, nonce: str, now: datetime, *, drop: bool
    ) -> tuple[etree._Element, MsedFault | None]:
        """Do it in one transaction. A refusal undoes the effect, but the nonce stays used."""
        books = self.desk.books
        response, refusal = child, None
        with books.transaction():
            if not books.use_nonce(nonce, now=now):
                raise SecurityFault("InvalidSecurity", "the nonce was used before")
            try:
                with books.transaction():
                    if operation not in OPERATIONS:
                        raise MsedFault("SCHEMA", f"no such operation: {child.tag!s:.100}")
                    self.contract.check(child)
                    response = OPERATIONS[operation](self.desk, child, now)
                    self.contract.check(response)
            except MsedFault as fault:
                refusal = fault
                if isinstance(fault, SpoiledFile):
                    books.spoil(fault.file_uid)
            if drop:
                raise Dropped
        return response, refusal

    def _after_commit(self, operation: str, response: etree._Element) -> Reply:
        fault = self.faults.draw(operation, *AFTER_COMMIT)
        kind = "" if fault is None else fault.kind
        if kind == "drop_after_commit":
            raise Dropped
        if kind == "wrong_uid":
            for acknowledgment in response.iter(tag("acknowledgment")):
                acknowledgment.set("uid", STRANGE_UID)
        body = envelope(serialized(response))
        if fault is None or kind == "wrong_uid":
            return Reply(200, body)
        if kind == "http_after_commit":
            return Reply(fault.status, b"Service unavailable")
        if kind == "garbage":
            return Reply(200, b"\x00\xff<html>not SOAP at all")
        if kind == "truncated":
            return Reply(200, body, cut=True)
        return Reply(200, body, drip_seconds=fault.seconds)


def _refusal(fault: Rule) -> Reply:
    if fault.kind == "http":
        return Reply(fault.status, b"Service unavailable")
    if fault.kind == "security_fault":
        raise SecurityFault(cast(SecurityCode, fault.code), "ordered fault")
    raise MsedFault(cast(FaultCode, fault.code), "ordered fault")


def _corrupt(response: etree._Element) -> None:
    content = response.find(tag("content"))
    if content is not None and content.text:
        content.text = ("B" if content.text[0] == "A" else "A") + content.text[1:]
