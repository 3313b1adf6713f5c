"""App: Municipalities, settlements, boundaries, search of places."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class GeoConfig(AppConfig):
    name = "geo"
    verbose_name = pgettext_lazy("app", "The ground")
