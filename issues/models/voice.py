"""What residents say of a repair: at once after the answer, and four weeks after the end."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models.answer import Answer
from issues.models.attachment import Attachment


class Confirmation(models.Model):
    """A supporter or a neighbour says whether what the answer calls done is done (R6.2)."""

    class Standing(models.TextChoices):
        SUPPORTER = "supporter", _("supported the message")
        NEIGHBOUR = "neighbour", _("lives in the municipality")

    class PhotoOutcome(models.TextChoices):
        SHOWN = "shown", _("shown to everybody")
        WITHHELD = "withheld", _("not shown")

    # Found by its answer through `confirmation_once`.
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="confirmations", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    standing = models.CharField(_("standing"), max_length=10, choices=Standing.choices)
    is_fixed = models.BooleanField(_("fixed"))
    said_at = models.DateTimeField(_("said at"))
    photo = models.OneToOneField(
        Attachment, models.PROTECT, null=True, blank=True, related_name="confirmation"
    )
    # A photo is taken back with the word that it was to show; a refused one stays as evidence.
    photo_outcome = models.CharField(
        _("outcome for the photo"), max_length=8, choices=PhotoOutcome.choices, blank=True
    )
    photo_judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    photo_judged_at = models.DateTimeField(_("photo judged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("word on a repair")
        verbose_name_plural = _("words on repairs")
        constraints = [
            models.UniqueConstraint(fields=["answer", "user"], name="confirmation_once"),
            models.CheckConstraint(
                condition=Q(standing__in=["supporter", "neighbour"]),
                name="confirmation_known_standing",
            ),
            models.CheckConstraint(
                condition=Q(
                    photo_outcome="", photo_judged_at__isnull=True, photo_judged_by__isnull=True
                )
                | Q(
                    photo_outcome__in=["shown", "withheld"],
                    photo__isnull=False,
                    photo_judged_at__isnull=False,
                    photo_judged_by__isnull=False,
                ),
                name="confirmation_photo_judged_by_somebody",
            ),
        ]
        indexes = [
            # The denials alone are looked for: which repairs do residents not find?
            models.Index(
                fields=["said_at"], condition=Q(is_fixed=False), name="confirmation_denials"
            ),
            models.Index(
                fields=["said_at"],
                condition=Q(photo_outcome="", photo__isnull=False),
                name="confirmation_photo_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.user_id}"


class FollowUp(models.Model):
    """The question “is it still fixed?”, asked of one person once, four weeks after the end (R6.2)."""

    # All that its letter's link says of it.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Found by its answer through `follow_up_once`.
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="follow_ups", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    is_fixed = models.BooleanField(_("still fixed"), null=True)
    said_at = models.DateTimeField(_("said at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question after four weeks")
        verbose_name_plural = _("questions after four weeks")
        constraints = [
            models.UniqueConstraint(fields=["answer", "user"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(is_fixed__isnull=True, said_at__isnull=True)
                | Q(is_fixed__isnull=False, said_at__isnull=False),
                name="follow_up_said_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.user_id}"
