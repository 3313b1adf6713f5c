"""App: Delivery of letters and pushes; knows no issue."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = pgettext_lazy("app", "Letters")

    def ready(self) -> None:
        from common import schedule
        from common.tasks import hint
        from notifications import client, operations, pushes, tasks

        operations.hint.asks = partial(hint, tasks.send_letters)
        schedule.every(10, "letters", tasks.send_letters.send)
        schedule.every(24 * 3600, "forgetting of letters", tasks.forget_old_letters.send)
        if client.public_key():
            pushes.hint.asks = partial(hint, tasks.send_pushes)
            schedule.every(10, "pushes", tasks.send_pushes.send)
