"""Issues for administrators: how they stand, to be read only, and without anybody's personal data."""

from django.contrib import admin

from common.admin import ReadOnly
from issues.models import Issue


@admin.register(Issue)
class IssueAdmin(ReadOnly, admin.ModelAdmin[Issue]):
    """Nothing is changed here: the workflow has its desks, and the timeline its writer."""

    list_display = ("number", "kind", "topic", "state", "authority", "filed_at", "answer_due_at")
    list_filter = ("state", "kind", "channel", "is_hidden")
    list_select_related = ("topic", "authority")
    search_fields = ("number",)
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        *("number", "kind", "topic", "channel", "municipality", "authority", "routing"),
        *("state", "is_hidden", "is_urgent", "returns", "support_count"),
        *("filed_at", "published_at", "answered_at", "closed_at"),
        *("moderation_due_at", "registration_due_at", "answer_due_at", "escalate_at"),
        *("planned_date", "registration_number", "registration_date", "event_count", "head_hash"),
    )
    readonly_fields = fields
