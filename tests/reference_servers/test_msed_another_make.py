"""A portal of another make: the same contract in other words of XML, SOAP and HTTP."""

import http.client
from collections.abc import Iterator

import pytest

from reference_servers.msed.soap import MSED, SOAP, attribute, envelope, parse, text
from tests.reference_servers.msed_process import (
    Msed,
    chunk,
    code,
    new_uid,
    register,
    signed,
)

QUESTION = (
    f'<GetNotifications xmlns="{MSED}"><afterPosition>%d</afterPosition><limit>1</limit>'
    "</GetNotifications>"
)
STRANGE = b'<x:Session xmlns:x="urn:x" xmlns:s="%s" s:mustUnderstand="1"' % SOAP.encode()


def test_a_header_that_must_be_understood_and_is_not_is_a_fault_of_the_header(msed: Msed) -> None:
    question = (QUESTION % 0).encode()

    status, fault = msed.post(envelope(question, signed() + STRANGE + b"/>"))

    assert (status, code(fault)) == (500, "soap:MustUnderstand")
    for_another = signed() + STRANGE + b' s:actor="urn:gateway"/>'
    assert msed.post(envelope(question, for_another))[0] == 200


def test_another_soap_is_told_apart_from_a_wrong_message(msed: Msed) -> None:
    status, fault = msed.post(b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>')

    assert (status, code(fault)) == (500, "SCHEMA")
    assert fault.findtext("faultcode") == "soap:VersionMismatch"


@pytest.mark.parametrize(
    ("longest", "status", "said"), [(100, 200, ""), (17 * 1024 * 1024, 500, "TOO_LARGE")]
)
def test_a_message_sent_in_chunks_is_read_to_its_end(
    msed: Msed, longest: int, status: int, said: str
) -> None:
    message = envelope((QUESTION % 0).encode(), signed()).ljust(longest)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(message), longest):
            yield message[start : start + longest]

    connection = http.client.HTTPConnection("127.0.0.1", msed.port, timeout=10)
    connection.request("POST", "/msed", pieces(), encode_chunked=True)
    response = connection.getresponse()
    _header, child = parse(response.read())
    connection.close()

    assert response.status == status
    assert not said or code(child) == said


def test_a_body_in_chunks_that_is_none_is_not_waited_for(msed: Msed) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    with pytest.raises(http.client.RemoteDisconnected):
        msed.http("POST", "/msed", b"no number\r\n", headers)


def test_space_round_a_token_is_not_part_of_it(msed: Msed) -> None:
    appeal, uid = new_uid(), new_uid()
    spaced = register(appeal, uid).decode().replace('uid="', 'uid=" ')

    receipt = msed.call(spaced.replace("Документ", " Документ ").encode())[0]

    assert (attribute(receipt, "uid"), text(receipt, "accepted")) == (uid, "true")
    assert code(msed.call(register(appeal, uid))) == "UID_CONFLICT"


def test_numbers_without_bounds_are_answered(msed: Msed) -> None:
    assert text(msed.call((QUESTION % 10**30).encode()), "more") == "false"
    assert code(msed.call(chunk(new_uid(), 0, 10**30, b"x"))) == "TOO_LARGE"
