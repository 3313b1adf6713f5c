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
from moderation.models import RejectionReason


class WordsForm(forms.Form):
    """A decision that needs words; `seen` as in the form to accept."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    label: Promise
    help_text: Promise

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": issue.event_count} | kwargs.get("initial", {})
        kwargs["prefix"] = type(self).__name__.lower()
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


class UpholdForm(WordsForm):
    """Why a message stays rejected after a second look."""

    label = _("Explanation for the author")
    help_text = _("Answer what the author says: the letter has these words and nothing else.")


class TakeUpForm(WordsForm):
    """Why a rejected message is looked at again."""

    label = _("Why it is looked at again")
    help_text = _(
        "The author gets it by letter, and everybody reads it in the timeline once the message is "
        "published: name no persons."
    )


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


class MainForm(forms.Form):
    """The message that goes on, by its number."""

    main = forms.CharField(label=_("Number of the message that goes on"), max_length=16, strip=True)

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


class MergeForm(MainForm):
    """The decision to merge one message into it."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": issue.event_count} | kwargs.get("initial", {})
        kwargs["prefix"] = "mergeform"
        super().__init__(*args, **kwargs)


def refilled(undone: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of the forms as they were before a decision was undone, by the decision's verb.

    Args:
        undone: what a claim keeps of it; empty where nothing was undone.
    """
    if not undone:
        return {}
    arguments = dict(undone["arguments"])
    # What belongs to the decision and is no field of the form, or stands in it already.
    fields = {name: value for name, value in arguments.items() if value is not None}
    if "lat" in fields:
        fields["point"] = f"{fields.pop('lat'):.5f}, {fields.pop('lon'):.5f}"
    if code := fields.pop("code", None):
        fields["reason"] = RejectionReason.objects.filter(code=code).first()
        fields["words"] = ""
    return {undone["verb"]: fields}


def offered(
    issue: Issue,
    *,
    is_mine: bool,
    is_held: bool,
    bound: Mapping[str, forms.Form],
    fields: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    """What the page of a message offers beside yes and no, by the names of its template.

    Args:
        issue: the message.
        is_mine: whether the moderator who reads has it.
        is_held: whether somebody has it.
        bound: forms that were sent and have faults; they take the place of fresh ones.
        fields: of forms whose decision was undone, by its verb.
    """
    context: dict[str, Any] = {}
    if ACTIONS["mark_urgent"].sources >= {State(issue.state)} and not issue.is_urgent:
        context["urgent_form"] = UrgentForm(issue=issue)
    if issue.state == State.SUBMITTED:
        question, context["clarification"] = last_question(issue)
        context["question"] = question
        if is_mine:
            context["merge_form"] = MergeForm(issue=issue, initial=fields.get("merge", {}))
            context["similar"] = near_duplicates(
                topic=issue.topic,
                kind=issue.kind,
                lon=issue.point.x,
                lat=issue.point.y,
                text=issue.description,
            )
            if question is None:
                context["ask_form"] = AskForm(issue=issue, initial=fields.get("ask", {}))
            if issue.is_appealed:
                context["uphold_form"] = UpholdForm(issue=issue, initial=fields.get("uphold", {}))
                del context["merge_form"], context["similar"]
            elif not issue.is_referred:
                context["refer_form"] = ReferForm(issue=issue, initial=fields.get("refer", {}))
        elif is_held:
            context["take_over_form"] = TakeOverForm(issue=issue)
    return context | {name: form for name, form in bound.items() if name in context}
