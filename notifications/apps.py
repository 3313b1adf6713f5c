"""App: Delivery of letters; knows no issue."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from common import schedule
        from notifications import operations, tasks

        operations.set_hint(tasks.hint)
        schedule.every(10, "letters", tasks.send_letters.send)
