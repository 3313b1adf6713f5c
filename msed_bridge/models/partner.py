"""The state of the partners: whether calls make sense now, how far МСЭД's queue is read, its used nonces."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msed_bridge.models.channel import Channel


class Partner(models.Model):
    """Who stands at the other end of a channel, МСЭД or the gateway of МЭДО: whether calls make sense now."""

    WORDS: Mapping[str, Promise] = {
        "FOLDER": _("The folder of МЭДО can not be written or read."),
        "FOLDER_FULL": _("There is no room left in the folder of МЭДО."),
        "FOLDER_DENIED": _("The portal may not write into the folder of МЭДО, or not read it."),
        "FOLDER_GONE": _("The folder of МЭДО is not there, or its “in” or “out” is not."),
        "NOT_TAKEN": _("The gateway of МЭДО takes nothing away."),
    }

    channel = models.CharField(
        _("channel"), max_length=4, choices=Channel.choices, primary_key=True
    )
    # Of МСЭД alone; МЭДО has no queue.
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
        return self.get_channel_display()

    @property
    def is_away(self) -> bool:
        """Whether its breaker is open, or half open: nothing has succeeded since."""
        return self.open_until is not None

    @property
    def words(self) -> str:
        """What the last problem means, in the reader's language; empty where it says so itself."""
        return str(self.WORDS.get(self.last_problem.partition(":")[0], ""))


class Nonce(models.Model):
    """A nonce of МСЭД that was used; kept as long as its Created could still be fresh."""

    digest = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
