"""Letters: in the books with the transaction, sent once, put off while SMTP is away, given up rarely."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import connection, transaction
from django.template import engines
from pytest_django import Settings

from common import clock
from notifications import operations
from notifications.models import Letter
from notifications.operations import Words, queue_letter, send_due
from tests.ports import free_port

WORDS = Words("Ваше сообщение 2026-1 принято", "Текст\n", "<p>Текст</p>")


class PostOffice:
    """A real SMTP server on the loopback that can be told to refuse."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.rcpt_answers: list[str] = []
        self.data_answers: list[str] = []
        self.during_data: Any = None

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.during_data:
            self.during_data()
        if self.data_answers:
            return self.data_answers.pop(0)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def start(self, port: int) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=port, ready_timeout=60)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()


@pytest.fixture
def office(settings: Settings, transactional_db: None) -> Iterator[PostOffice]:
    office = PostOffice()
    settings.LETTER_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    office.start(settings.EMAIL_PORT)
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield office
    office.stop()


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    given: list[bool] = []
    monkeypatch.setattr(operations.hint, "asks", lambda: given.append(True))
    return given


def put_forward() -> None:
    """Lets the pause of every waiting letter be over."""
    Letter.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=clock.now())


def test_a_letter_goes_out_as_text_and_page_with_its_own_message_id(
    office: PostOffice, hints: list[bool]
) -> None:
    letter = queue_letter(key="a", to="ivanova@example.org", words=WORDS)
    assert letter is not None
    assert hints == [True]
    assert send_due() == 1
    [email] = office.received
    assert email["Subject"].strip() == WORDS.subject
    assert email["To"] == "ivanova@example.org"
    assert email["Message-ID"] == operations.message_id(letter)
    assert email["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in email.iter_parts()] == ["text/plain", "text/html"]
    letter.refresh_from_db()
    assert letter.sent_at
    assert letter.next_attempt_at is None
    assert send_due() == 0


def test_one_key_is_one_letter_and_a_rolled_back_transaction_tells_nobody(
    office: PostOffice, hints: list[bool]
) -> None:
    with transaction.atomic():
        queue_letter(key="a", to="a@example.org", words=WORDS)
        transaction.set_rollback(True)
    assert not Letter.objects.exists()
    assert hints == []
    assert queue_letter(key="a", to="a@example.org", words=WORDS)
    assert queue_letter(key="a", to="a@example.org", words=WORDS) is None
    assert hints == [True]
    send_due()
    assert len(office.received) == 1


def test_while_smtp_is_down_letters_wait_and_arrive_once_it_is_back(
    office: PostOffice, settings: Settings
) -> None:
    office.stop()
    for number in range(3):
        queue_letter(key=str(number), to="a@example.org", words=WORDS)
    assert send_due() == 0
    # The first failure says that the server is away: the others keep their place.
    assert sorted(Letter.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    put_off = Letter.objects.get(attempts=1)
    assert put_off.next_attempt_at
    assert put_off.next_attempt_at > clock.now()
    assert put_off.leased_until is None
    assert put_off.last_error == "ConnectionRefusedError"
    office.start(settings.EMAIL_PORT)
    put_forward()
    assert send_due() == 3
    assert len(office.received) == 3


def test_a_passing_refusal_is_tried_again_and_does_not_stop_the_others(office: PostOffice) -> None:
    office.rcpt_answers = ["451 greylisted"]
    queue_letter(key="a", to="a@example.org", words=WORDS)
    queue_letter(key="b", to="b@example.org", words=WORDS)
    assert send_due() == 1
    waiting = Letter.objects.get(sent_at=None)
    assert waiting.last_error == "SMTPRecipientsRefused 451"
    put_forward()
    assert send_due() == 1
    assert {email["To"] for email in office.received} == {"a@example.org", "b@example.org"}


@pytest.mark.parametrize("place", ["rcpt_answers", "data_answers"])
def test_a_refusal_for_good_is_not_tried_again(office: PostOffice, place: str) -> None:
    setattr(office, place, ["550 no such person"])
    queue_letter(key="a", to="nobody@example.org", words=WORDS)
    assert send_due() == 0
    letter = Letter.objects.get()
    assert letter.next_attempt_at is None
    assert letter.sent_at is None
    assert "550" in letter.last_error
    assert send_due() == 0


def test_after_five_days_a_letter_is_given_up(office: PostOffice) -> None:
    office.data_answers = ["451 later"]
    queue_letter(key="a", to="a@example.org", words=WORDS)
    Letter.objects.update(created_at=clock.now() - timedelta(days=5, minutes=1))
    send_due()
    assert Letter.objects.get().next_attempt_at is None


def test_a_worker_killed_before_its_note_repeats_the_letter_with_the_same_id(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letter(key="a", to="a@example.org", words=WORDS)

    class KilledError(BaseException):
        """The process is gone: nothing of ours may catch it."""

    def die(*args: object, **kwargs: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(operations, "_mark", die)
        with pytest.raises(KilledError):
            send_due()
    assert len(office.received) == 1
    assert send_due() == 0  # the dead worker's lease still holds
    Letter.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert send_due() == 1
    first, second = office.received
    assert first["Message-ID"] == second["Message-ID"]


def test_two_workers_share_the_letters_and_send_none_twice(office: PostOffice) -> None:
    for number in range(20):
        queue_letter(key=str(number), to=f"{number}@example.org", words=WORDS)
    sent: list[int] = []

    def work() -> None:
        try:
            sent.append(send_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 20
    assert len({email["To"] for email in office.received}) == len(office.received) == 20


def test_one_who_lost_the_lease_does_not_overwrite_the_note_of_the_other(
    office: PostOffice,
) -> None:
    queue_letter(key="a", to="a@example.org", words=WORDS)
    office.data_answers = ["451 later"]
    office.during_data = lambda: None
    letter = operations._lease_next()
    assert letter is not None
    Letter.objects.update(leased_until=None, sent_at=clock.now(), next_attempt_at=None)
    with mail.get_connection("django.core.mail.backends.smtp.EmailBackend") as smtp:
        assert operations._send(letter, smtp) is not None
    assert Letter.objects.get().sent_at is not None


def test_words_are_the_same_in_text_and_page_and_markup_is_shown_not_obeyed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template: Any = engines["django"].from_string(
        "Subject & <b>\n\nFirst <script>\n\nSee {{ url }}\n{{ words }}"
    )
    monkeypatch.setattr(
        operations, "get_template", lambda name: SimpleNamespace(template=template.template)
    )
    words = operations.write(
        "any.txt", {"url": "http://x.example/1", "words": "<i>\n\nnext"}, language="en"
    )
    assert words.subject == "Subject & <b>"
    assert "First <script>" in words.text
    assert "<i>" in words.text
    assert "&lt;script&gt;" in words.html
    assert '<a href="http://x.example/1"' in words.html
    assert "<i>" not in words.html


def test_mail_of_packages_goes_into_the_books_and_its_links_do_not_stay_there(
    office: PostOffice,
) -> None:
    backend = mail.get_connection("notifications.backend.BooksOfLetters")
    mail.send_mail(
        "Confirm", "Text", None, ["a@example.org"], connection=backend, html_message="<p>Text</p>"
    )
    letter = Letter.objects.get()
    assert (letter.to, letter.subject, letter.text) == ("a@example.org", "Confirm", "Text")
    assert letter.html == "<p>Text</p>"
    assert send_due() == 1
    assert "Text" in str(office.received[0])
    letter.refresh_from_db()
    assert (letter.text, letter.html) == ("", "")


@pytest.mark.django_db
def test_letters_are_not_kept_for_ever(settings: Settings) -> None:
    settings.LETTER_RETENTION_DAYS = 180
    for key in ("sent", "waiting"):
        queue_letter(key=key, to="a@example.org", words=WORDS)
    Letter.objects.filter(key="sent").update(next_attempt_at=None, sent_at=clock.now())
    with clock.told(clock.now() + timedelta(days=179)):
        assert operations.forget_old_letters() == 0
    with clock.told(clock.now() + timedelta(days=181)):
        assert operations.forget_old_letters() == 1
    assert Letter.objects.get().key == "waiting", "what was not sent is not forgotten"
