"""App: Issue and its one workflow."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = pgettext_lazy("app", "Messages")

    def ready(self) -> None:
        from common import outbox, schedule
        from issues import digests, letters, tasks
        from notifications import client

        outbox.subscribe(letters.CONSUMER, letters.handle, actions=letters.ACTIONS)
        if client.public_key():
            outbox.subscribe(digests.CONSUMER, digests.push_news, actions=digests.OF_ISSUES)
        schedule.every(60, "digests", tasks.write_digests.send)
        schedule.every(60, "escalations", tasks.escalate_due.send)
        schedule.every(600, "closing by silence", tasks.close_silent.send)
        schedule.every(3600, "questions four weeks later", tasks.follow_up.send)
        schedule.every(3600, "tidying of files", tasks.tidy_files.send)
        schedule.every(300, "words of the search", tasks.fold_words.send)
        schedule.every(3600, "learning of topics", tasks.learn_topics.send)
