"""Sets the process up before any app is ready: the broker first, because tasks register with it."""

from django.apps import AppConfig


class SetupConfig(AppConfig):
    """Stands first in INSTALLED_APPS."""

    name = "config"

    def ready(self) -> None:
        from config import broker

        broker.install()
