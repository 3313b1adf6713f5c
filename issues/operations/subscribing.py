"""What residents do with what they follow: begin, change, end; and leave all letters by one press."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import transaction

from accounts.models import User
from accounts.operations import lock_person
from authorities.models import Authority, Category, Topic
from common import clock
from issues.digests import next_digest_at
from issues.models import Issue, Subscription
from issues.queries.news import last_entry

MOST_SUBSCRIPTIONS = 50
"""How many things one person may follow."""

Frequency = Subscription.Frequency


class TooManySubscriptionsError(Exception):
    """The person follows as many things as one may."""


@dataclass(frozen=True)
class Followed:
    """Which messages: all members narrow together, an empty one does not narrow.

    Attributes:
        kind: a value of `Kind`.
        municipality: its code.
        area: WGS 84 degrees.
    """

    kind: str = ""
    category: Category | None = None
    topic: Topic | None = None
    authority: Authority | None = None
    municipality: str = ""
    area: Polygon | None = None


def follow_list(
    *, by: User, what: Followed, title: str, letters: str = Frequency.DAILY, push: bool = False
) -> Subscription:
    """Begins to follow all messages of an area, a topic, an authority; from now on.

    Args:
        by: who follows.
        what: which messages.
        title: what the person calls it, at most 200 characters.
        letters: a value of `Subscription.Frequency`.
        push: whether their browsers show it at once.

    Raises:
        TooManySubscriptionsError: they follow as many things as one may.
    """
    return _begin(by, title, letters, push=push, **vars(what))


def follow_issue(*, by: User, issue: Issue) -> Subscription:
    """Begins to follow one message; the one there is stays as it is.

    Raises:
        TooManySubscriptionsError: they follow as many things as one may.
        ValueError: the message is not public.
        ErasedError: the account is erased.
    """
    if not issue.is_public:
        raise ValueError("only a public message can be followed")
    with transaction.atomic():
        # Whoever presses twice follows once.
        lock_person(by)
        there = Subscription.objects.filter(user=by, issue=issue).first()
        return there or _begin(by, f"№ {issue.number}", Frequency.DAILY, push=False, issue=issue)


def unfollow_issue(*, by: User, issue: Issue) -> bool:
    """Ends to follow one message; False when `by` did not."""
    deleted, _rows = Subscription.objects.filter(user=by, issue=issue).delete()
    return deleted > 0


def change_subscription(*, by: User, subscription: Subscription, letters: str, push: bool) -> None:
    """Says anew how a person wants to be told of what they follow.

    Raises:
        Subscription.DoesNotExist: it is not theirs, or gone.
    """
    with transaction.atomic():
        mine = Subscription.objects.select_for_update().get(pk=subscription.pk, user=by)
        if mine.letters == Frequency.NEVER and letters != Frequency.NEVER:
            mine.told_up_to = last_entry()  # what went by meanwhile is no news
        if mine.letters != letters:
            mine.letters = letters
            mine.next_digest_at = next_digest_at(letters, clock.now())
        mine.push = push
        mine.save(update_fields=["letters", "push", "told_up_to", "next_digest_at"])


def end_subscription(*, by: User, subscription: Subscription) -> None:
    """Ends to follow."""
    Subscription.objects.filter(pk=subscription.pk, user=by).delete()


def leave_letters(*, user_id: int) -> int:
    """Ends all digests of a person; what they follow stays, without letters.

    Returns:
        Of how many subscriptions there will be no letters any more.
    """
    mine = Subscription.objects.filter(user=user_id).exclude(letters=Frequency.NEVER)
    return mine.update(letters=Frequency.NEVER, next_digest_at=None)


def _begin(by: User, title: str, letters: str, *, push: bool, **what: Any) -> Subscription:
    with transaction.atomic():
        lock_person(by)
        if by.subscriptions.count() >= MOST_SUBSCRIPTIONS:
            raise TooManySubscriptionsError
        now = clock.now()
        return Subscription.objects.create(
            user=by,
            title=title[:200],
            letters=letters,
            push=push,
            told_up_to=last_entry(),
            next_digest_at=next_digest_at(letters, now),
            created_at=now,
            **what,
        )
