"""Acts of an officer on one message: a form for each, named as in the workflow table."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorities.models import Authority
from cabinet import queries
from cabinet.forms.fields import DayField, words_field
from common import clock
from issues import deadlines, operations
from issues.models import Issue
from issues.policies import By


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
    registered_on = DayField(label=_("Day"), initial=lambda: clock.region_date(clock.now()))

    is_started = forms.BooleanField(
        label=_("Take it into work at once"), required=False, initial=True
    )

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
            number=self.cleaned_data["number"].strip().removeprefix("№").strip()
            or f"П-{self.issue.number}",
            registered_on=self.cleaned_data["registered_on"],
        )
        if self.cleaned_data["is_started"]:
            operations.start_work(by=by, issue=self.issue)


class RefuseRegistration(Act):
    """The message is not for this authority."""

    title = _("Not ours")
    done = _("The message goes back: the portal finds another authority.")
    reason = words_field(
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
    note = words_field(label=_("Words for the timeline"))

    def perform(self, by: By) -> None:
        operations.report_progress(by=by, issue=self.issue, note=self.cleaned_data["note"])


class Extend(Act):
    """A later day for the answer (59-ФЗ art. 12(2))."""

    title = _("Extend the term")
    done = _("The term is extended, the author is told.")
    until = DayField(label=_("New day of the answer"))
    reason = words_field(label=_("Reason"), help_text=_("Everybody reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not why_no_extension(self.issue):
            first, last = days_of_extension(self.issue)
            days = {"min": first.isoformat(), "max": last.isoformat()}
            self.fields["until"].widget.attrs.update(days)
            self.fields["until"].help_text = gettext(
                "From %(first)s to %(last)s: the law allows at most 30 calendar days on top of the "
                "term (59-ФЗ, article 12, part 2), and the author is told."
            ) % {
                "first": date_format(first, "DATE_FORMAT"),
                "last": date_format(last, "DATE_FORMAT"),
            }

    def perform(self, by: By) -> None:
        operations.extend_term(
            by=by,
            issue=self.issue,
            until=self.cleaned_data["until"],
            reason=self.cleaned_data["reason"],
        )


class Redirect(Act):
    """Another authority takes it over; it is looked for by its name."""

    title = pgettext_lazy("act", "Hand over")
    done = _("The message is handed over.")
    to = forms.ChoiceField(
        label=_("Which of these"),
        required=False,
        widget=forms.RadioSelect,
        choices=[],
        error_messages={"required": _("Choose one of those that were found.")},
    )
    name = forms.CharField(
        label=pgettext_lazy("authority", "To"),
        max_length=255,
        help_text=_("Its name or a part of it. Everybody reads who has the message."),
        error_messages={"required": _("Say to which authority.")},
    )
    note = words_field(label=_("Reason"), help_text=_("Everybody reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "off", "list": "authority-names"}
        self.fields["name"].widget.attrs.update(attrs)
        words = str(self.data.get("name", ""))[:255].strip() if self.is_bound else ""
        own = [self.issue.authority_id] if self.issue.authority_id else []
        self._found = queries.authorities_named(words, but=own) if words else []
        called = {one.name.casefold() for one in self._found}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), str(one)) for one in self._found]
        # Asked only where the name leaves a choice.
        field.required = bool(self._found) and words.casefold() not in called
        if not self._found:
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any] | None:
        """One authority: chosen, or named so that no other can be meant."""
        cleaned = super().clean() or self.cleaned_data
        chosen, words = cleaned.get("to"), (cleaned.get("name") or "").strip().casefold()
        for one in self._found:
            if str(one.pk) == chosen or (not chosen and one.name.casefold() == words):
                cleaned["authority"] = one
        if words and not self._found:
            self.add_error("name", _("No authority of the portal is called so."))
        return cleaned

    def perform(self, by: By) -> None:
        to: Authority = self.cleaned_data["authority"]
        operations.redirect_issue(
            by=by, issue=self.issue, to=to, to_name=to.name, note=self.cleaned_data["note"]
        )


ACTS: Mapping[str, type[Act]] = {
    "register": Register,
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
