"""What is committed is in the columns at the next look, in whatever order; what is not, is not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace as changed
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction

from accounts.models import User
from issues import columns, operations
from issues.columns import keeper as keeping
from issues.columns.keeper import BusyError, Keeper
from issues.columns.table import Table
from issues.models import Issue
from issues.policies import By
from issues.queries import Filter, changes

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def elsewhere() -> Iterator[Any]:
    """Another process's transaction: it ends when the test says so."""
    with closing(psycopg2.connect(**connection.get_connection_params())) as other:
        yield other


def support(other: Any, issue: Issue, count: int) -> None:
    with other.cursor() as cursor:
        cursor.execute(
            "UPDATE issues_issue SET support_count = %s WHERE id = %s", [count, issue.pk]
        )


def supporters(table: Table) -> dict[int, int]:
    return dict(
        zip(
            table["id"][table.alive].tolist(),
            table["supporters"][table.alive].tolist(),
            strict=True,
        )
    )


@pytest.fixture
def two(publish: Callable[..., Issue]) -> tuple[Issue, Issue]:
    return publish(), publish()


def test_an_older_transaction_that_commits_after_a_newer_one_is_not_missed(
    two: tuple[Issue, Issue],
) -> None:
    first, second = two
    kept = Keeper()
    assert supporters(kept.current()) == {first.pk: 0, second.pk: 0}
    with elsewhere() as older, elsewhere() as newer:
        support(older, first, 5)
        support(newer, second, 7)
        newer.commit()
        assert supporters(kept.current()) == {first.pk: 0, second.pk: 7}
        support(newer, second, 8)
        newer.commit()
        assert supporters(kept.current()) == {first.pk: 0, second.pk: 8}
        older.commit()
        assert supporters(kept.current()) == {first.pk: 5, second.pk: 8}


def test_what_is_rolled_back_was_never_there(two: tuple[Issue, Issue]) -> None:
    first, second = two
    kept = Keeper()
    kept.current()
    with elsewhere() as other:
        support(other, first, 5)
        before = kept.current()
        other.rollback()
        after = kept.current()
    assert supporters(after) == {first.pk: 0, second.pk: 0}
    assert before.version == after.version


def test_savepoints_write_as_their_transaction_does(two: tuple[Issue, Issue]) -> None:
    first, second = two
    kept = Keeper()
    kept.current()
    with elsewhere() as other, elsewhere() as quick:
        with other.cursor() as cursor:
            cursor.execute("SAVEPOINT one")
            support(other, first, 5)
            cursor.execute("RELEASE SAVEPOINT one")
            support(quick, second, 1)
            quick.commit()
            kept.current()
            cursor.execute("SAVEPOINT two")
            support(other, first, 6)
            cursor.execute("ROLLBACK TO SAVEPOINT two")
        other.commit()
    assert supporters(kept.current()) == {first.pk: 5, second.pk: 1}


def test_a_message_comes_when_it_is_published_and_goes_when_it_is_hidden(
    two: tuple[Issue, Issue], moderator: User, resident: User, message: operations.Message
) -> None:
    first, second = two
    kept = Keeper()
    before = kept.current()
    operations.hide_issue(by=By.moderator(moderator), issue=first, reason="личные данные")
    filed = operations.file_issue(by=By.author(resident), message=changed(message, lon=37.6))
    assert supporters(kept.current()) == {second.pk: 0}
    operations.accept_issue(by=By.moderator(moderator), issue=filed)
    assert supporters(kept.current()) == {second.pk: 0, filed.pk: 0}
    # Whoever still reads the former state reads it whole.
    assert supporters(before) == {first.pk: 0, second.pk: 0}
    assert kept.current().version == Keeper().current().version != before.version


def test_many_changes_outgrow_the_room_and_all_is_still_there(
    two: tuple[Issue, Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.columns.table.SPARE", 3)
    first, second = two
    kept = Keeper()
    with elsewhere() as other:
        other.autocommit = True
        for count in range(1, 12):
            support(other, first, count)
            table = kept.current()
            assert supporters(table) == {first.pk: count, second.pk: 0}
            assert table.version == Keeper().current().version
            assert table.count == 2


def test_a_large_import_is_read_as_a_whole(
    two: tuple[Issue, Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MANY", 1)
    first, second = two
    kept = Keeper()
    kept.current()
    with elsewhere() as other:
        support(other, first, 1)
        support(other, second, 2)
        other.commit()
    assert supporters(kept.current()) == {first.pk: 1, second.pk: 2}


def test_ones_own_writing_is_seen_by_oneself_alone_until_it_is_committed(
    two: tuple[Issue, Issue],
) -> None:
    first, second = two
    kept = Keeper()
    kept.current()
    with transaction.atomic():
        Issue.objects.filter(pk=first.pk).update(support_count=3)
        assert supporters(kept.current()) == {first.pk: 3, second.pk: 0}
        found: list[dict[int, int]] = []

        def look() -> None:
            found.append(supporters(kept.current()))
            connection.close()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert found == [{first.pk: 0, second.pk: 0}]
        transaction.set_rollback(True)
    assert supporters(kept.current()) == {first.pk: 0, second.pk: 0}


def test_another_history_is_noticed(two: tuple[Issue, Issue]) -> None:
    """A table that was written anew, a server that was restored to an earlier moment."""
    first, second = two
    kept = Keeper()
    kept.current()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issues_issue DISABLE TRIGGER USER")
        cursor.execute("UPDATE issues_issue SET support_count = 4, changed_in = '3'")
        cursor.execute("ALTER TABLE issues_issue ENABLE TRIGGER USER")
    assert supporters(kept.current()) == {first.pk: 0, second.pk: 0}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL issues_issue")
    assert supporters(kept.current()) == {first.pk: 4, second.pk: 4}
    seen = changes.news_since(None).seen
    for other in (changed(seen, upper=seen.upper + 10**9), changed(seen, place="elsewhere")):
        kept._seen = other
        kept._held = None
        assert supporters(kept.current()) == {first.pk: 4, second.pk: 4}
        assert kept._seen is not None
        assert kept._seen.place == seen.place


def test_rows_of_a_cluster_with_higher_transactions_are_read_once(two: tuple[Issue, Issue]) -> None:
    """After a restore rows name transactions that this server has not begun yet."""
    first, second = two
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issues_issue DISABLE TRIGGER USER")
        cursor.execute("UPDATE issues_issue SET changed_in = '900000000000'")
        cursor.execute("ALTER TABLE issues_issue ENABLE TRIGGER USER")
    kept = Keeper()
    kept.current()
    assert changes.news_since(kept._seen).changed == []
    with elsewhere() as other:
        support(other, first, 2)
        other.commit()
    assert changes.news_since(kept._seen).changed == [first.pk]
    assert supporters(kept.current()) == {first.pk: 2, second.pk: 0}


def test_readers_and_a_writer_at_once(two: tuple[Issue, Issue]) -> None:
    """Nobody reads half a change: both are always supported as often, give or take the one in hand."""
    first, second = two
    kept, stop, wrong = Keeper(), threading.Event(), []

    def read() -> None:
        last = 0
        while not stop.is_set():
            told = supporters(kept.current())
            if told[first.pk] != told[second.pk] or told[first.pk] < last:
                wrong.append(told)
            last = told[first.pk]
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    with elsewhere() as other:
        for count in range(1, 60):
            support(other, first, count)
            support(other, second, count)
            other.commit()
            assert supporters(kept.current()) == {first.pk: count, second.pk: count}
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_who_waits_too_long_for_the_first_reading_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LONGEST_WAIT", 0.01)
    kept = Keeper()
    kept._lock.acquire()
    with pytest.raises(BusyError):
        kept.current()


def test_a_look_that_finds_nothing_new_is_one_statement(
    two: tuple[Issue, Issue], django_assert_num_queries: Any
) -> None:
    columns.select(Filter())
    with django_assert_num_queries(1):
        assert columns.select(Filter()).count == 2


def test_what_is_new_is_found_by_its_index(two: tuple[Issue, Issue]) -> None:
    seen = changes.news_since(None).seen
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        asked = changes._NEWS.format(of_running=changes._OF_RUNNING)
        cursor.execute(
            f"EXPLAIN {asked}", {"upper": str(seen.upper), "running": [str(seen.upper - 1)]}
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert plan.count("issue_changed_in") == 2
    assert "Seq Scan" not in plan
