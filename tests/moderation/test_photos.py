"""At the desk a photo is looked at in large, parts of it are blurred, and it is turned."""

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AccessRecord, User
from common import clock, uploads
from common.retouching import Region
from issues import operations
from issues.models import Attachment, Issue, Retouching
from issues.policies import By
from moderation.models import Claim, Code, FileLook, Finding
from moderation.operations.looking import tell
from moderation.operations.photos import retouch
from tests.moderation.drawn import jpeg, street

FACE = {"kind": "face", "x": 0.1, "y": 0.2, "width": 0.2, "height": 0.3, "sure": 0.9}
PLATE = {"kind": "plate", "x": 0.6, "y": 0.7, "width": 0.2, "height": 0.1, "sure": 0.7}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photo(issue: Issue) -> Attachment:
    """A photo of a waiting message that was looked at: a face and perhaps a number plate."""
    upload = uploads.examine(io.BytesIO(jpeg(street())), name="двор.jpg")
    kept = operations.keep_issue_file(issue=issue, upload=upload, purpose=Attachment.Purpose.REPORT)
    FileLook.objects.create(attachment=kept, attempts=1, regions=[FACE, PLATE])
    tell(issue)
    return kept


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def url(photo: Attachment, page: str = "") -> str:
    assert photo.issue is not None
    return f"/moderation/{photo.issue.number}/photos/{photo.uid}/{page}"


def text(response: Any) -> str:
    return str(response.content.decode())


def boxes(page: str) -> list[tuple[str, bool]]:
    found = re.findall(r'name="area" value="([^"]+)"[^>]*?( checked)?>', page)
    return [(value, bool(checked)) for value, checked in found]


def now_shown(photo: Attachment) -> Attachment:
    return Attachment.objects.get(pk=photo.pk)


def test_what_is_found_is_offered_and_a_doubtful_find_is_not_ticked(
    desk: Client, photo: Attachment
) -> None:
    page = text(desk.get(url(photo)))
    assert boxes(page) == [
        ("0.1000 0.2000 0.2000 0.3000", True),
        ("0.6000 0.7000 0.2000 0.1000", False),
    ]
    # Figures of a drawing, not of the language.
    assert 'x="10.00" y="20.00" width="20.00" height="30.00"' in page
    assert AccessRecord.objects.filter(subject=photo.issue.number).exists()  # type: ignore[union-attr]


def test_blurring_before_the_decision_takes_the_message(
    desk: Client, photo: Attachment, issue: Issue, moderator: User
) -> None:
    assert Finding.objects.filter(issue=issue, code=Code.FACES).exists()
    page = text(desk.post(url(photo, "retouch/"), {"area": ["0.1 0.2 0.2 0.3"]}, follow=True))
    assert "Теперь все видят снимок таким." in page
    assert Retouching.objects.get().blurred == [[0.1, 0.2, 0.2, 0.3]]
    assert Claim.objects.get(issue=issue).moderator == moderator
    # The face is told of no more; what was found besides is still offered.
    assert not Finding.objects.filter(issue=issue, code=Code.FACES).exists()
    assert boxes(page) == [
        ("0.1000 0.2000 0.2000 0.3000", True),
        ("0.6000 0.7000 0.2000 0.1000", False),
    ]
    assert "размыто" in page


def test_areas_in_figures_need_no_script(desk: Client, photo: Attachment) -> None:
    own = {"left": ["10", "50,5", ""], "top": ["10", "50", ""], "width": ["20", "49.6", ""]}
    desk.post(url(photo, "retouch/"), own | {"height": ["5", "10", ""]})
    blurred = [Region(*sides) for sides in Retouching.objects.get().blurred]
    assert blurred[0] == Region(0.1, 0.1, 0.2, 0.05)
    assert blurred[1].x + blurred[1].width == pytest.approx(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"left": "10", "top": "10", "width": "20", "height": "500"},
        {"left": "10", "top": "10", "width": "0", "height": "5"},
        {"left": "10", "top": "", "width": "10", "height": "5"},
        {"left": "десять", "top": "1", "width": "10", "height": "5"},
        {"left": "nan", "top": "1", "width": "10", "height": "5"},
        {"left": "1"},
        {"area": "0.1 0.1 0.1"},
        {"area": "<script>"},
        {"area": ["0.1 0.1 0.1 0.1"] * 41},
    ],
)
def test_a_wrong_area_is_refused_in_words(
    desk: Client, photo: Attachment, wrong: dict[str, Any]
) -> None:
    answer = desk.post(url(photo, "retouch/"), wrong)
    assert answer.status_code == 400
    assert 'role="alert"' in text(answer)
    assert "<script>" not in text(answer).split("data-areas")[1]
    assert not Retouching.objects.exists()


def test_a_photo_is_turned_and_marks_lie_where_they_lay(desk: Client, photo: Attachment) -> None:
    page = text(desk.post(url(photo, "retouch/"), {"turn": "1"}, follow=True))
    turned = now_shown(photo)
    assert (turned.width, turned.height) == (600, 800)
    assert boxes(page)[0] == ("0.5000 0.1000 0.3000 0.2000", True)
    # What is marked on the turned photo is blurred on the one that was sent.
    desk.post(url(turned, "retouch/"), {"area": "0.5 0.1 0.3 0.2"})
    kept = Retouching.objects.get()
    assert kept.quarters == 1
    assert kept.blurred[0] == pytest.approx([0.1, 0.2, 0.2, 0.3])
    # Turning keeps what is blurred.
    desk.post(url(now_shown(photo), "retouch/"), {"turn": "3"})
    kept.refresh_from_db()
    assert (kept.quarters, len(kept.blurred)) == (0, 1)


def test_of_two_moderators_the_second_is_told_to_look_again(
    desk: Client, photo: Attachment, issue: Issue, moderator: User
) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    old = url(photo, "retouch/")
    desk.post(old, {"area": "0.1 0.2 0.2 0.3"})
    page = text(desk.post(old, {"area": "0.6 0.7 0.2 0.1"}, follow=True))
    assert "Этот снимок уже изменили" in page
    assert Retouching.objects.get().blurred == [[0.1, 0.2, 0.2, 0.3]]
    assert desk.get(url(photo)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_drawn(
    photo: Attachment, issue: Issue, moderator: User, make_user: Any, tmp_path: Path
) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    people = [moderator, make_user("moderator")]
    together = threading.Barrier(2)

    def blur(who: User, left: float) -> str:
        try:
            together.wait()
            region = Region(left, 0.2, 0.2, 0.2)
            retouch(by=who, issue=issue, uid=photo.uid, regions=[region], quarters=0)
        except operations.PhotoChangedError:
            return "late"
        finally:
            connection.close()
        return "drawn"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(blur, people, (0.1, 0.5)))
    assert sorted(outcomes) == ["drawn", "late"]
    assert issue.events.filter(action="retouch").count() == 1
    # The one that was sent, and three sizes of the one that is shown.
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 4


def test_what_another_moderator_has_is_not_changed(
    desk: Client, photo: Attachment, issue: Issue, make_user: Any
) -> None:
    other = make_user("moderator", last_name="Орлова")
    now = clock.now()
    Claim.objects.create(
        issue=issue,
        moderator=other,
        taken_at=now,
        expires_at=now + timedelta(days=1),
    )
    assert "data-areas" not in text(desk.get(url(photo)))
    page = text(desk.post(url(photo, "retouch/"), {"area": "0.1 0.2 0.2 0.3"}, follow=True))
    assert "Орлова" in page
    assert not Retouching.objects.exists()


def test_after_publication_the_timeline_tells_of_it(
    desk: Client, photo: Attachment, issue: Issue, moderator: User
) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    desk.post(url(photo, "retouch/"), {"area": "0.1 0.2 0.2 0.3"})
    desk.logout()
    page = text(desk.get(f"/issues/{issue.number}/"))
    assert "Модератор изменил фотографию" in page
    assert str(now_shown(photo).uid) in page
    assert str(photo.uid) not in page


def test_what_was_sent_is_seen_by_moderators_alone_and_noted(
    desk: Client, photo: Attachment, moderator: User, resident: User
) -> None:
    with photo.file.open("rb") as file:
        sent = file.read()
    desk.post(url(photo, "retouch/"), {"area": "0.1 0.2 0.2 0.3"})
    seen = AccessRecord.objects.count()
    answer = desk.get(url(now_shown(photo), "as-sent/"))
    assert answer.content == sent
    assert answer["Cache-Control"] == "private, no-store"
    assert AccessRecord.objects.count() == seen + 1
    desk.force_login(resident)
    assert desk.get(url(now_shown(photo), "as-sent/")).status_code == 403
    assert desk.get(url(now_shown(photo))).status_code == 403
    assert desk.post(url(now_shown(photo), "retouch/"), {"turn": "1"}).status_code == 403


def test_photos_follow_each_other_by_links(desk: Client, photo: Attachment, issue: Issue) -> None:
    upload = uploads.examine(io.BytesIO(jpeg(street(2))), name="2.jpg")
    second = operations.keep_issue_file(
        issue=issue, upload=upload, purpose=Attachment.Purpose.REPORT
    )
    page = text(desk.get(url(photo)))
    assert url(second) in page
    assert "Фото 1 из 2" in page
    page = text(desk.get(url(second)))
    assert "Лица и номера машин здесь ещё не искали" in page
    assert url(photo) in page
    assert url(second) in text(desk.get(f"/moderation/{issue.number}/"))
