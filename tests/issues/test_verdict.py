"""The author's verdict: returned twice, then to the control of the head; told before silence ends it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image
from pytest_django import Settings

from accounts.models import Role, User
from authorities.models import Authority, Official
from common import clock, outbox, uploads
from issues import letters, operations, tasks, telling
from issues.models import Attachment, Issue, Rating
from issues.policies import By, may_see_file
from issues.queries.control import control_of, controlled
from issues.workflow import ActionRefusedError, State
from notifications.models import Letter
from tests.issues.steps import again

REPLY = operations.Reply("done", "Яма заделана.", "Петров П. П.")


def answer(issue: Issue) -> None:
    if not again(issue).registration_number:
        operations.register_issue(
            by=By.msed(), issue=issue, number="1", registered_on=date(2026, 6, 1)
        )
    operations.answer_issue(by=By.msed(), issue=issue, reply=REPLY)


def refuse(issue: Issue, resident: User, words: str = "Яма на месте.") -> Issue:
    return operations.rate_issue(
        by=By.author(resident), issue=issue, stars=1, solved=False, comment=words
    )


@pytest.fixture
def controlled_issue(published: Issue, resident: User) -> Issue:
    for _ in range(3):
        answer(published)
        refuse(published, resident)
    return again(published)


def test_the_third_refusal_goes_to_the_head(
    controlled_issue: Issue, authority: Authority, resident: User
) -> None:
    assert controlled_issue.state == State.CLOSED
    assert controlled_issue.returns == 2
    assert list(controlled(authority)) == [controlled_issue]
    told = telling.entries(controlled_issue)
    assert str(told[-1].words).startswith("Ответ отклонён в третий раз")
    outbox.deliver_due(letters.CONSUMER)
    subjects = dict(Letter.objects.filter(key__contains=":control").values_list("to", "subject"))
    assert set(subjects) == {"square@example.org", resident.email}
    with pytest.raises(ActionRefusedError):
        refuse(controlled_issue, resident)


def test_the_head_decides_in_public_and_once(
    controlled_issue: Issue, authority: Authority, resident: User, make_user: Callable[..., User]
) -> None:
    officer, head = make_user(Role.OFFICER), make_user(Role.OFFICER)
    Official.objects.create(user=officer, authority=authority, post="инженер")
    Official.objects.create(user=head, authority=authority, post="глава", is_head=True)
    words = "Подрядчик заменён, дорогу починят до 1 августа."
    for by, said in ((By.officer(officer), words), (By.officer(head), " "), (By.msed(), words)):
        with pytest.raises(ActionRefusedError):
            operations.conclude_control(by=by, issue=controlled_issue, words=said)
    operations.conclude_control(by=By.officer(head), issue=controlled_issue, words=words)
    found = control_of(controlled_issue)
    assert found
    assert (found.words, found.decided_at is not None) == (words, True)
    assert not controlled().exists()
    assert telling.entries(again(controlled_issue))[-1].note == words
    with pytest.raises(ActionRefusedError):
        operations.conclude_control(by=By.officer(head), issue=controlled_issue, words=words)
    outbox.deliver_due(letters.CONSUMER)
    assert words in Letter.objects.get(key__contains=":head_decided").text


def test_a_moderator_speaks_for_a_head_on_paper(controlled_issue: Issue, moderator: User) -> None:
    operations.conclude_control(
        by=By.moderator(moderator), issue=controlled_issue, words="Решено письмом главы № 5."
    )
    assert not controlled().exists()


def test_nobody_decides_about_what_is_not_under_control(
    published: Issue, resident: User, moderator: User
) -> None:
    answer(published)
    operations.rate_issue(by=By.author(resident), issue=published, stars=5, solved=True)
    with pytest.raises(ActionRefusedError, match="control"):
        operations.conclude_control(by=By.moderator(moderator), issue=published, words="Да.")


def test_not_solved_needs_words(published: Issue, resident: User) -> None:
    answer(published)
    with pytest.raises(ActionRefusedError, match="reason"):
        refuse(published, resident, " ")
    assert again(published).state == State.ANSWERED


def test_the_photo_of_a_verdict_is_not_public(
    published: Issue,
    resident: User,
    moderator: User,
    make_user: Callable[..., User],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    answer(published)
    picture = BytesIO()
    Image.new("RGB", (60, 40), "brown").save(picture, "JPEG")
    picture.seek(0)
    operations.rate_issue(
        by=By.author(resident),
        issue=published,
        stars=2,
        solved=False,
        comment="Яма на месте, вот она.",
        photo=uploads.examine(picture, name="яма.jpg"),
    )
    photo = Attachment.objects.get(issue=published)
    assert photo.purpose == Attachment.Purpose.VERDICT
    assert photo.file.name
    assert default_storage.exists(photo.file.name)
    assert may_see_file(resident, photo)
    assert may_see_file(moderator, photo)
    assert not may_see_file(make_user(), photo)
    assert not may_see_file(None, photo)


def test_the_author_is_told_three_days_before_silence_ends_it(
    published: Issue, resident: User
) -> None:
    answer(published)
    answered_at = again(published).answered_at
    assert answered_at
    for days in (10.9, 11, 12):
        with clock.told(answered_at + timedelta(days=days)):
            tasks.escalate_due.fn()
            outbox.deliver_due(letters.CONSUMER)
    closing = clock.region_date(answered_at + timedelta(days=14))
    letter = Letter.objects.get(key__contains=":closing_soon:")
    assert letter.to == resident.email
    assert f"{closing.day} " in letter.text
    with clock.told(answered_at + timedelta(days=14)):
        tasks.close_silent.fn()
    assert again(published).state == State.CLOSED
    assert not Rating.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_are_one(published: Issue, resident: User) -> None:
    answer(published)
    gate = Barrier(6)

    def rate(stars: int) -> bool:
        try:
            gate.wait()
            operations.rate_issue(
                by=By.author(resident), issue=published, stars=stars % 5 + 1, solved=True
            )
        except ActionRefusedError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(rate, range(6))) == [False] * 5 + [True]
    assert Rating.objects.count() == 1
    actions = list(published.events.values_list("action", flat=True))
    assert actions.count("rate") == actions.count("close") == 1
