"""Decisions between the moderator's click and the moment when they go out (ADR 15)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models import Issue
from moderation.decision import Decision, from_json, written


class Verb(models.TextChoices):
    """What was decided, by the names of the workflow's actions."""

    ACCEPT = "accept", _("accepted")
    REJECT = "reject", _("rejected")
    UPHOLD = "uphold", _("rejection upheld")
    ASK = "ask", _("the author is asked")
    MERGE = "merge", _("merged")
    REFER = "refer", _("left to the head moderator")


class _Decided(models.Model):
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("moderator")
    )
    verb = models.CharField(_("decision"), max_length=10, choices=Verb.choices)
    arguments = models.JSONField(_("what belongs to it"), default=dict)
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        abstract = True

    @property
    def decision(self) -> Decision:
        """The decision with all that belongs to it."""
        return from_json(self.verb, self.arguments)


class HeldDecision(_Decided):
    """A decision that can still be undone: nothing of it is in the timeline, nobody was told.

    The primary key lets one message have one at most.
    """

    issue = models.OneToOneField(
        Issue, models.CASCADE, primary_key=True, related_name="held", verbose_name=_("message")
    )
    seen = models.PositiveIntegerField(
        _("entries seen"), help_text=_("how long the timeline was that the moderator has read")
    )
    leaves_at = models.DateTimeField(_("goes out"), db_index=True)

    class Meta:
        verbose_name = _("held decision")
        verbose_name_plural = _("held decisions")
        ordering = ["leaves_at", "issue"]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.verb}"


class DroppedDecision(_Decided):
    """A held decision that could not go out any more; kept until its moderator has read why."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="+", verbose_name=_("message"))
    why = models.CharField(_("why"), max_length=60)
    dropped_at = models.DateTimeField(_("dropped"))

    class Meta:
        verbose_name = _("dropped decision")
        verbose_name_plural = _("dropped decisions")
        ordering = ["dropped_at", "pk"]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.verb}, {self.why}"

    @property
    def words(self) -> str:
        """What the moderator has written in vain."""
        return written(self.decision) if self.arguments else ""
