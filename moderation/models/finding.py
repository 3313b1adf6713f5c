"""What is noticed about a message before a person judges it (R4.2)."""

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
    WRONG_TOPIC = "wrong_topic", _("wrong topic")
    FACES = "faces", _("faces in photos")
    BLANK_PHOTO = "blank_photo", _("blank photo")
    SENT_BEFORE = "sent_before", _("photo sent before")
    FAR = "far", _("photo from elsewhere")
    FILE_DATA = "file_data", _("personal data in a file")
    FILE_RUDENESS = "file_rudeness", _("rude words in a file")


OF_FILES = frozenset(
    {
        Code.FACES,
        Code.BLANK_PHOTO,
        Code.SENT_BEFORE,
        Code.FAR,
        Code.FILE_DATA,
        Code.FILE_RUDENESS,
    }
)
"""What is noticed about a message's files, later than about its words."""


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

    def get_code_display(self) -> str:  # type: ignore[no-redef, unused-ignore]
        """Its name; Django's own would translate the names of all for each row of the queue."""
        return str(Code(self.code).label)
