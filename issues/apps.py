"""App: Issue and its one workflow."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = pgettext_lazy("app", "Messages")

    def ready(self) -> None:
        from common import outbox, schedule
        from issues import letters, tasks

        outbox.subscribe(letters.CONSUMER, letters.handle, actions=letters.ACTIONS)
        schedule.every(60, "escalations", tasks.escalate_due.send)
        schedule.every(600, "closing by silence", tasks.close_silent.send)
        schedule.every(3600, "tidying of files", tasks.tidy_files.send)
