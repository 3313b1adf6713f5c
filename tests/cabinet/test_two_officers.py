"""Two officers press at the same moment: one acts, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Role, User
from authorities.models import Authority, Official
from cabinet import operations
from cabinet.models import AnswerDraft
from issues import operations as issues
from issues import timeline
from issues.models import Answer, Issue
from issues.policies import By
from tests.cabinet.test_reply import GOOD

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_answers_sent_at_once_one_is_published(
    at_work: Issue, officer: User, authority: Authority, make_user: Callable[..., User]
) -> None:
    colleague = make_user(Role.OFFICER)
    Official.objects.create(user=colleague, authority=authority, post="начальник")
    at_work.refresh_from_db()
    drafts = [
        operations.save_draft(by=user, issue=at_work, fields={"text": GOOD})
        for user in (officer, colleague)
    ]
    start = Barrier(2)

    def send(number: int) -> str:
        draft = drafts[number]
        reply = issues.Reply(decision="done", text=f"{GOOD} {number}", signatory="Мэр")
        try:
            start.wait(90)
            operations.send_answer(
                by=By.officer(draft.officer),
                draft=draft,
                seen=at_work.event_count,
                version=draft.version,
                reply=reply,
            )
        except operations.ChangedError:
            return "told"
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == ["sent", "told"]
    answer = Answer.objects.get()
    assert at_work.events.filter(action="answer").count() == 1
    assert timeline.verify(Issue.objects.get(pk=at_work.pk)) == []
    # The text of the other one is still there.
    left = AnswerDraft.objects.get()
    assert left.fields == {"text": GOOD}
    assert answer.text.startswith(GOOD)
