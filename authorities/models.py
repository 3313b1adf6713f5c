"""Topics, authorities, and who answers for which topics inside which polygon."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from geo.models import Municipality


class Kind(models.TextChoices):
    """What a message is (SPEC, Words)."""

    PROBLEM = "problem", _("problem")
    PROPOSAL = "proposal", _("proposal")
    THANKS = "thanks", _("thanks")


class Level(models.TextChoices):
    """Level of an authority."""

    MUNICIPAL = "municipal", _("municipal")
    REGIONAL = "regional", _("regional")
    FEDERAL = "federal", _("federal")
    CONTRACTOR = "contractor", _("contractor")


class Bilingual(models.Model):
    """A thing with a Russian and an English name."""

    name = models.CharField(_("name"), max_length=255)
    name_en = models.CharField(_("name in English"), max_length=255, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Category(Bilingual):
    """The upper level of the list of topics (R2.1)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    icon = models.CharField(_("icon"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]


class Topic(Bilingual):
    """What a message can be about, with the term of the answer (R2.1)."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="topics", verbose_name=_("category")
    )
    code = models.SlugField(_("code"), max_length=80, unique=True)
    kinds = ArrayField(
        models.CharField(max_length=10, choices=Kind.choices), verbose_name=_("kinds")
    )
    term_days = models.PositiveSmallIntegerField(
        _("term of the answer, working days"),
        validators=[MinValueValidator(1), MaxValueValidator(22)],
    )
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    classifier_code = models.CharField(
        _("code in the classifier of appeals"),
        max_length=24,
        validators=[RegexValidator(r"^\d{4}(\.\d{4}){3,4}$")],
    )
    keywords = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, verbose_name=_("keywords")
    )
    notice = models.TextField(_("notice"), blank=True)
    notice_en = models.TextField(_("notice in English"), blank=True)
    questions = models.JSONField(_("extra questions"), default=list, blank=True)
    examples = models.JSONField(_("examples of texts by kind"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["category__position", "position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(term_days__range=(1, 22)), name="topic_term_within_law"
            ),
            models.CheckConstraint(
                condition=models.Q(kinds__len__gt=0) & models.Q(kinds__contained_by=Kind.values),
                name="topic_known_kinds",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=Level.values), name="topic_known_level"
            ),
        ]

    @property
    def localized_notice(self) -> str:
        """The notice in the reader's language."""
        return self.notice_en if self.notice_en and get_language() == "en" else self.notice


class Authority(Bilingual):
    """A body that answers (орган власти, исполнитель)."""

    class Exchange(models.TextChoices):
        """How it gets its messages."""

        MSED = "msed", _("МСЭД")
        MEDO = "medo", _("МЭДО")
        CABINET = "cabinet", _("the portal's cabinet")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subordinates",
        verbose_name=_("superior authority"),
    )
    exchange = models.CharField(
        _("gets messages by"), max_length=8, choices=Exchange.choices, default=Exchange.MSED
    )
    msed_uid = models.UUIDField(_("uid in МСЭД"), null=True, blank=True, unique=True)
    medo_uid = models.UUIDField(_("uid in МЭДО"), null=True, blank=True, unique=True)
    medo_address = models.CharField(
        _("address in МЭДО"),
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"^[\w.-]+(~[\w.-]+)*$")],
        help_text=_("as the gateway's envelope has it, such as ADMIN_KLIN~MEDOGU"),
    )
    email = models.EmailField(_("e-mail for notices"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    site = models.URLField(_("site"), blank=True)
    is_active = models.BooleanField(_("answers"), default=True)

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=Level.values), name="authority_known_level"
            ),
            models.CheckConstraint(
                condition=~models.Q(exchange="msed") | models.Q(msed_uid__isnull=False),
                name="authority_in_msed_has_uid",
            ),
            models.CheckConstraint(
                condition=~models.Q(exchange="medo")
                | models.Q(medo_uid__isnull=False, medo_address__gt=""),
                name="authority_in_medo_has_address",
                violation_error_message=_(
                    "Who gets messages by МЭДО has a uid and an address there."
                ),
            ),
        ]


class Official(models.Model):
    """A person who works at an authority."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="official", verbose_name=_("user")
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="officials", verbose_name=_("authority")
    )
    post = models.CharField(_("post"), max_length=255)
    is_head = models.BooleanField(_("head"), default=False)

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")

    def __str__(self) -> str:
        return f"{self.user}, {self.post}"


class ServiceArea(models.Model):
    """A rule: this authority answers for these topics inside this polygon during this period (R3.2).

    A rule names one topic, or one category, or neither (any topic). Its ground is a polygon of its
    own, or a municipality: whatever has that municipality's code on the day in question, so that a
    new set of boundaries leaves the rules as they are.
    """

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="service_areas", verbose_name=_("authority")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, verbose_name=_("category")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("municipality")
    )
    polygon = models.MultiPolygonField(_("own polygon"), srid=4326, null=True, blank=True)
    level = models.CharField(
        _("only topics of this level"),
        max_length=12,
        choices=Level.choices,
        blank=True,
        help_text=_("empty: topics of every level"),
    )
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("greater goes first, before all other rules")
    )
    validity = DateRangeField(_("valid during"))

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(topic__isnull=True) | models.Q(category__isnull=True),
                name="service_area_topic_or_category",
            ),
            models.CheckConstraint(
                condition=models.Q(municipality__isnull=True, polygon__isnull=False)
                | models.Q(municipality__isnull=False, polygon__isnull=True),
                name="service_area_one_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}: {self.topic or self.category or _('any topic')}"


class TopicModel(models.Model):
    """What was learned of topics from texts, by one run of `train_topics`; one of them is asked (R2.2)."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    created_at = models.DateTimeField(_("learned at"), default=timezone.now, editable=False)
    is_active = models.BooleanField(_("in use"), default=False)
    figures = models.JSONField(
        _("figures"), help_text=_("of texts as judged by a model that has not seen them")
    )
    learned = models.BinaryField(_("what was learned"))

    class Meta:
        verbose_name = _("model of topics")
        verbose_name_plural = _("models of topics")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="topic_model_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.version}"
