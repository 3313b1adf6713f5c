"""What could not be done at the desk, in sentences."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.workdays import CalendarUnknownError
from issues.workflow import ActionRefusedError
from moderation import operations

REFUSALS = (
    ActionRefusedError,
    CalendarUnknownError,
    operations.ChangedError,
    operations.ClaimedError,
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
        case operations.ChangedError():
            return _("The author has changed the message since you opened it: read it again.")
        case ActionRefusedError(why="referred"):
            return _("This message is left to the head moderator.")
        case ActionRefusedError(why="not_asked"):
            return _("The author was asked already.")
        case ActionRefusedError(why="not_urgent" | "not_referred"):
            return _("Somebody else has done this already.")
        case ActionRefusedError(why="main"):
            return _("The other message is not public any more, or has ended.")
        case ActionRefusedError(action="assign"):
            return _("This message is with an authority already.")
        case ActionRefusedError(why="state"):
            return _("This message is decided already, or its author has withdrawn it.")
        case ActionRefusedError(why="hidden"):
            return _("Somebody else has done this already.")
        case CalendarUnknownError():
            return str(error)
    return _("This can not be done now.")
