"""By which way an authority is reached, and who speaks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """By which way an authority is reached; the names are those of `Authority.Exchange`."""

    MSED = "msed", _("МСЭД")
    MEDO = "medo", _("МЭДО")


class Direction(models.TextChoices):
    """Who sends."""

    OUT = "out", _("from the portal")
    IN = "in", _("to the portal")
