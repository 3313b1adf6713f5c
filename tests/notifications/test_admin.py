"""The administration site shows letters and messages, changes none and names nobody's words."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from issues.models import Issue
from notifications.operations import Words, queue_letter


@pytest.fixture
def chief(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_letters_are_listed_by_state_without_their_words(chief: Client) -> None:
    letter = queue_letter(key="a", to="a@example.org", words=Words("Subject", "secret link", ""))
    assert letter
    for state, count in (("waiting", 1), ("sent", 0), ("given_up", 0), ("", 1)):
        page = chief.get(f"/admin/notifications/letter/?state={state}")
        assert page.context["cl"].result_count == count
    page = chief.get(f"/admin/notifications/letter/{letter.pk}/change/")
    assert "a@example.org" in page.content.decode()
    assert "secret link" not in page.content.decode()
    for verb in ("delete", "change"):
        address = f"/admin/notifications/letter/{letter.pk}/{verb}/"
        assert chief.post(address, {"post": "yes"}).status_code == 403
    assert chief.get("/admin/notifications/letter/add/").status_code == 403


def test_messages_are_read_without_personal_data(chief: Client, issue: Issue) -> None:
    assert chief.get("/admin/issues/issue/").status_code == 200
    page = chief.get(f"/admin/issues/issue/{issue.pk}/change/").content.decode()
    assert issue.number in page
    for personal in (issue.description, issue.address, "Иванова"):
        assert personal not in page
