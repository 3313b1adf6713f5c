"""The author asks for a second look from the page of the message, by a plain form."""

from django.test import Client

from accounts.models import User
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_asked_for_once_with_words(
    client: Client, issue: Issue, resident: User, moderator: User
) -> None:
    client.force_login(resident)
    client.cookies["django_language"] = "en"
    page, form = f"/my/{issue.number}/", f"/my/{issue.number}/appeal/"
    assert client.get(form).status_code == 302  # nothing is rejected yet
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Непонятно.", code="unclear"
    )
    assert "Ask for a second look" in text(client, page)
    assert "Непонятно." in text(client, form)
    refused = client.post(form, {"words": " "})
    assert refused.status_code == 400
    assert "Write why it should be published." in refused.content.decode()
    sent = client.post(form, {"words": "Дом <i>указан</i>."}, follow=True).content.decode()
    assert "Another moderator looks at your message within 48 hours." in sent
    assert "Another moderator looks at it a second time by" in sent
    assert "Дом &lt;i&gt;указан&lt;/i&gt;." in sent
    assert "Ask for a second look" not in sent
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    again = client.post(form, {"words": "Ещё"}, follow=True).content.decode()
    assert "can not be asked for now" in again


def test_a_stranger_finds_nothing(client: Client, issue: Issue, moderator: User) -> None:
    operations.reject_issue(by=By.moderator(moderator), issue=issue, reason="Нет", code="unclear")
    client.force_login(moderator)
    assert client.get(f"/my/{issue.number}/appeal/").status_code == 404
    assert client.post(f"/my/{issue.number}/appeal/", {"words": "Да"}).status_code == 404
