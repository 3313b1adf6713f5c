"""Reports of abuse: what residents find wrong with a published message (R4.5)."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models.issue import Issue


class AbuseReport(models.Model):
    """One report of one message; a moderator decides all reports of a message at once."""

    class Reason(models.TextChoices):
        PERSONAL_DATA = "personal_data", _("somebody's personal data are shown")
        INSULT = "insult", _("insults, threats or swearing")
        FALSE = "false", _("it is untrue")
        SPAM = "spam", _("advertising or spam")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        NOTHING_WRONG = "nothing_wrong", _("nothing wrong")
        HIDDEN = "hidden", _("hidden from the public")

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="abuse_reports")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=15, choices=Reason.choices)
    words = models.TextField(_("words"), blank=True)
    reported_at = models.DateTimeField(_("reported at"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report of abuse")
        verbose_name_plural = _("reports of abuse")
        constraints = [
            # Anonymous ones are kept in bounds by their address instead.
            models.UniqueConstraint(
                fields=["issue", "user"],
                condition=Q(user__isnull=False),
                name="abuse_report_once",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["personal_data", "insult", "false", "spam", "other"]),
                name="abuse_report_known_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    outcome__in=["nothing_wrong", "hidden"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="abuse_report_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reported_at", "issue"], condition=Q(outcome=""), name="abuse_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.reason}"
