"""Who judges which message now."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models import Issue


class Claim(models.Model):
    """A message that a moderator has taken; the primary key lets one message have one at most."""

    issue = models.OneToOneField(
        Issue, models.CASCADE, primary_key=True, related_name="claim", verbose_name=_("message")
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="claims",
        verbose_name=_("moderator"),
    )
    taken_at = models.DateTimeField(_("taken"))
    expires_at = models.DateTimeField(_("kept until"))
    undone = models.JSONField(
        _("undone decision"), default=dict, blank=True, help_text=_("fills the form as it was")
    )

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("taken_at")), name="claim_lasts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.moderator_id}"
