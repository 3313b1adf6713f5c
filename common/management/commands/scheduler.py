"""`manage.py scheduler`: sends the periodic tasks; of several started only one works at a time."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from common import schedule
from common.tasks import QUEUE_AWAY

logger = logging.getLogger(__name__)

# Any fixed number that nothing else of ours locks.
ADVISORY_LOCK = 0x0C1B1C
RETRY_SECONDS = 2.0


class Command(BaseCommand):
    help = "Sends the periodic tasks. Several may run: the one that holds an advisory lock works."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        due = {job.name: 0.0 for job in schedule.jobs()}
        while not stop.is_set():
            try:
                if not self._hold_lock():
                    stop.wait(RETRY_SECONDS)
                    continue
            except OperationalError:
                logger.warning("the database is away, the scheduler waits")
                connection.close()
                stop.wait(RETRY_SECONDS)
                continue
            now = time.monotonic()
            for job in schedule.jobs():
                if now >= due[job.name]:
                    due[job.name] = now + job.every_seconds
                    self._send(job)
            stop.wait(max(0.05, min(due.values(), default=now + 1) - time.monotonic()))

    @staticmethod
    def _hold_lock() -> bool:
        """Takes or confirms the session's advisory lock; it goes with the connection."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND classid = 0 AND pid = pg_backend_pid() AND granted) OR pg_try_advisory_lock(%s)",
                [ADVISORY_LOCK, ADVISORY_LOCK],
            )
            return bool(cursor.fetchone()[0])

    @staticmethod
    def _send(job: schedule.Job) -> None:
        try:
            job.send()
        except QUEUE_AWAY as error:
            logger.warning("%s was not sent: %s", job.name, type(error).__name__)
