"""Files: of a message, of an answer, or waiting for their message with their owner."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from issues.models.answer import Answer
from issues.models.issue import Issue


class Attachment(models.Model):
    """A file of an issue or of an answer; until the message is filed it waits with its owner."""

    class Purpose(models.TextChoices):
        REPORT = "report", _("to the message")
        ANSWER = "answer", _("to the answer")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        # What the author shows of a repair that is none: judged by nobody, so never public.
        VERDICT = "verdict", _("to the verdict")
        # What the author adds while the authority works: read by it, judged by nobody.
        ADDITION = "addition", _("to an addition")
        # What a supporter or a neighbour shows of it: public once a moderator has looked at it.
        REPAIR = "repair", _("to a word on the repair")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(
        Issue, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.REPORT)
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255)
    # Two smaller pictures of a photo, for lists and for pages; the file itself is the large one.
    page = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255, blank=True)
    thumbnail = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=True) | Q(issue__isnull=False),
                name="attachment_of_answer_is_of_issue",
            ),
            models.CheckConstraint(
                condition=Q(issue__isnull=False) | Q(owner__isnull=False),
                name="attachment_waits_with_its_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "uploaded_at"],
                condition=Q(issue__isnull=True),
                name="attachment_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture."""
        return self.width is not None

    @property
    def as_sent(self) -> FieldFile:
        """The file as it was sent: of a photo that a moderator had drawn anew not the one that is shown."""
        kept = getattr(self, "retouching", None)
        return self.file if kept is None else kept.original

    @property
    def is_private(self) -> bool:
        """Whether not everybody sees it, however public its issue is."""
        if self.purpose == self.Purpose.REPAIR:
            said = getattr(self, "confirmation", None)
            return said is None or said.photo_outcome != said.PhotoOutcome.SHOWN
        return self.purpose in {self.Purpose.VERDICT, self.Purpose.ADDITION}
