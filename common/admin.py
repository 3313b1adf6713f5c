"""What admin pages share, and the transferred days of a year whose decree is newer than the package."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from common.models import Delivery, ProductionDay, ProductionYear


class Undeletable:
    """Rows that others name: they are switched off or run out, and stay."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(Undeletable):
    """Rows to look at, not to change."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ProductionDayInline(admin.TabularInline[ProductionDay, ProductionYear]):
    """The days of a year that differ from the package's calendar."""

    model = ProductionDay
    extra = 3


@admin.register(ProductionYear)
class ProductionYearAdmin(admin.ModelAdmin[ProductionYear]):
    """Years with their decrees."""

    list_display = ["year", "decree"]
    inlines = [ProductionDayInline]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin[Delivery]):
    """What consumers of events have not dealt with; to look at, not to change."""

    list_display = ["consumer", "event_id", "attempts", "next_attempt_at", "last_error"]
    list_filter = ["consumer"]
