"""All addresses (R0.2)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("moderation/", include("moderation.urls")),
    path("cabinet/", include("cabinet.urls")),
    path("msed/", include("msed_bridge.urls")),
    path("", include("portal.urls")),
]
