"""The ground: municipalities with their validity, and the gazetteer of places."""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _


class Municipality(models.Model):
    """A municipality as it is drawn during one period; a new boundary is a new row (R3.1)."""

    code = models.SlugField(_("code"), max_length=80, help_text=_("the same in every period"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    oktmo = models.CharField("ОКТМО", max_length=11, blank=True)
    polygon = models.MultiPolygonField(_("polygon"), srid=4326)
    centre = models.PointField(_("centre"), srid=4326)
    validity = DateRangeField(_("valid during"))

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            ExclusionConstraint(
                name="municipality_one_at_a_time",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(oktmo__regex=r"^(\d{8}|\d{11})?$"),
                name="municipality_oktmo_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """An entry of the gazetteer: a settlement, a street or a house."""

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("settlement")
        STREET = "street", _("street")
        HOUSE = "house", _("house")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    label = models.CharField(
        _("full address"), max_length=400, help_text=_("as it is shown and searched")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    search = models.GeneratedField(
        expression=Replace(Lower(F("label")), Value("ё"), Value("е")),
        output_field=models.TextField(),
        db_persist=True,
        help_text=_("the full address as it is compared: small letters, no «ё»"),
    )
    point = models.PointField(_("point"), srid=4326)
    population = models.PositiveIntegerField(
        _("population"),
        default=0,
        help_text=_("of the settlement, with its streets and houses too"),
    )
    source_id = models.CharField(_("number in the source"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="place_search_trigrams"),
            # Nine of ten searches name no house, and nine of ten places are houses.
            GinIndex(
                fields=["search"],
                opclasses=["gin_trgm_ops"],
                name="place_name_trigrams",
                condition=~models.Q(kind="house"),
            ),
            models.Index(fields=["kind", "-population"], name="place_by_size"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["settlement", "street", "house"]),
                name="place_known_kind",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Landscape(models.Model):
    """Something of the ground that only the base map shows: a river, a forest, a main road."""

    class Kind(models.TextChoices):
        WATER = "water", _("water")
        RIVER = "river", _("river")
        FOREST = "forest", _("forest")
        ROAD = "road", _("road")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    geometry = models.GeometryField(_("geometry"), srid=4326)
    source_id = models.CharField(_("number in the source"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("landscape")
        verbose_name_plural = _("landscapes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["water", "river", "forest", "road"]),
                name="landscape_known_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class Revision(models.Model):
    """The one row that the database stamps anew whenever routing's ground or rules change.

    The stamp is random: a change that was rolled back never shares its stamp with a later one.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    stamp = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="revision_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.stamp)
