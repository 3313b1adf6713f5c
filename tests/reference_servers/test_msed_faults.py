"""Each fault that can be ordered from the МСЭД stand-in, as the portal meets it."""

import base64
import http.client
import time
from collections.abc import Callable
from typing import get_args

import pytest
from lxml import etree

from reference_servers.msed.soap import MSED, FaultCode, MsedFault, parse, tag, text
from tests.reference_servers.msed_process import (
    Msed,
    Portal,
    add,
    code,
    new_uid,
    register,
    wait_for,
)


def known(msed: Msed, appeal: str) -> bool:
    return any(kept["uid"] == appeal for kept in msed.state()["appeals"])


@pytest.mark.parametrize(
    ("kind", "kept"), [("drop_before_commit", False), ("drop_after_commit", True)]
)
def test_a_dropped_call_is_undone_or_kept_and_the_repeat_is_told_which(
    msed: Msed, kind: str, kept: bool
) -> None:
    appeal, uid = new_uid(), new_uid()
    msed.fault(kind, "RegisterAppeal")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        msed.call(register(appeal, uid))
    assert known(msed, appeal) is kept
    again = msed.call(register(appeal, uid))
    assert text(again, "acknowledgment/duplicate") == str(kept).lower()


@pytest.mark.parametrize("fault_code", get_args(FaultCode))
def test_a_soap_fault_of_each_code_has_no_effect(msed: Msed, fault_code: str) -> None:
    appeal = new_uid()
    msed.fault("soap_fault", "RegisterAppeal", code=fault_code)
    assert code(msed.call(register(appeal, new_uid()))) == fault_code
    assert not known(msed, appeal)


def test_a_security_fault_has_no_detail(msed: Msed) -> None:
    msed.fault("security_fault", "RegisterAppeal", code="MessageExpired")
    assert code(msed.call(register(new_uid(), new_uid()))) == "wsse:MessageExpired"


@pytest.mark.parametrize(("kind", "kept"), [("http", False), ("http_after_commit", True)])
@pytest.mark.parametrize("status", [500, 503])
def test_an_http_error_before_or_after_the_commit(
    msed: Msed, kind: str, kept: bool, status: int
) -> None:
    appeal = new_uid()
    msed.fault(kind, "RegisterAppeal", status=status)
    with pytest.raises(MsedFault, match="well-formed"):
        msed.call(register(appeal, new_uid()))
    assert known(msed, appeal) is kept


def test_a_truncated_reply_ends_half_way(msed: Msed) -> None:
    appeal = new_uid()
    msed.fault("truncated", "RegisterAppeal")
    with pytest.raises(http.client.IncompleteRead):
        msed.call(register(appeal, new_uid()))
    assert known(msed, appeal)


def test_garbage_is_no_xml(msed: Msed) -> None:
    msed.fault("garbage", "RegisterAppeal")
    with pytest.raises(MsedFault, match="well-formed"):
        msed.call(register(new_uid(), new_uid()))


def test_a_receipt_of_another_uid(msed: Msed) -> None:
    uid = new_uid()
    msed.fault("wrong_uid", "RegisterAppeal")
    receipt = msed.call(register(new_uid(), uid)).find(tag("acknowledgment"))
    assert receipt is not None
    assert receipt.get("uid") != uid


@pytest.mark.parametrize("kind", ["delay", "slow_drip"])
def test_a_slow_reply_is_whole_in_the_end(msed: Msed, kind: str) -> None:
    msed.fault(kind, "RegisterAppeal", seconds=0.4)
    began = time.monotonic()
    receipt = msed.call(register(new_uid(), new_uid()))
    assert text(receipt, "acknowledgment/accepted") == "true"
    assert time.monotonic() - began >= 0.35


def test_a_file_comes_with_another_hash_once(msed: Msed, portal: Portal) -> None:
    appeal = new_uid()
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: len(portal.told(appeal)) == 3)
    reference = portal.deliveries[-1][1][0].find(tag("file"))
    assert reference is not None
    question = (
        f'<GetFileChunk xmlns="{MSED}"><fileUid>{reference.get("uid")}</fileUid>'
        "<offset>0</offset><limit>1000000</limit></GetFileChunk>"
    ).encode()
    msed.fault("wrong_hash")
    spoiled, right = (base64.b64decode(text(msed.call(question), "content")) for _ in range(2))
    assert spoiled != right
    assert right.startswith(b"\x89PNG")


def seqs(told: list[tuple[int, str]]) -> list[int]:
    return [seq for seq, _ in told]


@pytest.mark.parametrize(
    ("kind", "event", "expected"),
    [
        ("gap", "executorAssigned", [1, 3]),
        ("late", "documentAccepted", [2, 3, 1]),
        ("push_duplicate", "executorAssigned", [1, 2, 2, 3]),
        ("push_drop", "executorAssigned", [1, 2, 2, 3]),
        ("push_truncated", "executorAssigned", [1, 2, 3]),
        ("push_garbage", "documentAccepted", [1, 2, 3]),
    ],
)
def test_pushes_get_lost_late_doubled_and_spoiled(
    msed: Msed, portal: Portal, kind: str, event: str, expected: list[int]
) -> None:
    appeal = new_uid()
    msed.settle()
    msed.fault(kind, event, seconds=5)  # so late is it only that two others come before it
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: len(portal.told(appeal)) >= len(expected))
    assert seqs(portal.told(appeal)) == expected
    # Whatever became of the push, the queue has everything in order.
    queue = [n["seq"] for n in msed.state()["notifications"] if n["appeal_uid"] == appeal]
    assert queue == [1, 2, 3]


def test_a_wrong_number_is_told_and_the_books_have_another(msed: Msed, portal: Portal) -> None:
    appeal = new_uid()
    msed.settle()
    msed.fault("wrong_number", "documentAccepted")
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: portal.told(appeal))
    told = next(d for d in portal.deliveries if d[1].get("appealUid") == appeal)
    kept = next(a for a in msed.state()["appeals"] if a["uid"] == appeal)
    assert text(told, "notification/documentAccepted/num/number") == kept["number"] + "-X"


def _refusal(retryable: bool) -> tuple[int, bytes]:
    return 500, MsedFault("UNKNOWN_APPEAL", "restored", retryable=retryable).envelope()


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        ((503, b"busy"), [1, 2, 3]),
        ((200, b"no SOAP"), [1, 2, 3]),
        (_refusal(retryable=True), [1, 2, 3]),
        # No code of the contract: not readable as its fault.
        ((500, _refusal(retryable=False)[1].replace(b"UNKNOWN_APPEAL</", b"NEW</")), [1, 2, 3]),
        (_refusal(retryable=False), [2, 3]),
    ],
)
def test_a_push_is_repeated_unless_the_portal_says_that_it_does_not_help(
    msed: Msed, portal: Portal, refusal: tuple[int, bytes], expected: list[int]
) -> None:
    appeal = new_uid()
    msed.settle()
    portal.refusals.append(refusal)
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: len(portal.told(appeal)) == len(expected))
    assert seqs(portal.told(appeal)) == expected


def test_chance_with_a_seed_strikes_the_same_calls_again(msed: Msed) -> None:
    def strikes(seed: int) -> list[bool]:
        msed.control("/control/faults", {"clear": True})
        msed.fault("soap_fault", "AddToAppeal", count=None, probability=0.5, seed=seed)
        calls: list[Callable[[], etree._Element]]
        calls = [lambda: msed.call(add(new_uid(), "Отзыв"))] * 12
        return [code(call()) == "FAILURE" for call in calls]

    first = strikes(1)
    assert strikes(1) == first
    assert strikes(2) != first
    assert {True, False} == set(first)


def test_a_fault_that_is_not_known_is_refused(msed: Msed) -> None:
    headers = {"Content-Type": "application/json"}
    for wrong in (b'{"kind": "earthquake"}', b'{"kind": "http", "status": 200}', b"[1]", b"{"):
        assert msed.http("POST", "/control/faults", wrong, headers)[0] == 400
    assert msed.http("POST", "/control/faults", b'{"kind": "gap"}')[0] == 415


def test_the_reply_of_a_fault_is_a_valid_envelope() -> None:
    _, fault = parse(MsedFault("BUSY", "a < b & c").envelope())
    assert fault.findtext("faultstring") == "BUSY: a < b & c"
