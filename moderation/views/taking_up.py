"""A rejection that was wrong: a head moderator has the message looked at again."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation.forms import TakeUpForm
from moderation.views.access import DeskRequest, head_required
from moderation.views.by_form import Given, by_form, stay


@require_POST
@head_required
def take_up(request: DeskRequest, number: str) -> HttpResponse:
    """`/moderation/<number>/take-up/`: it waits again, for another moderator than the one who rejected it."""

    def take(issue: Issue, given: Given) -> HttpResponse:
        issue_operations.take_up_rejection(
            by=By.moderator(request.user), issue=issue, words=given["words"]
        )
        return stay(request, number, _("The message waits again, its author is told why."))

    return by_form(request, number, "take_up_form", TakeUpForm, take)
