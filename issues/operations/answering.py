"""What the authority does, in the cabinet or through МСЭД: register, work, extend, redirect, answer."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from authorities.models import Authority, Kind
from common import clock
from issues import deadlines, reply_quality
from issues.models import Answer, Attachment, Issue, IssueEvent
from issues.operations.judging import dispatch_if_possible
from issues.operations.writer import lock, perform
from issues.policies import By, may_act
from issues.workflow import ActionRefusedError, Need

CLOCKS_APART = timedelta(days=1)
"""How far another system's calendar may be ahead of ours."""
WITH_NOBODY: Mapping[str, Any] = {
    "authority": None,
    "registration_due_at": None,
    "registration_number": "",
    "registration_date": None,
}
"""What an issue is once its authority has refused it: the number was that authority's, and stays in the timeline."""


@dataclass(frozen=True)
class Reply:
    """What an authority answers.

    Attributes:
        uid: identity of the notice that brought it; the same one answers once.
        decision: a value of `Answer.Decision`.
        text: the words.
        signatory, signatory_post: who signed.
        report_number, report_date: the reply's number and day in the document system.
        due_date: by when it is promised, where the decision is `deferred`.
        attachments: files that belong to this answer: they hang on the issue, or wait with the officer.
    """

    decision: str
    text: str
    signatory: str
    signatory_post: str = ""
    uid: uuid.UUID | None = None
    report_number: str = ""
    report_date: date | None = None
    due_date: date | None = None
    attachments: Sequence[uuid.UUID] = ()


def register_issue(*, by: By, issue: Issue, number: str, registered_on: date) -> IssueEvent:
    """Notes the number and day of registration (59-ФЗ art. 8).

    Raises:
        ActionRefusedError: it was not sent to an authority, number or day are missing, or the day is to come.
    """
    with transaction.atomic():
        issue = lock(issue)
        if registered_on > clock.region_date(clock.now()) + CLOCKS_APART:
            raise ActionRefusedError("register", Need.REGISTRATION)
        return perform(
            issue,
            "register",
            by=by,
            data={"number": number, "date": registered_on.isoformat()},
            changes={"registration_number": number, "registration_date": registered_on},
        )


def refuse_registration(*, by: By, issue: Issue, reason: str, code: str = "") -> IssueEvent:
    """Takes an issue back that the authority refused; it waits for another authority by hand.

    Raises:
        ActionRefusedError: it was not sent to an authority, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        refused_by = issue.authority.slug if issue.authority else ""
        return perform(
            issue,
            "refuse_registration",
            by=by,
            note=reason,
            data={"code": code, "refused_by": refused_by},
            changes=WITH_NOBODY,
        )


def start_work(*, by: By, issue: Issue, executor: str = "", note: str = "") -> IssueEvent:
    """Takes a registered issue into work.

    Args:
        by: the authority.
        issue: a registered one.
        executor: who works on it there; shown with the note and, like it, outside the chain.
        note: words for the timeline.

    Raises:
        ActionRefusedError: it is not registered, or answered already.
    """
    with transaction.atomic():
        issue = lock(issue)
        return perform(issue, "start", by=by, note="\n".join(filter(None, (executor, note))))


def report_progress(*, by: By, issue: Issue, note: str) -> IssueEvent:
    """Tells how the work goes on; state and deadline stay.

    Raises:
        ActionRefusedError: nobody works on it, or there are no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        return perform(issue, "report_progress", by=by, note=note)


def extend_term(*, by: By, issue: Issue, until: date, reason: str) -> IssueEvent:
    """Moves the deadline of the answer, at most 30 days beyond the term (59-ФЗ art. 12(2)).

    A deadline that has passed is missed: it can not be moved any more.

    Raises:
        ActionRefusedError: there is no reason, the deadline has passed, the new day is not later than the
            present one or beyond what the law allows (`new_term`), or the state does not allow it.
    """
    with transaction.atomic():
        issue = lock(issue)
        term = _term(issue)
        allowed = (
            term is not None
            and issue.answer_due_at is not None
            and until <= deadlines.latest_extension(term)
            and clock.now() < issue.answer_due_at < clock.end_of_day(until)
        )
        if not allowed:
            raise ActionRefusedError("extend", Need.NEW_TERM)
        return perform(
            issue,
            "extend",
            by=by,
            note=reason,
            data={"until": until.isoformat()},
            changes={"answer_due_at": clock.end_of_day(until)},
        )


def redirect_issue(
    *, by: By, issue: Issue, to: Authority | None, to_name: str, note: str = ""
) -> IssueEvent:
    """Hands an issue over to another authority; whose it is now is public, its deadline stays.

    Within МСЭД the paper goes on under its number. Any other way the new authority gets it as it gets
    every message, and registers it itself.

    Args:
        by: the authority that hands over.
        issue: one that is with an authority.
        to: the new authority, None when the portal does not know it.
        to_name: its name.
        note: words for the timeline.

    Raises:
        ActionRefusedError: it is not with an authority.
    """
    with transaction.atomic():
        issue = lock(issue)
        if to is None:
            words = "\n".join(filter(None, (to_name, note)))
            return perform(issue, "redirect", by=by, note=words)
        event = perform(
            issue, "redirect", by=by, note=note, data={"to": to.name}, changes={"authority": to}
        )
        if by.via != "msed" or to.exchange != Authority.Exchange.MSED:
            dispatch_if_possible(issue, anew=True)
        return event


def read_reply(*, issue: Issue, reply: Reply) -> list[reply_quality.Finding]:
    """What is to be said against an answer before it is sent: advice, no refusal.

    Args:
        issue: with its author, topic and authority.
        reply: the answer.
    """
    return reply_quality.check(
        _draft(
            issue,
            Answer(
                authority=issue.authority,
                decision=reply.decision,
                text=reply.text,
                due_date=reply.due_date,
                signatory=reply.signatory,
                published_at=clock.now(),
            ),
            has_files=bool(reply.attachments),
        )
    )


def read_answer(answer: Answer) -> list[reply_quality.Finding]:
    """The findings that an answer was sent against, with the words they mean; for staff.

    Args:
        answer: with its issue and files.
    """
    if not answer.warnings:
        return []
    has_files = bool(answer.attachments.all())
    read = reply_quality.check(_draft(answer.issue, answer, has_files=has_files))
    found = {finding.code: finding for finding in read}
    # What was noted then counts, even if the rules would pass it over today.
    codes = [code for code in reply_quality.Code if code in answer.warnings]
    return [found.get(code) or reply_quality.Finding(code) for code in codes]


def answer_issue(*, by: By, issue: Issue, reply: Reply) -> Answer:
    """Publishes the authority's answer; a deferring one promises a day and leaves the issue open.

    What the reply-quality check found is noted with the answer and in the private part of its entry:
    staff read it, the public record holds facts alone.

    Returns:
        The answer; the earlier one when the same uid answered before.

    Raises:
        ActionRefusedError: the state does not allow it, or a deferring answer has no day.
    """
    with transaction.atomic():
        issue = lock(issue)
        if reply.uid and (earlier := Answer.objects.filter(uid=reply.uid).first()):
            if earlier.issue_id != issue.pk or not may_act(by, issue):
                raise ActionRefusedError("answer", "actor")
            return earlier
        if issue.authority is None:
            raise ActionRefusedError("answer", Need.AUTHORITY)
        now = clock.now()
        deferring = reply.decision == Answer.Decision.DEFERRED
        promised = reply.due_date if deferring else None
        if deferring and (promised is None or promised <= clock.region_date(now)):
            raise ActionRefusedError("defer", Need.PLANNED_DATE)
        answer = Answer(
            issue=issue,
            authority=issue.authority,
            decision=reply.decision,
            text=reply.text,
            signatory=reply.signatory,
            signatory_post=reply.signatory_post,
            report_number=reply.report_number,
            report_date=reply.report_date,
            due_date=reply.due_date,
            published_at=now,
            warnings=[finding.code.value for finding in read_reply(issue=issue, reply=reply)],
        )
        if reply.uid:
            answer.uid = reply.uid
        facts = {"answer": str(answer.uid), "decision": reply.decision}
        changes: dict[str, Any] = {"answered_at": now}
        if promised:
            facts["planned_date"] = promised.isoformat()
            due = deadlines.deferred_due(issue.answer_due_at, _term(issue), promised, now)
            changes = {"planned_date": promised, "answer_due_at": due}
        perform(
            issue,
            "defer" if promised else "answer",
            by=by,
            at=now,
            note=reply.text,
            private={"warnings": list(answer.warnings)} if answer.warnings else None,
            data=facts,
            given=frozenset({Need.ANSWER}),
            changes=changes,
        )
        answer.save(force_insert=True)
        theirs = Q(issue=issue) | Q(issue=None, owner=by.user) if by.user else Q(issue=issue)
        files = Attachment.objects.filter(theirs, uid__in=reply.attachments, answer=None)
        files.update(issue=issue, answer=answer)
    return answer


def _draft(issue: Issue, answer: Answer, *, has_files: bool) -> reply_quality.Draft:
    earlier = (
        Answer.objects.filter(authority=answer.authority, published_at__lt=answer.published_at)
        .exclude(issue=issue)
        .order_by("-published_at", "-pk")
        .values_list("text", flat=True)
    )
    author, authority = issue.author, answer.authority
    public = (authority.phone, authority.email, answer.signatory, issue.author_public_name)
    return reply_quality.Draft(
        text=answer.text,
        decision=answer.decision,
        message=issue.description,
        is_visible_work=issue.kind == Kind.PROBLEM
        and issue.topic.category.code in reply_quality.VISIBLE_WORK,
        has_files=has_files,
        due_date=answer.due_date,
        earlier=list(earlier[: reply_quality.EARLIER_ANSWERS]),
        hidden_name=(author.last_name,) if author and issue.is_anonymous else (),
        own_words=tuple(filter(None, public)),
    )


def _term(issue: Issue) -> datetime | None:
    """The end of the present term as it was first set, before it was moved, UTC."""
    first = issue.events.filter(action__in=("publish", "reopen")).order_by("-seq").first()
    return first.answer_due_at if first else None
