"""An issue goes its way, and each wrong step is refused with its reason and changes nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock
from issues import operations, timeline
from issues.models import Answer, Issue, Rating
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from tests.issues.steps import REPLY, again, register, state
from tests.timeline import actions


def test_from_the_map_to_a_rated_answer(published: Issue, resident: User) -> None:
    register(published)
    operations.start_work(by=By.msed(), issue=published, executor="Отдел дорог")
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    operations.rate_issue(by=By.author(resident), issue=published, stars=5, solved=True)
    published.refresh_from_db()
    assert state(published) == State.CLOSED
    assert published.closed_at is not None
    assert actions(published) == [
        *("submit", "accept", "publish", "dispatch"),
        *("register", "start", "answer", "rate", "close"),
    ]
    assert timeline.verify(published) == []
    assert Rating.objects.get().stars == 5


def test_a_message_that_was_not_published_is_not_answered(issue: Issue) -> None:
    with pytest.raises(ActionRefusedError, match="answer: state"):
        operations.answer_issue(by=By.msed(), issue=issue, reply=REPLY)
    issue.refresh_from_db()
    assert state(issue) == State.SUBMITTED
    assert not Answer.objects.exists()


def test_only_a_moderator_accepts(issue: Issue, resident: User) -> None:
    with pytest.raises(ActionRefusedError, match="accept: actor"):
        operations.accept_issue(by=By.moderator(resident), issue=issue)


def test_only_the_author_rates(published: Issue, make_user: Callable[..., User]) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    with pytest.raises(ActionRefusedError, match="actor"):
        operations.rate_issue(by=By.author(make_user()), issue=published, stars=1, solved=True)


def test_a_rejection_says_why_and_the_author_may_correct(
    issue: Issue, moderator: User, resident: User, message: operations.Message
) -> None:
    with pytest.raises(ActionRefusedError, match="reason"):
        operations.reject_issue(by=By.moderator(moderator), issue=issue, reason=" ", code="place")
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Нет места", code="place"
    )
    better = replace(message, description="Яма у подъезда 2, глубина 20 см.")
    operations.resubmit_issue(by=By.author(resident), issue=issue, message=better)
    issue.refresh_from_db()
    assert state(issue) == State.SUBMITTED
    assert issue.description == better.description
    assert issue.moderation_due_at > clock.now() + timedelta(hours=47)
    assert timeline.verify(issue) == []


def test_the_author_returns_an_answer_twice_at_most(published: Issue, resident: User) -> None:
    register(published)
    for round_number in range(3):
        operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
        operations.rate_issue(
            by=By.author(resident), issue=published, stars=1, solved=False, comment="Яма на месте"
        )
        published.refresh_from_db()
        assert published.state == (State.DISPATCHED if round_number < 2 else State.CLOSED)
    assert published.returns == 2
    assert Rating.objects.filter(solved=False).count() == 3


def test_a_return_needs_words(published: Issue, resident: User) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    with pytest.raises(ActionRefusedError, match="reason"):
        operations.rate_issue(by=By.author(resident), issue=published, stars=1, solved=False)
    assert not Rating.objects.exists()


def test_the_same_notice_answers_once(published: Issue) -> None:
    register(published)
    reply = replace(REPLY, uid=uuid.uuid4())
    first = operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    assert operations.answer_issue(by=By.msed(), issue=published, reply=reply) == first
    assert actions(published).count("answer") == 1


def test_a_refused_registration_waits_for_another_authority(
    published: Issue, moderator: User, authority: Authority
) -> None:
    operations.refuse_registration(by=By.msed(), issue=published, reason="Не наш вопрос")
    published.refresh_from_db()
    assert state(published) == State.PUBLISHED
    assert again(published).authority is None
    other = Authority.objects.create(
        slug="other", name="Другой орган", level="regional", exchange="cabinet"
    )
    operations.assign_authority(by=By.moderator(moderator), issue=published, authority=other)
    published.refresh_from_db()
    assert state(published) == State.DISPATCHED
    assert again(published).authority == other
    assert timeline.verify(published) == []


def test_outside_every_area_it_is_published_and_waits_for_a_person(
    resident: User, moderator: User, message: operations.Message
) -> None:
    issue = operations.file_issue(by=By.author(resident), message=replace(message, lon=10.0))
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    issue.refresh_from_db()
    assert state(issue) == State.PUBLISHED
    assert issue.authority is None


def test_thanks_are_acknowledged(
    resident: User, moderator: User, authority: Authority, message: operations.Message
) -> None:
    thanks = operations.file_issue(by=By.author(resident), message=replace(message, kind="thanks"))
    operations.accept_issue(by=By.moderator(moderator), issue=thanks)
    operations.acknowledge_thanks(by=By.moderator(moderator), issue=thanks)
    thanks.refresh_from_db()
    assert state(thanks) == State.CLOSED


def test_a_hidden_issue_goes_on_and_comes_back(published: Issue, moderator: User) -> None:
    operations.hide_issue(by=By.moderator(moderator), issue=published, reason="Чужой телефон")
    register(published)
    published.refresh_from_db()
    assert again(published).is_hidden
    assert not again(published).is_public
    operations.unhide_issue(by=By.moderator(moderator), issue=published, reason="Закрыто маской")
    published.refresh_from_db()
    assert again(published).is_public
    assert state(published) == State.REGISTERED


def test_filing_again_under_the_same_uid_is_the_same_message(
    resident: User,
    authority: Authority,
    message: operations.Message,
    make_user: Callable[..., User],
) -> None:
    uid = uuid.uuid4()
    first = operations.file_issue(by=By.author(resident), message=message, uid=uid)
    assert operations.file_issue(by=By.author(resident), message=message, uid=uid) == first
    with pytest.raises(ValueError, match="another message"):
        operations.file_issue(by=By.author(make_user()), message=message, uid=uid)
    assert Issue.objects.count() == 1


def test_a_topic_refuses_a_kind_it_does_not_allow(
    resident: User, message: operations.Message, topic: Topic
) -> None:
    topic.kinds = ["proposal"]
    with pytest.raises(ValueError, match="kind"):
        operations.file_issue(by=By.author(resident), message=message)


def test_half_a_message_is_never_left(
    resident: User, authority: Authority, message: operations.Message
) -> None:
    """A file that is not there undoes everything, and the number is given to the next one."""
    with pytest.raises(ValueError, match="file"):
        operations.file_issue(
            by=By.author(resident), message=replace(message, attachments=[uuid.uuid4()])
        )
    assert not Issue.objects.exists()
    issue = operations.file_issue(by=By.author(resident), message=message)
    assert issue.serial == 1


def test_filing_costs_few_queries(
    resident: User, authority: Authority, message: operations.Message
) -> None:
    operations.file_issue(by=By.author(resident), message=message)  # the first loads the rules
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        operations.file_issue(by=By.author(resident), message=message, uid=uuid.uuid4())
    assert len(queries) <= 10, [query["sql"][:120] for query in queries]


def test_msed_speaks_only_for_those_it_serves(published: Issue, authority: Authority) -> None:
    register(published)
    cabinet = Authority.objects.create(
        slug="cabinet", name="Управляющая компания", level="contractor", exchange="cabinet"
    )
    operations.redirect_issue(by=By.msed(), issue=published, to=cabinet, to_name=cabinet.name)
    handed_over = again(published)
    assert handed_over.state == State.DISPATCHED
    assert handed_over.registration_number == ""
    assert handed_over.registration_due_at is not None
    assert actions(published)[-2:] == ["redirect", "dispatch"]
    with pytest.raises(ActionRefusedError, match="actor"):
        operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)


def test_within_msed_the_paper_goes_on_under_its_number(
    published: Issue, authority: Authority
) -> None:
    register(published)
    ministry = Authority.objects.create(
        slug="ministry", name="Министерство", level="regional", msed_uid=uuid.uuid4()
    )
    operations.redirect_issue(by=By.msed(), issue=published, to=ministry, to_name=ministry.name)
    assert again(published).registration_number == "01-12/345"
    assert state(published) == State.REDIRECTED


def test_a_refusing_authority_takes_its_number_along(
    published: Issue, moderator: User, resident: User
) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    operations.rate_issue(
        by=By.author(resident), issue=published, stars=1, solved=False, comment="Яма на месте"
    )
    operations.refuse_registration(by=By.msed(), issue=published, reason="Уже не наше")
    other = Authority.objects.create(
        slug="other", name="Другой орган", level="regional", exchange="cabinet"
    )
    operations.assign_authority(by=By.moderator(moderator), issue=published, authority=other)
    assert again(published).registration_number == ""
    assert again(published).registration_due_at is not None


def test_the_uid_of_an_answer_belongs_to_one_issue(
    published: Issue, resident: User, moderator: User, message: operations.Message
) -> None:
    register(published)
    reply = replace(REPLY, uid=uuid.uuid4())
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    other = operations.file_issue(by=By.author(resident), message=message)
    operations.accept_issue(by=By.moderator(moderator), issue=other)
    register(other)
    with pytest.raises(ActionRefusedError, match="actor"):
        operations.answer_issue(by=By.msed(), issue=other, reply=reply)


def test_a_name_changed_later_is_not_published(published: Issue, resident: User) -> None:
    resident.last_name = "ВОРЬ-МЭР"
    resident.save()
    assert again(published).author_public_name == "Иванова Анна"
