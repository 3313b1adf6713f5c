"""Nothing passes its 48 hours unseen: at 75 % and at 100 % of them the moderators are told, each time once.

A letter for each message would be noise on a day when hundreds are late: what has come together is one.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from common import clock
from issues.models import IssueEvent
from issues.workflow import State
from moderation.models import Alarm
from notifications import operations as post
from notifications import pushes
from notifications.client import Note

CONSUMER = "alarms"
ACTIONS = frozenset({"remind", "escalate"})
GATHERED = timedelta(minutes=30)
"""How long messages that are not late yet may wait for others to be told together with."""
NAMED = 30
"""As many messages of each sort are named; the others are a number."""
BATCH = 5000


def handle(event_id: int) -> None:
    """Writes an alarm down for a message that waits for moderation; called by the outbox."""
    event = IssueEvent.objects.get(pk=event_id)
    if event.state_after != State.SUBMITTED:
        return
    Alarm.objects.get_or_create(
        event=event,
        defaults={
            "issue_id": event.issue_id,
            "is_late": event.action == "escalate",
            "raised_at": event.at,
        },
    )


def tell() -> int:
    """Tells moderators and their heads by letter and push of what has come together.

    Returns:
        How many messages they were told of; those that were judged meanwhile are not told.
    """
    with transaction.atomic():
        rows = Alarm.objects.select_for_update(skip_locked=True, of=("self",))
        alarms = list(rows.select_related("issue").order_by("event")[:BATCH])
        if not _is_time(alarms):
            return 0
        waiting = [alarm for alarm in alarms if alarm.issue.state == State.SUBMITTED]
        late = [alarm for alarm in waiting if alarm.is_late]
        passed = {alarm.issue_id for alarm in late}
        near = [alarm for alarm in waiting if alarm.issue_id not in passed]
        if waiting:
            _tell(alarms[-1].pk, late=late, near=near)
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).delete()
    return len(late) + len(near)


def _is_time(alarms: list[Alarm]) -> bool:
    if not alarms:
        return False
    eldest = min(alarm.raised_at for alarm in alarms)
    return any(alarm.is_late for alarm in alarms) or eldest + GATHERED <= clock.now()


def _tell(last: int, *, late: list[Alarm], near: list[Alarm]) -> None:
    facts = {
        "late": _numbers(late),
        "late_count": len(late),
        "near": _numbers(near),
        "near_count": len(near),
        "desk": f"{settings.PUBLIC_URL}/moderation/",
        "reader": None,
    }
    staff = list(_staff())
    for user in staff:
        post.queue_letter(
            key=f"moderation-alarm:{last}:{user.pk}",
            to=user.email,
            words=post.write("moderation/letters/alarm.txt", facts, language=user.language),
            user=user,
        )
    pushes.queue_pushes((user.pk, _note(user, len(late), len(near))) for user in staff)


def _staff() -> Iterable[User]:
    return (
        User.objects.filter(
            role_grants__role__in=[Role.MODERATOR, Role.HEAD_MODERATOR], is_active=True
        )
        .distinct()
        .order_by("pk")
    )


def _note(user: User, late: int, near: int) -> Note:
    with translation.override(user.language):
        return Note(
            title=_("The 48 hours of moderation run out"),
            body=_("over 48 hours: %(late)s, under 12 hours left: %(near)s")
            % {"late": late, "near": near},
            path="/moderation/",
        )


def _numbers(alarms: list[Alarm]) -> str:
    named = ", ".join(alarm.issue.number for alarm in alarms[:NAMED])
    return f"{named} …" if len(alarms) > NAMED else named
