"""“Me too”: whoever does it at the same time, the number of supporters is exact."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from common import clock
from issues import operations
from issues.models import Issue, Support
from issues.operations import (
    VoiceRefusedError,
    support_issue,
    supporting,
    unsupport_issue,
)
from issues.policies import By


def count_of(issue: Issue) -> int:
    return Issue.objects.values_list("support_count", flat=True).get(pk=issue.pk)


def all_at_once(steps: Sequence[Callable[[], object]]) -> None:
    """Runs each step in a thread with a connection of its own, none before all are there."""
    gate = Barrier(len(steps))

    def run(step: Callable[[], object]) -> None:
        try:
            gate.wait()
            step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        list(pool.map(run, steps))


def test_a_program_that_supports_everything_comes_to_an_end(
    published: Issue,
    publish: Callable[..., Issue],
    make_user: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supporting, "MOST_A_DAY", 2)
    person, third = make_user(), publish()
    for issue in (published, publish()):
        support_issue(by=person, issue=issue)
    with pytest.raises(VoiceRefusedError, match="much"):
        support_issue(by=person, issue=third)
    assert count_of(third) == 0
    assert support_issue(by=person, issue=published) is False, "what was said already stays"
    with clock.told(clock.now() + timedelta(days=1, minutes=1)):
        assert support_issue(by=person, issue=third)


def test_a_neighbour_supports_and_takes_it_back(
    published: Issue, make_user: Callable[..., User]
) -> None:
    neighbour = make_user()
    assert support_issue(by=neighbour, issue=published)
    assert not support_issue(by=neighbour, issue=published)
    assert count_of(published) == 1
    assert unsupport_issue(by=neighbour, issue=published)
    assert not unsupport_issue(by=neighbour, issue=published)
    assert count_of(published) == 0


def test_who_supports_whom(
    published: Issue, resident: User, make_user: Callable[..., User]
) -> None:
    with pytest.raises(VoiceRefusedError, match="own"):
        support_issue(by=resident, issue=published)
    operations.withdraw_issue(by=By.author(resident), issue=published)
    with pytest.raises(VoiceRefusedError, match="state"):
        support_issue(by=make_user(), issue=published)
    assert count_of(published) == 0


def test_nobody_supports_what_they_can_not_see(
    issue: Issue, moderator: User, make_user: Callable[..., User]
) -> None:
    neighbour = make_user()
    with pytest.raises(VoiceRefusedError, match="state"):
        support_issue(by=neighbour, issue=issue)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    support_issue(by=neighbour, issue=issue)
    operations.hide_issue(by=By.moderator(moderator), issue=issue, reason="Оскорбление.")
    with pytest.raises(VoiceRefusedError, match="state"):
        support_issue(by=make_user(), issue=issue)
    # Taking back is a right at any time.
    assert unsupport_issue(by=neighbour, issue=issue)


def test_the_count_follows_whatever_deletes_a_support(
    published: Issue, make_user: Callable[..., User]
) -> None:
    leaving, staying = make_user(), make_user()
    support_issue(by=leaving, issue=published)
    support_issue(by=staying, issue=published)
    Support.objects.filter(user=leaving).delete()
    assert count_of(published) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_double_clicks_and_changed_minds(
    published: Issue, make_user: Callable[..., User]
) -> None:
    people = [make_user() for _ in range(50)]
    waverers = people[40:]
    for person in waverers:
        support_issue(by=person, issue=published)

    def supports(person: User) -> Callable[[], object]:
        return lambda: support_issue(by=person, issue=published)

    def leaves(person: User) -> Callable[[], object]:
        return lambda: unsupport_issue(by=person, issue=published)

    # Forty support, ten of them by a double click, while ten take it back.
    steps = [supports(p) for p in [*people[:40], *people[:10]]] + [leaves(p) for p in waverers]
    all_at_once(steps)

    assert count_of(published) == 40
    assert set(Support.objects.values_list("user_id", flat=True)) == {p.pk for p in people[:40]}


@pytest.mark.django_db(transaction=True)
def test_to_and_fro_at_once_the_count_is_the_number_of_rows(
    published: Issue, make_user: Callable[..., User]
) -> None:
    people = [make_user() for _ in range(6)]

    def wavers(person: User) -> Callable[[], object]:
        def steps() -> None:
            for _ in range(5):
                support_issue(by=person, issue=published)
                unsupport_issue(by=person, issue=published)

        return steps

    all_at_once([wavers(p) for p in [*people, *people]])
    assert count_of(published) == Support.objects.filter(issue=published).count()
