"""The fast lane: whether messages without findings, of authors in good standing, are accepted by rule."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class FastLane(models.Model):
    """How the rule is set, from a moment on; the latest row holds, and none means off.

    The table only grows, so that everybody can see who let messages pass, and when.
    """

    is_on = models.BooleanField(_("on"), default=False)
    least_accepted = models.PositiveSmallIntegerField(
        _("accepted messages of the author, at least"),
        default=5,
        validators=[MinValueValidator(1)],
        help_text=_("published and not hidden"),
    )
    clean_days = models.PositiveSmallIntegerField(
        _("days without a rejected or hidden message"),
        default=365,
        validators=[MinValueValidator(30)],
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set"))

    class Meta:
        verbose_name = _("setting of the fast lane")
        verbose_name_plural = _("fast lane")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(least_accepted__gte=1, clean_days__gte=30),
                name="fast_lane_asks_for_a_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.set_at:%Y-%m-%d}: {'on' if self.is_on else 'off'}"
