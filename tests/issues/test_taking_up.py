"""A wrongly rejected message is taken up again: by a head only, once a sending, judged by somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Role, User
from common import clock, outbox
from issues import operations, telling, timeline
from issues.deadlines import MODERATION
from issues.models import Issue
from issues.policies import By
from issues.queries.appeals import may_appeal, may_take_up
from issues.workflow import ActionRefusedError, State
from notifications.models import Letter
from tests.moderation.test_operations import together

WHY = "Место названо в первой строке."


@pytest.fixture
def head(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, last_name="Громов")


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


@pytest.fixture
def rejected(issue: Issue, moderator: User) -> Issue:
    return operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Непонятно, где.", code="unclear"
    )


def take_up(head: User, issue: Issue, words: str = WHY) -> None:
    operations.take_up_rejection(by=By.moderator(head), issue=issue, words=words)
    issue.refresh_from_db()


def test_the_term_begins_anew_and_the_one_before_stays_in_the_timeline(
    rejected: Issue, head: User, moderator: User, second: User
) -> None:
    before = rejected.moderation_due_at
    later = clock.now() + timedelta(days=5)
    with clock.told(later):
        take_up(head, rejected)
        assert rejected.state == State.SUBMITTED
        assert rejected.moderation_due_at == later + MODERATION
        with pytest.raises(ActionRefusedError, match="another_moderator"):
            operations.accept_issue(by=By.moderator(moderator), issue=rejected)
        done = operations.accept_issue(by=By.moderator(second), issue=rejected)
    terms = dict(done.events.values_list("action", "moderation_due_at"))
    assert (terms["reject"], terms["take_up"]) == (before, later + MODERATION)
    assert done.state == State.DISPATCHED  # routed as any other
    assert timeline.verify(done) == []
    public = {entry.words: entry.note for entry in telling.entries(done)}
    assert WHY in public.values()
    assert "Непонятно, где." not in public.values()  # that was between the two


def test_the_author_gets_the_reason_by_letter_even_without_wishing_for_letters(
    rejected: Issue, head: User, resident: User
) -> None:
    User.objects.filter(pk=resident.pk).update(wants_letters=False, language="en")
    take_up(head, rejected)
    outbox.deliver_due("letters")
    letter = Letter.objects.get(subject__contains="is looked at again")
    assert WHY in letter.text
    assert "You need not do anything" in letter.text


def test_nobody_but_a_head_and_not_without_a_reason(
    rejected: Issue, head: User, second: User, resident: User
) -> None:
    for by in (By.moderator(second), By.author(resident), By.system()):
        with pytest.raises(ActionRefusedError):
            operations.take_up_rejection(by=by, issue=rejected, words=WHY)
    with pytest.raises(ActionRefusedError, match="reason"):
        take_up(head, rejected, "  ")
    own = Issue.objects.filter(pk=rejected.pk)
    own.update(author=head)
    with pytest.raises(ActionRefusedError, match="actor"):
        take_up(head, rejected)


def test_rejected_twice_it_is_not_taken_up_again_until_its_author_corrects_it(
    rejected: Issue,
    head: User,
    second: User,
    resident: User,
    moderator: User,
    message: operations.Message,
) -> None:
    take_up(head, rejected)
    operations.uphold_rejection(by=By.moderator(second), issue=rejected, words="Дома нет.")
    rejected.refresh_from_db()
    assert not may_take_up(rejected)
    with pytest.raises(ActionRefusedError, match="take_up_left"):
        take_up(head, rejected)
    # The author's own second look is not used up by it, and neither of the two decides that one.
    assert may_appeal(rejected)
    operations.appeal_rejection(by=By.author(resident), issue=rejected, words="Дом есть.")
    for one in (moderator, second):
        with pytest.raises(ActionRefusedError, match="another_moderator"):
            operations.accept_issue(by=By.moderator(one), issue=rejected)
    operations.uphold_rejection(by=By.moderator(head), issue=rejected, words="Нет.")
    operations.resubmit_issue(by=By.author(resident), issue=rejected, message=message)
    operations.reject_issue(by=By.moderator(second), issue=rejected, reason="Нет", code="unclear")
    rejected.refresh_from_db()
    assert may_take_up(rejected)


def test_what_its_author_did_first_holds(
    rejected: Issue, head: User, resident: User, moderator: User, second: User
) -> None:
    operations.appeal_rejection(by=By.author(resident), issue=rejected, words="Прочтите.")
    with pytest.raises(ActionRefusedError, match="state"):
        take_up(head, rejected)
    operations.uphold_rejection(by=By.moderator(second), issue=rejected, words="Нет.")
    take_up(head, rejected)  # a wrong second look is no end either
    with pytest.raises(ActionRefusedError, match="another_moderator"):
        operations.accept_issue(by=By.moderator(second), issue=rejected)


def test_nothing_is_left_to_take_up_of_an_author_who_was_erased(
    rejected: Issue, head: User, resident: User
) -> None:
    operations.erase_resident(by=resident)
    with pytest.raises(ActionRefusedError, match="state"):
        take_up(head, rejected)


def test_a_merged_message_is_not_a_rejected_one(
    publish: Callable[..., Issue], issue: Issue, moderator: User, head: User
) -> None:
    operations.merge_issue(by=By.moderator(moderator), issue=issue, main=publish())
    with pytest.raises(ActionRefusedError, match="state"):
        take_up(head, issue)


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_at_once_one_takes_it_up(
    rejected: Issue, head: User, make_user: Callable[..., User]
) -> None:
    other = make_user(Role.HEAD_MODERATOR)

    def by(who: User) -> Callable[[], object]:
        return lambda: operations.take_up_rejection(by=By.moderator(who), issue=rejected, words=WHY)

    outcomes = together(by(head), by(other))
    refused = [one for one in outcomes if isinstance(one, ActionRefusedError)]
    assert [one.why for one in refused] == ["state"]
    assert rejected.events.filter(action="take_up").count() == 1
