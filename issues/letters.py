"""The consumer “letters” of the timeline: who is told of an event, and in what words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Role, User
from authorities.models import Authority, Kind
from common import clock
from issues import deadlines
from issues.models import Answer, FollowUp, Issue, IssueEvent
from issues.queries.questions import question_token
from issues.queries.voices import follow_up_token
from issues.workflow import AT_WORK_STATES, MAX_RETURNS, State
from notifications import operations as post
from notifications.operations import Words

CONSUMER = "letters"

TO_AUTHOR: Mapping[str, str] = {
    "submit": "submitted",
    "resubmit": "submitted",
    "ask": "asked",
    "end_question": "question_over",
    "merge": "merged",
    "separate": "separated",
    "reject": "rejected",
    "appeal": "appealed",
    "take_up": "taken_up",
    "uphold": "upheld",
    "publish": "published",
    "hide": "hidden",
    "unhide": "unhidden",
    "dispatch": "dispatched",
    "register": "registered",
    "refuse_registration": "registration_refused",
    "start": "started",
    "report_progress": "progress",
    "extend": "extended",
    "redirect": "redirected",
    "defer": "deferred",
    "answer": "answered",
    "reopen": "reopened",
    "close": "closed",
    "control": "controlled",
    "head_decides": "head_decided",
    "close_by_silence": "closed",
    "acknowledge": "closed",
}
"""The author's letter by the action it tells of."""

ALWAYS_TOLD = frozenset(
    {
        *("submit", "resubmit", "reject", "redirect", "refuse_registration", "extend", "defer"),
        *("answer", "head_decides", "ask", "end_question", "merge", "separate"),
        *("appeal", "take_up", "uphold"),
    }
)
"""What the author is told even without wishing for letters: receipt, refusal, handing over, a later day
and the answer are due by law (59-ФЗ art. 5, 8(3), 10, 12(2))."""

DEADLINE_ACTIONS = frozenset({"remind", "escalate"})
ACTIONS = frozenset(TO_AUTHOR) | DEADLINE_ACTIONS | {"refer", "mark_urgent", "supplement"}
"""The actions whose events this consumer wants."""


@dataclass(frozen=True)
class Reader:
    """Who gets a letter.

    Attributes:
        code: names the reader in the letter's key.
        to: the address.
        language: `ru` or `en`.
        user: the person, None for the common address of an authority.
    """

    code: str
    to: str
    language: str = "ru"
    user: User | None = None

    @classmethod
    def person(cls, user: User) -> "Reader":
        """A user of the portal."""
        return cls(f"user-{user.pk}", user.email, user.language, user)


def handle(event_id: int) -> None:
    """Writes the letters that follow from one event; called by the outbox, in its transaction."""
    event = IssueEvent.objects.select_related(
        "issue__author", "issue__topic", "authority__superior", "words"
    ).get(pk=event_id)
    with transaction.atomic():
        for template, reader in _letters(event):
            words = post.write(
                f"issues/letters/{template}.txt", context(event, reader), language=reader.language
            )
            post.queue_letter(
                key=f"issue-event:{event.pk}:{template}:{reader.code}",
                to=reader.to,
                words=words,
                user=reader.user,
            )


def rejection(issue: Issue, *, reason: str, ground: str) -> Words:
    """The letter that a rejection would send to the author, for the moderator to read beforehand.

    Args:
        issue: the message.
        reason: the words for the author.
        ground: the article it rests on, may be empty.
    """
    event = IssueEvent(
        issue=issue, action="reject", at=clock.now(), data={"ground": ground}, authority=None
    )
    language = issue.author.language if issue.author else settings.LANGUAGE_CODE
    facts = {**context(event, None), "note": reason}
    return post.write("issues/letters/rejected.txt", facts, language=language)


def ask_if_still_fixed(issue: Issue, follow_up: FollowUp) -> None:
    """Writes the letter that asks one person, four weeks after the end, whether it is still in order."""
    reader = Reader.person(follow_up.user)
    facts = {
        "issue": issue,
        "reader": reader,
        "is_author": follow_up.user_id == issue.author_id,
        "ask_page": f"{settings.PUBLIC_URL}/still-fixed/{follow_up_token(follow_up)}/",
        "settings_page": f"{settings.PUBLIC_URL}/accounts/profile/",
        "may_stop": True,
    }
    words = post.write("issues/letters/follow_up.txt", facts, language=reader.language)
    post.queue_letter(
        key=f"issue-follow-up:{follow_up.pk}", to=reader.to, words=words, user=reader.user
    )


def context(event: IssueEvent, reader: Reader | None) -> dict[str, Any]:
    """What the templates may use: what the event says, not what has become of the issue since."""
    issue = event.issue
    words = getattr(event, "words", None) if event.pk else None
    data = event.data
    # The author's own page, where a message is corrected and rated, or the public one.
    is_author = reader is None or (reader.user is not None and reader.user.pk == issue.author_id)
    facts: dict[str, Any] = {
        "issue": issue,
        "reader": reader,
        "action": event.action,
        "authority": event.authority,
        "note": words.note if words else "",
        "data": data,
        "moderation_due": event.moderation_due_at,
        "answer_date": event.answer_due_at and clock.last_day(event.answer_due_at),
        "registration_due_date": event.registration_due_at
        and clock.last_day(event.registration_due_at),
        "is_thanks": issue.kind == Kind.THANKS,
        "page": f"{settings.PUBLIC_URL}/{'my' if is_author else 'issues'}/{issue.number}/",
        "desk": f"{settings.PUBLIC_URL}/moderation/{issue.number}/",
        "cabinet": f"{settings.PUBLIC_URL}/cabinet/{issue.number}/",
        "settings_page": f"{settings.PUBLIC_URL}/accounts/profile/",
        "may_stop": event.action not in ALWAYS_TOLD,
        "silence_days": deadlines.SILENCE_DAYS,
        "control_page": f"{settings.PUBLIC_URL}/issues/{issue.number}/control/",
    }
    if event.action == "publish":
        accepted = issue.events.filter(action="accept", seq__lt=event.seq).order_by("seq").last()
        facts["is_edited"] = accepted is not None and bool(accepted.data.get("edited"))
    if event.action in {"answer", "defer"}:
        facts["answer"] = Answer.objects.filter(uid=data["answer"]).first()
        facts["returns_left"] = MAX_RETURNS - issue.returns
    if event.action == "remind" and issue.answered_at:
        ends_at = deadlines.silence_ends(issue.answered_at, event.at)
        facts["closing_date"] = clock.region_date(ends_at)
    if event.action == "ask":
        facts["answer_by"] = event.at + deadlines.QUESTION
        facts["clarify_page"] = f"{settings.PUBLIC_URL}/clarify/{question_token(event)}/"
    if event.action in {"mark_urgent", "dispatch"}:
        marked = issue.events.filter(action="mark_urgent").select_related("words").last()
        facts["urgent_reason"] = marked.words.note if marked else ""
    if event.action == "dispatch":
        facts["is_returned"] = issue.events.filter(action="reopen", seq__lt=event.seq).exists()
    if event.action == "merge":
        facts["main_page"] = f"{settings.PUBLIC_URL}/issues/{data['main']}/"
    for name in ("date", "until", "planned_date"):
        if name in data:
            facts[name] = date.fromisoformat(data[name])
    return facts


def _letters(event: IssueEvent) -> Iterator[tuple[str, Reader]]:
    action, author = event.action, event.issue.author
    if action in TO_AUTHOR and author is not None and author.is_active:
        is_wanted = author.wants_letters or action in ALWAYS_TOLD
        if is_wanted and not _is_told_already(event):
            yield TO_AUTHOR[action], Reader.person(author)
    authority = event.authority
    if authority is not None and _is_new_work(event, authority):
        yield from (("new_work", reader) for reader in _readers(authority))
    if authority is not None and _is_urgent_work(event):
        yield from (("urgent", reader) for reader in _readers(authority))
    if authority is not None and _is_for_the_cabinet(event, authority):
        yield from (("supplemented", reader) for reader in _readers(authority))
    if action == "refer":
        yield from (("referred", head) for head in _head_moderators())
    if action == "control" and authority is not None:
        yield from (("control", reader) for reader in _those_above(authority))
    if action in DEADLINE_ACTIONS:
        yield from _about_deadline(event)


def _is_told_already(event: IssueEvent) -> bool:
    """Whether the event before, of the same moment, has told it in its own letter.

    Publishing, a return and a hand-over tell whose it is now: the sending on that follows at once would
    be a second letter about the same thing.
    """
    if event.action != "dispatch":
        return False
    before = event.issue.events.get(seq=event.seq - 1)
    at_once = before.at >= event.at - timedelta(seconds=5)
    return at_once and before.action in {"publish", "reopen", "redirect"}


def _is_new_work(event: IssueEvent, authority: Authority) -> bool:
    """Whether an authority gets work by the event and would not learn of it through МСЭД."""
    return event.action == "dispatch" and authority.exchange == Authority.Exchange.CABINET


def _is_for_the_cabinet(event: IssueEvent, authority: Authority) -> bool:
    """Whether an authority should read what the author has added, and МСЭД does not bring it."""
    return event.action == "supplement" and authority.exchange == Authority.Exchange.CABINET


def _is_urgent_work(event: IssueEvent) -> bool:
    """Whether an authority has to hurry from the event on; МСЭД knows no such mark, so all are written to."""
    if event.action == "mark_urgent":
        return event.state_after in AT_WORK_STATES
    marked = event.issue.events.filter(action="mark_urgent", seq__lt=event.seq)
    return event.action == "dispatch" and marked.exists()


def _about_deadline(event: IssueEvent) -> Iterator[tuple[str, Reader]]:
    is_late = event.action == "escalate"
    if event.state_after == State.ANSWERED:
        author = event.issue.author
        if author is not None and author.is_active and author.wants_letters:
            yield "closing_soon", Reader.person(author)
        return
    if event.state_after == State.SUBMITTED:
        return  # the desk tells its people itself, of many messages in one letter
    authority = event.authority
    if authority is None:
        # Nobody answers for it yet: those who must find somebody are told.
        template = "routing_late" if is_late else "routing_near"
        yield from ((template, head) for head in _head_moderators())
        return
    template = "deadline_missed" if is_late else "deadline_near"
    yield from ((template, reader) for reader in _readers(authority))
    if is_late and authority.superior is not None:
        yield from (
            ("deadline_missed_below", reader) for reader in _readers(authority.superior, heads=True)
        )


def _those_above(authority: Authority) -> Iterator[Reader]:
    """The head of an authority, and the head of the one above it."""
    yield from _readers(authority, heads=True)
    if authority.superior is not None:
        yield from _readers(authority.superior, heads=True)


def _head_moderators() -> Iterator[Reader]:
    heads = User.objects.filter(role_grants__role=Role.HEAD_MODERATOR, is_active=True)
    yield from (Reader.person(head) for head in heads.order_by("pk"))


def _readers(authority: Authority, *, heads: bool = False) -> Iterator[Reader]:
    """The common address of an authority; where it has none, its officers, or their heads."""
    if authority.email:
        yield Reader(f"authority-{authority.pk}", authority.email)
        return
    officers = User.objects.filter(
        official__authority=authority, role_grants__role=Role.OFFICER, is_active=True
    ).order_by("pk")
    if heads:
        officers = officers.filter(official__is_head=True)
    for user in officers:
        yield Reader.person(user)
