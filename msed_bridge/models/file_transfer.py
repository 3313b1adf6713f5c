"""The files of messages and notifications, on their way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.models import Attachment
from msed_bridge.models.channel import Direction
from msed_bridge.models.exchange import Exchange
from msed_bridge.models.notice import Notice


class FileTransfer(models.Model):
    """A file on its way: before the message that names it, or after the notification that does."""

    class State(models.TextChoices):
        """Where the file stands."""

        WAITING = "waiting", _("on its way")
        DONE = "done", _("arrived")
        FAILED = "failed", _("given up")

    uid = models.UUIDField(_("uid"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    exchange = models.ForeignKey(
        Exchange, models.PROTECT, null=True, blank=True, related_name="files"
    )
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="files")
    # What is sent, or what was made of the file that came.
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    held = models.PositiveBigIntegerField(_("bytes that arrived"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    give_up_at = models.DateTimeField(_("no attempts after"), null=True, blank=True)
    problem = models.CharField(pgettext_lazy("of a file", "problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        ordering = ["id"]
        constraints = [
            # A file of МСЭД may be named by more than one notification, ours by one message only.
            models.UniqueConstraint(
                fields=["uid"], condition=Q(direction="out"), name="file_out_uid_once"
            ),
            models.UniqueConstraint(fields=["notice", "uid"], name="file_in_once_a_notice"),
            models.CheckConstraint(
                condition=Q(
                    direction="out",
                    exchange__isnull=False,
                    notice__isnull=True,
                    attachment__isnull=False,
                )
                | Q(
                    direction="in",
                    exchange__isnull=True,
                    notice__isnull=False,
                    give_up_at__isnull=False,
                ),
                name="file_belongs_to_its_message",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(attachment__isnull=False, held=models.F("size")),
                name="file_done_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(problem=""), name="file_failed_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="waiting", direction="in"),
                name="file_to_fetch",
            ),
            models.Index(
                fields=["state"],
                condition=Q(direction="in") & ~Q(state="done"),
                name="file_in_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.name
