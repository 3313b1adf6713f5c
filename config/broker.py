"""The dramatiq broker: Redis carries hints with ids only, the database carries the work (law 2)."""

import dramatiq
from django.conf import settings
from django.db import close_old_connections
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import (
    AgeLimit,
    Callbacks,
    Retries,
    ShutdownNotifications,
    TimeLimit,
)
from dramatiq.middleware.middleware import Middleware


class FreshConnections(Middleware):  # type: ignore[misc]  # mypy skips dramatiq
    """Gives each task a live database connection, also after PostgreSQL was restarted."""

    def before_process_message(self, broker: object, message: object) -> None:
        close_old_connections()

    def after_process_message(
        self, broker: object, message: object, *, result: object = None, exception: object = None
    ) -> None:
        close_old_connections()


def install() -> None:
    """Makes the broker of this process; called once from `SetupConfig.ready`."""
    broker = RedisBroker(
        url=settings.REDIS_URL,
        middleware=[
            AgeLimit(),
            TimeLimit(),
            ShutdownNotifications(),
            Callbacks(),
            Retries(max_retries=0),  # a failed hint is not repeated: the sweep is
            FreshConnections(),
        ],
        socket_connect_timeout=0.3,
        # A Redis that takes connections and says nothing must not hold a visitor.
        socket_timeout=1.0,
    )
    dramatiq.set_broker(broker)
