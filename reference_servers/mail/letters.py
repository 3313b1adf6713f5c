"""The letters: kept as files, one .eml each, and read back as text, HTML and attachments."""

import datetime
import email
import email.policy
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

ENVELOPE_FROM, ENVELOPE_TO = "X-Envelope-From", "X-Envelope-To"


@dataclass(frozen=True)
class Letter:
    """One received letter. `recipients` are those of the envelope, hidden copies included."""

    number: int
    message_id: str
    received_at: datetime.datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The letter for `/letters.json`."""
        return {
            "number": self.number,
            "message_id": self.message_id,
            "received_at": self.received_at.isoformat(),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "attachments": list(self.attachments),
        }


def read(number: int, received_at: datetime.datetime, content: bytes) -> Letter:
    """Read a letter as it was kept: the envelope in two headers, then the letter itself."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    recipients = str(message[ENVELOPE_TO] or "").split()
    return Letter(
        number=number,
        message_id=str(message["Message-ID"] or "").strip(),
        received_at=received_at,
        sender=str(message["From"] or message[ENVELOPE_FROM] or ""),
        recipients=tuple(recipients),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(part.get_filename() or "?" for part in message.iter_attachments()),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # an unknown character set
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


@dataclass
class Letters:
    """All letters of a folder, newest first; safe to use from several threads."""

    folder: Path
    _known: dict[int, Letter] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(self.folder.glob("*.eml")):
            number = int(file.stem)
            at = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC)
            self._known[number] = read(number, at, file.read_bytes())

    def keep(self, sender: str, recipients: list[str], content: bytes) -> Letter:
        """Keep a letter; it is on the disk when this returns."""
        envelope = f"{ENVELOPE_FROM}: {sender}\r\n{ENVELOPE_TO}: {' '.join(recipients)}\r\n"
        kept = envelope.encode() + content
        with self._lock:
            number = max(self._known, default=0) + 1
            (self.folder / f"{number:07}.eml").write_bytes(kept)
            letter = read(number, datetime.datetime.now(datetime.UTC), kept)
            self._known[number] = letter
        return letter

    def get(self, number: int) -> Letter | None:
        """One letter, if there is such a number."""
        with self._lock:
            return self._known.get(number)

    def raw(self, number: int) -> bytes:
        """A letter as it came, with its envelope on top."""
        return (self.folder / f"{number:07}.eml").read_bytes()

    def find(self, to: str = "") -> list[Letter]:
        """Letters to recipients whose address holds `to`, newest first."""
        wanted = to.strip().lower()
        with self._lock:
            known = list(self._known.values())
        return [
            letter
            for letter in reversed(known)
            if not wanted or any(wanted in one.lower() for one in letter.recipients)
        ]

    def clear(self) -> None:
        """Throw all letters away."""
        with self._lock:
            for number in self._known:
                (self.folder / f"{number:07}.eml").unlink(missing_ok=True)
            self._known.clear()
