"""Administration of people: who may work, in which role; nothing else of them is shown."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AccessRecord, RoleGrant, User
from common.admin import ReadOnly, Undeletable


class RoleGrantInline(admin.TabularInline[RoleGrant, User]):
    """The roles of one person."""

    model = RoleGrant
    extra = 0
    fields = ("role",)


@admin.register(User)
class UserAdmin(Undeletable, admin.ModelAdmin[User]):
    """People register themselves: here they are found by e-mail, given roles, or locked out.

    Erasure is a right of the person, with rules of its own: never a click of staff.
    """

    list_display = ("email", "is_active", "is_staff")
    list_filter = ("role_grants__role", "is_active", "is_staff")
    search_fields = ("email",)
    fields = ("email", "is_active", "is_staff")
    readonly_fields = ("email",)
    inlines = (RoleGrantInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnly, admin.ModelAdmin[AccessRecord]):
    """Who of the staff looked at whose personal data."""

    list_display = ("at", "user", "place", "subject")
    list_filter = ("place",)
    search_fields = ("subject", "user__email")
