"""Whom the portal's end-point does not let in, and what it refuses before it costs anything."""

import base64
import resource
import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from common import clock
from issues.models import Issue
from msed_bridge import operations as bridge
from msed_bridge import soap
from msed_bridge.models import Nonce
from tests.msed_bridge.notifications import (
    ACCEPTED,
    Delivery,
    answered,
    fault,
    post,
    post_raw,
    receipt,
    token,
)

pytestmark = pytest.mark.django_db


class TestAuthentication:
    def test_a_wrong_password_is_a_header_fault(self, given_to_msed: Issue) -> None:
        delivery = Delivery(given_to_msed, 1, ACCEPTED)

        response = post(delivery.child, token(password="wrong"))

        assert fault(response) == ("wsse:FailedAuthentication", None)
        assert not Nonce.objects.exists()

    def test_no_token_is_a_header_fault(self, given_to_msed: Issue) -> None:
        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, b"")

        assert fault(response) == ("wsse:InvalidSecurity", None)

    def test_a_nonce_is_used_up_even_by_a_refused_message(self, given_to_msed: Issue) -> None:
        delivery, used = Delivery(given_to_msed, 1, ACCEPTED), token()

        assert fault(post(b"<nothing/>", used)) == ("SCHEMA", False)
        assert fault(post(delivery.child, used)) == ("wsse:InvalidSecurity", None)
        receipt(post(delivery.child))

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_created_must_be_fresh(self, given_to_msed: Issue, minutes: int) -> None:
        stale = token(datetime.now(UTC) + timedelta(minutes=minutes))

        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, stale)

        assert fault(response) == ("wsse:MessageExpired", None)

    def test_without_a_password_of_its_own_the_portal_lets_nobody_in(
        self, given_to_msed: Issue, settings: Settings
    ) -> None:
        header = token(password="any")
        settings.MSED_CALLBACK_PASSWORD = ""

        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, header)

        assert fault(response) == ("wsse:FailedAuthentication", None)

    def test_old_nonces_are_forgotten(self, given_to_msed: Issue) -> None:
        receipt(post(Delivery(given_to_msed, 1, ACCEPTED).child))
        bridge.forget_old_nonces()
        assert Nonce.objects.count() == 1

        Nonce.objects.update(used_at=clock.now() - timedelta(minutes=12))
        bridge.forget_old_nonces()
        assert not Nonce.objects.exists()


_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10)
)
HOSTILE = {
    "billion laughs": b'<!DOCTYPE a [<!ENTITY l0 "ha">' + _LAUGHS + b"]><a>&l9;</a>",
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a DTD elsewhere": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "10,000 nested elements": b"<a>" * 10_000 + b"</a>" * 10_000,
    "a long attribute": b'<a b="' + b"x" * 11_000_000 + b'"/>',
    "another encoding": '<?xml version="1.0" encoding="windows-1251"?><a>ж</a>'.encode("cp1251"),
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
    "an unknown encoding": b'<?xml version="1.0" encoding="x-nothing"?><a/>',
    "no XML": b"\x00\xff not XML",
    "nothing": b"",
    "two children": soap.envelope(b"<a/><b/>"),
    "no SOAP": b"<a/>",
    "SOAP 1.2": b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>',
}


def post_at_once(message: bytes) -> HttpResponse:
    """Posts what must be refused within a second, and in no more memory than a few copies of it.

    The second is the processor's: another's work on the machine is not the message's fault.
    """
    before = time.process_time()
    response = post_raw(message)
    assert time.process_time() - before < 1

    tracemalloc.start()
    try:
        post_raw(message)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(message) + 64 * 1024 * 1024
    return response


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_is_refused_at_once(message: bytes) -> None:
    assert fault(post_at_once(message)) == ("SCHEMA", False)


SWARMS = {
    "elements": soap.envelope(b"<a>" + b"<b/>" * 4_000_000 + b"</a>"),
    "children of the body": soap.envelope(b"<b/>" * 4_000_000),
    "bodies": soap.envelope(b"").replace(
        b"<soap:Body>", b"<soap:Body/>" * 900_000 + b"<soap:Body>"
    ),
    "attributes": soap.envelope(
        b"<a " + b" ".join(b'a%d=""' % number for number in range(1_200_000)) + b"/>"
    ),
    "comments": soap.envelope(b"<a>" + b"<!---->" * 2_000_000 + b"</a>"),
    "100,000 nested elements": soap.envelope(b"<a>" * 100_000 + b"</a>" * 100_000),
}


@pytest.mark.parametrize("message", SWARMS.values(), ids=SWARMS.keys())
def test_a_swarm_is_refused_before_a_tree_is_made_of_it(message: bytes) -> None:
    assert len(message) <= soap.MAX_MESSAGE_BYTES
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    response = post_at_once(message)

    # Some of it is the test's own, which traces what is allocated.
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 4 * len(message) + 8 * 1024 * 1024
    assert fault(response) == ("TOO_LARGE", False)


def test_what_stands_too_deep_is_refused() -> None:
    assert fault(post_raw(soap.envelope(b"<a>" * 300 + b"</a>" * 300))) == ("SCHEMA", False)


def test_the_largest_file_of_the_contract_still_passes() -> None:
    chunk = base64.encodebytes(b"\x00" * soap.MAX_CHUNK_BYTES)
    _header, child = soap.parse(soap.envelope(b"<a>" + chunk + b"</a>"))
    assert child.tag == "a"


def test_seventeen_mebibytes_are_refused_unread() -> None:
    assert fault(post_at_once(b" " * 17 * 1024 * 1024)) == ("TOO_LARGE", False)


def test_a_charset_that_belies_the_message_is_refused(given_to_msed: Issue) -> None:
    response = post(Delivery(given_to_msed, 1, ACCEPTED).child, charset="koi8-r")

    assert fault(response) == ("SCHEMA", False)


def test_a_message_against_the_schema_is_refused_without_quoting_it(given_to_msed: Issue) -> None:
    wrong = answered("Иванов Иван болен")

    response = post(Delivery(given_to_msed, 1, wrong).child)

    assert fault(response) == ("SCHEMA", False)
    assert "Иванов" not in response.content.decode()


def test_only_post_is_spoken_here() -> None:
    assert Client().get("/msed/callback/").status_code == 405
