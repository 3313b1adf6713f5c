"""`manage.py verify_timeline` finds what somebody did past the triggers, and says it in words."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from issues import operations, timeline
from issues.models import Issue
from issues.policies import By


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("verify_timeline", *arguments, stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def forge(statement: str, issue: Issue) -> None:
    """Does what only the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE issues_issueevent DISABLE TRIGGER USER")
        cursor.execute(statement, [issue.pk])
        cursor.execute("ALTER TABLE issues_issueevent ENABLE TRIGGER USER")


def test_a_whole_timeline(published: Issue) -> None:
    assert run(published.number) == (
        0,
        f"{published.number}: the timeline is whole, {published.event_count} entries\n",
    )


def test_a_forged_one(published: Issue) -> None:
    forge(
        "UPDATE issues_issueevent SET at = at - interval '1 day' WHERE issue_id = %s AND seq = 2",
        published,
    )
    code, said = run(published.number)
    assert (code, said) == (1, f"{published.number}: entry 2 was changed\n")


def test_among_all_the_broken_one_is_named(
    published: Issue, resident: User, message: operations.Message
) -> None:
    for _turn in range(3):
        operations.file_issue(by=By.author(resident), message=message)
    assert run("--all") == (0, "4 issues looked at, 0 with a broken timeline\n")
    forge("UPDATE issues_issueevent SET seq = 9 WHERE issue_id = %s AND seq = 3", published)
    code, said = run("--all")
    assert code == 1
    assert f"{published.number}: entry 3 is missing, 4 stands in its place\n" in said
    assert said.endswith("4 issues looked at, 1 with a broken timeline\n")


def test_all_are_read_in_batches(
    resident: User, message: operations.Message, authority: object
) -> None:
    for _turn in range(5):
        operations.file_issue(by=By.author(resident), message=message)
    with CaptureQueriesContext(connection) as queries:
        looked_at = [count for count, _found in timeline.verify_all(batch=2)]
    assert looked_at == [2, 4, 5]
    assert len(queries) == 6 * 3 + 1


@pytest.mark.parametrize("arguments", [("2020-1",), (), ("2020-1", "--all")])
def test_it_says_what_it_was_not_asked(db: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("verify_timeline", *arguments)
