"""Files of messages are looked at after filing: what is seen, what is told, and what goes wrong."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from accounts.models import User
from common import clock, outbox, uploads
from common.photo_origin import Origin
from issues import operations as issue_operations
from issues.models import Attachment, Issue
from issues.policies import By
from moderation.findings import files, keeping, looking, photos
from moderation.models import Code, FileLook
from moderation.operations.looking import LEASE, MOST_TAKEN, look_at_due
from moderation.queries.files import BITS, MOST_DIFFERENT, bands
from tests.moderation.drawn import face, jpeg, plate, street

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RUDE = "Вы там все дебилы, звоните мне 8 916 123-45-67."


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def filed(
    resident: User, authority: Any, message: issue_operations.Message
) -> Callable[..., Issue]:
    """Files a message with files, and puts them down to be looked at."""

    def file(*sent: uploads.Upload, by: User = resident) -> Issue:
        kept = [issue_operations.keep_waiting_file(owner=by, upload=one) for one in sent]
        with_files = replace(message, attachments=[one.uid for one in kept])
        issue = issue_operations.file_issue(by=By.author(by), message=with_files)
        outbox.deliver_due("files")
        return issue

    return file


def photo(picture: Image.Image) -> uploads.Upload:
    return uploads.examine(io.BytesIO(jpeg(picture)), name="фото.jpg")


def docx(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        words = f'<w:document xmlns:w="{WORD}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:document>'
        package.writestr("word/document.xml", words)
    return out.getvalue()


def codes(issue: Issue) -> dict[str, Any]:
    return {one.code: one.values for one in issue.findings.all()}


# --- What a photo shows


def test_a_face_and_a_number_plate_are_found_where_they_are() -> None:
    shown = photos.opened(jpeg(plate(face(street(), 60, 60, 320), 600, 500, 160)))
    found = photos.faces(shown)
    assert [one.kind for one in found] == ["face"]
    assert (found[0].x + found[0].width / 2) * 800 == pytest.approx(220, abs=40)
    found = photos.plates(shown)
    assert [one.kind for one in found] == ["plate"]
    assert (found[0].x + found[0].width / 2) * 800 == pytest.approx(680, abs=50)


@pytest.mark.parametrize("seed", range(4))
def test_on_an_empty_street_nobody_is_found(seed: int) -> None:
    shown = photos.opened(jpeg(street(seed)))
    assert [*photos.faces(shown), *photos.plates(shown)] == []
    assert photos.blank(shown) == ""


def test_a_photo_in_which_nothing_can_be_seen() -> None:
    black = Image.effect_noise((400, 300), 8).point(lambda level: max(level - 120, 0))
    assert photos.blank(photos.opened(jpeg(black))) == "black"
    assert photos.blank(photos.opened(jpeg(Image.new("RGB", (400, 300), "white")))) == "plain"
    # A lamp that does not burn is why people write.
    night = street().point(lambda level: level // 4)
    assert photos.blank(photos.opened(jpeg(night))) == ""


def test_a_photo_is_known_again_smaller_and_pressed_harder() -> None:
    sent = face(street(), 60, 60, 320)
    again = io.BytesIO()
    sent.resize((500, 375)).save(again, "JPEG", quality=40)
    marks = [photos.fingerprint(photos.opened(one)) for one in (jpeg(sent), again.getvalue())]
    assert (marks[0] ^ marks[1]).bit_count() <= MOST_DIFFERENT
    other = photos.fingerprint(photos.opened(jpeg(ImageOps.mirror(sent))))
    assert (marks[0] ^ other).bit_count() > MOST_DIFFERENT


def test_two_fingerprints_of_one_picture_share_a_band() -> None:
    mark = 0x9F3A_0000_1234_8001
    for changed in ((0, 21, 42), (1, 2, 3), (60, 61, 63)):
        other = mark
        for bit in changed:
            other ^= 1 << bit
        assert set(bands(mark)) & set(bands(other))
    # As PostgreSQL keeps it, with a sign.
    assert bands(mark - 2**BITS) == bands(mark)


# --- What a document says


def test_the_words_of_documents() -> None:
    types = uploads.examine(io.BytesIO(docx(RUDE)), name="a.docx").content_type
    assert files.text(docx(RUDE), types) == RUDE
    odt = io.BytesIO()
    with zipfile.ZipFile(odt, "w") as package:
        package.writestr(
            "content.xml",
            '<o xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            "<t:p>Яма <t:span>у дома</t:span> давно</t:p><t:p>Да</t:p></o>",
        )
    assert files.text(odt.getvalue(), "application/vnd.oasis.opendocument.text") == (
        "Яма у дома давно\nДа"
    )
    assert files.text("Просто текст".encode(), "text/plain") == "Просто текст"


def test_the_words_of_a_pdf() -> None:
    words = b"BT /F1 12 Tf 10 50 Td (Call 8 916 123-45-67) Tj ET"
    writer = PdfWriter()
    page = writer.add_blank_page(300, 100)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject(
        {
            NameObject("/F1"): DictionaryObject(
                {NameObject(k): NameObject(v) for k, v in font.items()}
            )
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(words)
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    assert looking.look(out.getvalue(), "application/pdf").text.strip() == "Call 8 916 123-45-67"


def test_of_a_long_document_the_beginning_is_read() -> None:
    types = uploads.examine(io.BytesIO(docx("а")), name="a.docx").content_type
    assert len(files.text(docx("ямы " * 100_000), types)) == files.MOST_LETTERS


def test_no_entity_of_a_document_is_resolved() -> None:
    out = io.BytesIO()
    bomb = '<!DOCTYPE d [<!ENTITY a "яма"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "word/document.xml",
            f'{bomb}<w:document xmlns:w="{WORD}"><w:p>&b;</w:p></w:document>',
        )
    types = uploads.examine(io.BytesIO(docx("а")), name="a.docx").content_type
    assert "яма" not in files.text(out.getvalue(), types)


# --- What is told to the moderator


def test_what_is_in_the_files_stands_beside_what_is_in_the_words(
    filed: Callable[..., Issue],
) -> None:
    document = uploads.examine(io.BytesIO(docx(RUDE)), name="письмо.docx")
    taken_away = replace(photo(Image.new("RGB", (400, 300), "white")), origin=Origin(37.5, 55.6))
    issue = filed(photo(face(street(), 60, 60, 320)), document, taken_away)
    assert codes(issue) == {Code.FAR: {"file": 3, "kilometres": 11}}  # that was told by its camera
    assert look_at_due() == 3
    assert codes(issue) == {
        Code.FACES: {"files": "1"},
        Code.BLANK_PHOTO: {"files": "3"},
        Code.FILE_DATA: {"files": "2"},
        Code.FILE_RUDENESS: {"files": "2"},
        Code.FAR: {"file": 3, "kilometres": 11},
    }
    # The words are examined by themselves, earlier or later.
    outbox.deliver_due(keeping.CONSUMER)
    assert Code.FACES in codes(issue)
    assert look_at_due() == 0


def test_a_photo_that_came_before(filed: Callable[..., Issue], make_user: Any) -> None:
    sent = face(street(), 60, 60, 320)
    first = filed(photo(sent))
    again = filed(photo(sent.resize((640, 480))), photo(street(7)), by=make_user())
    look_at_due()
    assert Code.SENT_BEFORE not in codes(first)
    assert codes(again)[Code.SENT_BEFORE] == {"file": 1, "number": first.number}
    sentence = next(one for one in keeping.kept(again) if one.code == Code.SENT_BEFORE).sentence
    assert first.number in sentence


def test_a_photo_of_a_withdrawn_message_did_not_come_before(
    filed: Callable[..., Issue], resident: User
) -> None:
    first = filed(photo(street()))
    issue_operations.withdraw_issue(by=By.author(resident), issue=first)
    again = filed(photo(street()))
    look_at_due()
    assert Code.SENT_BEFORE not in codes(again)


# --- Bad days


def test_what_takes_too_long_is_given_up_and_the_next_is_looked_at(
    filed: Callable[..., Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = filed(photo(street()), photo(face(street(), 60, 60, 320)))
    real = subprocess.run
    begun: list[object] = []

    def hanging(command: Any, **options: Any) -> Any:
        begun.append(command)
        if len(begun) == 1:
            command, options["timeout"] = (
                [sys.executable, "-c", "import time; time.sleep(3600)"],
                0.3,
            )
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", hanging)
    assert look_at_due() == 2  # an hour later the test would have run out of time
    slow, seen = FileLook.objects.order_by("pk")
    assert slow.failure == FileLook.Failure.SLOW
    assert seen.failure == ""
    assert codes(issue) == {Code.FACES: {"files": "2"}}
    # Once more, when the machine may have more time; then it is left.
    FileLook.objects.filter(pk=slow.pk).update(next_attempt_at=clock.now())
    assert look_at_due() == 1
    assert FileLook.objects.get(pk=slow.pk).failure == ""


@pytest.mark.parametrize(
    "crash",
    [
        "import os; os.abort()",
        "raise MemoryError",
        "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)",
    ],
)
def test_a_crash_ends_with_the_process_that_looks(
    crash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.run
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **options: real([sys.executable, "-c", crash], **options),
    )
    with pytest.raises(looking.NotSeenError) as error:
        looking.look(jpeg(street()), "image/jpeg")
    assert error.value.why == ("slow" if "SIGXCPU" in crash else "broken")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\xff\xd8\xff\xe0 half a photo", "image/jpeg"),
        (b"%PDF-1.7 and nothing behind it", "application/pdf"),
        (b"PK\x03\x04 no package", "application/vnd.oasis.opendocument.text"),
    ],
)
def test_a_broken_file_is_told_as_broken(content: bytes, content_type: str) -> None:
    with pytest.raises(looking.NotSeenError, match="broken"):
        looking.look(content, content_type)


def test_a_locked_pdf_tells_nothing() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert files.text(out.getvalue(), "application/pdf") == ""


def test_what_a_dead_worker_had_taken_another_takes(
    filed: Callable[..., Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(photo(street()))
    FileLook.objects.update(attempts=1, next_attempt_at=clock.now() + LEASE)
    assert look_at_due() == 0
    monkeypatch.setattr(clock, "now", lambda now=clock.now: now() + LEASE + timedelta(seconds=1))
    assert look_at_due() == 1
    # One that nobody comes back from is left alone.
    FileLook.objects.update(attempts=MOST_TAKEN, next_attempt_at=clock.now())
    assert look_at_due() == 0


def test_a_file_that_is_gone_is_not_looked_at(filed: Callable[..., Issue]) -> None:
    filed(photo(street()))
    Path(Attachment.objects.get().file.path).unlink()
    assert look_at_due() == 1
    assert FileLook.objects.get().failure == FileLook.Failure.BROKEN


def test_with_the_authors_data_goes_what_was_seen(
    filed: Callable[..., Issue], resident: User, moderator: User
) -> None:
    issue = filed(photo(face(street(), 60, 60, 320)))
    look_at_due()
    issue_operations.accept_issue(by=By.moderator(moderator), issue=issue)
    issue_operations.erase_resident(by=resident)
    outbox.deliver_due("files")
    assert codes(issue) == {}
    assert not FileLook.objects.exists()
