"""The list of reasons for rejection, edited by staff (R4.3)."""

from django.contrib import admin

from common.admin import Undeletable
from moderation.models import RejectionReason


@admin.register(RejectionReason)
class RejectionReasonAdmin(Undeletable, admin.ModelAdmin[RejectionReason]):
    """Reasons are switched off rather than deleted: old letters name their codes."""

    list_display = ("name", "code", "legal_ground", "position", "is_active")
    list_editable = ("position", "is_active")
    search_fields = ("name", "code")
