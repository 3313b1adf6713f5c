"""The bridge's books for staff, to read: what waits, what failed and why, each message's XML."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnly
from msed_bridge import soap
from msed_bridge.models import Appeal, Exchange, FileTransfer, Notice, Partner, RefusedPackage


class BooksAdmin(ReadOnly, admin.ModelAdmin[Any]):
    """Shows and changes nothing."""

    @admin.display(description="XML")
    def xml(self, row: Exchange | Notice) -> str:
        """The message as it was sent or received."""
        return format_html("<pre>{}</pre>", soap.indented(bytes(row.body)))


class FilesInline(admin.TabularInline[FileTransfer, Any]):
    """Files that a message or a notification names."""

    model = FileTransfer
    fields = ("uid", "name", "size", "held", "state", "attempts", "problem")
    readonly_fields = fields
    extra = 0
    can_delete = False
    verbose_name_plural = _("files")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Exchange)
class ExchangeAdmin(BooksAdmin):
    list_display = (
        "made_at",
        "direction",
        "kind",
        "purpose",
        "issue",
        "state",
        "attempts",
        "next_attempt_at",
        "fault_code",
    )
    list_filter = ("state", "direction", "kind", "fault_code")
    search_fields = ("uid", "issue__number")
    list_select_related = ("issue",)
    ordering = ("-made_at",)
    exclude = ("body", "document", "receipt")
    readonly_fields = ("xml",)
    inlines = (FilesInline,)


@admin.register(Notice)
class NoticeAdmin(BooksAdmin):
    list_display = ("received_at", "appeal_uid", "seq", "kind", "state", "reason")
    list_filter = ("state", "kind")
    search_fields = ("uid", "appeal_uid")
    ordering = ("-received_at",)
    exclude = ("body",)
    readonly_fields = ("xml",)
    inlines = (FilesInline,)


@admin.register(Appeal)
class AppealAdmin(BooksAdmin):
    list_display = ("issue", "uid", "applied_seq", "is_open")
    search_fields = ("uid", "issue__number")
    list_select_related = ("issue",)


@admin.register(RefusedPackage)
class RefusedPackageAdmin(BooksAdmin):
    list_display = ("refused_at", "name", "reason", "settled_at")
    ordering = ("-refused_at",)


@admin.register(Partner)
class PartnerAdmin(BooksAdmin):
    list_display = ("channel", "queue_position", "polled_at", "failures", "open_until", "paused_at")
