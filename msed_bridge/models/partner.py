"""The state of the partner: how far its queue is read, which of its nonces were used."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """МСЭД as the portal knows it: how far its queue is read, whether calls make sense now."""

    uid = models.UUIDField(_("uid"), primary_key=True)
    queue_position = models.PositiveBigIntegerField(_("queue is read up to"), default=0)
    polled_at = models.DateTimeField(_("queue read at"), null=True, blank=True)
    # The circuit breaker: so many failures one after another, and no calls before this moment.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("no calls before"), null=True, blank=True)
    last_problem = models.CharField(_("last problem"), max_length=300, blank=True)
    paused_at = models.DateTimeField(_("paused by staff"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return str(self.uid)


class Nonce(models.Model):
    """A nonce of МСЭД that was used; kept as long as its Created could still be fresh."""

    digest = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
