"""Nobody rewrites the timeline: the database refuses, and whoever gets past it is found out."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from common import canonical, clock
from issues import operations, timeline
from issues.models import EventNote, Issue
from issues.policies import By

FORGERIES = [
    "UPDATE issues_issueevent SET at = at - interval '1 day'",
    "DELETE FROM issues_issueevent",
    "TRUNCATE issues_issueevent CASCADE",
    "UPDATE issues_eventnote SET note = 'иначе'",
    "DELETE FROM issues_eventnote",
    "TRUNCATE issues_eventnote",
    "UPDATE issues_issue SET number = '2026-777'",
    "UPDATE issues_issue SET filed_at = filed_at - interval '1 day'",
    "UPDATE issues_issue SET description = 'иначе'",
    "UPDATE issues_issue SET published_text = 'иначе'",
    "UPDATE issues_issue SET planned_date = '2030-01-01'",
    "UPDATE issues_issue SET registration_number = '1'",
    "UPDATE issues_issue SET escalate_at = NULL",
    "UPDATE authorities_authority SET slug = 'elsewhere'",
]
QUIET_CHANGES = [
    "UPDATE issues_issue SET answer_due_at = answer_due_at + interval '30 days'",
    "UPDATE issues_issue SET moderation_due_at = moderation_due_at + interval '1 hour'",
    "UPDATE issues_issue SET state = 'closed'",
    "UPDATE issues_issue SET is_hidden = true",
    "UPDATE issues_issue SET authority_id = NULL WHERE state <> 'dispatched' OR true",
    "UPDATE issues_issue SET event_count = event_count - 1",
]


@pytest.mark.parametrize("statement", FORGERIES)
def test_the_database_refuses_a_forgery(published: Issue, statement: str) -> None:
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.parametrize("statement", QUIET_CHANGES)
def test_nobody_quietly_changes_a_deadline_or_a_state(published: Issue, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_clock_that_is_behind_stops_nobody(published: Issue, moderator: User) -> None:
    """Two machines never have quite the same time: who is behind acts all the same, and nothing goes back."""
    before = published.events.latest("seq")
    with clock.told(before.at - timedelta(seconds=3)):
        operations.hide_issue(by=By.moderator(moderator), issue=published, reason="Оскорбление.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert published.events.latest("seq").at == before.at


def test_an_entry_that_the_issue_does_not_count_is_refused(published: Issue) -> None:
    last = published.events.order_by("-seq").first()
    assert last is not None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        last.pk, last.seq = None, last.seq + 1
        last.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_downloaded_timeline_verifies_and_each_change_is_found(published: Issue) -> None:
    form = timeline.public_form(published)
    assert timeline.faults(form["entries"]) == []
    for index, entry in enumerate(form["entries"]):
        for field in ("at", "action", "state_after", "answer_due_at", "data", "authority"):
            changed = [dict(e) for e in form["entries"]]
            changed[index][field] = {"forged": True} if field == "data" else "forged"
            assert timeline.faults(changed), (entry["seq"], field)
    assert timeline.faults(form["entries"][:1] + form["entries"][2:])


def test_words_are_erased_without_breaking_the_chain(issue: Issue, moderator: User) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="В тексте чужой телефон", code="pd"
    )
    issue.refresh_from_db()
    EventNote.objects.filter(event__issue=issue).update(
        note="", note_salt="", private={}, private_salt=""
    )
    assert timeline.verify(issue) == []


def test_words_stand_only_beside_what_people_did_or_said(published: Issue) -> None:
    told = set(
        EventNote.objects.filter(event__issue=published).values_list("event__action", flat=True)
    )
    assert told == {"submit", "accept", "publish"}
    assert published.events.filter(action="dispatch", private_digest="", note_digest="").exists()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM issues_eventnote")
    assert "the words of entry 1 are gone" in timeline.verify(published)


def test_the_public_form_names_nobody(issue: Issue, moderator: User, resident: User) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    text = canonical.dumps(timeline.public_form(issue)).decode()
    for person in (moderator, resident):
        assert person.email not in text
        assert person.last_name not in text
    assert '"private"' not in text


def test_an_answer_stays_as_given(published: Issue) -> None:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=clock.region_date(clock.now())
    )
    operations.answer_issue(
        by=By.msed(),
        issue=published,
        reply=operations.Reply(decision="done", text="Сделано.", signatory="Сидоров С. С."),
    )
    change = "UPDATE issues_answer SET text = 'иначе'"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("UPDATE issues_issue SET published_text = 'иначе'")
        cursor.execute("UPDATE issues_eventnote SET private = '{}' WHERE note = ''")
        cursor.execute("SET session_replication_role = origin")
    found = timeline.verify(published)
    assert "the published text is not the one that was published" in found
    assert "the answer of entry 6 is not the one that was given" in found
    assert "the private words of entry 1 were changed" in found


def test_what_a_moderator_wrote_to_the_author_stays_between_them(
    issue: Issue, moderator: User
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Ваш телефон 8 900", code="pd"
    )
    form = timeline.public_form(issue)
    assert "8 900" not in str(form)
    assert timeline.faults(form["entries"]) == []


def test_forging_past_the_triggers_is_found(published: Issue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE issues_issueevent SET at = at - interval '1 day' WHERE action = 'accept'"
        )
        cursor.execute("SET session_replication_role = origin")
    assert timeline.verify(published) == ["entry 2 was changed"]
