"""Addresses of the portal; the names of R0.2."""

from django.urls import path

from portal.views import pages

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
]
