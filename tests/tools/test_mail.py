"""The mail stand-in as a process: letters come in by SMTP and are read in the browser."""

import json
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from tools.ports import HOST, Ports

ROOT = Path(__file__).parents[2]


@dataclass
class Mail:
    smtp: int
    web: int
    folder: Path

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "reference_servers.mail", "--folder", str(self.folder)]
        command += ["--smtp-port", str(self.smtp), "--web-port", str(self.web)]
        process = subprocess.Popen(command, cwd=ROOT)
        for _ in range(200):
            try:
                self.get("/letters.json")
            except OSError:
                time.sleep(0.05)
            else:
                return process
        raise AssertionError("the mail stand-in does not answer")

    def send(self, to: str, subject: str, *, html: str = "") -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "portal@localhost", to, subject
        letter.set_content("Подтвердите адрес: http://127.0.0.1:8000/accounts/confirm/abc/.\n<b>")
        if html:
            letter.add_alternative(html, subtype="html")
        with smtplib.SMTP(HOST, self.smtp, timeout=30) as client:
            client.send_message(letter)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[str, str]:
        request = urllib.request.Request(f"http://{HOST}:{self.web}{path}", headers=headers or {})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode(), answer.headers.get("Content-Security-Policy", "")

    def post(self, path: str, body: dict[str, object]) -> None:
        request = urllib.request.Request(
            f"http://{HOST}:{self.web}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=30).close()

    def subjects(self, to: str = "") -> list[str]:
        return [letter["subject"] for letter in json.loads(self.get(f"/letters.json?to={to}")[0])]


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Mail]:
    ports = Ports(tmp_path / "ports.json")
    ports.claim(["smtp", "web"])
    made = Mail(ports["smtp"], ports["web"], tmp_path / "letters")
    process = made.start()
    yield made
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_a_letter_is_kept_shown_and_found_again(mail: Mail) -> None:
    mail.send(
        "anna@example.org", "Ваше обращение принято", html="<script>alert(1)</script><b>да</b>"
    )
    mail.send("boris@example.org", "Ответ дан")
    assert mail.subjects() == ["Ответ дан", "Ваше обращение принято"]
    assert mail.subjects("anna@") == ["Ваше обращение принято"]

    page, policy = mail.get("/letters/1")
    assert "href='http://127.0.0.1:8000/accounts/confirm/abc/'" in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    _content, policy = mail.get("/letters/1/html")
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy


def test_it_fails_as_it_is_told_and_then_no_more(mail: Mail) -> None:
    mail.post("/control/fail", {"count": 2, "code": 451})
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            mail.send("anna@example.org", "Раз")
        assert refused.value.smtp_code == 451
    mail.send("anna@example.org", "Два")
    assert mail.subjects() == ["Два"]

    mail.post("/control/fail", {"count": 1, "code": 250, "seconds": 0.5})
    began = time.monotonic()
    mail.send("anna@example.org", "Три")
    assert time.monotonic() - began >= 0.5
    with pytest.raises(urllib.error.HTTPError, match="400"):
        mail.post("/control/fail", {"code": 302})


def test_letters_outlive_the_process(mail: Mail) -> None:
    mail.send("anna@example.org", "Ещё здесь")
    ports = Ports(mail.folder.parent / "other.json")
    ports.claim(["smtp", "web"])
    other = Mail(ports["smtp"], ports["web"], mail.folder)
    process = other.start()
    try:
        assert other.subjects() == ["Ещё здесь"]
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_foreign_page_reads_nothing(mail: Mail) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            mail.get("/letters.json", headers)
