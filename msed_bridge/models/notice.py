"""What authorities tell of their appeals."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from msed_bridge.models.channel import Channel


class Notice(models.Model):
    """What an authority tells of an appeal, once, whichever way and however often it came.

    МСЭД numbers what it tells of an appeal. МЭДО does not: there the registration comes first, and what
    follows goes by the moment of what happened.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waits")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("the portal could not follow")
        MOOT = "moot", _("the author had withdrawn")
        LATE = "late", _("overtaken")

    uid = models.UUIDField(_("uid"), unique=True)
    channel = models.CharField(
        _("channel"), max_length=4, choices=Channel.choices, default=Channel.MSED
    )
    # Not a foreign key: the queue may tell of appeals that a restored portal does not know yet.
    appeal_uid = models.UUIDField(_("appeal"))
    seq = models.PositiveIntegerField(_("number"), null=True, blank=True)
    happened_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    position = models.PositiveBigIntegerField(_("place in the queue"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("why not"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received at"))
    dealt_with_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["appeal_uid", "seq"], name="notice_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="notice_seq_from_one"),
            models.CheckConstraint(
                condition=Q(channel="msed", seq__isnull=False)
                | Q(channel="medo", seq__isnull=True, happened_at__isnull=False),
                name="notice_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", dealt_with_at__isnull=True)
                | Q(state__in=["applied", "refused", "moot", "late"], dealt_with_at__isnull=False),
                name="notice_state_is_true",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="notice_refused_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["appeal_uid"], condition=Q(state="waiting"), name="notice_waits"),
            models.Index(
                fields=["-received_at"], condition=Q(state="refused"), name="notice_for_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_uid}/{self.seq or '-'} {self.kind}"
