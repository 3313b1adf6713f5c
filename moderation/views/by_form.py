"""What a form on the page of a message asks for is done, or the page says why not."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from issues.models import Issue
from moderation.views.access import DeskRequest
from moderation.views.message import issue_of, message_page
from moderation.views.refusals import REFUSALS

Given = dict[str, Any]
"""What was filled in, by the names of the form."""


def by_form(
    request: DeskRequest,
    number: str,
    name: str,
    form_class: Callable[..., forms.Form],
    act: Callable[[Issue, Given], HttpResponse],
) -> HttpResponse:
    """What a form asks for is done, or its message is shown again with what is wrong.

    Args:
        request, number: of the message.
        name: of the form in the page's template.
        form_class: takes the message as `issue`.
        act: does it with the form's values.
    """
    issue = issue_of(number)
    form = form_class(request.POST, issue=issue)
    if not form.is_valid():
        faulty: dict[str, Any] = {name: form}
        return message_page(request, issue, **faulty)
    try:
        return act(issue, form.cleaned_data)
    except REFUSALS as error:
        unsent = form.cleaned_data.get("words", "")
        return message_page(request, issue, refused=error, unsent=unsent)


def stay(request: DeskRequest, number: str, words: str) -> HttpResponse:
    """Back to the message, with what was done in words."""
    messages.success(request, words)
    return redirect("moderation:message", number)
