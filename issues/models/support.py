"""“Me too”: who joins a message of somebody else."""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from issues.models.issue import Issue


class Support(models.Model):
    """One person's support of one message; a trigger counts it in `Issue.support_count` (R7.3)."""

    # Found by its issue through `support_once`.
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="supports", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="supports")
    supported_at = models.DateTimeField(_("supported at"))

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints = [models.UniqueConstraint(fields=["issue", "user"], name="support_once")]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.user_id}"
