"""What the desk keeps of its own: templates of answers, and answers that are still being written."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority
from issues.models import Answer, Issue


class AnswerTemplate(models.Model):
    """A text to begin an answer with; of one authority, or common to all."""

    authority = models.ForeignKey(
        Authority,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answer_templates",
        verbose_name=_("authority"),
        help_text=_("empty: offered to all"),
    )
    name = models.CharField(_("name"), max_length=120)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Answer.Decision.choices, blank=True
    )
    text = models.TextField(_("text"), max_length=20_000)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("template of answers")
        verbose_name_plural = _("templates of answers")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "name"],
                nulls_distinct=False,
                name="answer_template_name_once",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(text=""), name="answer_template_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AnswerDraft(models.Model):
    """An answer as an officer has written it so far, kept at every step.

    What was typed is kept as it was typed, right or wrong; files wait with the officer.
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="answer_drafts")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="answer_drafts"
    )
    fields = models.JSONField(default=dict)
    files = ArrayField(models.UUIDField(), default=list)
    # What was read in the preview is what is sent: another step makes another version.
    version = models.UUIDField(default=uuid.uuid4)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        constraints = [
            models.UniqueConstraint(fields=["issue", "officer"], name="answer_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.officer_id}"
