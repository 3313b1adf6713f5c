"""Messages whose 48 hours run out, until the moderators have been told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models import Issue, IssueEvent


class Alarm(models.Model):
    """That three quarters, or all, of a message's 48 hours are over; gone when it has been told."""

    event = models.OneToOneField(
        IssueEvent, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("entry")
    )
    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="+", verbose_name=_("message"), db_index=False
    )
    is_late = models.BooleanField(_("late"))
    raised_at = models.DateTimeField(_("raised"))

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["event"]

    def __str__(self) -> str:
        return f"{self.issue_id}: {'late' if self.is_late else 'near'}"
