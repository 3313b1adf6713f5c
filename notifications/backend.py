"""Django's e-mail backend that writes into the books: registration goes on while SMTP is down."""

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications import operations


class BooksOfLetters(BaseEmailBackend):
    """For letters that are made by Django and its packages: confirmations, new passwords."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queues one letter for each recipient.

        Raises:
            ValueError: a message has attachments, which the books do not hold.
        """
        for email in email_messages:
            if email.attachments:
                raise ValueError("letters have no attachments")
            pages = [
                str(content)
                for content, kind in getattr(email, "alternatives", ())
                if kind == "text/html"
            ]
            words = operations.Words(
                " ".join(str(email.subject).split()), str(email.body), "".join(pages[:1])
            )
            batch = uuid.uuid4()
            for place, recipient in enumerate(email.recipients()):
                operations.queue_letter(
                    key=f"{operations.ONCE}{batch}:{place}", to=recipient, words=words
                )
        return len(email_messages)
