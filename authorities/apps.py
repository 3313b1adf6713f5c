"""App: Who answers for what and where."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AuthoritiesConfig(AppConfig):
    name = "authorities"
    verbose_name = pgettext_lazy("app", "Directory of authorities")
