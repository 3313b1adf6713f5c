"""The only writer of an issue's state: checks the table, chains the event, feeds the outbox."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from common import canonical, clock, outbox
from issues import deadlines, timeline
from issues.models import EventNote, Issue, IssueEvent
from issues.policies import By, may_act
from issues.workflow import (
    ACTIONS,
    MAX_RETURNS,
    ActionRefusedError,
    Need,
    State,
    next_state,
)


@dataclass(slots=True)
class Words:
    """What stands beside an entry, outside the chain; see `EventNote`.

    False where a machine acted and nobody's words are told: then nothing is beside the entry.

    Attributes:
        private_text: the private part in its canonical form.
    """

    note: str
    note_salt: str
    private: Mapping[str, canonical.Json]
    private_text: str
    private_salt: str

    def __bool__(self) -> bool:
        return bool(self.note or self.private_text)


def new_salt() -> str:
    """A salt that nobody can guess: 128 bits, 32 hexadecimal digits."""
    return secrets.token_hex(16)


def lock(issue: Issue | int) -> Issue:
    """The issue as it is now, locked until the end of the transaction.

    Raises:
        Issue.DoesNotExist: there is none.
    """
    pk = issue if isinstance(issue, int) else issue.pk
    # The author is optional: an outer join can not be locked, so only the issue's row is.
    return (
        Issue.objects.select_for_update(of=("self",))
        .select_related("author", "topic", "authority")
        .get(pk=pk)
    )


def perform(
    issue: Issue,
    name: str,
    *,
    by: By,
    note: str = "",
    private: Mapping[str, canonical.Json] | None = None,
    data: Mapping[str, canonical.Json] | None = None,
    changes: Mapping[str, Any] | None = None,
    given: frozenset[Need] = frozenset(),
    at: datetime | None = None,
) -> IssueEvent:
    """Does one action of the workflow table to a locked issue, in the caller's transaction.

    Where this machine's clock is behind the last entry's, the entry has that one's moment: a timeline
    never goes back.

    Args:
        issue: locked by `lock`, or not yet saved for the action that makes it.
        by: who acts; the policy is asked.
        name, note, private, data, changes, given, at: as for `tell`.

    Raises:
        ActionRefusedError: the table or the policy refuses.
    """
    if not may_act(by, issue):
        raise ActionRefusedError(name, "actor")
    changes = dict(changes or {})
    at = at or clock.now()
    if issue.event_count:
        last = IssueEvent.objects.filter(issue=issue, seq=issue.event_count)
        at = max(at, last.values_list("at", flat=True).get())
    entry, words = tell(
        issue,
        name,
        by=by,
        note=note,
        private=private,
        data=data,
        changes=changes,
        given=given,
        at=at,
    )
    return _save(issue, entry, words, {*changes, "state", "is_hidden"})


def tell(
    issue: Issue,
    name: str,
    *,
    by: By,
    at: datetime,
    note: str = "",
    private: Mapping[str, canonical.Json] | None = None,
    data: Mapping[str, canonical.Json] | None = None,
    changes: Mapping[str, Any] | None = None,
    given: frozenset[Need] = frozenset(),
    new_salt: Callable[[], str] = new_salt,
) -> tuple[timeline.Entry, Words]:
    """Does one action to an issue in memory, and tells it: the next entry of its chain.

    Args:
        issue: as it was before; as it is after.
        name: the action's name.
        by: who acts; whether that person may is for the caller to ask.
        at: the moment, UTC.
        note: words that the public timeline shows; may be erased later.
        private: what only staff see, as JSON; may be erased later. The person who acts is added.
        data: public facts that belong to the chain; no personal data.
        changes: fields of the issue that change with the action.
        given: needs that the caller has met and the issue does not show.
        new_salt: for one who tells much and fetches the kernel's random bytes for many salts at once.

    Raises:
        ActionRefusedError: the table refuses.
    """
    action = ACTIONS[name]
    before = issue.state
    changes = changes or {}
    after = next_state(
        action,
        State(before) if before else None,
        actor=by.actor,
        hidden=issue.is_hidden,
        given=given | _shown(action.needs, issue, note, changes) if action.needs else given,
    ).value
    was_running = _running(issue)
    for field, value in changes.items():
        setattr(issue, field, value)
    issue.state = after
    if action.sets_hidden is not None:
        issue.is_hidden = action.sets_hidden
    if (now_running := _running(issue)) != was_running:
        issue.escalate_at = now_running and _reminder(issue, at, *now_running)
    data = dict(data or {})
    if data:
        canonical.check(data)
    words = _words(note, private, by, new_salt)
    entry = timeline.Entry(
        number=issue.number,
        seq=issue.event_count + 1,
        action=name,
        actor=by.actor.value,
        at=at,
        state_before=before,
        state_after=after,
        is_hidden=issue.is_hidden,
        authority=issue.authority.slug if issue.authority else None,
        moderation_due_at=issue.moderation_due_at,
        registration_due_at=issue.registration_due_at,
        answer_due_at=issue.answer_due_at,
        data=data,
        note_digest=words.note and canonical.salted_digest(words.note_salt, words.note),
        private_digest=words.private_text
        and canonical.salted_digest(words.private_salt, words.private_text),
        previous_hash=issue.head_hash,
    )
    entry.hash = timeline.digest(entry)
    issue.event_count, issue.head_hash = entry.seq, entry.hash
    return entry, words


def _save(issue: Issue, entry: timeline.Entry, words: Words, changed: set[str]) -> IssueEvent:
    event = IssueEvent(
        issue=issue,
        seq=entry.seq,
        action=entry.action,
        actor=entry.actor,
        at=entry.at,
        state_before=entry.state_before,
        state_after=entry.state_after,
        is_hidden=entry.is_hidden,
        authority=issue.authority,
        moderation_due_at=entry.moderation_due_at,
        registration_due_at=entry.registration_due_at,
        answer_due_at=entry.answer_due_at,
        data=entry.data,
        note_digest=entry.note_digest,
        private_digest=entry.private_digest,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )
    with transaction.atomic(savepoint=False):
        if issue._state.adding:
            issue.save(force_insert=True)
        else:
            issue.save(update_fields=changed | {"escalate_at", "event_count", "head_hash"})
        event.issue_id = issue.pk
        event.save(force_insert=True)
        if words:
            EventNote(
                event=event,
                note=words.note,
                note_salt=words.note_salt,
                private=words.private,
                private_salt=words.private_salt,
            ).save(force_insert=True)
        outbox.enqueue(event_id=event.pk, key=issue.pk, action=event.action)
    return event


def _words(
    note: str, private: Mapping[str, canonical.Json] | None, by: By, new_salt: Callable[[], str]
) -> Words:
    note_salt = new_salt() if note else ""
    if by.user is None:
        told = dict(private or {})
        text = canonical.dumps(told).decode() if told else ""
    else:
        told = {**(private or {}), "by": _who(by.user.pk)}
        text = canonical.dumps(told).decode() if private else _who_alone(by.user.pk)
    return Words(note, note_salt, told, text, new_salt() if text else "")


def _who(user_id: int) -> dict[str, canonical.Json]:
    return {"user": user_id}


@lru_cache(maxsize=1024)  # the same few act most of the time
def _who_alone(user_id: int) -> str:
    return canonical.dumps({"by": _who(user_id)}).decode()


def _shown(
    needs: frozenset[Need], issue: Issue, note: str, changes: Mapping[str, Any]
) -> frozenset[Need]:
    return frozenset(
        [need for need in needs if need in _SHOWN and _SHOWN[need](issue, note, changes)]
    )


_SHOWN: Mapping[Need, Callable[[Issue, str, Mapping[str, Any]], object]] = {
    Need.REASON: lambda _issue, note, _changes: note.strip(),
    Need.AUTHORITY: lambda issue, _note, changes: changes.get("authority") or issue.authority,
    Need.REGISTRATION: lambda _issue, _note, changes: (
        changes.get("registration_number") and changes.get("registration_date")
    ),
    Need.REGISTERED_BEFORE: lambda issue, _note, _changes: issue.registration_number,
    Need.NEW_TERM: lambda _issue, _note, changes: "answer_due_at" in changes,
    Need.PLANNED_DATE: lambda _issue, _note, changes: changes.get("planned_date"),
    Need.RETURNS_LEFT: lambda issue, _note, _changes: issue.returns < MAX_RETURNS,
    Need.ASKED: lambda issue, _note, _changes: issue.asked_until,
    Need.NOT_REFERRED: lambda issue, _note, _changes: not issue.is_referred,
    Need.NOT_URGENT: lambda issue, _note, _changes: not issue.is_urgent,
    Need.APPEALED: lambda issue, _note, _changes: issue.is_appealed,
    Need.NOT_APPEALED: lambda issue, _note, _changes: not issue.is_appealed,
    # Of a first look everybody is another; who gave the first look, the second one's operation asks.
    Need.ANOTHER_MODERATOR: lambda issue, _note, _changes: not issue.is_appealed,
    Need.MAIN: lambda _issue, _note, changes: changes.get("merged_into"),
}
"""Whether an issue, the note and the changes show that a need is met."""


def _reminder(issue: Issue, at: datetime, name: str, due_at: datetime) -> datetime:
    if name == "verdict":
        return due_at - deadlines.SILENCE_NOTICE
    if name == "question":
        return due_at
    # The term of the answer began with the publication, whoever has the issue now; a return begins anew.
    is_first_term = name == "answer" and issue.returns == 0 and issue.published_at is not None
    return deadlines.reminder(issue.published_at or at if is_first_term else at, due_at)


def _running(issue: Issue) -> tuple[str, datetime] | None:
    return deadlines.running(
        issue.state,
        moderation_due_at=issue.moderation_due_at,
        registration_due_at=issue.registration_due_at,
        answer_due_at=issue.answer_due_at,
        answered_at=issue.answered_at,
        asked_until=issue.asked_until,
    )
