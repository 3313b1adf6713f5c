"""App: Delivery of letters; knows no issue."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = pgettext_lazy("app", "Letters")

    def ready(self) -> None:
        from common import schedule
        from common.tasks import hint
        from notifications import operations, tasks

        operations.set_hint(partial(hint, tasks.send_letters))
        schedule.every(10, "letters", tasks.send_letters.send)
