"""The survey after an answer: up to five questions of the staff, and what authors said."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from issues.models.answer import Answer

MOST_QUESTIONS = 5
"""Questions that are asked at once (R6.2)."""


class SurveyQuestion(models.Model):
    """A question that the author of an answered message is asked.

    A place holds one active question: so the database itself keeps them to five.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", _("1 to 5")
        YES_NO = "yes_no", _("yes or no")
        TEXT = "text", _("words")

    text = models.CharField(_("question"), max_length=255)
    text_en = models.CharField(_("question in English"), max_length=255)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    place = models.PositiveSmallIntegerField(
        _("place"),
        choices=[(n, str(n)) for n in range(1, MOST_QUESTIONS + 1)],
        help_text=_("Each of the five places holds one active question."),
    )
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        verbose_name = _("question of the survey")
        verbose_name_plural = _("questions of the survey")
        ordering = ["-is_active", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["scale", "yes_no", "text"]),
                name="survey_question_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(place__range=(1, MOST_QUESTIONS)), name="survey_question_place"
            ),
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(is_active=True),
                name="survey_question_one_at_a_place",
                violation_error_message=_("Another active question has this place."),
            ),
        ]

    def __str__(self) -> str:
        return self.text_en if (get_language() or "").startswith("en") else self.text


class SurveyReply(models.Model):
    """What the author said to one question about one answer; words are for staff alone."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="replies", db_index=False)
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="replies")
    number = models.PositiveSmallIntegerField(
        _("number"), null=True, blank=True, help_text=_("1 to 5; yes is 1, no is 0")
    )
    words = models.TextField(_("words"), blank=True)
    said_at = models.DateTimeField(_("said at"))

    class Meta:
        verbose_name = _("reply to the survey")
        verbose_name_plural = _("replies to the survey")
        constraints = [
            models.UniqueConstraint(fields=["answer", "question"], name="survey_reply_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__range=(0, 5)),
                name="survey_reply_number",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | ~Q(words=""), name="survey_reply_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}/{self.question_id}"
