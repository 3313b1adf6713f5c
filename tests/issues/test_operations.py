"""An issue goes its way, and each wrong step is refused with its reason and changes nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock
from issues import deadlines, operations, timeline
from issues.models import Answer, Issue, Rating
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from tests.timeline import actions

REPLY = operations.Reply(
    decision=Answer.Decision.DONE, text="Яма заделана 3 июня, акт № 5.", signatory="Сидоров С. С."
)


def register(issue: Issue) -> None:
    operations.register_issue(
        by=By.msed(), issue=issue, number="01-12/345", registered_on=date(2026, 6, 1)
    )


def again(issue: Issue) -> Issue:
    """The issue as the database has it now."""
    return Issue.objects.get(pk=issue.pk)


def state(issue: Issue) -> str:
    """Where the issue stands now."""
    return again(issue).state


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


def test_a_deadline_moves_in_public_and_not_beyond_the_law(published: Issue) -> None:
    register(published)
    published.refresh_from_db()
    term = published.answer_due_at
    assert term is not None
    latest = deadlines.latest_extension(term)
    for impossible in (clock.region_date(term) - timedelta(days=2), latest + timedelta(days=1)):
        with pytest.raises(ActionRefusedError, match="new_term"):
            operations.extend_term(
                by=By.msed(), issue=published, until=impossible, reason="Ждём асфальт"
            )
    operations.extend_term(by=By.msed(), issue=published, until=latest, reason="Ждём асфальт")
    published.refresh_from_db()
    assert state(published) == State.EXTENDED
    assert published.answer_due_at == clock.end_of_day(latest)
    with pytest.raises(ActionRefusedError, match="new_term"):
        operations.extend_term(
            by=By.msed(), issue=published, until=latest + timedelta(days=1), reason="Ещё"
        )


def test_a_deferred_issue_stays_open_with_its_day(published: Issue) -> None:
    register(published)
    day = date(2027, 5, 20)
    reply = replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=day)
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    published.refresh_from_db()
    assert state(published) == State.DEFERRED
    assert published.planned_date == day
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    assert Answer.objects.count() == 2


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


def test_a_silent_author_closes_after_two_weeks(published: Issue) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    assert operations.close_silent(issue=published) is None
    late = clock.now() + timedelta(days=14, seconds=1)
    with clock.told(late):
        # Nobody told the author yet: the notice comes first, and three days with it.
        assert operations.close_silent(issue=published) is None
        assert operations.escalate_issue(issue=published) is not None
        assert operations.close_silent(issue=published) is None
    with clock.told(late + timedelta(days=3)):
        assert operations.close_silent(issue=published) is not None
    published.refresh_from_db()
    assert state(published) == State.CLOSED


def test_a_deadline_is_recalled_at_three_quarters_and_escalated_when_missed(issue: Issue) -> None:
    assert operations.escalate_issue(issue=issue) is None
    for hours, action in ((36.1, "remind"), (48.1, "escalate")):
        with clock.told(issue.filed_at + timedelta(hours=hours)):
            event = operations.escalate_issue(issue=issue)
            assert event is not None
            assert event.action == action
            assert event.data == {"deadline": "moderation"}
            assert operations.escalate_issue(issue=issue) is None


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


def test_a_missed_deadline_stays_missed(published: Issue) -> None:
    register(published)
    due = again(published).answer_due_at
    assert due is not None
    later = clock.region_date(due) + timedelta(days=10)
    with clock.told(due + timedelta(hours=1)):
        with pytest.raises(ActionRefusedError, match="new_term"):
            operations.extend_term(by=By.msed(), issue=published, until=later, reason="Поздно")
        reply = replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=later)
        operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    assert again(published).answer_due_at == due
    assert again(published).planned_date == later


def test_a_deferral_moves_the_deadline_no_further_than_an_extension(published: Issue) -> None:
    register(published)
    term = again(published).answer_due_at
    assert term is not None
    for impossible in (clock.region_date(clock.now()), date(2001, 1, 1)):
        with pytest.raises(ActionRefusedError, match="planned_date"):
            operations.answer_issue(
                by=By.msed(),
                issue=published,
                reply=replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=impossible),
            )
    operations.answer_issue(
        by=By.msed(),
        issue=published,
        reply=replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=date(2036, 1, 1)),
    )
    assert again(published).answer_due_at == clock.end_of_day(deadlines.latest_extension(term))


def test_an_authority_that_never_registers_still_meets_the_term(published: Issue) -> None:
    told = []
    moment = again(published).escalate_at
    while moment is not None:
        with clock.told(moment):
            event = operations.escalate_issue(issue=published)
        assert event is not None
        told.append((event.action, event.data["deadline"]))
        moment = again(published).escalate_at
    assert told == [
        ("remind", "registration"),
        ("escalate", "registration"),
        ("remind", "answer"),
        ("escalate", "answer"),
    ]


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


def test_a_return_is_not_lost_where_the_calendar_is_unknown(
    published: Issue, resident: User
) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    moment = clock.now().replace(year=2031, month=3, day=3)
    with clock.told(moment):
        operations.rate_issue(
            by=By.author(resident), issue=published, stars=1, solved=False, comment="Яма на месте"
        )
    assert again(published).answer_due_at == deadlines.longest_answer_due(moment)


def test_a_day_of_registration_does_not_lie_in_the_future(published: Issue) -> None:
    with pytest.raises(ActionRefusedError, match="registration"):
        operations.register_issue(
            by=By.msed(), issue=published, number="1", registered_on=date(2099, 1, 1)
        )


def test_a_name_changed_later_is_not_published(published: Issue, resident: User) -> None:
    resident.last_name = "ВОРЬ-МЭР"
    resident.save()
    assert again(published).author_public_name == "Иванова Анна"
