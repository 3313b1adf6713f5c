"""Answers of authorities as moderators see them: what was sent against the advice of the check."""

from datetime import timedelta

from django.test import Client

from accounts.models import User
from common import clock
from issues import operations
from issues.models import Answer, Issue
from issues.policies import By


def answered(issue: Issue, text: str) -> Answer:
    by = By.msed()
    today = clock.region_date(clock.now())
    operations.register_issue(by=by, issue=issue, number="12-3", registered_on=today)
    operations.start_work(by=by, issue=issue)
    reply = operations.Reply(decision="done", text=text, signatory="Мэр")
    return operations.answer_issue(by=by, issue=issue, reply=reply)


def test_what_came_by_msed_is_public_and_flagged(
    client: Client, moderator: User, published: Issue
) -> None:
    answer = answered(
        published, "Яма заделана 5 мая горячим асфальтом, акт № 8. Мастер: +7 916 123-45-67."
    )
    assert answer.warnings == ["personal"]
    assert client.get(f"/issues/{published.number}/").status_code == 200  # it stopped nothing
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    assert published.number in client.get("/moderation/answers/").content.decode()
    page = client.get(f"/moderation/{published.number}/").content.decode()
    assert "came by МСЭД, nobody was warned" in page
    assert "<q>+7 916 123-45-67</q>" in page
    operations.hide_issue(by=By.moderator(moderator), issue=published, reason="Телефон в ответе")
    assert published.number not in client.get("/moderation/answers/").content.decode()


def test_a_good_answer_is_not_shown_to_be_looked_at(
    client: Client, moderator: User, published: Issue
) -> None:
    answered(published, "Яма заделана 5 мая горячим асфальтом, акт № 8.")
    client.force_login(moderator)
    page = client.get(f"/moderation/{published.number}/").content.decode()
    assert "warned-" not in page
    assert published.number not in client.get("/moderation/answers/").content.decode()


def test_what_is_old_leaves_the_list(client: Client, moderator: User, published: Issue) -> None:
    answered(published, "Яма заделана 5 мая горячим асфальтом, акт № 8. Мастер: +7 916 123-45-67.")
    client.force_login(moderator)
    with clock.told(clock.now() + timedelta(days=31)):
        assert published.number not in client.get("/moderation/answers/").content.decode()
