"""Digests and pushes: what is new of all that somebody follows, told once, and nothing of what is hidden."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from issues.models import Issue, IssueEvent, Subscription
from issues.queries import news as queries
from notifications import operations as post
from notifications import pushes
from notifications.client import Note

CONSUMER = "pushes"

OF_ISSUES: Mapping[str, Promise] = {
    "publish": gettext_lazy("published"),
    "start": gettext_lazy("taken into work"),
    "report_progress": gettext_lazy("the authority told how the work goes on"),
    "extend": gettext_lazy("the deadline was moved"),
    "redirect": gettext_lazy("handed over to another authority"),
    "defer": gettext_lazy("the work is planned, an interim answer was given"),
    "answer": gettext_lazy("the authority answered"),
    "reopen": gettext_lazy("the author returned the answer"),
    "close": gettext_lazy("closed by the author's verdict"),
    "close_by_silence": gettext_lazy("closed"),
    "acknowledge": gettext_lazy("closed"),
}
"""What those who follow one message are told, by the action."""
OF_LISTS = frozenset({"publish", "defer", "answer"})
"""What those who follow an area or a list are told."""

HOUR = 7
"""When digests are written, by the region's clocks."""
SETTLED = timedelta(minutes=10)
"""Entries are told when they are so old: none with a smaller number can still be on its way then.

A transaction that writes an entry lives for seconds; its number is drawn before it is seen by others.
"""
BATCH = 500
"""People whose digests are written in one transaction."""
MOST_LINES = 20
"""Messages of one subscription that a digest names; of the others it tells how many."""

_TOKENS = signing.Signer(salt="issues.digests.unsubscribe")


@dataclass(frozen=True)
class Line:
    """One message in a digest.

    Attributes:
        news: what happened, in words.
    """

    issue: Issue
    news: str

    @property
    def address(self) -> str:
        """Of its page."""
        return f"{settings.PUBLIC_URL}/issues/{self.issue.number}/"


@dataclass(frozen=True)
class Section:
    """One subscription in a digest.

    Attributes:
        more: how many messages are not named.
    """

    title: str
    lines: Sequence[Line]
    more: int


def next_digest_at(frequency: str, after: datetime) -> datetime | None:
    """When the next digest is due: the first morning after a moment (UTC); None for `never`."""
    if frequency == Subscription.Frequency.NEVER:
        return None
    zone = clock.region_zone()
    morning = datetime.combine(clock.region_date(after), time(HOUR), tzinfo=zone)
    while morning <= after or (
        frequency == Subscription.Frequency.WEEKLY and morning.weekday() != 0
    ):
        # By the calendar, not by 24 hours: the region's clocks may be put forward.
        morning = datetime.combine(morning.date() + timedelta(days=1), time(HOUR), tzinfo=zone)
    return morning


def write_due(*, batch: int = BATCH) -> int:
    """Writes the digests that are due into the books of letters, for `batch` people at most.

    One transaction writes the letters and moves the subscriptions on: whoever dies in between leaves
    all as it was, and two workers share the work.

    Returns:
        How many subscriptions were looked at; 0 when nothing is due.
    """
    now = clock.now()
    with transaction.atomic():
        due = Subscription.objects.filter(next_digest_at__lte=now)
        people = list(due.order_by("next_digest_at", "user").values_list("user", flat=True)[:batch])
        mine = list(
            Subscription.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(next_digest_at__lte=now, user__in=people)
            # Of a message that several of them match, the narrowest tells: it is the most wanted.
            .order_by("user", "issue", "-created_at")
            .defer("area")
        )
        until = queries.last_entry(before=now - SETTLED)
        post.queue_letters(list(_parcels(mine, until)))
        for frequency in (Subscription.Frequency.DAILY, Subscription.Frequency.WEEKLY):
            Subscription.objects.filter(
                pk__in=[one.pk for one in mine if one.letters == frequency]
            ).update(
                told_up_to=Greatest("told_up_to", until),
                next_digest_at=next_digest_at(frequency, now),
            )
    return len(mine)


def _parcels(subscriptions: Sequence[Subscription], until: int) -> Iterator[post.Parcel]:
    found = queries.news(
        subscriptions, until=until, of_issues=OF_ISSUES, of_lists=OF_LISTS, most=MOST_LINES
    )
    issues = (
        Issue.objects.filter(pk__in={one.issue_id for one in found})
        .select_related("topic")
        .only("number", "address", "topic__name", "topic__name_en")
        .in_bulk()
    )
    by_subscription: dict[int, list[queries.News]] = {}
    for one in found:
        by_subscription.setdefault(one.subscription_id, []).append(one)
    by_user: dict[User, list[Subscription]] = {}
    for subscription in subscriptions:
        if subscription.user.is_active and subscription.pk in by_subscription:
            by_user.setdefault(subscription.user, []).append(subscription)
    for user, mine in by_user.items():
        with translation.override(user.language):
            sections = list(_sections(mine, by_subscription, issues))
        if sections:
            # Named by a subscription: two workers may each have a part of one person's.
            yield _parcel(user, sections, key=f"digest:{mine[0].pk}:{until}")


def _sections(
    mine: Iterable[Subscription],
    found: Mapping[int, Sequence[queries.News]],
    issues: Mapping[int, Issue],
) -> Iterator[Section]:
    told: set[int] = set()
    for subscription in mine:
        fresh = [one for one in found[subscription.pk] if one.issue_id not in told]
        told.update(one.issue_id for one in fresh)
        if fresh:
            lines = [Line(issues[one.issue_id], _in_words(one.actions)) for one in fresh]
            yield Section(subscription.title, lines, fresh[0].found - len(found[subscription.pk]))


def _in_words(actions: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(str(OF_ISSUES[action]) for action in actions))


def _parcel(user: User, sections: Sequence[Section], *, key: str) -> post.Parcel:
    leave = f"{settings.PUBLIC_URL}/unsubscribe/{token(user)}/"
    facts = {
        "sections": sections,
        "count": sum(len(section.lines) + section.more for section in sections),
        "leave": leave,
        "settings_page": f"{settings.PUBLIC_URL}/my/subscriptions/",
    }
    return post.Parcel(
        key=key,
        to=user.email,
        words=post.write("issues/letters/digest.txt", facts, language=user.language),
        user=user,
        # One press in the mail program is enough (RFC 8058).
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def token(user: User) -> str:
    """What lets whoever holds a digest of `user` end the digests, and do nothing else."""
    return _TOKENS.sign(str(user.pk))


def user_of(token: str) -> int | None:
    """Whose token it is; None for a forged one."""
    try:
        return int(_TOKENS.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def push_news(event_id: int) -> None:
    """Queues the pushes that follow from one event; called by the outbox, in its transaction."""
    event = IssueEvent.objects.select_related(
        "issue__topic", "issue__municipality", "issue__authority"
    ).get(pk=event_id)
    issue = event.issue
    if not issue.is_public:
        return
    following = queries.followers(issue, is_news_of_lists=event.action in OF_LISTS)
    readers = following.filter(user__devices__isnull=False).values_list("user", "user__language")
    pushes.queue_pushes(
        (user, _note(event, language)) for user, language in readers.order_by().distinct()
    )


def _note(event: IssueEvent, language: str) -> Note:
    issue = event.issue
    with translation.override(language):
        return Note(
            title=f"{issue.topic}, № {issue.number}",
            body=_("New: %(news)s") % {"news": OF_ISSUES[event.action]},
            path=f"/issues/{issue.number}/",
        )
