"""What residents write and show after an answer: everybody sees it after a moderator's look, as it was left."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Role, User
from issues import operations, timeline
from issues.models import Attachment, Confirmation, Issue, Rating
from issues.policies import By
from issues.queries import unseen, voices

DONE = operations.Reply("done", "Яма заделана 3 июня.", "Петров П. П.")
DESK = "/moderation/words/"


def picture(colour: str = "brown") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (50, 50), colour).save(file, "JPEG")
    return SimpleUploadedFile("яма.jpg", file.getvalue())


def text_of(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


def status(client: Client, file: Attachment) -> int:
    answer = client.get(f"/media/{file.uid}/")
    assert answer.getvalue()
    return answer.status_code


@pytest.fixture
def neighbour(make_user: Callable[..., User]) -> User:
    return make_user(last_name="Соседова", first_name="Вера", home_municipality="square")


@pytest.fixture
def desk(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def answered(published: Issue, media: Path) -> Issue:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=DONE)
    return Issue.objects.get(pk=published.pk)


@pytest.fixture
def rating(answered: Issue, resident: User) -> Rating:
    operations.rate_issue(
        by=By.author(resident),
        issue=answered,
        stars=2,
        solved=True,
        comment="Сделали с третьего раза, звоните 8 916 123-45-67.",
    )
    return Rating.objects.get()


# --- The photo of a repair ----------------------------------------------------------------------------


def test_a_photo_of_a_repair_waits_for_a_moderators_look(
    client: Client, answered: Issue, neighbour: User, resident: User, desk: Client
) -> None:
    page, public = f"/issues/{answered.number}/", Client()
    client.force_login(neighbour)
    client.post(f"{page}repair/", {"fixed": "no", "photo": picture()})
    said = Confirmation.objects.get()
    photo = Attachment.objects.get()
    assert (said.photo, photo.owner, photo.purpose) == (photo, neighbour, "repair")
    assert "ждёт модератора" in text_of(client, page)
    assert str(photo.uid) not in text_of(public, page)
    author = Client()
    author.force_login(resident)
    assert [status(one, photo) for one in (client, desk, public, author)] == [200, 200, 404, 404]

    assert '<span id="count-unseen">&nbsp;(1)</span>' in text_of(desk, DESK)
    judge = f"/moderation/photos/{said.pk}/"
    desk.post(judge, {"outcome": "show", "seen": photo.uid})
    text = text_of(public, page)
    assert str(photo.uid) in text
    assert "Фото жителя: не исправлено" in text
    assert "Соседова" not in text
    shown = public.get(f"/media/{photo.uid}/")
    assert shown.headers["Cache-Control"] == "public, max-age=600"
    assert shown.getvalue()
    assert "Ни одно фото не ждёт" in text_of(desk, DESK)

    assert str(photo.uid) in text_of(desk, f"{DESK}?number={answered.number}")
    desk.post(judge, {"outcome": "withhold", "seen": photo.uid})
    assert str(photo.uid) not in text_of(public, page)
    assert status(public, photo) == 404
    assert "не стал показывать" in text_of(client, page)


def test_a_second_thought_takes_the_photo_along(
    answered: Issue, neighbour: User, client: Client, desk: Client
) -> None:
    repair = f"/issues/{answered.number}/repair/"
    client.force_login(neighbour)
    client.post(repair, {"fixed": "no", "photo": picture()})
    first = Attachment.objects.get()
    said = Confirmation.objects.get()
    client.post(repair, {"fixed": "no"})
    assert Attachment.objects.get() == first, "the same word keeps it"
    client.post(repair, {"fixed": "no", "photo": picture("green")})
    second = Attachment.objects.get()
    assert second != first
    judge = f"/moderation/photos/{said.pk}/"
    late = desk.post(judge, {"outcome": "show", "seen": first.uid}, follow=True)
    assert "изменили или забрали" in late.content.decode()
    desk.post(judge, {"outcome": "show", "seen": second.uid})
    client.post(repair, {"fixed": "yes"})
    said.refresh_from_db()
    assert (said.is_fixed, said.photo, said.photo_outcome) == (True, None, "")
    assert not Attachment.objects.exists()


def test_what_is_no_photo_is_refused_in_words_and_nothing_is_said(
    client: Client, answered: Issue, neighbour: User
) -> None:
    repair = f"/issues/{answered.number}/repair/"
    client.force_login(neighbour)
    wrong = SimpleUploadedFile("яма.txt", "Это не фото.".encode(), "text/plain")
    page = client.post(repair, {"fixed": "no", "photo": wrong}, follow=True)
    assert "Это не фото" in page.content.decode()
    assert not Confirmation.objects.exists()


def test_nobody_looks_at_their_own(answered: Issue, make_user: Callable[..., User]) -> None:
    person = make_user(Role.MODERATOR, home_municipality="square")
    client = Client()
    client.force_login(person)
    client.post(f"/issues/{answered.number}/repair/", {"fixed": "no", "photo": picture()})
    said = Confirmation.objects.get()
    assert said.photo is not None
    answer = client.post(
        f"/moderation/photos/{said.pk}/", {"outcome": "show", "seen": said.photo.uid}, follow=True
    )
    assert "не можете решать" in answer.content.decode()
    assert Confirmation.objects.get().photo_outcome == ""


def test_an_erased_neighbour_leaves_the_word_and_no_photo(
    answered: Issue,
    neighbour: User,
    resident: User,
    client: Client,
    desk: Client,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    client.force_login(neighbour)
    client.post(f"/issues/{answered.number}/repair/", {"fixed": "no", "photo": picture()})
    said, photo = Confirmation.objects.get(), Attachment.objects.get()
    desk.post(f"/moderation/photos/{said.pk}/", {"outcome": "show", "seen": photo.uid})
    operations.erase_resident(by=resident)
    assert Attachment.objects.get().owner == neighbour, "another's erasure leaves it"
    with django_capture_on_commit_callbacks(execute=True):
        operations.erase_resident(by=neighbour)
    assert not Attachment.objects.exists()
    assert photo.file.name
    assert not default_storage.exists(photo.file.name)
    assert voices.of_issue(Issue.objects.get(pk=answered.pk), None).repair
    assert Confirmation.objects.get().is_fixed is False


# --- The author's words -------------------------------------------------------------------------------


def test_the_authors_words_are_published_without_personal_data(
    rating: Rating, answered: Issue, desk: Client, resident: User
) -> None:
    page, public = f"/issues/{answered.number}/", Client()
    assert "третьего раза" not in text_of(public, page)
    text = text_of(desk, DESK)
    assert "8 916 123-45-67" in text
    assert "звоните [телефон скрыт].</textarea>" in text
    judge = f"{DESK}{rating.pk}/"
    assert desk.post(judge, {"outcome": "publish", "words": " "}).status_code == 400
    desk.post(judge, {"outcome": "publish", "words": "Сделали с третьего раза."})
    text = text_of(public, page)
    assert "Сделали с третьего раза." in text
    assert "Модератор опубликовал слова автора об ответе" in text
    assert "8 916" not in text  # alone the three figures may come up in any uid
    own = Client()
    own.force_login(resident)
    assert "Модератор опубликовал из этого" in text_of(own, f"/my/{answered.number}/")

    assert "Ничьи слова не ждут" in text_of(desk, DESK)
    assert "опубликовано" in text_of(desk, f"{DESK}?number={answered.number}")
    desk.post(judge, {"outcome": "withhold", "words": ""})
    text = text_of(public, page)
    assert "третьего раза" not in text
    assert "убрал слова автора" in text
    assert timeline.verify(Issue.objects.get(pk=answered.pk)) == []


def test_words_that_stay_are_told_in_no_timeline(
    rating: Rating, answered: Issue, desk: Client
) -> None:
    before = answered.events.count()
    desk.post(f"{DESK}{rating.pk}/", {"outcome": "withhold", "words": "x"})
    assert answered.events.count() == before
    rating.refresh_from_db()
    assert (rating.published_comment, bool(rating.comment_judged_at)) == ("", True)
    assert unseen.count_unseen() == 0


def test_words_of_an_erased_author_are_gone(
    rating: Rating, answered: Issue, desk: Client, resident: User
) -> None:
    judge = f"{DESK}{rating.pk}/"
    desk.post(judge, {"outcome": "publish", "words": "Сделали."})
    operations.erase_resident(by=resident)
    assert "Сделали." not in text_of(Client(), f"/issues/{answered.number}/")
    late = desk.post(judge, {"outcome": "publish", "words": "Сделали."}, follow=True)
    assert "данные автора удалены" in late.content.decode()


def test_only_moderators_look(rating: Rating, client: Client, resident: User) -> None:
    for address in (f"{DESK}{rating.pk}/", f"/moderation/photos/{rating.pk}/"):
        assert client.post(address, {"outcome": "publish", "words": "x"}).status_code == 302
    client.force_login(resident)
    assert client.get(DESK).status_code == 403
    assert client.post(f"{DESK}{rating.pk}/", {"outcome": "publish"}).status_code == 403
    assert Rating.objects.get().published_comment == ""


def test_a_moderator_of_the_same_message_does_not_decide(
    rating: Rating, answered: Issue, moderator: User, desk: Client
) -> None:
    Issue.objects.filter(pk=answered.pk).update(author=moderator)
    page = desk.post(f"{DESK}{rating.pk}/", {"outcome": "withhold"}, follow=True)
    assert "не можете решать" in page.content.decode()
    assert Rating.objects.get().comment_judged_at is None
