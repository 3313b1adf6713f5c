"""Issues that the other side has, and the messages with a header about them, both ways."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models import Issue, IssueEvent
from msed_bridge.models.channel import Channel, Direction


class Appeal(models.Model):
    """An issue that was given to МСЭД or МЭДО; its row's lock makes what is told of it go in order."""

    issue = models.OneToOneField(
        Issue, models.PROTECT, primary_key=True, related_name="msed_appeal"
    )
    # The issue's own uid: the portal's identity of the appeal, which never changes (contract, 2).
    uid = models.UUIDField(_("uid"), unique=True)
    # By which it was given last.
    channel = models.CharField(
        _("channel"), max_length=4, choices=Channel.choices, default=Channel.MSED
    )
    applied_seq = models.PositiveIntegerField(_("notifications dealt with"), default=0)
    is_open = models.BooleanField(
        _("the other side has it"),
        default=True,
        help_text=_("not since its registration was refused"),
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")

    def __str__(self) -> str:
        return str(self.uid)


class Exchange(models.Model):
    """One message with a header, as it was sent or received, and its receipt."""

    class Kind(models.TextChoices):
        """Operations of the contract whose messages have a header."""

        REGISTER = "RegisterAppeal", _("appeal")
        ADD = "AddToAppeal", _("addition to an appeal")
        NOTIFICATION = "DeliverNotification", _("notification")

    class State(models.TextChoices):
        """Where a message stands."""

        WAITING = "waiting", _("waits")
        DONE = "done", _("receipt is there")
        FAILED = "failed", _("needs a person")
        REPLACED = "replaced", _("replaced by a new message")
        DISMISSED = "dismissed", _("given up by a person")

    uid = models.UUIDField(_("uid"))
    channel = models.CharField(
        _("channel"), max_length=4, choices=Channel.choices, default=Channel.MSED
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    purpose = models.CharField(_("purpose"), max_length=30, blank=True)
    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="msed_exchanges", verbose_name=_("issue")
    )
    # What the message tells МСЭД; none for what came from there.
    event = models.ForeignKey(IssueEvent, models.PROTECT, null=True, related_name="+")
    body = models.BinaryField(help_text=_("the Body's child, or the XML of МЭДО, byte for byte"))
    document = models.BinaryField(null=True, help_text=_("МЭДО: the text that goes beside it"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of its exclusive C14N"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(_("made at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    leased_until = models.DateTimeField(_("in a worker's hands until"), null=True, blank=True)
    receipt = models.BinaryField(null=True, help_text=_("the acknowledgment"))
    accepted = models.BooleanField(_("had an effect"), null=True, blank=True)
    done_at = models.DateTimeField(_("receipt at"), null=True, blank=True)
    fault_code = models.CharField(_("fault"), max_length=40, blank=True)
    fault_text = models.CharField(_("words of the fault"), max_length=500, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given up by"),
        db_index=False,
    )
    dismissed_because = models.CharField(_("given up because"), max_length=300, blank=True)
    signatures = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        verbose_name=_("signatures, not checked"),
        help_text=_("МЭДО: files with electronic signatures that came with it"),
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["direction", "uid"], name="exchange_uid_once"),
            models.UniqueConstraint(
                fields=["event"], condition=~Q(state="replaced"), name="exchange_event_once"
            ),
            models.CheckConstraint(
                condition=Q(direction="in", kind="DeliverNotification", event__isnull=True)
                | Q(
                    direction="out",
                    kind__in=["RegisterAppeal", "AddToAppeal"],
                    event__isnull=False,
                ),
                name="exchange_kind_fits_direction",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", receipt__isnull=True, next_attempt_at__isnull=False)
                | Q(state="done", receipt__isnull=False, accepted__isnull=False)
                | Q(state__in=["failed", "replaced"], receipt__isnull=True, fault_code__gt="")
                | Q(
                    state="dismissed",
                    receipt__isnull=True,
                    dismissed_by__isnull=False,
                    dismissed_because__gt="",
                ),
                name="exchange_state_is_true",
            ),
            models.CheckConstraint(
                condition=Q(direction="out") | Q(state="done"), name="exchange_in_is_receipted"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="exchange_due",
            ),
            models.Index(
                fields=["issue", "event"],
                condition=Q(direction="out", state__in=["waiting", "failed"]),
                name="exchange_order",
            ),
            models.Index(
                fields=["-made_at"], condition=Q(state="failed"), name="exchange_for_person"
            ),
            models.Index(fields=["made_at"], condition=Q(state="waiting"), name="exchange_waits"),
            models.Index(
                fields=["-made_at"],
                condition=Q(direction="in") & ~Q(signatures=[]),
                name="exchange_signed",
            ),
            models.Index(
                fields=["done_at"], condition=Q(direction="out", state="done"), name="exchange_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
