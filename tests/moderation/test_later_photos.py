"""Photos of answers, verdicts and repairs are blurred at the desk by the same law as those of messages."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessRecord, User
from common import outbox, uploads
from issues import operations
from issues.models import Attachment, Confirmation, Issue, Retouching
from issues.policies import By
from moderation.models import FileLook
from moderation.operations import looking
from tests.moderation.drawn import jpeg, street

FACE = {"kind": "face", "x": 0.1, "y": 0.2, "width": 0.2, "height": 0.3, "sure": 0.9}
BLUR = {"area": "0.1 0.2 0.2 0.3"}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def answered(published: Issue) -> Issue:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    reply = operations.Reply("done", "Яма заделана 3 июня.", "Петров П. П.")
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    return Issue.objects.get(pk=published.pk)


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


def drawn() -> uploads.Upload:
    return uploads.examine(io.BytesIO(jpeg(street())), name="после.jpg")


def of_answer(issue: Issue, purpose: str = "after") -> Attachment:
    return operations.keep_issue_file(
        issue=issue, answer=issue.answers.get(), upload=drawn(), purpose=purpose
    )


def url(photo: Attachment, page: str = "") -> str:
    assert photo.issue is not None
    return f"/moderation/{photo.issue.number}/photos/{photo.uid}/{page}"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_face_on_a_photo_of_an_answer_is_blurred_and_the_timeline_tells_it(
    desk: Client, answered: Issue
) -> None:
    photo = of_answer(answered)
    with photo.file.open("rb") as file:
        sent = file.read()
    assert url(photo) in text(desk.get(f"/moderation/{answered.number}/"))
    page = text(desk.post(url(photo, "retouch/"), BLUR, follow=True))
    assert "Everybody sees the photo so now." in page
    shown = Attachment.objects.get(pk=photo.pk)
    event = answered.events.get(action="retouch")
    assert event.data == {"photo": 1, "of": "after", "blurred": 1, "turned": 0}
    public = Client()
    page = text(public.get(f"/issues/{answered.number}/"))
    assert str(shown.uid) in page
    assert str(photo.uid) not in page
    assert public.get(f"/media/{photo.uid}/").status_code == 404
    # The one that was sent stays for moderators, and each look is noted.
    seen = AccessRecord.objects.count()
    assert desk.get(url(shown, "as-sent/")).content == sent
    assert AccessRecord.objects.count() == seen + 1


def test_photos_of_one_answer_follow_each_other_and_no_others(
    desk: Client, answered: Issue
) -> None:
    operations.keep_issue_file(issue=answered, upload=drawn(), purpose=Attachment.Purpose.REPORT)
    before, after = of_answer(answered, "before"), of_answer(answered)
    page = text(desk.get(url(after)))
    assert "Photo 2 of 2" in page
    assert url(before) in page


def test_the_photo_of_a_repair_is_blurred_before_it_is_shown(
    desk: Client, answered: Issue, make_user: Callable[..., User]
) -> None:
    neighbour = make_user(home_municipality="square")
    operations.confirm_repair(by=neighbour, issue=answered, is_fixed=False, photo=drawn())
    said = Confirmation.objects.select_related("photo").get()
    photo = said.photo
    assert photo is not None
    assert url(photo) in text(desk.get("/moderation/words/"))
    page = text(desk.post(url(photo, "retouch/"), BLUR, follow=True))
    assert "Whoever may see the photo sees it so now." in page
    # Who has looked at it as it was before looks again.
    judge = f"/moderation/photos/{said.pk}/"
    stale = desk.post(judge, {"outcome": "show", "seen": photo.uid}, follow=True)
    assert "look at it again" in text(stale)
    now = Attachment.objects.get(pk=photo.pk)
    desk.post(judge, {"outcome": "show", "seen": now.uid})
    assert Client().get(f"/media/{now.uid}/").getvalue()
    # Taken back by its sender it goes whole, with the one that was sent.
    operations.confirm_repair(by=neighbour, issue=answered, is_fixed=True)
    assert not Retouching.objects.exists()


def test_the_photo_of_a_verdict_stays_with_those_who_may_see_it(
    desk: Client, answered: Issue, resident: User
) -> None:
    operations.rate_issue(
        by=By.author(resident), issue=answered, stars=1, solved=False, comment="Яма", photo=drawn()
    )
    photo = Attachment.objects.get()
    assert "may see the photo" in text(desk.post(url(photo, "retouch/"), BLUR, follow=True))
    shown = Attachment.objects.get()
    assert shown.is_private
    assert Client().get(f"/media/{shown.uid}/").status_code == 404


def test_an_addition_for_the_authority_is_not_for_the_desk_to_change(
    desk: Client, answered: Issue
) -> None:
    added = operations.keep_issue_file(
        issue=answered, upload=drawn(), purpose=Attachment.Purpose.ADDITION
    )
    assert desk.post(url(added, "retouch/"), BLUR).status_code == 302
    assert not Retouching.objects.exists()


def test_an_author_who_goes_takes_no_photo_of_others_along(
    desk: Client, answered: Issue, resident: User
) -> None:
    photo = of_answer(answered)
    desk.post(url(photo, "retouch/"), BLUR)
    operations.erase_resident(by=resident)
    kept = Attachment.objects.get(pk=photo.pk)
    assert Retouching.objects.filter(attachment=kept).exists()
    assert kept.as_sent.read()
    kept.as_sent.close()


def test_nobody_but_the_desk(client: Client, answered: Issue, resident: User) -> None:
    photo = of_answer(answered)
    client.force_login(resident)
    assert client.get(url(photo)).status_code == 403
    assert client.post(url(photo, "retouch/"), BLUR).status_code == 403


def test_a_face_that_was_found_on_an_answer_waits_for_the_desk_until_it_is_blurred(
    desk: Client, answered: Issue
) -> None:
    photo = of_answer(answered)
    FileLook.objects.create(attachment=photo, attempts=1, regions=[FACE])
    assert url(photo) in text(desk.get("/moderation/answers/"))
    desk.post(url(photo, "retouch/"), BLUR)
    assert "Faces on photos" not in text(desk.get("/moderation/answers/"))


def test_photos_of_answers_and_of_repairs_are_put_down_to_be_looked_at(
    published: Issue, make_user: Callable[..., User]
) -> None:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    after = operations.keep_issue_file(
        issue=published, upload=drawn(), purpose=Attachment.Purpose.AFTER
    )
    reply = operations.Reply("done", "Яма заделана.", "Петров П. П.", attachments=[after.uid])
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    outbox.deliver_due("files")
    assert FileLook.objects.get().attachment == after
    neighbour = make_user(home_municipality="square")
    operations.confirm_repair(by=neighbour, issue=published, is_fixed=False, photo=drawn())
    looking.look_at_due(limit=0)
    looking.look_at_due(limit=0)
    repair = Confirmation.objects.get().photo
    assert {look.attachment for look in FileLook.objects.all()} == {after, repair}
