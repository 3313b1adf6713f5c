"""The ground: municipalities with their validity, and the gazetteer of places."""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper
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
    point = models.PointField(_("point"), srid=4326)
    population = models.PositiveIntegerField(_("population"), default=0)
    source_id = models.CharField(_("number in the source"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            GinIndex(OpClass(Upper("label"), name="gin_trgm_ops"), name="place_label_trigrams"),
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
