"""App: Issue and its one workflow."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
