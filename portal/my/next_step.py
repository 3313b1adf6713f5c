"""What happens next to a message, said to its author in plain words."""

from datetime import date, datetime

from django.utils import formats
from django.utils.translation import gettext as _

from authorities.models import Kind
from common import clock
from issues.models import Issue
from issues.queries.control import is_controlled
from issues.telling import end_by_silence
from issues.workflow import MAX_RETURNS, State


def next_step(issue: Issue) -> str:
    """One or two sentences: who acts now, and by when."""
    match State(issue.state):
        case State.SUBMITTED if issue.asked_until:
            moment = _moment(issue.asked_until)
            return _("Answer the moderator's question by %(moment)s.") % {"moment": moment}
        case State.MERGED if issue.merged_into:
            return _("Message No. %(number)s about the same thing goes on.") % {
                "number": issue.merged_into.number
            }
        case State.SUBMITTED if issue.is_appealed:
            moment = _moment(issue.moderation_due_at)
            return _("Another moderator looks at it a second time by %(moment)s.") % {
                "moment": moment
            }
        case State.SUBMITTED:
            moment = _moment(issue.moderation_due_at)
            return _("A moderator reads it by %(moment)s.") % {"moment": moment}
        case State.REJECTED:
            return _("It was not published. Correct it and send it again, or withdraw it.")
        case State.ACCEPTED:
            return _("It is about to be published.")
        case State.PUBLISHED if issue.kind == Kind.THANKS:
            return _("It is published; those you thank will read it.")
        case State.PUBLISHED:
            return _("It is published. Our staff are finding the authority that answers.")
        case State.DISPATCHED if issue.registration_due_at and not issue.registration_number:
            return _("The authority has to register it by %(day)s.") % {
                "day": _day(clock.last_day(issue.registration_due_at))
            }
        case State.REOPENED | State.DISPATCHED if issue.returns:
            return _(
                "You have sent it back as not solved: the authority has to do it over. %(answer)s"
            ) % {"answer": _answer(issue)}
        case State.REOPENED | State.DISPATCHED:
            return _("The authority has got it. %(answer)s") % {"answer": _answer(issue)}
        case State.REGISTERED:
            return _("The authority has registered it. %(answer)s") % {"answer": _answer(issue)}
        case State.IN_PROGRESS:
            return _("The authority works on it. %(answer)s") % {"answer": _answer(issue)}
        case State.EXTENDED:
            return _("The authority has moved the term. %(answer)s") % {"answer": _answer(issue)}
        case State.REDIRECTED:
            return _("It was handed to another authority. %(answer)s") % {"answer": _answer(issue)}
        case State.DEFERRED if issue.planned_date:
            return _("The authority has promised it by %(day)s.") % {
                "day": _day(issue.planned_date)
            }
        case State.ANSWERED if issue.answered_at:
            return _(
                "Read the answer and say whether it is solved. Without a word from you it closes on %(day)s."
            ) % {"day": _day(end_by_silence(issue, issue.answered_at))}
        case State.CLOSED if issue.returns == MAX_RETURNS and is_controlled(issue):
            return _("The head of the authority has it under control and decides in public.")
        case State.WITHDRAWN:
            return _("You have withdrawn it: nothing more happens.")
        case _:
            return _("It is closed: nothing more happens.")


def _answer(issue: Issue) -> str:
    if issue.answer_due_at is None:
        return ""
    day = clock.last_day(issue.answer_due_at)
    if day < clock.region_date(clock.now()):
        return _("The answer was due on %(day)s and is late.") % {"day": _day(day)}
    return _("The answer is due by %(day)s.") % {"day": _day(day)}


def _moment(at: datetime) -> str:
    return formats.date_format(at.astimezone(clock.region_zone()), "j E, H:i")


def _day(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")
