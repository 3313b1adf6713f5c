"""What an authority answered, and the author's verdict on it."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority
from issues.models.issue import Issue


class Answer(models.Model):
    """The authority's reply (R6.1)."""

    class Decision(models.TextChoices):
        DONE = "done", _("done")
        EXPLAINED = "explained", _("explained")
        REFUSED = "refused", _("refused")
        DEFERRED = "deferred", _("deferred")

    # The uid of the notice that brought it: a notice brings one answer, however often it comes.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="answers")
    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        related_name="answers",
        db_index=False,  # `answer_of_authority` begins with it
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    text = models.TextField(_("text"))
    signatory = models.CharField(_("signed by"), max_length=255)
    signatory_post = models.CharField(_("post"), max_length=255, blank=True)
    report_number = models.CharField(_("number of the reply"), max_length=31, blank=True)
    report_date = models.DateField(_("date of the reply"), null=True, blank=True)
    due_date = models.DateField(_("promised by"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"))
    # For staff: what a machine thinks of a text is no fact of the public record.
    warnings = ArrayField(
        models.CharField(max_length=16),
        verbose_name=_("sent against these warnings"),
        default=list,
        db_default=[],
        help_text=_("codes of issues.reply_quality"),
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["published_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["done", "explained", "refused", "deferred"]),
                name="answer_known_decision",
            ),
            models.CheckConstraint(
                condition=~Q(decision="deferred") | Q(due_date__isnull=False),
                name="answer_deferred_has_date",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="answer_has_text"),
        ]
        indexes = [
            models.Index(fields=["authority", "-published_at", "-id"], name="answer_of_authority"),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(warnings__contains=["personal"]),
                name="answer_with_personal_data",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.get_decision_display()}"


class Rating(models.Model):
    """The author's verdict on an answer (R6.2)."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="rating")
    stars = models.PositiveSmallIntegerField(_("rating"))
    solved = models.BooleanField(_("solved"))
    comment = models.TextField(_("comment"), blank=True)
    # As a moderator left it; the author wrote to the authority, and may have named somebody.
    published_comment = models.TextField(_("published comment"), blank=True, db_default="")
    comment_judged_at = models.DateTimeField(_("comment judged at"), null=True, blank=True)
    rated_at = models.DateTimeField(_("rated at"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_one_to_five"),
            models.CheckConstraint(
                condition=Q(published_comment="") | Q(comment_judged_at__isnull=False),
                name="rating_comment_published_by_judgement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-rated_at", "-id"],
                condition=Q(comment_judged_at__isnull=True) & ~Q(comment=""),
                name="rating_comment_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stars}"
