"""The queues of the desk, page by page, and their figures."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext

from accounts.models import User
from authorities.models import Kind
from common import clock, keyset
from issues.models import EventNote, Issue
from issues.queries import unseen, voices
from issues.workflow import State
from moderation.models import Claim, DroppedDecision, Finding, HeldDecision
from moderation.queries import double_checks
from moderation.queries.counts import KEPT_SECONDS

PAGE_SIZE = 25
SOON = timedelta(hours=12)
"""Less time than this is shown as pressing."""


@dataclass(frozen=True)
class Page:
    """One page of a queue.

    Attributes:
        issues: the rows.
        next: the key to ask the next page with, empty on the last one.
    """

    issues: list[Issue]
    next: str


@dataclass(frozen=True)
class Pressing:
    """How many messages wait: in all, past the 48 hours, nearly past them, with this moderator."""

    waiting: int
    late: int
    soon: int
    mine: int


@dataclass(frozen=True)
class Figures(Pressing):
    """The same, and what waits beside the queue."""

    unrouted: int
    reported: int
    unseen: int
    to_check: int


@dataclass(frozen=True)
class Row:
    """A message as the queue shows it.

    Attributes:
        held: the decision about it that has not gone out yet.
        claim: of the moderator who has it now.
        over: how it stands, in words, when it has left the queue since it was shown; empty as long as it waits.
    """

    issue: Issue
    held: HeldDecision | None
    claim: Claim | None
    over: str = ""


def queue(*, after: str = "", narrowed: "QuerySet[Issue] | None" = None) -> Page:
    """Messages that wait for moderation, the least time left first.

    Args:
        after: the key of an earlier page; a wrong one gives the first page.
        narrowed: which of them; all that wait when None.
    """
    rows = waiting() if narrowed is None else narrowed
    return _page(rows, "moderation_due_at", after, _as_rows)


def asked() -> "QuerySet[Issue]":
    """Messages that wait for the word of their authors."""
    return Issue.objects.filter(state=State.SUBMITTED, asked_until__isnull=False)


def waiting() -> "QuerySet[Issue]":
    """All messages that wait for a moderator; one whose author is asked waits for its author."""
    return Issue.objects.filter(state=State.SUBMITTED, asked_until=None)


def chosen(numbers: Iterable[str]) -> "QuerySet[Issue]":
    """Messages by their numbers, in the order of the queue; as much of each as a preview shows."""
    found = Issue.objects.filter(number__in=list(numbers))
    return (
        found.select_related("topic", "municipality", "authority", "author")
        .defer("municipality__polygon", "municipality__centre")
        .prefetch_related("findings")
        .order_by("moderation_due_at", "pk")
    )


def decided_by(moderator: User) -> "QuerySet[HeldDecision]":
    """What a moderator has decided and can still undo, the first to go out first."""
    held = HeldDecision.objects.filter(moderator=moderator).select_related("issue__topic")
    return held.only("verb", "leaves_at", "issue__number", *_TOPIC_OF_ISSUE)


def dropped_of(moderator: User) -> "QuerySet[DroppedDecision]":
    """Decisions of a moderator that could not go out, until that was read."""
    dropped = DroppedDecision.objects.filter(moderator=moderator).select_related("issue")
    return dropped.only("verb", "arguments", "why", "decided_at", "dropped_at", "issue__number")


def mine(moderator: User) -> "QuerySet[Issue]":
    """Messages that a moderator holds now."""
    held = waiting().filter(claim__moderator=moderator, claim__expires_at__gt=clock.now())
    return _as_rows(held).order_by("moderation_due_at", "pk")


def rows(issues: Iterable[Issue]) -> list[Row]:
    """Messages of `queue` or `mine` with who is about them, asked here once rather than by each line."""
    now, found = clock.now(), []
    for issue in issues:
        claim: Claim | None = getattr(issue, "claim", None)
        if claim and claim.expires_at <= now:
            claim = None
        found.append(Row(issue, getattr(issue, "held", None), claim))
    return found


def rows_now(numbers: Iterable[str], *, standing: str) -> list[Row]:
    """How messages stand that a page of the queue shows, those too that have left it since.

    Args:
        numbers: of the messages.
        standing: by which of them the page is narrowed; whether it shows those whose author is asked.
    """
    found = Issue.objects.filter(number__in=list(numbers))
    shown = found.select_related("claim__moderator", "held__moderator").only(
        "state", "asked_until", *_STANDING
    )
    return [replace(row, over=_over(row.issue, standing)) for row in rows(shown)]


def _over(issue: Issue, standing: str) -> str:
    if issue.state != State.SUBMITTED:
        return str(issue.get_state_display())
    return gettext("the author is asked") if issue.asked_until and standing != "asked" else ""


def come_up(numbers: Iterable[str], *, after: str, narrowed: "QuerySet[Issue]") -> int:
    """How many messages stand on a page of the queue now that it does not show.

    Args:
        numbers: of the messages that it shows.
        after, narrowed: as the page was asked for.
    """
    now = _beyond(narrowed, "moderation_due_at", after).values_list("number", flat=True)
    return len(set(now[:PAGE_SIZE]) - set(numbers))


def unrouted(*, after: str = "") -> Page:
    """Published messages that no authority has, with the words of one that sent them back (R3.2)."""
    refusal = (
        EventNote.objects.filter(event__issue=OuterRef("pk"), event__action="refuse_registration")
        .order_by("-event__seq")
        .values("note")[:1]
    )

    def as_rows(found: "QuerySet[Issue]") -> "QuerySet[Issue]":
        shown = found.annotate(refusal=Subquery(refusal)).select_related("topic", "municipality")
        return shown.defer(*_NOT_SHOWN, "municipality__polygon", "municipality__centre")

    return _page(_without_authority(), "answer_due_at", after, as_rows)


# Plain, as every look at the queue asks it: to put it together would take as long as to count.
_PRESSING = """
    SELECT count(*), count(*) FILTER (WHERE moderation_due_at <= %(now)s),
        count(*) FILTER (WHERE moderation_due_at > %(now)s AND moderation_due_at <= %(soon)s),
        (
            SELECT count(*) FROM moderation_claim AS claim
            JOIN issues_issue AS held ON held.id = claim.issue_id AND held.state = 'submitted'
            WHERE claim.moderator_id = %(moderator)s AND claim.expires_at > %(now)s
        )
    FROM issues_issue WHERE state = 'submitted' AND asked_until IS NULL
"""


def pressing(moderator: User) -> Pressing:
    """The figures above the queue."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_PRESSING, {"now": now, "soon": now + SOON, "moderator": moderator.pk})
        return Pressing(*cursor.fetchone())


def figures(moderator: User, *, of_now: bool = True) -> Figures:
    """The figures of the whole desk.

    Args:
        moderator: whose desk.
        of_now: what waits beside the queue is counted now; else it may be `KEPT_SECONDS` behind.
    """
    beside: dict[str, int] | None = None if of_now else cache.get("moderation.beside")
    if beside is None:
        beside = {
            "unrouted": _without_authority().count(),
            "reported": voices.count_reported(),
            "unseen": unseen.count_unseen(),
            "to_check": double_checks.count_open(),
        }
        cache.set("moderation.beside", beside, KEPT_SECONDS)
    return Figures(**asdict(pressing(moderator)), **beside)


# Of many rows the greater part of what the database would send: grounds, examples, routes.
_NOT_SHOWN = ("routing", "details", "topic__examples", "topic__questions", "topic__keywords")


_TOPIC_OF_ISSUE = ("issue__topic__name", "issue__topic__name_en")

# Of a row of the queue: all that it shows, and no more.
_NAMES = ("last_name", "first_name", "middle_name", "email")
_STANDING = (
    *("number", "moderation_due_at", "is_urgent", "is_referred", "is_appealed"),
    *("claim__expires_at", *(f"claim__moderator__{name}" for name in _NAMES)),
    *("held__verb", *(f"held__moderator__{name}" for name in _NAMES)),
)
_SHOWN = (
    *_STANDING,
    *("kind", "channel", "address", "description", "topic__name", "topic__name_en"),
)


def _as_rows(found: "QuerySet[Issue]") -> "QuerySet[Issue]":
    shown = found.select_related("topic", "claim__moderator", "held__moderator").only(*_SHOWN)
    return shown.prefetch_related(Prefetch("findings", Finding.objects.only("issue_id", "code")))


def _without_authority() -> "QuerySet[Issue]":
    return Issue.objects.filter(state=State.PUBLISHED, authority=None).exclude(kind=Kind.THANKS)


def _page(
    rows: "QuerySet[Issue]",
    moment: str,
    after: str,
    as_rows: Callable[["QuerySet[Issue]"], "QuerySet[Issue]"],
) -> Page:
    # The page is cut first and joined then: a planner that takes those few that wait among a
    # million for still fewer would join them all and sort.
    cut = _beyond(rows, moment, after).values("pk")[: PAGE_SIZE + 1]
    found = as_rows(Issue.objects.filter(pk__in=cut)).order_by(moment, "pk")
    return Page(*keyset.cut(found, moment, size=PAGE_SIZE))


def _beyond(rows: "QuerySet[Issue]", moment: str, after: str) -> "QuerySet[Issue]":
    """A wrong key gives the first page."""
    return keyset.beyond(rows, moment, after=after if keyset.is_key(after) else "")
