"""App: Who answers for what and where."""

from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "authorities"
