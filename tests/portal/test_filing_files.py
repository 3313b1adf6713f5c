"""Files of a message: judged one by one, nobody else's, forgotten in time; a photo tells its place to its sender."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from accounts.models import User
from authorities.models import Authority
from common import clock, uploads
from geo.models import Place
from issues import operations
from issues.models import Attachment, Issue
from issues.operations.files import MAX_WAITING
from tests.portal.filing import VIDEO, WORDS, as_json, photo, waiting_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_a_refused_file_is_named_and_the_rest_is_kept(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    video = SimpleUploadedFile("ролик.jpg", VIDEO)
    step = whole | {"photos": [photo(), video]}
    page = logged_in.post("/new/text/", step)
    text = page.content.decode()
    assert page.status_code == 400
    assert 'role="alert"' in text
    assert "ролик.jpg: видео пока не принимаются" in text
    assert WORDS in text
    assert [file.name for file in page.context["attachments"]] == ["яма.jpg"]

    uid = str(page.context["attachments"][0].uid)
    part = logged_in.post("/new/files/?fragment", {"attachments": [uid], "remove": [uid]})
    assert "яма.jpg" not in part.content.decode()
    assert not Attachment.objects.exists()


def test_files_beyond_ten_are_refused_unread(
    logged_in: Client, authority: Authority, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def refuse(_file: object, *, name: str) -> uploads.Upload:
        read.append(name)
        raise uploads.UploadRefusedError(name, uploads.Refusal.DAMAGED)

    monkeypatch.setattr(uploads, "examine", refuse)
    sent = [photo(f"{number}.jpg") for number in range(14)]
    page = logged_in.post("/new/text/", whole | {"photos": sent})
    assert read == [f"{number}.jpg" for number in range(10)]
    # One sentence for each reason, with the names of all its files.
    assert page.context["refused"] == [
        ", ".join(f"{number}.jpg" for number in range(10)) + ": файл повреждён и не открывается.",
        "10.jpg, 11.jpg, 12.jpg, 13.jpg: к сообщению можно приложить не больше десяти файлов.",
    ]


def test_nothing_is_read_for_somebody_whose_files_wait_already(
    logged_in: Client, resident: User, authority: Authority, whole: dict[str, Any]
) -> None:
    Attachment.objects.bulk_create(
        Attachment(owner=resident, name="a", size=1, uploaded_at=clock.now())
        for _each in range(MAX_WAITING - 1)
    )
    video = SimpleUploadedFile("ролик.jpg", VIDEO)
    page = logged_in.post("/new/text/", whole | {"photos": [photo(), video]})
    assert [file.name for file in page.context["attachments"]] == ["яма.jpg"]
    assert "ролик.jpg: слишком много ваших файлов" in page.content.decode()


def test_a_strangers_file_can_not_be_taken_or_seen_or_removed(
    logged_in: Client, make_user: Callable[..., User], authority: Authority, whole: dict[str, Any]
) -> None:
    theirs = waiting_file(make_user())
    page = logged_in.post("/new/", whole | {"attachments": [str(theirs.uid)]})
    assert page.status_code == 400
    assert not Issue.objects.exists()
    assert logged_in.get(f"/media/{theirs.uid}/").status_code == 404
    logged_in.post(
        "/new/files/", whole | {"attachments": [str(theirs.uid)], "remove": [str(theirs.uid)]}
    )
    assert Attachment.objects.filter(pk=theirs.pk, issue=None).exists()
    answer = as_json(logged_in, whole | {"attachments": [str(theirs.uid)]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "attachments"


@pytest.mark.django_db(transaction=True)
def test_files_whose_message_never_came_are_forgotten(resident: User, tmp_path: Path) -> None:
    late, fresh = waiting_file(resident), waiting_file(resident)
    Attachment.objects.filter(pk=late.pk).update(
        uploaded_at=clock.now() - operations.WAITING_TIME - timedelta(minutes=1)
    )
    assert operations.forget_waiting_files() == 1
    assert list(Attachment.objects.all()) == [fresh]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3


def test_stray_files_of_a_dead_process_are_deleted(resident: User, tmp_path: Path) -> None:
    known = waiting_file(resident)
    today = clock.region_date(clock.now())
    with pytest.raises(ValueError, match="on their way"):
        operations.delete_stray_files(day=today)
    long_ago = today - timedelta(days=2)
    folder = tmp_path / f"attachments/{long_ago:%Y/%m/%d}"
    folder.mkdir(parents=True)
    (folder / "stray.jpg").write_bytes(b"x")
    (folder / "kept.jpg").write_bytes(b"x")
    Attachment.objects.filter(pk=known.pk).update(file=f"attachments/{long_ago:%Y/%m/%d}/kept.jpg")
    assert operations.delete_stray_files(day=long_ago) == 1
    assert [path.name for path in folder.iterdir()] == ["kept.jpg"]
    assert operations.delete_stray_files(day=long_ago - timedelta(days=1)) == 0


# --- What a photo tells -------------------------------------------------------------------------------
def test_the_place_of_a_photo_is_offered_to_its_sender_and_taken_out_of_the_photo(
    logged_in: Client, authority: Authority, place: Place, whole: dict[str, Any]
) -> None:
    start = {name: whole[name] for name in ("uid", "kind", "topic", "description")}
    sent = photo(lon=37.5001, lat=55.5001, taken="2026:03:01 14:05:00", zone="+05:00")
    with clock.told(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        answer = logged_in.post("/new/text/", start | {"photos": [sent]})
        assert answer.headers["Location"] == "/new/place/"
        page = logged_in.get("/new/place/")
        text = page.content.decode()
        assert "Снято здесь?" in text
        assert place.label in text
        assert "1 марта 2026, 12:05" in text
        answer = logged_in.post("/new/place/", dict(page.context["hidden"]) | {"seen": "1"})
        assert answer.headers["Location"] == "/new/check/"
        page = logged_in.get("/new/check/")
        hidden = dict(page.context["hidden"]) | {"asks_details": "1", "tells_time": "on"}
        hidden["attachments"] = str(page.context["attachments"][0].uid)
        logged_in.post("/new/", hidden)
    issue = Issue.objects.get()
    assert (issue.point.x, issue.point.y, issue.address) == (37.5001, 55.5001, place.label)
    assert issue.description == f"{WORDS}\n\nФото снято 1 марта 2026, 12:05."
    with issue.attachments.get().file.open() as file, Image.open(file) as kept:
        assert not kept.getexif()
        assert not kept.getexif().get_ifd(ExifTags.IFD.GPSInfo)


@pytest.mark.parametrize(
    "sent",
    [
        photo(),
        photo(lon=0, lat=0),
        photo(taken="0000:00:00 00:00:00"),
        photo(taken="2999:01:01 00:00:00"),
        photo(taken="2026:01:01 00:00:00", zone="+99:99"),
        photo(taken="вчера"),
    ],
)
def test_a_photo_that_knows_nothing_offers_nothing(
    logged_in: Client, sent: SimpleUploadedFile, whole: dict[str, Any]
) -> None:
    page = logged_in.post("/new/files/?fragment", whole | {"photos": [sent]})
    draft = page.context["draft"]
    assert draft.attachments
    assert not draft.has_seen
    assert draft.taken is None


def test_a_photo_from_elsewhere_offers_no_place(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    start = {name: whole[name] for name in ("uid", "kind", "topic", "description")}
    logged_in.post("/new/text/", start | {"photos": [photo(lon=-70.0, lat=-33.4)]})
    text = logged_in.get("/new/place/").content.decode()
    assert "адресов нашего региона нет" in text
    assert 'name="seen"' not in text


def test_impossible_degrees_tell_nothing() -> None:
    exif, out = Image.Exif(), io.BytesIO()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {ExifTags.GPS.GPSLatitude: (155.0, 0.0, 0.0), ExifTags.GPS.GPSLongitude: (37.0, 0.0, 0.0)}
    )
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    assert uploads.examine(io.BytesIO(out.getvalue()), name="a.jpg").origin.lat is None


def test_thirty_megabytes_are_refused_by_name(logged_in: Client, whole: dict[str, Any]) -> None:
    long = SimpleUploadedFile("огромное.jpg", photo().read() + b"\0" * 30_000_000, "image/jpeg")
    page = logged_in.post("/new/files/?fragment", whole | {"photos": [long]})
    assert "огромное.jpg: файл больше 20 МБ" in page.content.decode()
    assert not Attachment.objects.exists()
