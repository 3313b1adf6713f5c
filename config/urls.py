"""All addresses (R0.2)."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path

# One way in, with its limits and its second factor, also to the administration.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Nor may an address or a second factor be entered by hand: it would open somebody's account.
admin.site.unregister((EmailAddress, Authenticator, Group))

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("moderation/", include("moderation.urls")),
    path("cabinet/", include("cabinet.urls")),
    path("msed/", include("msed_bridge.urls")),
    path("", include("portal.urls")),
]
