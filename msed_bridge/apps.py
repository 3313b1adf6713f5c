"""App of the МСЭД bridge: what it wants to hear of, and what it does by the clock."""

from functools import partial

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class MsedBridgeConfig(AppConfig):
    name = "msed_bridge"
    verbose_name = _("МСЭД bridge")

    def ready(self) -> None:
        from common import metrics, outbox, schedule
        from common.tasks import hint
        from msed_bridge import hints, mapping, operations, tasks
        from msed_bridge.metrics import Exchanges

        outbox.subscribe("msed", operations.note_event, actions=mapping.TOLD_ACTIONS)
        hints.send.asks = partial(hint, tasks.send)
        hints.poll.asks = partial(hint, tasks.poll)
        hints.fetch.asks = partial(hint, tasks.fetch)
        hints.follow.asks = partial(hint, tasks.follow)
        # Each apart: what is slow in one does not hold up the others.
        schedule.every(5, "msed send", tasks.send.send)
        schedule.every(5, "msed fetch", tasks.fetch.send)
        schedule.every(5, "msed sweep", tasks.sweep.send)
        schedule.every(settings.MSED_POLL_SECONDS, "msed poll", tasks.poll.send)
        if settings.MEDO_FOLDER:
            schedule.every(5, "medo take", tasks.take.send)
        schedule.every(3600, "msed watch", tasks.watch.send)
        schedule.every(24 * 3600, "msed reconcile", tasks.reconcile.send)
        metrics.register(Exchanges())
