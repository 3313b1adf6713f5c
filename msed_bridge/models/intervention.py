"""What people and the clock did to the exchange."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Intervention(models.Model):
    """What was done to the exchange by hand, or by the clock in somebody's stead; rows are only added."""

    class Action(models.TextChoices):
        """What may be done."""

        PAUSE = "pause", _("calls paused")
        RESUME = "resume", _("calls let go on")
        RESEND = "resend", _("sent again")
        FOLLOW = "follow", _("followed again")
        DISMISS = "dismiss", _("addition given up")
        RECONCILE = "reconcile", _("books compared")
        SETTLE = "settle", _("package dealt with")

    action = models.CharField(_("action"), max_length=9, choices=Action.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    # Who it was where that is no user of the portal: a command on the machine, the clock.
    via = models.CharField(_("via"), max_length=100, blank=True)
    because = models.CharField(_("because"), max_length=300, blank=True)
    # Messages, notifications or appeals by their uids, and what came of it, for people to read.
    subject = models.CharField(_("about"), max_length=100, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, via="") | Q(by__isnull=True, via__gt=""),
                name="intervention_is_somebodys",
            )
        ]
        indexes = [
            models.Index(fields=["-at"], name="intervention_latest"),
            models.Index(fields=["subject"], name="intervention_about"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"

    @property
    def who(self) -> str:
        """Who it was, in words."""
        return self.by.full_name or self.by.email if self.by else self.via
