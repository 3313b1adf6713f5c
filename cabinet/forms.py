"""What an officer fills in: one form for each act, named as in the workflow table."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorities.models import Authority
from cabinet import operations as cabinet
from common import clock, uploads
from issues import deadlines, operations
from issues.models import Answer, Issue
from issues.policies import By

MAX_FILES = 5
LONGEST_TEXT = 20_000


class _DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)


def _words(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_TEXT, **kwargs
    )


class Act(forms.Form):
    """One act of an officer on one issue.

    Attributes:
        title: what the act is called on the page.
        done: what is said afterwards.
    """

    title: ClassVar[str | Promise]
    done: ClassVar[str | Promise]

    def __init__(self, *args: Any, issue: Issue, user: User, **kwargs: Any) -> None:
        self.issue, self.user = issue, user
        # Several forms stand on one page: each field has its own id.
        kwargs["auto_id"] = f"{type(self).__name__.lower()}-%s"
        super().__init__(*args, **kwargs)

    def perform(self, by: By) -> None:
        """Does it, by one operation.

        Raises:
            ActionRefusedError: it can not be done now.
        """
        raise NotImplementedError


class Register(Act):
    """Registration with number and day (59-ФЗ art. 8)."""

    title = pgettext_lazy("act", "Register")
    done = _("The message is registered.")
    number = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=31,
        help_text=_("Left empty, the portal gives one."),
    )
    registered_on = _DayField(label=_("Day"), initial=lambda: clock.region_date(clock.now()))

    def clean_registered_on(self) -> date:
        """Not in the future, and not before the message was sent."""
        day: date = self.cleaned_data["registered_on"]
        if day > clock.region_date(clock.now()):
            raise forms.ValidationError(_("This day has not come yet."))
        if self.issue.published_at and day < clock.region_date(self.issue.published_at):
            raise forms.ValidationError(_("The message was not published yet on this day."))
        return day

    def perform(self, by: By) -> None:
        operations.register_issue(
            by=by,
            issue=self.issue,
            # The public number is unique, so this one is.
            number=self.cleaned_data["number"].strip() or f"П-{self.issue.number}",
            registered_on=self.cleaned_data["registered_on"],
        )


class RefuseRegistration(Act):
    """The message is not for this authority."""

    title = _("Not ours")
    done = _("The message goes back: the portal finds another authority.")
    reason = _words(
        label=_("Reason"), help_text=_("Say whose it is, if you know. Everybody reads it.")
    )

    def perform(self, by: By) -> None:
        operations.refuse_registration(
            by=by, issue=self.issue, reason=self.cleaned_data["reason"], code="not_ours"
        )


class Start(Act):
    """Work begins."""

    title = pgettext_lazy("act", "Take into work")
    done = _("The message is in work.")
    executor = forms.CharField(
        label=_("Executor"),
        required=False,
        max_length=255,
        help_text=_("A department or a contractor, no persons."),
    )

    def perform(self, by: By) -> None:
        operations.start_work(by=by, issue=self.issue, executor=self.cleaned_data["executor"])


class ReportProgress(Act):
    """How the work goes on."""

    title = _("Tell how it goes on")
    done = _("The author is told.")
    note = _words(label=_("Words for the timeline"))

    def perform(self, by: By) -> None:
        operations.report_progress(by=by, issue=self.issue, note=self.cleaned_data["note"])


class Extend(Act):
    """A later day for the answer (59-ФЗ art. 12(2))."""

    title = _("Extend the term")
    done = _("The term is extended, the author is told.")
    until = _DayField(label=_("New day of the answer"))
    reason = _words(label=_("Reason"), help_text=_("Everybody reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not why_no_extension(self.issue):
            first, last = days_of_extension(self.issue)
            days = {"min": first.isoformat(), "max": last.isoformat()}
            self.fields["until"].widget.attrs.update(days)

    def perform(self, by: By) -> None:
        operations.extend_term(
            by=by,
            issue=self.issue,
            until=self.cleaned_data["until"],
            reason=self.cleaned_data["reason"],
        )


class Redirect(Act):
    """Another authority takes it over."""

    title = pgettext_lazy("act", "Hand over")
    done = _("The message is handed over.")
    to = forms.ModelChoiceField(
        label=pgettext_lazy("authority", "To"), queryset=Authority.objects.none()
    )
    note = _words(label=_("Words for the timeline"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        others = Authority.objects.filter(is_active=True)
        field.queryset = others.exclude(issues=self.issue)

    def perform(self, by: By) -> None:
        to: Authority = self.cleaned_data["to"]
        operations.redirect_issue(
            by=by, issue=self.issue, to=to, to_name=to.name, note=self.cleaned_data["note"]
        )


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files, each judged by its content; the refused ones are named."""

    widget = _Files(attrs={"accept": uploads.ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> list[uploads.Upload]:
        chosen = [file for file in data or () if file]
        if len(chosen) > MAX_FILES:
            raise forms.ValidationError(
                _("At most %(number)d files, please."), params={"number": MAX_FILES}
            )
        taken, refused = [], []
        for file in chosen:
            try:
                taken.append(uploads.examine(file, name=file.name or ""))
            except uploads.UploadRefusedError as error:
                refused.append(f"{error.name}: {error.reason}")
        if refused:
            raise forms.ValidationError(refused)
        return taken


class Reply(Act):
    """The answer (R6.1)."""

    title = pgettext_lazy("act", "Answer")
    done = _("The answer is published, the author is asked to rate it.")
    decision = forms.ChoiceField(label=_("Decision"), choices=Answer.Decision.choices)
    due_date = _DayField(
        label=_("Promised by"), required=False, help_text=_("For a deferred decision.")
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Everybody reads it: name no private persons, phones or flats."),
        widget=forms.Textarea(attrs={"rows": 8}),
        min_length=20,
        max_length=LONGEST_TEXT,
    )
    photos = _FilesField(
        label=_("Photos and documents"),
        required=False,
        help_text=_("At most five. Published with the answer."),
    )

    def clean(self) -> dict[str, Any] | None:
        """A deferring answer promises a day to come; the others promise none."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") != Answer.Decision.DEFERRED:
            cleaned["due_date"] = None
        elif "due_date" in cleaned:
            day = cleaned["due_date"]
            if day is None:
                self.add_error("due_date", _("Say by which day it will be done."))
            elif day <= clock.region_date(clock.now()):
                self.add_error("due_date", _("Choose a day to come."))
        return cleaned

    def perform(self, by: By) -> None:
        cleaned = self.cleaned_data
        cabinet.answer(
            by=by,
            issue=self.issue,
            reply=operations.Reply(
                decision=cleaned["decision"],
                text=cleaned["text"],
                due_date=cleaned["due_date"],
                signatory=self.user.full_name or str(self.user.official.authority),
                signatory_post=self.user.official.post,
            ),
            files=cleaned["photos"],
        )


ACTS: Mapping[str, type[Act]] = {
    "register": Register,
    "answer": Reply,
    "start": Start,
    "report_progress": ReportProgress,
    "extend": Extend,
    "redirect": Redirect,
    "refuse_registration": RefuseRegistration,
}
"""The forms by the action of the workflow table, in the order in which a page offers them."""


def why_no_extension(issue: Issue) -> str:
    """Why the term of `issue` can not be extended, in a sentence; empty where it can."""
    if issue.answer_due_at and issue.answer_due_at <= clock.now():
        return gettext("The term is over already: it can not be extended any more.")
    first, last = days_of_extension(issue)
    return gettext("This term can not be extended.") if last < first else ""


def days_of_extension(issue: Issue) -> tuple[date, date]:
    """The first and the last day that the term may be moved to; none where the last comes first."""
    term = issue.events.filter(action__in=("publish", "reopen")).order_by("-seq").first()
    if issue.answer_due_at is None or term is None or term.answer_due_at is None:
        return date.max, date.min
    following = clock.last_day(issue.answer_due_at) + timedelta(days=1)
    return following, deadlines.latest_extension(term.answer_due_at)
