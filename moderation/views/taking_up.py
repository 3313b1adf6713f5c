"""A rejection that was wrong: a head moderator has the message looked at again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from issues import operations as issue_operations
from issues.policies import By
from moderation.forms import TakeUpForm
from moderation.views.access import DeskRequest, head_required
from moderation.views.message import issue_of, message_page
from moderation.views.refusals import REFUSALS


@require_POST
@head_required
def take_up(request: DeskRequest, number: str) -> HttpResponse:
    """`/moderation/<number>/take-up/`: it waits again, for another moderator than the one who rejected it."""
    issue = issue_of(number)
    form = TakeUpForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, take_up_form=form)
    words = form.cleaned_data["words"]
    try:
        issue_operations.take_up_rejection(by=By.moderator(request.user), issue=issue, words=words)
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=words)
    messages.success(request, _("The message waits again, its author is told why."))
    return redirect("moderation:message", number)
