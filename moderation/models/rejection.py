"""The reasons a message can be rejected for (R4.3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
