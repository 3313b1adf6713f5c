"""Pages of information and the catalogue of services: each save is a version, and none is ever lost."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority


class Page(models.Model):
    """A page under a lasting address; what stands on it are its versions.

    A service of the catalogue is a page that also says for whom it is, where to get it and who gives it.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("page")
        SERVICE = "service", _("service")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PAGE)
    slug = models.SlugField(
        _("address"), max_length=60, unique=True, help_text=_("the last part of /pages/…/")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    in_footer = models.BooleanField(_("in the footer of every page"), default=False)
    is_shown = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("page of information")
        verbose_name_plural = _("pages of information")
        ordering = ["kind", "position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["page", "service"]), name="page_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


@dataclass(frozen=True)
class Told:
    """What a version says in one language.

    Attributes:
        language: `ru`, also where a text in English was asked for and there is none.
        text: in Markdown.
    """

    language: str
    title: str
    summary: str
    text: str
    audience: str


class PageVersion(models.Model):
    """What stood on a page from one save to the next: append-only by trigger."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="versions", verbose_name=_("page"))
    number = models.PositiveIntegerField(_("version"))
    is_draft = models.BooleanField(
        _("draft"), help_text=_("the public goes on reading the last version that is none")
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    summary_en = models.CharField(_("in one sentence in English"), max_length=300, blank=True)
    text = models.TextField(_("text"), help_text=_("in Markdown; HTML is shown as it is written"))
    text_en = models.TextField(_("text in English"), blank=True)
    audience = models.CharField(_("for whom"), max_length=300, blank=True)
    audience_en = models.CharField(_("for whom in English"), max_length=300, blank=True)
    link = models.URLField(_("where to get the service"), max_length=400, blank=True)
    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("authority"),
    )
    note = models.CharField(_("what was changed and why"), max_length=200, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("saved by"),
    )
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["page", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="page_version_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(title="") & ~Q(text=""),
                name="page_version_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page}/{self.number}"

    def told(self, language: str) -> Told:
        """What it says in `ru` or `en`; all in Russian where the English text is missing."""
        if language == "en" and self.title_en and self.text_en:
            return Told("en", self.title_en, self.summary_en, self.text_en, self.audience_en)
        return Told("ru", self.title, self.summary, self.text, self.audience)
