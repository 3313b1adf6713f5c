"""App: The desk where messages are judged within 48 hours."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("moderation")

    def ready(self) -> None:
        from common import outbox, schedule
        from moderation import operations, tasks
        from moderation.findings import keeping
        from moderation.operations import double_checks

        outbox.subscribe(keeping.CONSUMER, keeping.handle, actions=keeping.ACTIONS)
        outbox.subscribe(
            double_checks.CONSUMER, double_checks.handle, actions=double_checks.ACTIONS
        )
        outbox.subscribe("desk", operations.forget_words, actions=["erase"])
        schedule.every(5, "held decisions", tasks.send.send)
