"""Templates common to all authorities; an authority's own are kept at its desk."""

from django.contrib import admin

from cabinet.models import AnswerTemplate


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(admin.ModelAdmin[AnswerTemplate]):
    list_display = ("name", "authority", "decision", "changed_at")
    list_filter = ("decision",)
    search_fields = ("name", "text")
    autocomplete_fields = ("authority",)
    exclude = ("changed_by",)
