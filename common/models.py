"""The outbox's delivery rows and the override table of the production calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One event that one consumer has not dealt with yet; the row goes when it has (law 2)."""

    consumer = models.CharField(max_length=32)
    event_id = models.BigIntegerField()
    # Deliveries with one key reach one consumer in the order of their events.
    key = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            # In this order it also finds the first delivery of an issue.
            models.UniqueConstraint(fields=["consumer", "key", "event_id"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["consumer", "next_attempt_at"], name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"


class ProductionYear(models.Model):
    """A year whose transferred days staff have entered, with the decree that moved them."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    decree = models.CharField(_("decree"), max_length=300)

    class Meta:
        verbose_name = _("production year")
        verbose_name_plural = _("production years")

    def __str__(self) -> str:
        return str(self.year)


class ProductionDay(models.Model):
    """A day that the decree makes a working day or a day off, against the package's calendar."""

    production_year = models.ForeignKey(ProductionYear, models.CASCADE, verbose_name=_("year"))
    date = models.DateField(_("date"), unique=True)
    is_working = models.BooleanField(_("working day"))

    class Meta:
        verbose_name = _("production day")
        verbose_name_plural = _("production days")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(date__year=models.F("production_year")),
                name="production_day_in_its_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"
