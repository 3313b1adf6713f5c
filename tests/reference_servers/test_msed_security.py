"""Who is let in to the МСЭД stand-in, and what hostile XML meets there."""

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reference_servers.msed.security import Credentials, checked_nonce, security_header
from reference_servers.msed.soap import MSED, envelope, parse
from tests.reference_servers.msed_process import (
    CALLBACK,
    PORTAL,
    Msed,
    Portal,
    code,
    new_uid,
    register,
    wait_for,
)

QUESTION = (
    f'<GetNotifications xmlns="{MSED}"><afterPosition>0</afterPosition><limit>1</limit>'
    "</GetNotifications>"
).encode()
# It takes hundredths; this only tells an answer from a server that hangs.
PROMPT_SECONDS = 30
DOCTYPES = {
    "plain DTD": b"<!DOCTYPE x>",
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/">%e;]>',
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 1000
    + b'"><!ENTITY c "'
    + b"&b;" * 1000
    + b'">]>',
}


def token(who: Credentials = PORTAL, *, minutes: float = 0) -> bytes:
    return security_header(who, now=datetime.now(UTC) + timedelta(minutes=minutes))


def test_a_nonce_is_accepted_once_even_after_a_fault(msed: Msed) -> None:
    for question in (QUESTION, QUESTION.replace(b"<limit>1<", b"<limit>0<")):
        message = envelope(question, token())
        msed.post(message)
        status, reply = msed.post(message)
        assert (status, code(reply)) == (500, "wsse:InvalidSecurity")


@pytest.mark.parametrize("minutes", [-5.1, 5.1])
def test_created_more_than_five_minutes_away_is_expired(msed: Msed, minutes: float) -> None:
    status, reply = msed.post(envelope(QUESTION, token(minutes=minutes)))
    assert (status, code(reply)) == (500, "wsse:MessageExpired")


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_created_within_five_minutes_is_accepted(msed: Msed, minutes: float) -> None:
    assert msed.post(envelope(QUESTION, token(minutes=minutes)))[0] == 200


@pytest.mark.parametrize(
    "who",
    [Credentials(PORTAL.username, "wrong"), Credentials("somebody", PORTAL.password), CALLBACK],
)
def test_a_wrong_name_or_password_is_refused(msed: Msed, who: Credentials) -> None:
    appeal = new_uid()
    status, reply = msed.post(envelope(register(appeal, new_uid()), token(who)))
    assert (status, code(reply)) == (500, "wsse:FailedAuthentication")
    assert reply.find("detail") is None
    assert appeal not in str(msed.state())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda header: b"",
        lambda header: header + header,
        lambda header: header.replace(b"#PasswordDigest", b"#PasswordText"),
        lambda header: header.replace(b"wsse:Nonce", b"wsse:Once"),
        lambda header: header.replace(b"wsu:Created", b"wsu:Made"),
    ],
)
def test_a_header_without_one_usable_token_is_invalid(
    msed: Msed, spoil: Callable[[bytes], bytes]
) -> None:
    status, reply = msed.post(envelope(QUESTION, spoil(token())))
    assert (status, code(reply)) == (500, "wsse:InvalidSecurity")


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_dtd_is_refused_before_it_is_read(msed: Msed, name: str) -> None:
    message = envelope(QUESTION, token()).replace(b"<soap:Env", DOCTYPES[name] + b"<soap:Env", 1)
    began = time.monotonic()
    status, reply = msed.post(message)
    assert (status, code(reply)) == (500, "SCHEMA")
    assert time.monotonic() - began < PROMPT_SECONDS


@pytest.mark.parametrize("message", [b"", b"not XML", b"<a/>", b"<?xml version='1.0'?>"])
def test_what_is_no_envelope_is_refused(msed: Msed, message: bytes) -> None:
    status, reply = msed.post(message)
    assert (status, code(reply)) == (500, "SCHEMA")


@pytest.mark.parametrize(
    "child",
    [
        pytest.param(b"<x>" * 100_000 + b"</x>" * 100_000, id="deep"),
        pytest.param(QUESTION + QUESTION, id="two children"),
        pytest.param(QUESTION.replace(b"0<", b"0<?x y?><"), id="processing instruction"),
        pytest.param(QUESTION.replace(b"<limit>1", b"<limit>501"), id="over a limit"),
        pytest.param(register(new_uid(), new_uid(), words="  "), id="blank text"),
        pytest.param(register(new_uid(), new_uid()).decode().encode("cp1251"), id="not UTF-8"),
    ],
)
def test_what_is_no_message_of_the_contract_is_refused_quickly(msed: Msed, child: bytes) -> None:
    message = envelope(child, token())
    began = time.monotonic()
    status, reply = msed.post(message)
    assert (status, code(reply)) == (500, "SCHEMA")
    assert time.monotonic() - began < PROMPT_SECONDS


def test_another_encoding_is_refused(msed: Msed) -> None:
    declared = envelope(QUESTION, token()).replace(b'"UTF-8"', b'"windows-1251"', 1)
    assert code(msed.post(declared, charset="windows-1251")[1]) == "SCHEMA"


def test_utf_16_is_read(msed: Msed) -> None:
    message = envelope(QUESTION, token()).decode().replace('"UTF-8"', '"UTF-16"', 1)
    assert msed.post(message.encode("utf-16"), charset="utf-16")[0] == 200


def test_a_charset_that_is_not_the_documents_is_refused(msed: Msed) -> None:
    assert code(msed.post(envelope(QUESTION, token()), charset="windows-1251")[1]) == "SCHEMA"


def test_seventeen_mebibytes_are_refused_before_they_are_parsed(msed: Msed) -> None:
    began = time.monotonic()
    status, reply = msed.post(b"<" * (17 * 1024 * 1024))
    assert (status, code(reply)) == (500, "TOO_LARGE")
    assert time.monotonic() - began < PROMPT_SECONDS


def test_a_request_without_a_length_is_not_waited_for(msed: Msed) -> None:
    with socket.create_connection(("127.0.0.1", msed.port), timeout=30) as connection:
        connection.sendall(b"POST /msed HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 411 ")


def test_each_push_carries_a_new_token_of_msed_over_the_same_message(
    msed: Msed, portal: Portal
) -> None:
    appeal = new_uid()
    msed.settle()
    portal.refusals.append((503, b"busy"))
    before = len(portal.raw)
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: portal.told(appeal))
    nonces, children = set(), []
    for raw in portal.raw[before : before + 2]:
        header, _ = parse(raw)
        nonces.add(checked_nonce(header, CALLBACK, now=datetime.now(UTC)))
        children.append(raw.partition(b"<soap:Body>")[2])
    assert len(nonces) == 2
    assert children[0] == children[1]
