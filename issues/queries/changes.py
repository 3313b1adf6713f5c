"""What of the public messages has changed since a snapshot, and the bare rows of it.

A row says in `changed_in` which transaction wrote it last (the default and a trigger see to it). A
snapshot of PostgreSQL says which transactions it does not see: those from its upper end on, and those
that were running. So the rows that a reader has not seen yet are exactly those of such transactions
that have committed by now, in whatever order they did.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.db import connection, transaction

from authorities.models import Kind
from issues.workflow import PUBLIC_STATES

KINDS = tuple(str(kind) for kind in Kind.values)
STATES = tuple(sorted(state.value for state in PUBLIC_STATES))
"""A row has the place of its kind and of its state in these, counted from 1."""

LONGEST_READING = "120s"


@dataclass(frozen=True)
class Seen:
    """What a statement of the database saw.

    Attributes:
        place: which start of which server, which database, which file of the table: where one of
            them is another, what was read before says nothing.
        upper: the first transaction that had not begun.
        running: those below it that had not ended.
    """

    place: str
    upper: int
    running: tuple[int, ...]


@dataclass(frozen=True)
class News:
    """What has happened since something was seen.

    Attributes:
        seen: what is seen now.
        changed: the ids of the rows that are new to the reader, public or not.
        is_writing: whether the reader's own transaction has written: what it sees is not for others.
    """

    seen: Seen
    changed: list[int]
    is_writing: bool


_NEWS = """
SELECT
    pg_postmaster_start_time()::text || ' ' || current_database() || ' '
        || pg_relation_filenode('issues_issue'),
    pg_snapshot_xmax(now.snapshot)::text::bigint,
    ARRAY(SELECT pg_snapshot_xip(now.snapshot)::text::bigint),
    pg_current_xact_id_if_assigned() IS NOT NULL,
    ARRAY(
        SELECT id FROM issues_issue
        WHERE changed_in >= %(upper)s::text::xid8
            AND changed_in < pg_snapshot_xmax(pg_current_snapshot())
        {of_running}
    )
FROM (SELECT pg_current_snapshot() AS snapshot) AS now
"""
# Every view of the map asks for news, and planning takes most of it: no more is asked than there is to ask.
_OF_RUNNING = """
        UNION ALL
        SELECT id FROM issues_issue WHERE changed_in = ANY(%(running)s::text[]::xid8[])
"""


def news_since(seen: Seen | None) -> News:
    """What changed, by one statement; nothing where nothing was seen before."""
    upper, running = (seen.upper, seen.running) if seen else (2**63 - 1, ())
    with connection.cursor() as cursor:
        cursor.execute(
            _NEWS.format(of_running=_OF_RUNNING if running else ""),
            {"upper": str(upper), "running": [str(xid) for xid in running]},
        )
        place, upper, running, is_writing, changed = cursor.fetchone()
    return News(Seen(place, upper, tuple(running)), changed, is_writing)


class Sink(Protocol):
    """What takes the bytes of a COPY."""

    def write(self, data: bytes, /) -> object:
        """The next bytes."""


_NEVER = "'2000-01-01Z'"

_ROWS = f"""
COPY (
    SELECT issue.id::integer,
        array_position(ARRAY{list(KINDS)}, issue.kind::text),
        array_position(ARRAY{list(STATES)}, issue.state::text),
        issue.topic_id::integer,
        coalesce(issue.authority_id, 0)::integer,
        coalesce(issue.municipality_id, 0)::integer,
        issue.support_count,
        ST_X(issue.point), ST_Y(issue.point),
        issue.filed_at, issue.published_at,
        coalesce(issue.answered_at, {_NEVER}),
        coalesce(issue.closed_at, {_NEVER}),
        coalesce(issue.answer_due_at, {_NEVER}),
        coalesce(verdict.value, 0),
        issue.changed_in
    FROM issues_issue AS issue
    LEFT JOIN (
        SELECT DISTINCT ON (issue_id) issue_id, stars * 2 + solved::integer AS value
        FROM issues_rating JOIN issues_answer ON issues_answer.id = answer_id
        {{of_these}}
        ORDER BY issue_id, issues_answer.id DESC
    ) AS verdict ON verdict.issue_id = issue.id
    WHERE issue.state IN {STATES} AND NOT issue.is_hidden {{and_these}}
) TO STDOUT (FORMAT binary)
"""  # noqa: S608  (put together of constants)


def copy_rows(sink: Sink, ids: Sequence[int] | None = None) -> None:
    """Bare rows of the public messages, in PostgreSQL's binary form, in no order.

    Each has: id, kind, state, topic, authority, municipality, supporters (integers of four bytes),
    longitude and latitude (doubles), filed, published, answered, closed, answer due (moments: eight
    bytes of microseconds since 2000), the author's last verdict (twice the stars, one more where it is
    solved), the transaction (eight bytes). Nothing is NULL: what is not there is 0.

    Args:
        sink: takes the bytes.
        ids: which; None for all.
    """
    within = ", ".join(str(int(number)) for number in ids) if ids is not None else ""
    query = _ROWS.format(
        of_these=f"WHERE issue_id IN ({within})" if within else "",
        and_these=f"AND issue.id IN ({within})" if within else "",
    )
    if ids is not None and not within:
        return
    with connection.cursor() as cursor:
        cursor.copy_expert(query, sink, 1 << 20)


@contextmanager
def patience() -> Iterator[None]:
    """A transaction whose statements may take as long as all messages do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_READING])
        yield
