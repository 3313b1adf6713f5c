"""App of what every room uses: clock, working days, canonical JSON, outbox, uploads, base templates."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = pgettext_lazy("app", "The portal's work")

    def ready(self) -> None:
        from common import outbox, schedule, tasks

        outbox.hint.asks = partial(tasks.hint, tasks.deliver)
        schedule.every(5, "outbox sweep", tasks.sweep.send)
        schedule.every(24 * 3600, "clearing of sessions", tasks.clear_sessions.send)
