"""What staff set for the desk: the reasons for a rejection (R4.3), and whether the fast lane is open."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import User
from common.admin import Undeletable
from moderation.models import FastLane, RejectionReason
from moderation.operations.fast_lane import set_fast_lane


@admin.register(RejectionReason)
class RejectionReasonAdmin(Undeletable, admin.ModelAdmin[RejectionReason]):
    """Reasons are switched off rather than deleted: old letters name their codes."""

    list_display = ("name", "code", "legal_ground", "position", "is_active")
    list_editable = ("position", "is_active")
    search_fields = ("name", "code")


@admin.register(FastLane)
class FastLaneAdmin(Undeletable, admin.ModelAdmin[FastLane]):
    """Each change is a new row with its name and moment; the old ones stay to be read."""

    fields = ("is_on", "least_accepted", "clean_days")
    list_display = ("set_at", "is_on", "least_accepted", "clean_days", "set_by")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: FastLane, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        made = set_fast_lane(by=request.user, **form.cleaned_data)
        obj.pk, obj.set_at, obj.set_by = made.pk, made.set_at, made.set_by
