"""What an authority's desk reads: its own issues by the day of the answer, and what it has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from authorities.models import Authority
from cabinet.models import AnswerDraft, AnswerTemplate
from common import clock, keyset
from issues.models import Answer, Attachment, Issue, IssueEvent
from issues.queries import search, tell_unsolved
from issues.workflow import AT_WORK_STATES, State

PAGE_SIZE = 25
WATCHED_DAYS = 30
"""So many days back the warnings of an authority's answers are counted."""


# --- Whose ------------------------------------------------------------------------------------------


def readable(authority: Authority) -> "QuerySet[Authority]":
    """The authority and those right below it, whose work it watches."""
    return Authority.objects.filter(Q(pk=authority.pk) | Q(superior=authority))


def of(authority: Authority) -> "QuerySet[Issue]":
    """Every issue of an authority that was ever sent to it; another's is not there at all."""
    return _sent(Issue.objects.filter(authority=authority))


def readable_issues(authority: Authority) -> "QuerySet[Issue]":
    """The same, with the issues of those right below it."""
    return _sent(Issue.objects.filter(Q(authority=authority) | Q(authority__superior=authority)))


def _sent(issues: "QuerySet[Issue]") -> "QuerySet[Issue]":
    return issues.filter(published_at__isnull=False).exclude(state=State.PUBLISHED)


# --- The queue --------------------------------------------------------------------------------------

BUCKETS = ("new", "overdue", "today", "week", "returned")
"""Parts of the queue, in the order in which they are shown; one message may be in several."""


@dataclass(frozen=True)
class Filter:
    """Which messages of the desk; an empty member does not narrow.

    Attributes:
        is_done: answered ones instead of those to be done.
        part: a name in `BUCKETS`.
        category, municipality: their codes.
        state: a state of the workflow.
        words: words of the text or the address.
    """

    is_done: bool = False
    part: str = ""
    category: str = ""
    municipality: str = ""
    state: str = ""
    words: str = ""

    def issues(self, authority: Authority) -> "QuerySet[Issue]":
        """The authority's messages that it lets through, but for the words, in no order."""
        found = of(authority)
        if self.is_done:
            found = found.filter(answered_at__isnull=False)
            found = found.exclude(state__in=sorted(AT_WORK_STATES))
        else:
            found = found.filter(state__in=sorted(AT_WORK_STATES))
        if self.part:
            found = found.filter(_buckets()[self.part])
        exact = {
            "topic__category__code": self.category,
            "municipality__code": self.municipality,
            "state": self.state,
        }
        return found.filter(**{name: value for name, value in exact.items() if value})


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        issues: the rows.
        after: the key to ask the next page with, empty on the last one.
    """

    issues: list[Issue]
    after: str


def page(authority: Authority, chosen: Filter, *, after: str = "") -> Page:
    """What has to be done, the nearest day first; or what is done, the latest answer first.

    Args:
        authority: whose.
        chosen: which.
        after: the key of an earlier page; a wrong one gives the first page.
    """
    rows = chosen.issues(authority)
    moment = "answered_at" if chosen.is_done else "answer_due_at"
    after = after if keyset.is_key(after) else ""
    rows = keyset.beyond(rows, moment, after=after, falls=chosen.is_done)
    if chosen.words:
        # In the order of the desk: the search tells which of these have the words.
        keys = np.fromiter(rows.values_list("pk", flat=True).iterator(), dtype=np.int64)
        found = keys[search.found(search.parsed(chosen.words)).has(keys)]
        these = Issue.objects.filter(pk__in=found[: PAGE_SIZE + 1].tolist())
        rows = keyset.beyond(these, moment, after="", falls=chosen.is_done)
    told = rows.select_related("topic")[: PAGE_SIZE + 1]
    issues, key = keyset.cut(told, moment, size=PAGE_SIZE)
    tell_unsolved(issues)
    return Page(issues, key)


def figures(authority: Authority) -> dict[str, int]:
    """How many messages have to be done, in all and by `BUCKETS`."""
    counts = {name: Count("pk", filter=part) for name, part in _buckets().items()}
    return Filter().issues(authority).aggregate(all=Count("pk"), **counts)


def categories(authority: Authority) -> list[tuple[str, str]]:
    """Code and name of the categories that the queue has."""
    rows = Filter().issues(authority).order_by("topic__category__position")
    return list(rows.values_list("topic__category__code", "topic__category__name").distinct())


def municipalities(authority: Authority) -> list[tuple[str, str]]:
    """Code and name of the municipalities that the queue has."""
    rows = Filter().issues(authority).filter(municipality__isnull=False)
    return list(
        rows.order_by("municipality__name")
        .values_list("municipality__code", "municipality__name")
        .distinct()
    )


def _buckets() -> dict[str, Q]:
    now = clock.now()
    today = clock.region_date(now)
    end_of_today = clock.end_of_day(today)
    # Of this calendar week; what is due today or late already is counted apart.
    end_of_week = clock.end_of_day(today + timedelta(days=6 - today.weekday()))
    return {
        "new": Q(state=State.DISPATCHED, registration_number=""),
        "overdue": Q(answer_due_at__lte=now),
        "today": Q(answer_due_at__gt=now, answer_due_at__lte=end_of_today),
        "week": Q(answer_due_at__gt=now, answer_due_at__lte=end_of_week),
        "returned": Q(returns__gt=0),
    }


# --- One message ------------------------------------------------------------------------------------


def handed_over(authority: Authority, number: str) -> Issue | None:
    """A message that an authority had once and has not now; None where it never had it."""
    had = IssueEvent.objects.filter(action="dispatch", authority=authority).values("issue")
    gone = Issue.objects.select_related("authority").filter(number=number, pk__in=had)
    return gone.exclude(authority=authority).first()


def did_just_that(user: User, number: str, *, action: str, seen: int) -> bool:
    """Whether the entry after the `seen` ones is this act of this person: the button was pressed twice."""
    names = ("answer", "defer") if action == "answer" else (action,)
    return IssueEvent.objects.filter(
        issue__number=number, seq=seen + 1, action__in=names, words__private__by__user=user.pk
    ).exists()


def draft(user: User, issue: Issue) -> AnswerDraft | None:
    """The answer that this officer is writing."""
    return AnswerDraft.objects.filter(officer=user, issue=issue).first()


def writers(user: User, issue: Issue) -> "QuerySet[AnswerDraft]":
    """Drafts of other officers for the same message, the latest first."""
    others = AnswerDraft.objects.filter(issue=issue).exclude(officer=user)
    return others.select_related("officer").order_by("-changed_at")


def waiting_files(found: AnswerDraft | None) -> list[Attachment]:
    """The files of an answer that is being written, in their order."""
    if found is None or not found.files:
        return []
    rows = Attachment.objects.filter(uid__in=found.files, owner=found.officer_id, issue=None)
    return sorted(rows, key=lambda file: found.files.index(file.uid))


# --- Templates and warnings -------------------------------------------------------------------------


def templates(authority: Authority) -> "QuerySet[AnswerTemplate]":
    """Templates that an authority may begin with: its own, and those common to all."""
    return AnswerTemplate.objects.filter(Q(authority=authority) | Q(authority=None)).order_by(
        "authority_id", "name"
    )


def warned(authority: Authority) -> tuple[int, int]:
    """How many answers an authority gave in `WATCHED_DAYS`, and how many of these against warnings."""
    since = clock.now() - timedelta(days=WATCHED_DAYS)
    counted: dict[str, Any] = Answer.objects.filter(
        authority=authority, published_at__gte=since
    ).aggregate(given=Count("pk"), warned=Count("pk", filter=~Q(warnings=[])))
    return counted["given"], counted["warned"]


def authorities_named(words: str, *, but: Sequence[int], limit: int = 8) -> list[Authority]:
    """Active authorities whose name has all the words, the shortest first.

    Args:
        words: parts of the name, in any order and case.
        but: keys of authorities that are not looked for.
        limit: at most so many.
    """
    found = Authority.objects.filter(is_active=True).exclude(pk__in=but)
    for word in words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word) | Q(short_name__icontains=word) | Q(name_en__icontains=word)
        )
    return sorted(found, key=lambda one: (len(one.name), one.name))[:limit]


def names_to_offer(but: Authority) -> list[str]:
    """Names of all active authorities, to be completed while one is typed."""
    return [one.name for one in Authority.objects.filter(is_active=True).exclude(pk=but.pk)]
