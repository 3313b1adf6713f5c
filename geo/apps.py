"""App: Municipalities, settlements, boundaries, search of places."""

from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "geo"
