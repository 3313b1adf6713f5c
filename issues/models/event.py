"""The timeline: its append-only, chained entries, and the words beside them that the law may erase."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority
from issues.models.issue import Issue

OF_THE_DESK = ["accept", "ask", "merge", "refer", "reject", "uphold", "withdraw"]
"""How a message leaves the moderators' queue; see `issues.queries.judged`."""


class IssueEvent(models.Model):
    """One entry of the public timeline: append-only by trigger, chained by hashes (R1.4).

    `hash` covers the columns named in `issues.timeline.content`. Words that people wrote are in
    `EventNote`, outside the chain: here stand only their salted digests.
    """

    # Of the many entries none is looked up by its authority, and by its issue `issue_event_seq_once` finds them.
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=24)
    actor = models.CharField(max_length=12)
    at = models.DateTimeField()
    state_before = models.CharField(max_length=12, blank=True)
    state_after = models.CharField(max_length=12)
    is_hidden = models.BooleanField()
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, related_name="+", db_index=False
    )
    moderation_due_at = models.DateTimeField()
    registration_due_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)
    note_digest = models.CharField(max_length=64, blank=True)
    private_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["issue", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "seq"], name="issue_event_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="issue_event_seq_from_one"),
            models.CheckConstraint(
                condition=Q(seq=1, previous_hash="") | Q(seq__gt=1, previous_hash__gt=""),
                name="issue_event_chained",
            ),
        ]
        indexes = [
            # A handful among many millions: the messages that went to the control of the head.
            models.Index(
                fields=["authority", "action", "issue"],
                condition=Q(action__in=["control", "head_decides"]),
                name="issue_event_of_control",
            ),
            # How fast and how a desk judges is counted over days or weeks, out of years of entries.
            models.Index(
                fields=["at"],
                include=["action", "moderation_due_at", "state_before"],
                condition=Q(action__in=OF_THE_DESK),
                name="issue_event_of_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.seq} {self.action}"


class EventNote(models.Model):
    """What people wrote or who they are, beside the chain, so that the law can erase it."""

    event = models.OneToOneField(IssueEvent, models.PROTECT, primary_key=True, related_name="words")
    note = models.TextField(_("note"), blank=True, help_text=_("shown in public"))
    note_salt = models.CharField(max_length=32, blank=True)
    private = models.JSONField(default=dict, help_text=_("never shown in public"))
    private_salt = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return str(self.event_id)
