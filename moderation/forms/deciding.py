"""What a moderator fills in for a decision beside yes and no: ask, merge, leave to the head, urgent, take over."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from issues.models import Issue
from issues.queries.duplicates import near_duplicates
from issues.queries.questions import last_question
from issues.workflow import ACTIONS, OPEN_STATES, PUBLIC_STATES, State


class WordsForm(forms.Form):
    """A decision that needs words; `seen` as in the form to accept."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    label: Promise
    help_text: Promise

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs |= {"initial": {"seen": issue.event_count}, "prefix": type(self).__name__.lower()}
        super().__init__(*args, **kwargs)
        self.fields["words"].label = str(self.label)
        self.fields["words"].help_text = str(self.help_text)


class AskForm(WordsForm):
    """A question to the author."""

    label = _("Question to the author")
    help_text = _(
        "Ask everything at once: it can be asked once. The author has three days, and the 48 hours "
        "stand still until the answer."
    )


class ReferForm(WordsForm):
    """Why the head moderator should decide."""

    label = _("Reason for the head moderator")
    help_text = _("The head moderators get it by letter; nobody else can decide then.")


class UrgentForm(WordsForm):
    """Why an authority has to hurry."""

    label = _("Why it is urgent")
    help_text = _(
        "The authority gets it by letter: at once if it has the message, else as soon as it does."
    )


class TakeOverForm(WordsForm):
    """Why a message is taken from the moderator who has it."""

    label = _("Reason to take it over")
    help_text = _("Moderators read it in the timeline.")


class MergeForm(forms.Form):
    """The message that goes on, by its number."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    main = forms.CharField(label=_("Number of the message that goes on"), max_length=16, strip=True)

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs |= {"initial": {"seen": issue.event_count}, "prefix": "mergeform"}
        super().__init__(*args, **kwargs)

    def clean_main(self) -> Issue:
        """The message of that number."""
        number = self.cleaned_data["main"].removeprefix("№").strip()
        found = Issue.objects.filter(
            number=number, is_hidden=False, state__in=PUBLIC_STATES & OPEN_STATES
        ).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no public message with this number that has not ended.")
            )
        return found


def offered(
    issue: Issue, *, is_mine: bool, is_held: bool, bound: Mapping[str, forms.Form]
) -> dict[str, Any]:
    """What the page of a message offers beside yes and no, by the names of its template.

    Args:
        issue: the message.
        is_mine: whether the moderator who reads has it.
        is_held: whether somebody has it.
        bound: forms that were sent and have faults; they take the place of fresh ones.
    """
    context: dict[str, Any] = {}
    if ACTIONS["mark_urgent"].sources >= {State(issue.state)} and not issue.is_urgent:
        context["urgent_form"] = UrgentForm(issue=issue)
    if issue.state == State.SUBMITTED:
        question, context["clarification"] = last_question(issue)
        context["question"] = question
        if is_mine:
            context["merge_form"] = MergeForm(issue=issue)
            context["similar"] = near_duplicates(
                topic=issue.topic,
                kind=issue.kind,
                lon=issue.point.x,
                lat=issue.point.y,
                text=issue.description,
            )
            if question is None:
                context["ask_form"] = AskForm(issue=issue)
            if not issue.is_referred:
                context["refer_form"] = ReferForm(issue=issue)
        elif is_held:
            context["take_over_form"] = TakeOverForm(issue=issue)
    return context | {name: form for name, form in bound.items() if name in context}
