"""App: Delivery of letters; knows no issue."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
