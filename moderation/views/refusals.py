"""What could not be done at the desk, in sentences."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.workdays import CalendarUnknownError
from issues.workflow import ActionRefusedError
from moderation import operations
from moderation.models import DroppedDecision

REFUSALS = (
    ActionRefusedError,
    CalendarUnknownError,
    operations.ChangedError,
    operations.ClaimedError,
    operations.DecidedError,
)


def refusal(error: Exception) -> str:
    """Why it could not be done, in a sentence for the moderator."""
    match error:
        case operations.ClaimedError(claim=held):
            until = date_format(timezone.localtime(held.expires_at), "H:i")
            return _("%(name)s is judging this message, at the latest until %(time)s.") % {
                "name": held.moderator,
                "time": until,
            }
        case operations.DecidedError(held=decided):
            leaves = date_format(timezone.localtime(decided.leaves_at), "H:i:s")
            return _(
                "%(name)s has decided on this message: %(decision)s, goes out at %(time)s."
            ) % {
                "name": decided.moderator,
                "decision": decided.get_verb_display(),
                "time": leaves,
            }
        case operations.GoneError():
            return _("It has gone out already and can not be undone any more.")
        case operations.ChangedError():
            return _("The author has changed the message since you opened it: read it again.")
        case ActionRefusedError(why="referred"):
            return _("This message is left to the head moderator.")
        case ActionRefusedError(why="another_moderator"):
            return _("You have rejected this message: the second look is another moderator's.")
        case ActionRefusedError(why="head_moderator"):
            return _("Only a head moderator can do this.")
        case ActionRefusedError(why="not_appealed"):
            return _("This is a second look: accept the message, or uphold its rejection.")
        case ActionRefusedError(why="appealed"):
            return _("Nobody has asked for a second look at this message.")
        case ActionRefusedError(why="not_asked"):
            return _("The author was asked already.")
        case ActionRefusedError(why="not_urgent" | "not_referred"):
            return _("Somebody else has done this already.")
        case ActionRefusedError(why="main"):
            return _("The other message is not public any more, or has ended.")
        case ActionRefusedError(action="assign"):
            return _("This message is with an authority already.")
        case ActionRefusedError(action="take_up", why="state"):
            return _("This message is not rejected any more: read its timeline.")
        case ActionRefusedError(why="take_up_left"):
            return _("As it was sent last, this message was taken up already.")
        case ActionRefusedError(why="state"):
            return _("This message is decided already, or its author has withdrawn it.")
        case ActionRefusedError(why="hidden"):
            return _("Somebody else has done this already.")
        case CalendarUnknownError():
            return str(error)
    return _("This can not be done now.")


def why_dropped(dropped: DroppedDecision) -> str:
    """Why a held decision could not go out, in a sentence for its moderator."""
    action, colon, why = dropped.why.partition(":")
    if colon:
        return refusal(ActionRefusedError(action, why))
    if dropped.why == operations.ChangedError.__name__:
        return refusal(operations.ChangedError())
    if dropped.why == CalendarUnknownError.__name__:
        return _("The calendar of working days does not reach far enough.")
    return _("What it needs is not there any more.")
