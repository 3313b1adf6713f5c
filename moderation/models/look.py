"""What was seen in a file of a message, by a worker that looks at it once."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models import Attachment, Issue

WITH_FACE = models.Q(regions__contains=[{"kind": "face"}])
"""Of photos on which a face was found; what is blurred since is told by the photo's retouching."""


class FileLook(models.Model):
    """A file that waits for a look, or what was seen in it; words of a document are not repeated here."""

    class Failure(models.TextChoices):
        SLOW = "slow", _("took too long to look at")
        BROKEN = "broken", _("could not be looked at")

    attachment = models.OneToOneField(
        Attachment, models.CASCADE, primary_key=True, related_name="look"
    )
    # When a worker takes it, or takes it again; empty where nothing is left to do.
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("failure"), max_length=10, choices=Failure.choices, blank=True)
    # Faces and number plates, in the frame of the photo as it was sent (`findings.seen.Found`).
    regions = models.JSONField(_("regions"), default=list, blank=True)
    blank = models.CharField(_("blank"), max_length=10, blank=True)
    fingerprint = models.BigIntegerField(_("fingerprint"), null=True, blank=True)
    # The fingerprint in four pieces, each with its place: two that differ in three bits share one.
    bands = ArrayField(models.IntegerField(), default=list, blank=True)
    came_before = models.ForeignKey(
        Issue, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # Codes of what was noticed in the words of a document.
    words = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        verbose_name = _("look at a file")
        verbose_name_plural = _("looks at files")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="file_look_due",
            ),
            models.Index(fields=["attachment"], condition=WITH_FACE, name="file_look_with_face"),
            GinIndex(fields=["bands"], name="file_look_bands"),
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)
