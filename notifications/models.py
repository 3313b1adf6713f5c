"""Letters and pushes that wait, were sent, or could not be."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """One e-mail to one address; the row is made in the transaction of what it tells of."""

    # Names what the letter is about, so that nothing is told twice.
    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="letters"
    )
    to = models.EmailField(_("recipient"))
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    # Further lines of the head, such as those of a list that one can leave (RFC 2369, RFC 8058).
    headers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now, null=True)
    leased_until = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="letter_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(next_attempt_at__isnull=True),
                name="letter_sent_is_not_due",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Device(models.Model):
    """A browser that shows pushes to its owner, at an address of its maker's push service."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=1000, unique=True)
    # The browser's public key and secret, base64url (RFC 8291).
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("browser that shows pushes")
        verbose_name_plural = _("browsers that show pushes")

    def __str__(self) -> str:
        return str(self.pk)


class Push(models.Model):
    """One push to one browser; the row goes once it is sent or too old to be news."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="pushes")
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=300)
    path = models.CharField(max_length=200, help_text=_("of the page that it opens"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        indexes = [models.Index(fields=["next_attempt_at"], name="push_due")]

    def __str__(self) -> str:
        return str(self.pk)
