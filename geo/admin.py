"""The ground, to be looked at: boundaries come by `import_boundaries`, places from the gazetteer."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnly
from geo.models import Municipality, Place


@admin.register(Municipality)
class MunicipalityAdmin(ReadOnly, admin.ModelAdmin[Municipality]):
    """Each municipality as it is in each of its periods."""

    list_display = ("name", "code", "oktmo", "validity")
    search_fields = ("name", "name_en", "code", "oktmo")
    ordering = ("name", "validity")
    fields = ("name", "name_en", "code", "oktmo", "validity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Municipality]:
        """Without the outlines, which a list needs not and which are large."""
        return super().get_queryset(request).defer("polygon")


@admin.register(Place)
class PlaceAdmin(ReadOnly, admin.ModelAdmin[Place]):
    """The gazetteer: whether an address is known, and under what number in its source."""

    list_display = ("label", "kind", "population", "source_id")
    list_filter = ("kind",)
    search_fields = ("search",)
    search_help_text = Place._meta.get_field("label").verbose_name
    ordering = ("pk",)
    show_full_result_count = False
    fields = ("label", "name", "name_en", "kind", "point", "population", "source_id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Place], search_term: str
    ) -> tuple[QuerySet[Place], bool]:
        """As the index has it: a million addresses are not read one by one."""
        for word in search_term.lower().replace("ё", "е").split():
            queryset = queryset.filter(search__contains=word)
        return queryset, False
