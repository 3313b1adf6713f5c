"""An author changes a message until a moderator reads it, and corrects a rejected one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from issues import operations
from issues.models import Attachment, Issue
from issues.policies import By
from issues.workflow import ActionRefusedError
from moderation import operations as desk
from tests.portal.filing import photo, waiting_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def form_of(client: Client) -> dict[str, Any]:
    """The last step's form, as the page shows it."""
    return dict(client.get("/new/check/").context["hidden"]) | {"asks_details": "1"}


def test_an_author_changes_words_and_photos_before_a_moderator_reads(
    logged_in: Client, resident: User, issue: Issue
) -> None:
    due, file = issue.moderation_due_at, waiting_file(resident)
    Attachment.objects.filter(pk=file.pk).update(issue=issue)
    assert "Изменить сообщение" in logged_in.get(f"/my/{issue.number}/").content.decode()
    answer = logged_in.post(f"/new/change/{issue.number}/")
    assert answer.headers["Location"] == "/new/check/"
    page = logged_in.get("/new/text/")
    typed = {
        "kind": "problem",
        "description": "Яма стала шире, и рядом вторая.",
        "photos": [photo("вторая.jpg")],
    }
    logged_in.post("/new/text/", dict(page.context["hidden"]) | typed)
    page = logged_in.get("/new/check/")
    assert page.context["kept_files"] == [file]
    sent = form_of(logged_in) | {"drop": str(file.uid)}
    sent["attachments"] = str(page.context["attachments"][0].uid)
    for _press in range(2):
        assert logged_in.post("/new/", sent).headers["Location"] == f"/my/{issue.number}/"
    issue.refresh_from_db()
    assert (issue.state, issue.moderation_due_at) == ("submitted", due)
    assert issue.description == "Яма стала шире, и рядом вторая."
    assert [one.name for one in issue.attachments.all()] == ["вторая.jpg"]
    assert list(issue.events.values_list("action", flat=True)) == ["submit", "amend"]
    assert Issue.objects.count() == 1


def test_changes_that_were_not_sent_go_on_where_they_were_left(
    logged_in: Client, resident: User, issue: Issue
) -> None:
    logged_in.post(f"/new/change/{issue.number}/")
    hidden = dict(logged_in.get("/new/text/").context["hidden"])
    logged_in.post("/new/text/", hidden | {"kind": "problem", "description": "Яма стала шире."})
    logged_in.post(f"/new/change/{issue.number}/")
    assert "Яма стала шире." in logged_in.get("/new/check/").content.decode()
    assert resident.filing_drafts.count() == 1


def test_once_a_moderator_reads_it_is_said_that_it_can_not_be_changed(
    logged_in: Client, resident: User, moderator: User, issue: Issue
) -> None:
    logged_in.post(f"/new/change/{issue.number}/")
    changed = form_of(logged_in) | {"description": "Совсем другое, чем читает модератор."}
    claim = desk.claim(by=moderator, issue=issue)
    page = logged_in.post("/new/", changed)
    assert page.status_code == 409
    assert "Модератор уже читает сообщение" in page.content.decode()
    assert "уже читает модератор" in logged_in.get(f"/my/{issue.number}/").content.decode()
    answer = logged_in.post(f"/new/change/{issue.number}/")
    assert answer.headers["Location"] == f"/my/{issue.number}/"
    # Let go and taken again, it has been read all the same; and is told once.
    desk.release(by=claim.moderator, issue=issue)
    desk.claim(by=moderator, issue=issue)
    assert list(issue.events.values_list("action", flat=True)) == ["submit", "take"]
    issue.refresh_from_db()
    assert not issue.description.startswith("Совсем другое")


def test_a_moderator_does_not_decide_about_words_that_have_changed_since(
    resident: User, moderator: User, issue: Issue, message: operations.Message
) -> None:
    operations.amend_issue(by=By.author(resident), issue=issue, message=message)
    with pytest.raises(desk.ChangedError):
        desk.accept(by=moderator, issue=issue, seen=1, published_text="Яма.")


def test_nobody_else_changes_a_message(
    client: Client, make_user: Callable[..., User], issue: Issue, message: operations.Message
) -> None:
    stranger = make_user()
    client.force_login(stranger)
    assert client.post(f"/new/change/{issue.number}/").status_code == 404
    with pytest.raises(ActionRefusedError):
        operations.amend_issue(by=By.author(stranger), issue=issue, message=message)
    issue.refresh_from_db()
    assert issue.event_count == 1


def test_a_rejected_message_is_corrected_and_sent_again(
    logged_in: Client, moderator: User, issue: Issue
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Уберите номер квартиры.", code="personal"
    )
    assert "Уберите номер квартиры." in logged_in.get(f"/my/{issue.number}/").content.decode()
    answer = logged_in.post(f"/my/{issue.number}/correct/")
    page = logged_in.get(answer.headers["Location"])
    form = dict(page.context["hidden"]) | {"asks_words": "1", "description": "Яма у самого дома."}
    logged_in.post("/new/text/", form)
    last = dict(logged_in.get("/new/check/").context["hidden"])
    for _press in range(2):
        answer = logged_in.post("/new/", last)
        assert answer.headers["Location"] == f"/new/sent/{issue.number}/"
    issue.refresh_from_db()
    assert issue.event_count == 3
    assert (issue.state, issue.description) == ("submitted", "Яма у самого дома.")
    assert Issue.objects.count() == 1


def test_a_strangers_message_can_not_be_corrected_through_a_forged_number(
    client: Client, make_user: Callable[..., User], issue: Issue, whole: dict[str, Any]
) -> None:
    client.force_login(make_user())
    assert client.post("/new/", whole | {"number": issue.number}).status_code == 404
    issue.refresh_from_db()
    assert issue.event_count == 1


def test_a_correction_in_another_tab_is_not_overwritten_by_a_new_message(
    logged_in: Client, moderator: User, issue: Issue, whole: dict[str, Any]
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Уберите номер квартиры.", code="personal"
    )
    logged_in.post(f"/my/{issue.number}/correct/")
    logged_in.post("/new/", whole)
    issue.refresh_from_db()
    assert issue.state == "rejected"
    assert Issue.objects.count() == 2
