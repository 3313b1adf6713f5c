"""МСЭД of another make: the same contract in other words of XML, SOAP and HTTP."""

import io
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import etree
from pytest_django import Settings

from accounts.models import User
from common import outbox
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import client, soap
from msed_bridge import operations as bridge
from msed_bridge.models import Exchange, FileTransfer, Notice
from msed_bridge.operations.incoming import PAGE
from msed_bridge.soap import MSED, SOAP, WSSE
from tests.msed_bridge.notifications import (
    ACCEPTED,
    ASSIGNED,
    Delivery,
    answered,
    extended,
    fault,
    post,
    post_raw,
    receipt,
    token,
)
from tests.timeline import actions

pytestmark = pytest.mark.django_db

STRANGE = b'<x:Session xmlns:x="urn:x" xmlns:s="%s" s:mustUnderstand="1"' % SOAP.encode()


class Partner:
    """МСЭД that says what it is told to say, once each; then it is not to be understood."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, bytes]] = []
        self.calls = 0
        self.pause = 0.0
        self.is_heard_out = False
        self.hung_up = threading.Event()
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                partner.calls += 1
                status, child = partner.replies.pop(0) if partner.replies else (404, b"")
                reply = soap.envelope(child)
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                if not partner.pause:
                    self.wfile.write(reply)
                    return
                with suppress(ConnectionError):
                    for place in range(len(reply)):
                        self.wfile.write(reply[place : place + 1])
                        partner.hung_up.wait(partner.pause)
                    partner.is_heard_out = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        self.hung_up.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def partner(settings: Settings) -> Iterator[Partner]:
    partner = Partner()
    settings.MSED_URL = partner.url
    yield partner
    partner.stop()


def receipt_of(uid: UUID) -> bytes:
    """The reply to RegisterAppeal, as the schema lets it be spelled too."""
    return (
        f'<RegisterAppealResponse xmlns="{MSED}"><acknowledgment uid=" {uid} ">'
        "<time>2026-03-02T10:00:00Z</time><accepted> 1 </accepted><duplicate>0</duplicate>"
        "</acknowledgment></RegisterAppealResponse>"
    ).encode()


def page(*queued: tuple[int, str], more: bool = False) -> bytes:
    """A reply of the queue, written with a prefix that the pushes do not use."""
    rows = "".join(f'<q:queued position="{place}">{words}</q:queued>' for place, words in queued)
    return (
        f'<q:GetNotificationsResponse xmlns:q="{MSED}">{rows}<q:more>{int(more)}</q:more>'
        "</q:GetNotificationsResponse>"
    ).encode()


def queued(delivery: Delivery) -> str:
    """The notification of a delivery with the prefix of the queue."""
    notification = etree.fromstring(delivery.child)[1]
    told = etree.tostring(notification, encoding="unicode", with_tail=False)
    told = told.replace(f' xmlns="{MSED}"', "")
    return told.replace("</", "\0").replace("<", "<q:").replace("\0", "</q:")


# --- What it pushes -------------------------------------------------------------------------------


def test_a_header_that_must_be_understood_and_is_not_is_a_fault_of_the_header(
    given_to_msed: Issue,
) -> None:
    child = Delivery(given_to_msed, 1, ACCEPTED).child

    refused = post(child, token() + STRANGE + b"/>")

    _header, said = soap.parse(refused.content)
    assert refused.status_code == 500
    assert said.findtext("faultcode") == "soap:MustUnderstand"
    assert said.find("detail") is None
    # What is meant for somebody else on the way is no business of ours.
    receipt(post(child, token() + STRANGE + b' s:actor="urn:gateway"/>'))


def test_another_soap_is_told_apart_from_a_wrong_message() -> None:
    refused = post_raw(b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>')

    assert soap.parse(refused.content)[1].findtext("faultcode") == "soap:VersionMismatch"
    assert fault(refused) == ("SCHEMA", False)


def test_a_message_sent_in_chunks_is_read_to_its_end(given_to_msed: Issue) -> None:
    def send(message: bytes) -> HttpResponse:
        chunked: dict[str, Any] = {
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input": io.BytesIO(message),
            "wsgi.input_terminated": True,
        }
        response = Client().generic("POST", "/msed/callback/", content_type="text/xml", **chunked)
        assert isinstance(response, HttpResponse)
        return response

    receipt(send(soap.envelope(Delivery(given_to_msed, 1, ACCEPTED).child, token())))
    assert fault(send(b" " * 17 * 1024 * 1024)) == ("TOO_LARGE", False)


def test_space_round_a_token_is_not_part_of_it(given_to_msed: Issue) -> None:
    told = Delivery(given_to_msed, 1, ACCEPTED)
    spaced = told.child.replace(b'uid="', b'uid=" ').replace(b'appealUid="', b'appealUid="\n')
    spaced = spaced.replace("Уведомление".encode(), " Уведомление ".encode())

    assert receipt(post(spaced)).get("uid") == told.message_uid
    assert Notice.objects.get().appeal_uid == given_to_msed.uid


def test_a_used_uid_is_a_conflict_whatever_it_comes_with(given_to_msed: Issue) -> None:
    first = Delivery(given_to_msed, 1, ACCEPTED)
    receipt(post(first.child))

    assert fault(post(replace(first, appeal_uid=str(uuid4())).child)) == ("UID_CONFLICT", False)


def test_a_number_without_bounds_is_refused_for_good(given_to_msed: Issue) -> None:
    assert fault(post(Delivery(given_to_msed, 10**20, ACCEPTED).child)) == ("SCHEMA", False)


def test_a_nonce_may_be_broken_into_lines(given_to_msed: Issue) -> None:
    broken = token().replace(b"</wsse:Nonce>", b"\r\n</wsse:Nonce>")
    start = broken.index(b"<wsse:Nonce")
    place = broken.index(b">", start) + 8

    receipt(
        post(Delivery(given_to_msed, 1, ACCEPTED).child, broken[:place] + b"\n" + broken[place:])
    )
    assert WSSE.encode() in broken


def test_work_put_off_without_a_day_is_told_and_the_deadline_stays(given_to_msed: Issue) -> None:
    told = (ACCEPTED, answered("Отложено"), extended("9999-12-31"), answered("Решено"))
    for seq, event in enumerate(told, start=1):
        receipt(post(Delivery(given_to_msed, seq, event).child))
    bridge.follow_issue(given_to_msed.pk)
    given_to_msed.refresh_from_db()

    assert set(Notice.objects.values_list("state", flat=True)) == {"applied"}
    assert actions(given_to_msed)[-4:] == [
        "register",
        "report_progress",
        "report_progress",
        "answer",
    ]
    put_off = given_to_msed.events.filter(action="report_progress").earliest("seq")
    assert "Яма заделана." in put_off.words.note
    assert given_to_msed.state == State.ANSWERED


def test_what_is_told_of_a_closed_appeal_has_no_effect_and_asks_nobody(
    given_to_msed: Issue, resident: User
) -> None:
    for seq, event in enumerate((ACCEPTED, answered()), start=1):
        receipt(post(Delivery(given_to_msed, seq, event).child))
    bridge.follow_issue(given_to_msed.pk)
    operations.rate_issue(by=By.author(resident), issue=given_to_msed, stars=5, solved=True)

    late = receipt(post(Delivery(given_to_msed, 3, ASSIGNED).child))
    bridge.follow_issue(given_to_msed.pk)

    assert not soap.is_true(late, "accepted")
    assert soap.text(late, "comment") == "Обращение закрыто"
    assert Notice.objects.get(seq=3).state == Notice.State.LATE


# --- What it replies ------------------------------------------------------------------------------


def test_a_receipt_under_another_code_of_success_is_a_receipt(
    given_to_msed: Issue, partner: Partner
) -> None:
    partner.replies = [(202, receipt_of(Exchange.objects.get().uid))]

    assert bridge.send_due() == 1
    assert (Exchange.objects.get().accepted, partner.calls) == (True, 1)


def test_an_appeal_that_is_received_without_effect_is_a_matter_for_a_person(
    given_to_msed: Issue, partner: Partner
) -> None:
    refused = receipt_of(Exchange.objects.get().uid).replace(b" 1 ", b" 0 ")
    refused = refused.replace(b"</duplicate>", "</duplicate><comment>Отозвано</comment>".encode())
    partner.replies = [(200, refused)]

    assert bridge.send_due() == 0
    failed = Exchange.objects.get()
    assert (failed.state, failed.fault_code, failed.fault_text) == (
        "failed",
        "NOT_ACCEPTED",
        "Отозвано",
    )


def test_a_reply_that_drips_is_not_waited_for(
    given_to_msed: Issue, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "OPERATION_SECONDS", 0.2)
    partner.replies, partner.pause = [(200, receipt_of(Exchange.objects.get().uid))], 0.01

    assert bridge.send_due() == 0
    assert Exchange.objects.get().fault_code == "NO_REPLY"
    assert not partner.is_heard_out


def test_a_file_that_it_has_lost_half_of_is_gone_on_with_from_there(
    with_photo: Issue, partner: Partner
) -> None:
    outbox.deliver_due("msed")
    Exchange.objects.update(attempts=1)  # so that it is asked first what it holds
    exchange, file = Exchange.objects.get(), FileTransfer.objects.get()

    def held(count: int) -> tuple[int, bytes]:
        said = f'<PutFileChunkResponse xmlns="{MSED}"><received>{count}</received>'
        return 200, f"{said}</PutFileChunkResponse>".encode()

    lost = (
        f'<f:Fault xmlns:f="{SOAP}"><faultcode>f:Client</faultcode><faultstring>?</faultstring>'
        f'<detail><MsedFault xmlns="{MSED}"><code>BAD_OFFSET</code><message/>'
        "<retryable>false</retryable></MsedFault></detail></f:Fault>"
    )
    partner.replies = [
        *(held(300), (500, lost.encode()), held(100), held(file.size)),
        (200, receipt_of(exchange.uid)),
    ]

    assert bridge.send_due() == 1
    assert (Exchange.objects.get().state, partner.calls) == ("done", 5)


def test_pushed_and_queued_under_different_prefixes_it_is_one_notification(
    given_to_msed: Issue, partner: Partner
) -> None:
    first, second = Delivery(given_to_msed, 1, ACCEPTED), Delivery(given_to_msed, 2, ASSIGNED)
    receipt(post(first.child))
    partner.replies = [(200, page((7, queued(first)), (9, queued(second))))]

    assert bridge.read_queue() == 1
    receipt(post(second.child))

    assert list(Notice.objects.order_by("seq").values_list("seq", "position")) == [(1, 7), (2, 9)]


def test_a_queue_that_does_not_go_on_is_left_until_later(
    given_to_msed: Issue, partner: Partner
) -> None:
    same = page((1, queued(Delivery(given_to_msed, 1, ACCEPTED))), more=True)
    partner.replies = [(200, same)] * 10

    assert bridge.read_queue() == 1
    assert partner.calls == 2


def test_a_page_full_of_answers_with_all_their_files_is_read(
    given_to_msed: Issue, partner: Partner
) -> None:
    file = (
        f'<file uid="{uuid4()}" localName="акт.pdf" mimeType="application/pdf" size="1">'
        f"<group>Данные</group><description>Акт</description><sha256>{'0' * 64}</sha256>"
        "<signature>YQ==</signature><signature>Yg==</signature></file>"
    )
    answer = answered().replace("</reportSent>", f"{file * 50}</reportSent>")
    told = queued(Delivery(given_to_msed, 1, answer))
    partner.replies = [(200, page(*((place, told) for place in range(1, PAGE + 1))))]

    read, _more = client.get_notifications(after=0, limit=PAGE)

    assert [one.position for one in read] == list(range(1, PAGE + 1))
