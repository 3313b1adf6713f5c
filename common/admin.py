"""Staff enter the transferred days of a year whose decree is newer than the package."""

from django.contrib import admin

from common.models import Delivery, ProductionDay, ProductionYear


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
class DeliveryAdmin(admin.ModelAdmin[Delivery]):
    """What consumers of events have not dealt with; to look at, not to change."""

    list_display = ["consumer", "event_id", "attempts", "next_attempt_at", "last_error"]
    list_filter = ["consumer"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Delivery | None = None) -> bool:
        return False
