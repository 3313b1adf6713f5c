"""The bridge's own books: messages both ways, files, notifications, and the state of the partner.

A row is written before anything leaves the house and changed only after the other side has answered,
so a process may be killed at any moment: what it had in hand is taken up again when its lease ends.
"""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.models import Attachment, Issue, IssueEvent


class Channel(models.TextChoices):
    """By which way an authority is reached; the names are those of `Authority.Exchange`."""

    MSED = "msed", _("МСЭД")
    MEDO = "medo", _("МЭДО")


class Direction(models.TextChoices):
    """Who sends."""

    OUT = "out", _("from the portal")
    IN = "in", _("to the portal")


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
                fields=["done_at"], condition=Q(direction="out", state="done"), name="exchange_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


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


class Nonce(models.Model):
    """A nonce of МСЭД that was used; kept as long as its Created could still be fresh."""

    digest = models.CharField(max_length=64, primary_key=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest


class RefusedPackage(models.Model):
    """A package of МЭДО that was not taken; it lies in `refused` until a person has dealt with it."""

    WORDS: Mapping[str, Promise] = {
        "NOT_A_PACKAGE": _("It is no folder: МЭДО 2.6 knows no archives."),
        "NOT_A_FILE": _("There is a link, a folder or something else among its files."),
        "NO_ENVELOPE": _("Its envelope does not name the files, each once."),
        "NO_MESSAGE": _("Which of its files is the message can not be told."),
        "BAD_NAME": _("A file's name leads out of the folder, or is no name."),
        "INCOMPLETE": _("Not all of it came: the envelope, or a file that is named."),
        "TOO_LARGE": _("It has too many files, or too long ones."),
        "SCHEMA": _("Its message is against the schema of МЭДО 2.6."),
        "ACCESS_DENIED": _("The message it tells of is not with its sender."),
        "UNKNOWN_APPEAL": _("It is about no document that the portal has sent."),
        "UNKNOWN_MESSAGE": _("It is a receipt of what the portal has not sent."),
        "UID_CONFLICT": _("Another message came under its uid before."),
    }

    name = models.CharField(_("name"), max_length=255)
    reason = models.CharField(_("why not"), max_length=300)
    refused_at = models.DateTimeField(_("refused at"))
    settled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refused package")
        verbose_name_plural = _("refused packages")
        indexes = [
            models.Index(
                fields=["-refused_at"], condition=Q(settled_at=None), name="package_for_person"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """Why it was not taken, in the reader's language."""
        return str(self.WORDS.get(self.reason.partition(":")[0], ""))
