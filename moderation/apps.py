"""App: The desk where messages are judged within 48 hours."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("moderation")

    def ready(self) -> None:
        from common import outbox, schedule
        from common.tasks import hint
        from moderation import operations, tasks
        from moderation.findings import keeping
        from moderation.operations import alarms, double_checks, fast_lane, looking

        outbox.subscribe(keeping.CONSUMER, fast_lane.handle, actions=keeping.ACTIONS)
        outbox.subscribe(
            double_checks.CONSUMER, double_checks.handle, actions=double_checks.ACTIONS
        )
        outbox.subscribe(looking.CONSUMER, looking.handle, actions=looking.ACTIONS)
        looking.hint.asks = partial(hint, tasks.look_at_files)
        schedule.every(30, "files to look at", tasks.look_at_files.send)
        outbox.subscribe(alarms.CONSUMER, alarms.handle, actions=alarms.ACTIONS)
        schedule.every(300, "alarms of the 48 hours", tasks.tell_alarms.send)
        outbox.subscribe("desk", operations.forget_words, actions=["erase"])
        schedule.every(5, "held decisions", tasks.send.send)
