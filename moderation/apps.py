"""App: The desk where messages are judged within 48 hours."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("moderation")

    def ready(self) -> None:
        from common import outbox
        from moderation.findings import keeping

        outbox.subscribe(keeping.CONSUMER, keeping.handle, actions=keeping.ACTIONS)
