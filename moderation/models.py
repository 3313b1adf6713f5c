"""Who judges which message now, and the reasons a message can be rejected for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models import Issue


class Code(models.TextChoices):
    """What can be noticed about a message before a person judges it (R4.2)."""

    PROFANITY = "profanity", _("profanity")
    INSULT = "insult", _("insult")
    THREAT = "threat", _("threat")
    PERSONAL_DATA = "personal_data", _("personal data")
    TOO_SHORT = "too_short", _("too short")
    SHOUTING = "shouting", _("shouting")
    TRANSLITERATION = "transliteration", _("Latin letters")
    OUTSIDE = "outside", _("outside the region")
    FLOODING = "flooding", _("flooding")
    DUPLICATE = "duplicate", _("likely duplicate")


class Finding(models.Model):
    """One thing noticed about a message as it was sent last; words of the message are not repeated here."""

    # Found by its issue through `finding_once`.
    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="findings", verbose_name=_("message"), db_index=False
    )
    code = models.CharField(_("finding"), max_length=20, choices=Code.choices)
    spans = models.JSONField(
        _("marked words"), default=list, blank=True, help_text=_("slices of the description")
    )
    values = models.JSONField(_("figures of its sentence"), default=dict, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["issue", "code"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.code}"


class Claim(models.Model):
    """A message that a moderator has taken; the primary key lets one message have one at most."""

    issue = models.OneToOneField(
        Issue, models.CASCADE, primary_key=True, related_name="claim", verbose_name=_("message")
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="claims",
        verbose_name=_("moderator"),
    )
    taken_at = models.DateTimeField(_("taken"))
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("taken_at")), name="claim_lasts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.moderator_id}"


class RejectionReason(models.Model):
    """A reason of the list that staff edit (R4.3); its letter text goes to the author."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    legal_ground = models.CharField(_("legal ground"), max_length=300)
    legal_ground_en = models.CharField(_("legal ground in English"), max_length=300)
    letter = models.TextField(_("letter text"))
    letter_en = models.TextField(_("letter text in English"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reason for rejection")
        verbose_name_plural = _("reasons for rejection")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def in_language(self, language: str) -> tuple[str, str, str]:
        """Name, legal ground and letter text in `ru` or `en`."""
        if language == "en":
            return self.name_en, self.legal_ground_en, self.letter_en
        return self.name, self.legal_ground, self.letter
