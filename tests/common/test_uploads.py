"""Uploads: what a file is, what is left of a photo, and that nothing half-made stays on the disk."""

import io
import struct
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from pytest_django import Settings

from common import uploads
from common.photo_origin import Origin
from common.uploads import Refusal, UploadRefusedError, examine, kept


def picture(size: tuple[int, int] = (640, 480), form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, form, **options)
    return out.getvalue()


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return out.getvalue()


def refusal(data: bytes, name: str = "a.jpg") -> Refusal:
    with pytest.raises(UploadRefusedError) as caught:
        examine(io.BytesIO(data), name=name)
    assert caught.value.reason
    return caught.value.refusal


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_photo_comes_in_three_sizes() -> None:
    upload = examine(io.BytesIO(picture((3000, 2000))), name="яма.JPG")
    assert (upload.name, upload.content_type, upload.is_photo) == ("яма.jpg", "image/jpeg", True)
    assert opened(upload.content).size == (upload.width, upload.height) == (2048, 1365)
    assert opened(upload.page).size == (1024, 683)
    assert opened(upload.thumbnail).size == (320, 213)


def test_a_small_photo_is_not_blown_up() -> None:
    upload = examine(io.BytesIO(picture((200, 100), "PNG")), name="a.png")
    assert [opened(p).size for p in (upload.content, upload.page, upload.thumbnail)] == [
        (200, 100)
    ] * 3
    assert upload.name == "a.jpg"


def test_place_and_device_are_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[Base.Make] = "SECRET-PHONE"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (55.0, 45.0, 0.0)
    original = picture((640, 480), exif=exif, comment=b"SECRET-WORDS")
    assert b"SECRET-PHONE" in original
    assert b"SECRET-WORDS" in original
    upload = examine(io.BytesIO(original + b"SECRET-TAIL"), name="a.jpg")
    assert (upload.width, upload.height) == (480, 640)
    for made in (upload.content, upload.page, upload.thumbnail):
        assert b"SECRET" not in made
        assert not opened(made).getexif()
        assert "icc_profile" not in opened(made).info


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(out, "PNG")
    upload = examine(io.BytesIO(out.getvalue()), name="a.png")
    assert opened(upload.content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_pictures_of_every_kind_are_taken(form: str) -> None:
    assert examine(io.BytesIO(picture((64, 64), form)), name="no suffix").is_photo


def test_a_photo_cut_short_is_refused() -> None:
    data = picture((1000, 1000))
    assert refusal(data[: len(data) // 2]) == Refusal.DAMAGED


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    for side in (5_000, 9_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", b"")
            + chunk(b"IEND", b"")
        )
        assert refusal(bomb) == Refusal.TOO_MANY_PIXELS


def test_what_is_decoded_whole_may_have_fewer_pixels() -> None:
    side = 5_000  # above the limit of what is decoded whole, below that of a JPEG
    large = Image.new("L", (side, side))

    def saved(form: str, **options: object) -> bytes:
        out = io.BytesIO()
        large.save(out, form, **options)
        return out.getvalue()

    assert examine(io.BytesIO(saved("JPEG")), name="a.jpg").width == 2048
    assert refusal(saved("JPEG", progressive=True)) == Refusal.TOO_MANY_PIXELS
    assert refusal(saved("PNG")) == Refusal.TOO_MANY_PIXELS


def test_no_more_than_two_pictures_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = uploads.pictures._decoded
    counted = threading.Lock()
    at_work: list[int] = [0]
    most: list[int] = [0]
    two = threading.Barrier(2)

    def counting(data: bytes, picture_format: str) -> tuple[Image.Image, Origin]:
        with counted:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        two.wait(90)  # nobody goes before there are two
        time.sleep(0.02)  # and a third, if there could be one, has come
        decoded = decode(data, picture_format)
        with counted:
            at_work[0] -= 1
        return decoded

    monkeypatch.setattr(uploads.pictures, "_decoded", counting)
    data = picture((64, 48))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _n: examine(io.BytesIO(data), name="a.jpg"), range(6)))
    assert most == [2]


def test_what_is_not_taken_is_refused_with_its_reason() -> None:
    assert refusal(b"") == Refusal.EMPTY
    assert refusal(b"a" * (uploads.MAX_BYTES + 1)) == Refusal.TOO_LONG
    assert refusal(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1") == Refusal.HEIC
    assert refusal(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom") == Refusal.VIDEO
    assert refusal(b"MZ\x90\x00" + b"\x00" * 200, "photo.jpg") == Refusal.UNKNOWN_TYPE
    assert refusal(b"<html><script>alert(1)</script></html>", "a.txt") == Refusal.UNKNOWN_TYPE
    assert refusal(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.png") == Refusal.UNKNOWN_TYPE
    assert refusal(packed({"a.exe": b"MZ"}), "a.docx") == Refusal.UNKNOWN_TYPE
    assert refusal(b"PK\x03\x04" + b"\x00" * 100, "a.docx") == Refusal.DAMAGED


DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def test_documents_are_known_by_what_is_in_them() -> None:
    docx = examine(io.BytesIO(packed(DOCX)), name="жалоба.pdf")
    assert docx.name == "жалоба.docx"
    odt = packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})
    assert examine(io.BytesIO(odt), name="a").name == "a.odt"
    pdf = examine(io.BytesIO(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"), name="a.exe")
    assert (pdf.name, pdf.content_type, pdf.is_photo) == ("a.pdf", "application/pdf", False)
    text = examine(io.BytesIO("Прошу починить фонарь у дома".encode("cp1251")), name="a.txt")
    assert text.content.decode() == "Прошу починить фонарь у дома"


def test_macros_and_packed_bombs_are_refused() -> None:
    assert refusal(packed(DOCX | {"word/vbaProject.bin": b"x"}), "a.docm") == Refusal.MACROS
    bomb = packed(DOCX | {"word/media/a": b"\x00" * (uploads.MAX_UNPACKED_BYTES + 1)})
    assert len(bomb) < 1_000_000
    assert refusal(bomb, "a.docx") == Refusal.PACKED_TOO_TIGHT


def test_a_document_of_countless_entries_is_refused_before_they_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", b"")
        package.writestr("word/document.xml", b"")
        for number in range(uploads.MAX_ENTRIES):
            package.writestr(str(number), b"")
    begun = time.process_time()
    assert refusal(out.getvalue(), "a.docx") == Refusal.PACKED_TOO_TIGHT
    assert time.process_time() - begun < 0.1


def with_mimetype(packing: int, stored: bytes) -> bytes:
    """An ODT whose first entry says that it is packed in a way, and holds other bytes."""
    name = b"mimetype"
    facts = struct.pack("<HHHHHIIIHH", 20, 0, packing, 0, 0, 0, len(stored), 39, len(name), 0)
    local = b"PK\x03\x04" + facts + name + stored
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry) + len(name), len(local), 0)
    return local + entry + name + b"PK\x05\x06" + end


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 9, 99]
)
@pytest.mark.parametrize("stored", [b"\xff" * 20, b"\x09\x14\x05\x00" + b"\xff" * 20])
def test_a_document_whose_packing_is_broken_is_damaged(packing: int, stored: bytes) -> None:
    assert refusal(with_mimetype(packing, stored), "a.odt") == Refusal.DAMAGED


@given(st.binary(max_size=60), st.sampled_from([0, 8, 12, 14]))
def test_no_bytes_in_a_document_break_its_judge(stored: bytes, packing: int) -> None:
    assert refusal(with_mimetype(packing, stored)) in {Refusal.DAMAGED, Refusal.UNKNOWN_TYPE}


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Фото\\яма.jpg", "яма.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nb: <c>.jpg", "ab_ _c_.jpg"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert uploads.clean_name(name) == cleaned


@given(st.text(max_size=300))
def test_a_clean_name_is_short_plain_and_stays_clean(name: str) -> None:
    cleaned = uploads.clean_name(name)
    assert 0 < len(cleaned) <= 120
    assert not set(cleaned) & set('/\\\r\n\0"')
    assert uploads.clean_name(cleaned) == cleaned


def test_files_are_kept_under_random_names(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    upload = examine(io.BytesIO(picture()), name="Иванов Пётр.jpg")
    with kept(upload, folder="attachments") as one, kept(upload, folder="attachments") as other:
        assert len(one.names) == 3
        assert not set(one.names) & set(other.names)
        assert not any("Иванов" in name for name in one.names)
        with default_storage.open(one.file) as file:
            assert file.read() == upload.content


def test_nothing_stays_on_the_disk_when_the_block_fails(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    upload = examine(io.BytesIO(picture()), name="a.jpg")

    def fail() -> None:
        with kept(upload, folder="attachments") as names:
            assert default_storage.exists(names.file)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
