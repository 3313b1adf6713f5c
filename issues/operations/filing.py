"""What the author does before publication: file, change, correct and send again; and withdraw at any time."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.operations import lock_person
from authorities import questions, routing
from authorities.models import Topic
from common import canonical, clock
from geo import queries as ground
from issues import deadlines
from issues.models import Attachment, Channel, Issue, IssueEvent
from issues.operations.files import forget_files, measure_cameras
from issues.operations.merging import separate_merged
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.workflow import ActionRefusedError, State

MAX_ATTACHMENTS = 10
AN_HOUR = timedelta(hours=1)


class TooManyMessagesError(Exception):
    """The author has filed as many messages within the last hour as one may."""


@dataclass(frozen=True)
class Message:
    """What a resident says.

    Attributes:
        kind: `problem`, `proposal` or `thanks`; the topic must allow it.
        topic: the chosen topic.
        lon, lat: the place, WGS 84 degrees.
        address: the place in words.
        description: the message.
        details: answers to the topic's extra questions by question code.
        is_anonymous: the name is not shown in public.
        attachments: uids of files that wait with the author, at most ten.
    """

    kind: str
    topic: Topic
    lon: float
    lat: float
    address: str
    description: str
    details: Mapping[str, Any] = field(default_factory=dict)
    is_anonymous: bool = False
    attachments: Sequence[uuid.UUID] = ()


def file_issue(
    *,
    by: By,
    message: Message,
    uid: uuid.UUID | None = None,
    channel: str = Channel.WEB,
    most_an_hour: int | None = None,
) -> Issue:
    """Files a message: it gets its number, its authority and its place in the moderation queue.

    Args:
        by: the author.
        message: what is filed; already validated by a form or serializer.
        uid: the client's own identity of the message: the same one is filed once.
        channel: how it came.
        most_an_hour: how many messages the author may file within an hour; None: any number.

    Returns:
        The issue; the earlier one when `uid` was filed before by the same author.

    Raises:
        TooManyMessagesError: `most_an_hour` are filed already.
        ValueError: the topic does not allow the kind, a file is not the author's, or `uid` is taken.
        django.core.exceptions.ValidationError: an answer to the topic's questions is missing or wrong,
            by question code.
    """
    message = checked(message)
    assert by.user is not None
    moment = clock.now()
    issue = Issue(
        channel=channel,
        author=by.user,
        company_name=by.user.company_name,
        company_inn=by.user.company_inn,
        filed_at=moment,
        moderation_due_at=deadlines.moderation_due(moment),
    )
    if uid:
        issue.uid = uid
    _write_down(issue, message, moment)
    try:
        with transaction.atomic():
            # Only this author's messages wait for one another.
            lock_person(by.user)
            if most_an_hour is not None:
                _refuse_too_many(by.user, moment, most_an_hour)
            # The counter's row stays locked until the commit: the later it is taken the better.
            issue.year = clock.region_date(moment).year
            issue.serial = next_serial(issue.year)
            issue.number = f"{issue.year}-{issue.serial}"
            files = _files(issue, message.attachments)
            perform(
                issue,
                "submit",
                by=by,
                at=moment,
                private=_digests(issue, files),
                data=_filed_facts(issue),
            )
            _take_attachments(issue, files)
    except (IntegrityError, ValueError, TooManyMessagesError):
        # The uid is taken, or the files are: the message came before, or at the same time. Asking first
        # would cost every message a query and still not be certain.
        if uid and (earlier := _filed_before(uid, by)):
            return earlier
        raise
    return issue


def _refuse_too_many(author: User, moment: datetime, most: int) -> None:
    if Issue.objects.filter(author=author, filed_at__gt=moment - AN_HOUR).count() >= most:
        raise TooManyMessagesError


def _filed_before(uid: uuid.UUID, by: By) -> Issue | None:
    earlier = Issue.objects.filter(uid=uid).first()
    if earlier and earlier.author_id != (by.user and by.user.pk):
        raise ValueError("the uid belongs to another message")
    return earlier


def resubmit_issue(*, by: By, issue: Issue, message: Message) -> IssueEvent:
    """Sends a rejected message again, corrected by its author; 48 hours begin anew.

    Raises:
        ActionRefusedError: it is not rejected, or not the author's.
        ValueError, ValidationError: as for `file_issue`.
    """
    message = checked(message)
    with transaction.atomic():
        issue = lock(issue)
        moment = clock.now()
        event = _rewrite(
            issue,
            "resubmit",
            by=by,
            message=message,
            moment=moment,
            changes={
                "moderation_due_at": deadlines.moderation_due(moment),
                **NEVER_JUDGED,
            },
        )
    return event


def begin_reading(*, by: By, issue: Issue) -> IssueEvent | None:
    """A moderator begins to read the message: from here on its author can not change it.

    Told once for each time that it was sent, however often it is taken and let go.

    Args:
        by: the desk; who the moderator is, the desk knows.
        issue: a submitted one.

    Returns:
        The entry, None where it is told already.

    Raises:
        ActionRefusedError: it does not wait for moderation.
    """
    with transaction.atomic():
        issue = lock(issue)
        return None if is_being_read(issue) else perform(issue, "take", by=by)


def is_being_read(issue: Issue) -> bool:
    """Whether a moderator has begun to read the message as it was sent last."""
    if issue.is_appealed:
        return True
    last = issue.events.filter(action__in=("submit", "resubmit", "take")).order_by("-seq")
    return last.values_list("action", flat=True).first() == "take"


def amend_issue(
    *, by: By, issue: Issue, message: Message, dropped: Sequence[uuid.UUID] = ()
) -> IssueEvent:
    """Changes a message that no moderator has begun to read; the 48 hours go on.

    Args:
        by: the author.
        issue: a submitted one.
        message: all of it, as it shall be; its attachments are those that are added.
        dropped: uids of the message's files that are taken away.

    Raises:
        ActionRefusedError: a moderator reads it already (`taken`), it does not wait for moderation, or
            it is not the author's.
        ValueError, ValidationError: as for `file_issue`.
    """
    message = checked(message)
    with transaction.atomic():
        issue = lock(issue)
        if issue.state == State.SUBMITTED and is_being_read(issue):
            raise ActionRefusedError("amend", "taken")
        files_of_author = issue.attachments.filter(purpose=Attachment.Purpose.REPORT)
        forget_files(files_of_author.filter(uid__in=dropped))
        event = _rewrite(issue, "amend", by=by, message=message, moment=clock.now())
    return event


def withdraw_issue(*, by: By, issue: Issue, note: str = "") -> IssueEvent:
    """Withdraws a message that is still open.

    Raises:
        ActionRefusedError: it is closed already, or not the author's.
    """
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        event = perform(
            issue, "withdraw", by=by, private={"words": note}, at=now, changes={"closed_at": now}
        )
        separate_merged(issue)
        return event


NEVER_JUDGED: Mapping[str, Any] = {
    "asked_until": None,
    "is_appealed": False,
    "is_referred": False,
    "merged_into": None,
}
"""What no sending takes over from the one before it."""

_WRITTEN = (
    "author_name",
    "kind",
    "topic",
    "point",
    "address",
    "description",
    "details",
    "is_anonymous",
    "municipality_id",
    "authority",
    "routing",
)


def checked(message: Message) -> Message:
    """The message with the answers to its topic's questions as they are stored.

    Raises:
        ValueError, ValidationError: as for `file_issue`.
    """
    if message.kind not in message.topic.kinds:
        raise ValueError("the topic does not allow this kind")
    asked = questions.asked_of(message.topic, message.kind)
    return replace(message, details=questions.checked_answers(asked, message.details))


def _rewrite(
    issue: Issue,
    name: str,
    *,
    by: By,
    message: Message,
    moment: datetime,
    changes: Mapping[str, Any] | None = None,
) -> IssueEvent:
    """Writes the message over a locked issue, and tells it by the action `name`."""
    before = {"description": issue.description, "address": issue.address}
    _write_down(issue, message, moment)
    files = _files(issue, message.attachments)
    event = perform(
        issue,
        name,
        by=by,
        at=moment,
        private={"before": before, **_digests(issue, files)},
        data=_filed_facts(issue),
        changes={name: getattr(issue, name) for name in _WRITTEN} | dict(changes or {}),
    )
    _take_attachments(issue, files)
    return event


def _write_down(issue: Issue, message: Message, moment: datetime) -> None:
    day = clock.region_date(moment)
    found = routing.route(topic=message.topic, lon=message.lon, lat=message.lat, on=day)
    # What a moderator judges is what is published: a name changed later is not.
    issue.author_name = issue.author.public_name if issue.author else ""
    issue.kind = message.kind
    issue.topic = message.topic
    issue.point = Point(message.lon, message.lat, srid=4326)
    issue.address = message.address
    issue.description = message.description
    issue.details = dict(message.details)
    issue.is_anonymous = message.is_anonymous
    issue.municipality_id = ground.municipality_id_at(lon=message.lon, lat=message.lat, on=day)
    issue.authority = found.authority
    issue.routing = found.explanation


def _filed_facts(issue: Issue) -> dict[str, Any]:
    return {
        "kind": issue.kind,
        "topic": issue.topic.code,
        "channel": issue.channel,
    }


def next_serial(year: int) -> int:
    """The next number of `year`; gap-free, because a roll-back gives it back (R1.1)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO issues_numbercounter AS counter (year, last) VALUES (%s, 1)"
            " ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [year],
        )
        return int(cursor.fetchone()[0])


def _digests(issue: Issue, files: Sequence[Attachment]) -> dict[str, canonical.Json]:
    """Digests of what was filed: with them the timeline covers the words without holding them."""
    return {
        "sha256": {
            "description": canonical.digest(issue.description),
            "address": canonical.digest(issue.address),
            "files": sorted(file.sha256 for file in files),
        }
    }


def _files(issue: Issue, uids: Sequence[uuid.UUID]) -> list[Attachment]:
    """The waiting files that the author adds, locked.

    Raises:
        ValueError: one is not there or is somebody else's, or they are too many.
    """
    if not uids:
        return []
    files = list(
        Attachment.objects.select_for_update().filter(
            uid__in=uids, owner_id=issue.author_id, issue__isnull=True
        )
    )
    if len(files) != len(set(uids)):
        raise ValueError("a file is not there or is somebody else's")
    already = 0 if issue._state.adding else issue.attachments.count()
    if len(files) + already > MAX_ATTACHMENTS:
        raise ValueError("too many attachments")
    return files


def _take_attachments(issue: Issue, files: Sequence[Attachment]) -> None:
    if files:
        Attachment.objects.filter(pk__in=[file.pk for file in files]).update(issue=issue)
        measure_cameras(issue)
