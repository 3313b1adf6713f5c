"""Messages that signed-in people have begun and not sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingDraft(models.Model):
    """A message that is being written, as its writer left it; nobody else sees it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="filing_drafts", db_index=False
    )
    uid = models.UUIDField(help_text=_("of the message: sent twice, it is filed once"))
    content = models.JSONField(_("what was typed"))
    begun_at = models.DateTimeField(_("begun"), db_index=True)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["owner", "uid"], name="filing_draft_once"),
        ]

    def __str__(self) -> str:
        return str(self.uid)
