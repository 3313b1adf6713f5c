"""The books of letters for administrators: what waits and why. Nothing can be changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnly
from notifications.models import Letter


class LetterState(admin.SimpleListFilter):
    """Letters by what became of them."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("sent", _("sent")), ("given_up", _("given up"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "waiting":
                return queryset.filter(next_attempt_at__isnull=False)
            case "sent":
                return queryset.filter(sent_at__isnull=False)
            case "given_up":
                return queryset.filter(sent_at=None, next_attempt_at=None)
        return queryset


@admin.register(Letter)
class LetterAdmin(ReadOnly, admin.ModelAdmin[Letter]):
    """Read only, and without the words: they may hold a link that lets its reader in."""

    list_display = ("key", "to", "created_at", "attempts", "next_attempt_at", "sent_at")
    list_filter = (LetterState,)
    search_fields = ("key", "to")
    date_hierarchy = "created_at"
    fields = (
        *("key", "to", "subject", "created_at", "attempts"),
        *("next_attempt_at", "sent_at", "last_error"),
    )
