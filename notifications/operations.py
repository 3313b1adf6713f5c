"""What is done with letters: written into the books, sent from them, put off or given up."""

import contextlib
import logging
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation

from accounts.models import User
from common import clock
from common.hints import Hint
from common.outbox import pause_after
from notifications.models import Letter

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long one worker may take over one letter; longer than the time-outs of SMTP together."""
GIVE_UP_AFTER = timedelta(days=5)
"""How long a letter is tried; source: RFC 5321, 4.5.4.1."""

ONCE = "once:"
"""How the key of a letter begins whose words may let their reader in: they are erased once it is sent."""

hint: Hint[[]] = Hint()
"""There are letters to send."""


@dataclass(frozen=True)
class Words:
    """What a letter says, in one language.

    Attributes:
        subject: one line.
        text: the plain text.
        html: the same as a page.
    """

    subject: str
    text: str
    html: str


def write(template: str, context: Mapping[str, Any], *, language: str) -> Words:
    """The words of a letter.

    The template is plain text whose first line is the subject; the page is made of its paragraphs, so
    that both always say the same.

    Args:
        template: name of the text template.
        context: what it needs.
        language: `ru` or `en`.
    """
    with translation.override(language):
        # Plain text: the angle brackets of a message must not turn into entities.
        plain = Context(dict(context), autoescape=False)
        rendered = get_template(template).template.render(plain)  # type: ignore[attr-defined]
        subject, _sep, text = rendered.strip().partition("\n")
        paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
        body = "\n\n".join(paragraphs) + "\n"
        html = render_to_string(
            "notifications/letter.html",
            {"subject": subject, "paragraphs": paragraphs, "language": language},
        )
    return Words(subject.strip()[:255], body, html)


@dataclass(frozen=True)
class Parcel:
    """A letter of many that are queued together; see `queue_letter` for the members."""

    key: str
    to: str
    words: Words
    user: User
    headers: Mapping[str, str]


def queue_letters(parcels: Sequence[Parcel]) -> None:
    """Writes many letters into the books in the caller's transaction, by one query.

    One whose key is in the books already is passed over.
    """
    Letter.objects.bulk_create(
        (
            Letter(
                key=parcel.key,
                to=parcel.to,
                user=parcel.user,
                subject=parcel.words.subject,
                text=parcel.words.text,
                html=parcel.words.html,
                headers=dict(parcel.headers),
                created_at=clock.now(),
            )
            for parcel in parcels
        ),
        ignore_conflicts=True,
    )
    hint.after_commit()


def queue_letter(*, key: str, to: str, words: Words, user: User | None = None) -> Letter | None:
    """Writes a letter into the books in the caller's transaction; it is sent after the commit.

    Args:
        key: names what the letter is about and to whom: one key, one letter.
        to: the address.
        words: from `write`.
        user: whose letter it is, where it is a user's.

    Returns:
        The letter; None when one with this key is in the books already.
    """
    with transaction.atomic():
        letter, is_new = Letter.objects.get_or_create(
            key=key,
            defaults={
                "to": to,
                "user": user,
                "subject": words.subject,
                "text": words.text,
                "html": words.html,
            },
        )
        if is_new:
            hint.after_commit()
    return letter if is_new else None


def send_due(*, limit: int = 100) -> int:
    """Sends what is due, each letter under a lease and outside of any transaction.

    A worker that dies between the sending and the note of it leaves a letter that is sent once more
    when its lease is over, with the same Message-ID: many mail programs then show it once.

    Args:
        limit: letters at most.

    Returns:
        How many were sent.
    """
    sent = 0
    connection = mail.get_connection(settings.LETTER_TRANSPORT)
    try:
        for _step in range(limit):
            letter = _lease_next()
            if letter is None:
                break
            error = _send(letter, connection)
            if error is None:
                sent += 1
            elif _server_is_away(error):
                break  # the rest waits for the next look
    finally:
        _close(connection)
    return sent


def _lease_next() -> Letter | None:
    now = clock.now()
    with transaction.atomic():
        letter = (
            Letter.objects.select_for_update(skip_locked=True)
            .filter(Q(leased_until=None) | Q(leased_until__lte=now), next_attempt_at__lte=now)
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if letter is not None:
            letter.leased_until = now + LEASE
            letter.attempts += 1
            letter.save(update_fields=["leased_until", "attempts"])
    return letter


def _send(letter: Letter, connection: BaseEmailBackend) -> Exception | None:
    try:
        connection.open()  # one connection for all letters of this look
        message(letter, connection).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _close(connection)
        give_up = is_permanent(error) or clock.now() - letter.created_at > GIVE_UP_AFTER
        # Neither the address nor the server's words: both are personal.
        logger.warning(
            "letter %s was not sent: %s%s",
            letter.pk,
            type(error).__name__,
            ", given up" if give_up else "",
        )
        _mark(
            letter,
            next_attempt_at=None if give_up else clock.now() + pause_after(letter.attempts),
            last_error=_reason(error),
        )
        return error
    erased = {"text": "", "html": ""} if letter.key.startswith(ONCE) else {}
    _mark(letter, next_attempt_at=None, sent_at=clock.now(), last_error="", **erased)
    return None


def message(letter: Letter, connection: BaseEmailBackend | None = None) -> mail.EmailMessage:
    """The e-mail of a letter; its Message-ID is the same at every attempt."""
    email = mail.EmailMultiAlternatives(
        letter.subject,
        letter.text,
        to=[letter.to],
        connection=connection,
        headers={
            **letter.headers,
            "Message-ID": message_id(letter),
            "Auto-Submitted": "auto-generated",
        },
    )
    if letter.html:
        email.attach_alternative(letter.html, "text/html")
    return email


def message_id(letter: Letter) -> str:
    """The letter's own Message-ID, made of what never changes about it."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "portal"
    return f"<{letter.created_at:%Y%m%d%H%M%S%f}.{letter.pk}@{host}>"


def forget_old_letters(*, limit: int = 5000) -> int:
    """Deletes letters that were sent, or given up, longer ago than the portal keeps them (R13.2).

    Args:
        limit: letters at most.

    Returns:
        How many were deleted.
    """
    since = clock.now() - timedelta(days=settings.LETTER_RETENTION_DAYS)
    old = Letter.objects.filter(created_at__lt=since, next_attempt_at=None).order_by("created_at")
    deleted, _rows = Letter.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:limit])
    ).delete()
    return deleted


def forget_letters_of(*, user: User) -> int:
    """Deletes all letters to a person, waiting ones too; returns how many."""
    deleted, _rows = Letter.objects.filter(Q(user=user) | Q(to__iexact=user.email)).delete()
    return deleted


def is_permanent(error: Exception) -> bool:
    """Whether trying again is of no use: the address or the letter itself was refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    # An address that no message can be made of.
    return isinstance(error, ValueError)


def _server_is_away(error: Exception) -> bool:
    # SMTPException is an OSError too, but tells of one letter.
    return isinstance(
        error,
        smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError,
    ) or (isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException))


def _mark(letter: Letter, **outcome: datetime | str | None) -> None:
    # Only under our own lease: whoever took the letter over after it decides.
    Letter.objects.filter(pk=letter.pk, leased_until=letter.leased_until).update(
        leased_until=None, **outcome
    )


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = ", ".join(str(code) for code, _words in error.recipients.values())
        return f"{type(error).__name__} {codes}"
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _close(connection: BaseEmailBackend) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.close()
