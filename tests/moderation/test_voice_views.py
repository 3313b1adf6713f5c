"""What residents say, at the desk: reports are decided, denials and controls are seen."""

import pytest
from django.test import Client

from accounts.models import User
from issues import operations
from issues.models import AbuseReport, Issue

PAGE = "/moderation/residents/"


@pytest.fixture
def reported(published: Issue) -> Issue:
    operations.report_abuse(by=None, issue=published, reason="insult", words="Брань в конце.")
    return published


def test_hiding_needs_a_reason_that_everybody_reads(
    client: Client, reported: Issue, moderator: User
) -> None:
    client.force_login(moderator)
    text = client.get(PAGE).content.decode()
    assert "Брань в конце." in text
    assert '<span id="count-reported">&nbsp;(1)</span>' in text
    decide = f"{PAGE}{reported.number}/"
    wrong = client.post(decide, {"outcome": "hide", "reason": " "})
    assert wrong.status_code == 400
    assert "её прочитают все" in wrong.content.decode()
    client.post(decide, {"outcome": "hide", "reason": "Брань."})
    assert "Брань." in Client().get(f"/issues/{reported.number}/").content.decode()
    assert "Жалоб нет" in client.get(PAGE).content.decode()
    page = client.post(decide, {"outcome": "nothing_wrong"}, follow=True)
    assert "уже решил другой модератор" in page.content.decode()


def test_nothing_wrong(client: Client, reported: Issue, moderator: User) -> None:
    client.force_login(moderator)
    client.post(f"{PAGE}{reported.number}/", {"outcome": "nothing_wrong"})
    assert AbuseReport.objects.get().outcome == "nothing_wrong"
    assert Client().get(f"/issues/{reported.number}/").status_code == 200
    assert client.post(f"{PAGE}{reported.number}/", {"outcome": "burn"}).status_code == 400


def test_only_for_moderators(client: Client, reported: Issue, resident: User) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(resident)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{reported.number}/", {"outcome": "hide"}).status_code == 403


def test_a_moderator_does_not_decide_about_themselves(
    client: Client, reported: Issue, moderator: User
) -> None:
    Issue.objects.filter(pk=reported.pk).update(author=moderator)
    client.force_login(moderator)
    page = client.post(f"{PAGE}{reported.number}/", {"outcome": "nothing_wrong"}, follow=True)
    assert "не можете решать" in page.content.decode()
    assert AbuseReport.objects.get().outcome == ""
