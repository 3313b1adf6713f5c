"""A message is judged while nobody else judges it; for a while the decision can be undone (ADR 15)."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock
from common.workdays import CalendarUnknownError
from issues import operations as issues
from issues.models import Issue, IssueEvent
from issues.operations.writer import lock
from issues.policies import By
from issues.workflow import ActionRefusedError
from moderation.decision import (
    Accept,
    Ask,
    Decision,
    Merge,
    Refer,
    Reject,
    Uphold,
    as_json,
    verb_of,
)
from moderation.models import Claim, DroppedDecision, HeldDecision
from moderation.operations.claiming import hold

logger = logging.getLogger(__name__)

BATCH = 200
"""Decisions that the scheduler's task carries out in one go."""
CHANGES = ("amend", "clarify", "erase", "resubmit")
"""After one of these a message is no longer what was read."""


class ChangedError(Exception):
    """The message is no longer what the moderator has read."""


class GoneError(Exception):
    """The decision has gone out already: it can not be undone any more."""


def accept(
    *,
    by: User,
    issue: Issue,
    seen: int,
    published_text: str,
    kind: str | None = None,
    topic: Topic | None = None,
    authority: Authority | None = None,
    point: Point | None = None,
) -> Issue:
    """Publishes a message, with the moderator's changes.

    Args:
        by: the moderator.
        issue: a waiting message.
        seen: how many entries the timeline had when the moderator read the message.
        published_text: what the public reads.
        kind: another kind.
        topic: another topic; the message is routed anew.
        authority: another authority, before any rule.
        point: another place (WGS 84); the message is routed anew.

    Returns:
        The message as it is now: judged, or waiting with its held decision.

    Raises:
        ClaimedError: another moderator has it.
        DecidedError: it is decided, and that has not gone out yet.
        ChangedError: it was sent anew or changed since.
        ActionRefusedError: it does not wait for moderation any more.
        common.workdays.CalendarUnknownError: the term runs into a year whose calendar is unknown.
        ValueError: the topic does not allow the kind.
    """
    decision = Accept(
        published_text,
        kind=kind,
        topic=topic.pk if topic else None,
        authority=authority.pk if authority else None,
        lon=point.x if point else None,
        lat=point.y if point else None,
    )
    return decide(by=by, issue=issue, seen=seen, decision=decision)


def reject(
    *, by: User, issue: Issue, seen: int, code: str, words: str, ground: str, comment: str = ""
) -> Issue:
    """Rejects a message; its author gets the letter.

    Args:
        by: the moderator.
        issue: a waiting message.
        seen: how many entries the timeline had when the moderator read the message.
        code: code of the reason.
        words: the words for the author.
        ground: the article the reason rests on.
        comment: what of the words is the moderator's own.

    Raises:
        ClaimedError, DecidedError, ChangedError, ActionRefusedError: as for `accept`.
    """
    decision = Reject(code, words, ground, comment)
    return decide(by=by, issue=issue, seen=seen, decision=decision)


def uphold(*, by: User, issue: Issue, seen: int, words: str) -> Issue:
    """After a second look the message stays rejected; its author gets the explanation.

    Raises:
        ClaimedError, DecidedError, ChangedError, ActionRefusedError: as for `accept`; nobody asked for a
            second look, or `by` rejected it first.
    """
    return decide(by=by, issue=issue, seen=seen, decision=Uphold(words))


def ask(*, by: User, issue: Issue, seen: int, words: str) -> Issue:
    """Asks the author; the message is nobody's until the answer or the end of the three days.

    Raises:
        ClaimedError, DecidedError, ChangedError, ActionRefusedError: as for `accept`; it was asked already.
    """
    return decide(by=by, issue=issue, seen=seen, decision=Ask(words))


def merge(*, by: User, issue: Issue, seen: int, main: Issue) -> Issue:
    """Merges a message into a public one about the same thing.

    Raises:
        ClaimedError, DecidedError, ChangedError, ActionRefusedError: as for `accept`; the main one is not
            public any more, or has ended.
    """
    return decide(by=by, issue=issue, seen=seen, decision=Merge(main.number))


def refer(*, by: User, issue: Issue, seen: int, words: str) -> Issue:
    """Leaves a message to the head moderator; nobody else can take it from then on.

    Raises:
        ClaimedError, DecidedError, ChangedError, ActionRefusedError: as for `accept`; it is with the head
            already.
    """
    return decide(by=by, issue=issue, seen=seen, decision=Refer(words))


def decide(*, by: User, issue: Issue, seen: int, decision: Decision) -> Issue:
    """Decides about a message: held for as long as the setting lets it be undone, else at once.

    A decision is held only after it was tried and would have gone out, and never over the end of the
    48 hours.

    Args, Returns, Raises: as for `accept`.
    """
    with transaction.atomic():
        _lock_main_first(decision)
        issue = _for_decision(by, issue, seen)
        now = clock.now()
        leaves_at = _leaves_at(issue, now)
        if leaves_at <= now:
            issue = _carry_out(by, issue, decision)
        else:
            _try_out(by, issue, decision)
            HeldDecision.objects.create(
                issue=issue,
                moderator=by,
                verb=verb_of(decision),
                arguments=as_json(decision),
                seen=min(seen, issue.event_count),  # what is to come nobody has seen
                decided_at=now,
                leaves_at=leaves_at,
            )
        Claim.objects.filter(issue=issue).delete()
    return issue


def foresee(*, by: User, issue: Issue, seen: int, decision: Decision) -> Issue:
    """The message as it would be after a decision; nothing is changed.

    Args, Raises: as for `accept`.
    """
    with transaction.atomic():
        _lock_main_first(decision)
        foreseen = _carry_out(by, _for_decision(by, issue, seen), decision)
        transaction.set_rollback(True)
    return foreseen


def undo(*, by: User, issue: Issue) -> Claim:
    """Takes a held decision back: the message is `by`'s again, with the form as it was.

    Raises:
        GoneError: it has gone out, or is not `by`'s.
        ActionRefusedError: the message does not wait any more: its author has withdrawn it.
    """
    with transaction.atomic():
        issue = lock(issue)
        held = HeldDecision.objects.filter(issue=issue, moderator=by).first()
        if held is None:
            raise GoneError
        held.delete()
        claim = hold(by, issue)
        claim.undone = {"verb": held.verb, "arguments": held.arguments}
        claim.save(update_fields=["undone"])
    return claim


def send_now(*, by: User, issue: Issue) -> Issue | None:
    """Carries a held decision of `by` out before its time; None where it could not go out any more.

    Raises:
        GoneError: it has gone out already, or is not `by`'s.
    """
    if not HeldDecision.objects.filter(issue=issue, moderator=by).exists():
        raise GoneError
    return _send(issue.pk)


def send_due(*, most: int = BATCH) -> None:
    """Carries out the held decisions whose time has come; one that can not go out holds up no other.

    Args:
        most: so many at most.
    """
    due = HeldDecision.objects.filter(leaves_at__lte=clock.now())
    for pk in list(due.values_list("pk", flat=True)[:most]):
        try:
            _send(pk)
        except Exception:
            # It stays held and is tried again.
            logger.exception("the decision about message %s did not go out", pk)


def put_away(*, by: User, dropped: int) -> None:
    """The moderator has read why a decision of theirs did not go out."""
    DroppedDecision.objects.filter(pk=dropped, moderator=by).delete()


def forget_words(event_id: int) -> None:
    """Forgets what the desk still keeps of a message whose author's data were erased; called by the outbox."""
    with transaction.atomic():
        issue = lock(IssueEvent.objects.values_list("issue_id", flat=True).get(pk=event_id))
        for held in HeldDecision.objects.filter(issue=issue):
            _drop(held, ActionRefusedError(held.verb, "state"))
        DroppedDecision.objects.filter(issue=issue).update(arguments={})
        Claim.objects.filter(issue=issue).delete()


def _leaves_at(issue: Issue, now: datetime) -> datetime:
    leaves_at = now + timedelta(seconds=settings.MODERATION_UNDO_SECONDS)
    # What is decided in time goes out in time.
    return min(leaves_at, issue.moderation_due_at) if issue.moderation_due_at > now else leaves_at


def _send(pk: int) -> Issue | None:
    with transaction.atomic():
        if not (held := HeldDecision.objects.filter(pk=pk).first()):
            return None
        _lock_main_first(held.decision)
        issue = lock(pk)
        # Looked at again under the lock that every decision about the message needs.
        held = HeldDecision.objects.select_related("moderator").filter(pk=pk).first()
        if held is None:
            return None
        try:
            with transaction.atomic():
                _refuse_unread(issue, held.seen)
                judged = _carry_out(held.moderator, issue, held.decision)
        except (
            *(ActionRefusedError, CalendarUnknownError, ChangedError),
            *(ObjectDoesNotExist, ValueError),
        ) as error:
            _drop(held, error)
            return None
        held.delete()
    return judged


def _drop(held: HeldDecision, error: Exception) -> None:
    why = f"{error.action}:{error.why}" if isinstance(error, ActionRefusedError) else ""
    DroppedDecision.objects.create(
        issue_id=held.pk,
        moderator=held.moderator,
        verb=held.verb,
        arguments=held.arguments,
        decided_at=held.decided_at,
        dropped_at=clock.now(),
        why=why or type(error).__name__,
    )
    held.delete()


def _carry_out(by: User, issue: Issue, decision: Decision) -> Issue:
    """The one place where a decision becomes entries of the timeline."""
    moderator = By.moderator(by)
    match decision:
        case Accept(published_text=text, topic=topic, authority=authority, lon=lon, lat=lat):
            return issues.accept_issue(
                by=moderator,
                issue=issue,
                published_text=text,
                kind=decision.kind,
                point=None if lon is None or lat is None else Point(lon, lat, srid=4326),
                topic=Topic.objects.get(pk=topic) if topic else None,
                authority=Authority.objects.get(pk=authority) if authority else None,
            )
        case Reject(code=code, words=words, ground=ground):
            return issues.reject_issue(
                by=moderator, issue=issue, reason=words, code=code, ground_of_law=ground
            )
        case Uphold(words=words):
            return issues.uphold_rejection(by=moderator, issue=issue, words=words)
        case Ask(words=words):
            issues.ask_author(by=moderator, issue=issue, question=words)
            return issue
        case Merge(main=number):
            main = Issue.objects.get(number=number)
            return issues.merge_issue(by=moderator, issue=issue, main=main)
        case Refer(words=words):
            return issues.refer_issue(by=moderator, issue=issue, reason=words)


def _try_out(by: User, issue: Issue, decision: Decision) -> None:
    """Carries a decision out and takes it back: what would be refused later is refused now."""
    with transaction.atomic():
        _carry_out(by, issue, decision)
        transaction.set_rollback(True)


def _lock_main_first(decision: Decision) -> None:
    # Before the message itself, as one who hides it does: two never wait for each other.
    if isinstance(decision, Merge) and (main := Issue.objects.filter(number=decision.main).first()):
        lock(main)


def _for_decision(by: User, issue: Issue, seen: int) -> Issue:
    """The issue, locked and held: what follows is decided by nobody else."""
    issue = lock(issue)
    hold(by, issue)
    _refuse_unread(issue, seen)
    return issue


def _refuse_unread(issue: Issue, seen: int) -> None:
    if issue.events.filter(seq__gt=seen, action__in=CHANGES).exists():
        raise ChangedError
