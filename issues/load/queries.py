"""The load's SQL: what is put aside while lines pour in, put back afterwards, and looked at then."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from issues.load.rows import COLUMNS

USERS = "accounts_user"
TABLES = (*COLUMNS, "issues_searchtext")
TRIGGERS = (
    # They look at every new row; `untold` and the key of the entries ask the same of all rows at once.
    ("issues_issue", "issue_change_is_told"),
    ("issues_issueevent", "issueevent_is_the_issues_last"),
    # What it does for each row `note_words` does for many.
    ("issues_issue", "issue_words_are_noted"),
)
"""Tables and their triggers that a load does without."""


@dataclass(frozen=True)
class Free:
    """The first ids that are not taken."""

    user: int
    issue: int
    event: int
    answer: int


def take_counters(issues_by_year: dict[int, int]) -> dict[int, int]:
    """Takes numbers of each year, gap-free; the last one that was given before, by year."""
    before = {}
    with connection.cursor() as cursor:
        for year, count in issues_by_year.items():
            cursor.execute(
                "INSERT INTO issues_numbercounter AS counter (year, last) VALUES (%s, %s)"
                " ON CONFLICT (year) DO UPDATE SET last = counter.last + excluded.last"
                " RETURNING last",
                [year, count],
            )
            before[year] = int(cursor.fetchone()[0]) - count
    return before


def free_ids() -> Free:
    """The first free ids; to be asked once nobody else writes."""

    def after(*tables: str) -> int:
        return 1 + max(_number(f"SELECT coalesce(max(id), 0) FROM {table}") for table in tables)  # noqa: S608

    return Free(
        user=after(USERS),
        issue=after("issues_issue"),
        event=after("issues_issueevent"),
        answer=after("issues_answer", "issues_rating"),
    )


@contextmanager
def rules_put_aside() -> Iterator[None]:
    """Inside a transaction: foreign keys, plain indexes and some triggers of the tables are away.

    It needs no more than to own the tables. Nobody else reads or writes them until the commit, which
    brings all back: the indexes are built and the keys checked for all rows at once.
    """
    with connection.cursor() as cursor:
        # What earlier statements of the transaction owe is paid now: a table with debts is not altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL statement_timeout = 0")
        # For the indexes that are put back, and for `untold`, which joins all entries.
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        keys, indexes = _foreign_keys(), _plain_indexes()
        for table, trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        # The planner is told what is in the tables before it plans the checks of the keys. With no more
        # memory than this it joins entries and words in their order: over twice as fast as a hash of
        # ten million entries.
        cursor.execute(f"ANALYZE {USERS}, {', '.join(TABLES)}")
        cursor.execute("SET LOCAL maintenance_work_mem = '64MB'")
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for table, trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        for table in (USERS, *(table for table, columns in COLUMNS.items() if "id" in columns)):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1))"  # noqa: S608
                f" FROM {table}"
            )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def copy(table: str, columns: Sequence[str], lines: bytes) -> None:
    """Lines in COPY's text format into a table."""
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.BytesIO(lines), 1 << 20
        )


def note_words(*, first: int, count: int) -> None:
    """Notes the words of public issues for the search, as their trigger does, but not as pending.

    Args:
        first: the first issue's id.
        count: how many ids from it on.
    """
    with connection.cursor() as cursor:
        # Both ends are named so that the planner, who has not been told what is there, expects few rows.
        cursor.execute(
            """
            INSERT INTO issues_searchtext (issue_id, words, is_pending)
            SELECT id, issues_words_of(published_text, address), false FROM issues_issue
            WHERE id >= %s AND id < %s AND published_text <> '' ORDER BY id
            """,
            [first, first + count],
        )


def untold(first_issue: int) -> int:
    """How many issues from an id on are not what the last entry of their timeline says.

    It asks of all rows what the trigger `issues_change_is_told` asks of each.
    """
    return _number(
        """
        SELECT count(DISTINCT issue.id) FROM issues_issue AS issue
        LEFT JOIN issues_issueevent AS last
            ON last.issue_id = issue.id AND last.seq >= issue.event_count
        WHERE issue.id >= %(first)s AND (
            last.seq IS DISTINCT FROM issue.event_count
            OR last.hash IS DISTINCT FROM issue.head_hash
            OR last.state_after IS DISTINCT FROM issue.state
            OR last.is_hidden IS DISTINCT FROM issue.is_hidden
            OR last.authority_id IS DISTINCT FROM issue.authority_id
            OR last.moderation_due_at IS DISTINCT FROM issue.moderation_due_at
            OR last.registration_due_at IS DISTINCT FROM issue.registration_due_at
            OR last.answer_due_at IS DISTINCT FROM issue.answer_due_at
        )
        """,
        {"first": first_issue},
    )


def _foreign_keys() -> list[tuple[str, str, str]]:
    """Tables, names and definitions of the keys that the tables hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2",
            [list(TABLES)],
        )
        return [(str(table), str(name), str(how)) for table, name, how in cursor.fetchall()]


def _plain_indexes() -> list[tuple[str, str]]:
    """Names and definitions of the tables' indexes that keep no rule."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE NOT indisunique AND indrelid = ANY(%s::regclass[]) ORDER BY 1",
            [list(TABLES)],
        )
        return [(str(name), str(how)) for name, how in cursor.fetchall()]


def _number(query: str, values: dict[str, int] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])
