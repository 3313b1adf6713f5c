"""Chaos with a seed: processes are killed, connections cut and faults ordered while messages are on their way."""

import random
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests
from django.db import connection

from tests.journeys.parts import PROCESS, Parts

VICTIMS = ("worker", "web", "redis", "msed", "scheduler", "database")
# Whatever a retry can mend; a fault that needs a person would end the story in a person's hands.
FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "delay", "seconds": 0.3, "probability": 0.1},
    {"kind": "drop_before_commit", "probability": 0.1},
    {"kind": "drop_after_commit", "probability": 0.1},
    {"kind": "http", "probability": 0.05},
    {"kind": "http_after_commit", "probability": 0.05},
    {"kind": "soap_fault", "code": "BUSY", "probability": 0.05},
    {"kind": "soap_fault", "code": "FAILURE", "probability": 0.05},
    {"kind": "security_fault", "code": "MessageExpired", "probability": 0.02},
    {"kind": "truncated", "probability": 0.05},
    {"kind": "garbage", "probability": 0.05},
    {"kind": "wrong_uid", "probability": 0.05},
    {"kind": "slow_drip", "seconds": 0.5, "probability": 0.05},
    {"kind": "wrong_hash", "probability": 0.1},
    {"kind": "gap", "probability": 0.1},
    {"kind": "late", "seconds": 2, "probability": 0.1},
    {"kind": "push_duplicate", "probability": 0.2},
    {"kind": "push_drop", "probability": 0.1},
    {"kind": "push_truncated", "probability": 0.05},
    {"kind": "push_garbage", "probability": 0.05},
)


class Chaos:
    """Does harm in a thread of its own until it is stopped; all is healthy again then."""

    def __init__(self, parts: Parts, *, seed: int, most_seconds_between: float = 1.2) -> None:
        """Begins at once.

        Args:
            parts: whom the harm is done to; all of them run.
            seed: of the choice of harm.
            most_seconds_between: two harms lie no further apart, seconds.
        """
        self._parts, self._dice, self._seed = parts, random.Random(seed), seed
        self._most = most_seconds_between
        self._stopping = threading.Event()
        self.killed: list[str] = []
        self.failed: list[Exception] = []
        self._order_faults()
        self._thread = threading.Thread(target=self._run, name=f"chaos-{seed}")
        self._thread.start()

    def stop(self) -> None:
        """Does no more harm.

        Raises:
            AssertionError: the harm-doing itself failed.
        """
        self._stopping.set()
        self._thread.join()
        assert not self.failed, self.failed
        requests.post(f"{self._parts.msed_url}/control/faults", json={"clear": True}, timeout=5)

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._dice.uniform(0.2, self._most)):
                self._harm(self._dice.choice(VICTIMS))
        except Exception as error:  # noqa: BLE001  (told to the thread of the test)
            self.failed.append(error)
        finally:
            connection.close()

    def _harm(self, victim: str) -> None:
        self.killed.append(victim)
        if victim == "database":
            cut_connections()
            return
        self._parts.kill(victim)
        time.sleep(self._dice.uniform(0, 0.5))
        self._parts.start(victim)
        if victim == "msed":
            self._order_faults()

    def _order_faults(self) -> None:
        rules = [
            {"count": None, "seed": self._seed + number, **rule}
            for number, rule in enumerate(FAULTS)
        ]
        with suppress(requests.RequestException):
            requests.post(f"{self._parts.msed_url}/control/faults", json=rules, timeout=5)


def cut_connections() -> None:
    """Ends every session of the processes with this database, in the middle of whatever they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [PROCESS],
        )
