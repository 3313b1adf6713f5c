"""What is kept of a photo beside the one that is shown: as it was sent, and how far away it was taken."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models.attachment import Attachment


class Retouching(models.Model):
    """A photo that a moderator had drawn anew; what everybody sees is the attachment's.

    Its size and digest stay those of the photo as it was sent: so the authority gets it, and so the
    timeline covers it.
    """

    attachment = models.OneToOneField(
        Attachment, models.CASCADE, primary_key=True, related_name="retouching"
    )
    # The large picture as it was sent: for staff, who are noted, and for the authority.
    original = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255)
    # Of the picture as it was sent: left, top, width, height, in shares of its sides.
    blurred = models.JSONField(_("blurred"), default=list, blank=True)
    quarters = models.PositiveSmallIntegerField(_("quarter turns, clockwise"), default=0)

    class Meta:
        verbose_name = _("retouching")
        verbose_name_plural = _("retouchings")
        constraints = [
            models.CheckConstraint(condition=Q(quarters__lt=4), name="retouching_is_one_turn")
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)


class Camera(models.Model):
    """Where a photo was taken by its camera: the place until its message is filed, then a distance."""

    attachment = models.OneToOneField(
        Attachment, models.CASCADE, primary_key=True, related_name="camera"
    )
    point = models.PointField(_("place"), null=True, blank=True, spatial_index=False)
    metres_away = models.PositiveIntegerField(
        _("metres from the place of the message"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        constraints = [
            # Nobody needs to know where an author was, but how far that is from the place told.
            models.CheckConstraint(
                condition=Q(point__isnull=True) ^ Q(metres_away__isnull=True),
                name="camera_place_or_distance",
            )
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)
