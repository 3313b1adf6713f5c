"""App of the public pages: home, map, lists, the page of an issue, and the citizen's own pages."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
