"""A photo drawn anew: what the public had seen is gone, what was sent is kept for those who need it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.test import Client
from PIL import Image

from accounts.models import User
from common import uploads
from common.retouching import Region
from issues import operations
from issues.models import Attachment, Camera, Issue, Retouching
from issues.operations.files import delete_stray_files, forget_files
from issues.policies import By
from issues.workflow import ActionRefusedError

FACE = Region(0.25, 0.25, 0.25, 0.25)


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo_file(width: int = 320, height: int = 200) -> uploads.Upload:
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, "JPEG", quality=90)
    return uploads.examine(io.BytesIO(out.getvalue()), name="двор.jpg")


def is_there(file: FieldFile) -> bool:
    return default_storage.exists(str(file.name))


def read(file: FieldFile) -> bytes:
    with file.open("rb") as content:
        return bytes(content.read())


def with_photo(issue: Issue) -> Attachment:
    return operations.keep_issue_file(
        issue=issue, upload=photo_file(), purpose=Attachment.Purpose.REPORT
    )


def blur(photo: Attachment, by: User, *regions: Region, quarters: int = 0) -> Attachment:
    assert photo.issue is not None
    drawn = operations.draw_anew(photo, regions=regions, quarters=quarters)
    return operations.retouch_photo(
        by=By.moderator(by),
        issue=photo.issue,
        uid=photo.uid,
        upload=drawn,
        regions=regions,
        quarters=quarters,
    )


@pytest.mark.django_db(transaction=True)
def test_what_everybody_had_seen_is_gone(published: Issue, moderator: User, client: Client) -> None:
    photo = with_photo(published)
    sent = read(photo.file)
    before = [f"/media/{photo.uid}/{size}" for size in ("", "page/", "thumbnail/")]
    for address in before:
        answer = client.get(address)
        assert answer.status_code == 200
        answer.close()
    shown = [photo.page, photo.thumbnail]

    drawn = blur(photo, moderator, FACE)

    assert all(client.get(address).status_code == 404 for address in before)
    assert not any(is_there(file) for file in shown)
    answer = client.get(f"/media/{drawn.uid}/")
    assert b"".join(answer.streaming_content) != sent  # type: ignore[attr-defined]
    # What was sent is kept, and is what the authority gets and what the timeline covers.
    kept = Attachment.objects.get(pk=photo.pk)
    assert read(kept.as_sent) == sent
    assert (kept.size, kept.sha256) == (photo.size, photo.sha256)


@pytest.mark.django_db(transaction=True)
def test_a_second_time_it_is_drawn_from_what_was_sent(published: Issue, moderator: User) -> None:
    photo = with_photo(published)
    first = blur(photo, moderator, FACE)
    middle = first.file
    again = blur(Attachment.objects.get(pk=photo.pk), moderator, quarters=1)
    assert (again.width, again.height) == (200, 320)
    assert not is_there(middle)
    assert Retouching.objects.get().original.name == photo.file.name
    told = published.events.filter(action="retouch").order_by("seq").values_list("data", flat=True)
    assert list(told) == [
        {"photo": 1, "of": "report", "blurred": 1, "turned": 0},
        {"photo": 1, "of": "report", "blurred": 0, "turned": 90},
    ]


def test_of_two_moderators_the_second_looks_again(
    published: Issue, moderator: User, make_user: Any
) -> None:
    photo = with_photo(published)
    blur(photo, moderator, FACE)
    stored = set(default_storage.listdir(str(Path(str(photo.file.name)).parent))[1])
    stale = Attachment.objects.get(pk=photo.pk)
    stale.uid = photo.uid  # as the second one's page has it
    with pytest.raises(operations.PhotoChangedError):
        blur(stale, make_user("moderator"), quarters=2)
    # Nothing is left of the vain attempt.
    assert set(default_storage.listdir(str(Path(str(photo.file.name)).parent))[1]) == stored


def test_a_withdrawn_message_is_left_alone(issue: Issue, moderator: User, resident: User) -> None:
    photo = with_photo(issue)
    operations.withdraw_issue(by=By.author(resident), issue=issue)
    with pytest.raises(ActionRefusedError):
        blur(photo, moderator, FACE)
    assert Attachment.objects.get().uid == photo.uid
    assert not Retouching.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_erases_their_data_leaves_only_what_everybody_sees(
    published: Issue, moderator: User, resident: User
) -> None:
    photo = with_photo(published)
    drawn = blur(photo, moderator, FACE)
    operations.erase_resident(by=resident)
    assert not is_there(photo.file)
    assert is_there(drawn.file)
    assert Attachment.objects.get().as_sent.name == drawn.file.name


@pytest.mark.django_db(transaction=True)
def test_with_a_file_goes_the_one_that_was_sent(published: Issue, moderator: User) -> None:
    photo = with_photo(published)
    drawn = blur(photo, moderator, FACE)
    with transaction.atomic():
        forget_files(Attachment.objects.filter(pk=photo.pk))
    for file in (photo.file, drawn.file):
        assert not is_there(file)


def test_what_was_sent_is_no_stray_file(
    published: Issue, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from common import clock

    photo = with_photo(published)
    blur(photo, moderator, FACE)
    day = clock.region_date(clock.now())
    monkeypatch.setattr(clock, "now", lambda now=clock.now: now() + timedelta(days=3))
    # The two small pictures shown before are gone already only where the transaction was committed.
    assert delete_stray_files(day=day) == 2
    assert read(Attachment.objects.get().as_sent)


def test_of_the_place_of_a_photo_the_distance_is_kept(
    resident: User, authority: Any, message: operations.Message
) -> None:
    from dataclasses import replace

    from common.photo_origin import Origin

    taken = replace(photo_file(), origin=Origin(37.5, 55.6))
    photo = operations.keep_waiting_file(owner=resident, upload=taken)
    assert Camera.objects.get().point == Point(37.5, 55.6, srid=4326)
    operations.file_issue(by=By.author(resident), message=replace(message, attachments=[photo.uid]))
    camera = Camera.objects.get()
    assert camera.point is None
    assert camera.metres_away == pytest.approx(11_119, abs=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        Camera.objects.update(point=Point(37, 55, srid=4326))
