"""What a moderator does: accept, reject, give to an authority, hide and unhide."""

from math import cos, hypot, radians
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction

from accounts.models import User
from authorities.models import Authority, Kind, Topic
from common import canonical, clock
from issues import deadlines
from issues.models import Issue, IssueEvent
from issues.operations.appealing import given_to_another
from issues.operations.merging import separate_merged
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.queries.placing import placing
from issues.workflow import ACTIONS, Actor


def accept_issue(
    *,
    by: By,
    issue: Issue,
    published_text: str | None = None,
    kind: str | None = None,
    topic: Topic | None = None,
    point: Point | None = None,
    authority: Authority | None = None,
) -> Issue:
    """Accepts a message: it is published and given to its authority at once.

    Without an authority it is published and waits in the manual routing queue (R3.2).

    Args:
        by: the moderator; the portal where a rule accepts, which the timeline tells everybody.
        issue: a submitted one.
        published_text: the text for the public where it differs from what the author wrote.
        kind: another kind.
        topic: another topic; the message is routed anew.
        point: another place (WGS 84); the message is routed anew.
        authority: the moderator's own choice, before any rule.

    Raises:
        ActionRefusedError: it is not waiting for moderation; or it waits for a second look, and `by` has
            rejected it (`another_moderator`).
        common.workdays.CalendarUnknownError: the term runs into a year whose calendar is unknown.
        ValueError: the topic does not allow the kind.
    """
    with transaction.atomic():
        issue = lock(issue)
        given = given_to_another(issue, by)
        moment = clock.now()
        if (kind or topic) and (kind or issue.kind) not in (topic or issue.topic).kinds:
            raise ValueError("the topic does not allow this kind")
        text = (published_text or "").strip() or issue.description
        corrected = _corrected(issue, kind=kind, topic=topic, point=point, authority=authority)
        edited: list[canonical.Json] = [
            name
            for name in _EDITABLE
            if name in corrected and corrected[name] != getattr(issue, name)
        ]
        if text != issue.description:
            edited.append("published_text")
        perform(
            issue,
            "accept",
            by=by,
            at=moment,
            data={
                "edited": edited,
                "topic": (topic or issue.topic).code,
                **({"kind": kind} if kind and "kind" in edited else {}),
                **({"moved_metres": _metres(issue.point, point)} if point else {}),
                **_of_rule(by),
            },
            given=given,
            changes={"published_text": text, "is_appealed": False, **corrected},
        )
        due = None
        if issue.kind != Kind.THANKS:
            due = deadlines.answer_due(moment, issue.topic.term_days)
        perform(
            issue,
            "publish",
            by=By.system(),
            at=moment,
            note=text,
            changes={"published_at": moment, "answer_due_at": due},
        )
        dispatch_if_possible(issue)
    return issue


_EDITABLE = ("authority", "kind", "point", "topic")
"""What a moderator may correct of a message beside its text, and the timeline names."""


def _corrected(
    issue: Issue,
    *,
    kind: str | None,
    topic: Topic | None,
    point: Point | None,
    authority: Authority | None,
) -> dict[str, Any]:
    """What becomes of the message's fields, in which the moderator's own choice of authority wins."""
    corrected: dict[str, Any] = {}
    if topic or point:
        # Its fields are named as those of the message.
        corrected |= vars(placing(issue, topic=topic or issue.topic, point=point or issue.point))
    if kind:
        corrected["kind"] = kind
    if authority:
        corrected |= {"authority": authority, "routing": {"chosen_by": "moderator"}}
    return corrected


def reject_issue(*, by: By, issue: Issue, reason: str, code: str, ground_of_law: str = "") -> Issue:
    """Rejects a message; the author is told the reason and may correct and send it again.

    Args:
        by: the moderator.
        issue: a submitted one.
        reason: the words for the author.
        code: code of the reason in the moderators' list.
        ground_of_law: the article it rests on.

    Raises:
        ActionRefusedError: it is not waiting for moderation, or for a second look, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(issue, "reject", by=by, note=reason, data={"reason": code, "ground": ground_of_law})
    return issue


def refer_issue(*, by: By, issue: Issue, reason: str) -> Issue:
    """Leaves a message to the head moderator; the 48 hours go on.

    Raises:
        ActionRefusedError: it does not wait for moderation, is with the head already, or there is no
            reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(issue, "refer", by=by, note=reason.strip(), changes={"is_referred": True})
    return issue


def take_over_issue(*, by: By, issue: Issue, reason: str, held_by: User) -> IssueEvent:
    """Tells that a moderator took a message from another one, who stands in the private part.

    Raises:
        ActionRefusedError: it does not wait for moderation, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        private: dict[str, canonical.Json] = {"held_by": held_by.pk}
        return perform(issue, "take_over", by=by, note=reason.strip(), private=private)


def mark_urgent(*, by: By, issue: Issue, reason: str) -> Issue:
    """Marks a message as urgent: its authority is told at once, or as soon as it gets it.

    Args:
        by: the moderator.
        issue: a submitted one, or one that an authority has to answer.
        reason: for the authority.

    Raises:
        ActionRefusedError: it has ended, is urgent already, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(issue, "mark_urgent", by=by, note=reason.strip(), changes={"is_urgent": True})
    return issue


def assign_authority(*, by: By, issue: Issue, authority: Authority, note: str = "") -> Issue:
    """Gives an issue that no rule could place to an authority, and sends it on when published.

    Raises:
        ActionRefusedError: it is with an authority already.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(
            issue,
            "assign",
            by=by,
            note=note,
            changes={"authority": authority, "routing": {"chosen_by": by.actor.value}},
        )
        dispatch_if_possible(issue)
    return issue


def hide_issue(*, by: By, issue: Issue, reason: str) -> Issue:
    """Hides a published issue from the public; its work goes on, the reason is public.

    Raises:
        ActionRefusedError: it is not public, or hidden already, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(issue, "hide", by=by, note=reason)
        separate_merged(issue)
    return issue


def unhide_issue(*, by: By, issue: Issue, reason: str) -> Issue:
    """Shows a hidden issue again.

    Raises:
        ActionRefusedError: it is not hidden, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        perform(issue, "unhide", by=by, note=reason)
    return issue


def acknowledge_thanks(*, by: By, issue: Issue, note: str = "") -> Issue:
    """Closes published thanks, with a kind word: there is nothing to answer (R1.2).

    Raises:
        ActionRefusedError: it is not published, or already with an authority.
        ValueError: it is not a message of thanks.
    """
    with transaction.atomic():
        issue = lock(issue)
        if issue.kind != Kind.THANKS:
            raise ValueError("only thanks are acknowledged")
        now = clock.now()
        perform(issue, "acknowledge", by=by, at=now, note=note, changes={"closed_at": now})
    return issue


def dispatch_if_possible(issue: Issue, *, anew: bool = False) -> None:
    """Sends a locked issue to its authority, if it has one and one answers.

    Args:
        issue: published, returned, or handed over.
        anew: the authority has never had it: it registers the issue itself, within three days.
    """
    ready = issue.state in ACTIONS["dispatch"].sources and issue.kind != Kind.THANKS
    if issue.authority is None or not ready:
        return
    moment = clock.now()
    is_registered = bool(issue.registration_number) and not anew
    due = None if is_registered else deadlines.registration_due(moment)
    changes: dict[str, Any] = {"registration_due_at": due}
    if anew:
        changes |= {"registration_number": "", "registration_date": None}
    perform(issue, "dispatch", by=By.system(), at=moment, changes=changes)


def _metres(before: Point, after: Point) -> int:
    """How far two points lie apart, metres; over the few kilometres of a correction the ground is flat."""
    up = (after.y - before.y) * 111_320
    across = (after.x - before.x) * 111_320 * cos(radians(before.y))
    return round(hypot(up, across))


def _of_rule(by: By) -> dict[str, canonical.Json]:
    return {"by_rule": True} if by.actor == Actor.SYSTEM else {}
