"""Whatever dies while messages are on their way, both books are equal at the end.

In `make test` in a short form; `CHAOS_ISSUES=500 CHAOS_SEEDS=10` is the long one: `make bench ARGS=chaos`.
"""

import pytest

from accounts.models import User
from authorities.models import Authority
from issues import operations
from issues.policies import By
from tests.journeys.chaos import Chaos, add_photo, differences, settled, told
from tests.journeys.parts import Parts, eventually

ISSUES, SEEDS, HARMS = told("ISSUES", 6), told("SEEDS", 3), told("HARMS", 6)
MOST_SECONDS = 90 + ISSUES + 5 * HARMS

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(120 + 2 * MOST_SECONDS),
]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_books_of_both_sides_are_equal_at_the_end(
    parts: Parts,
    resident: User,
    moderator: User,
    authority: Authority,
    message: operations.Message,
    seed: int,
) -> None:
    issues = [
        operations.file_issue(by=By.author(resident), message=message) for _one in range(ISSUES)
    ]
    for number, issue in enumerate(issues):
        add_photo(issue, seed=number)
    chaos = Chaos(parts, seed=seed)
    for issue in issues:
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
    eventually(lambda: len(chaos.killed) >= HARMS, seconds=MOST_SECONDS, what="harm is done")
    chaos.stop()

    eventually(lambda: settled(parts), seconds=MOST_SECONDS, what="all has arrived")
    assert differences(parts.msed_books(), issues) == []
