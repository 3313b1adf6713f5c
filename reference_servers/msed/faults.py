"""Faults on demand: which trouble, at which operation, how often. A seed makes chance repeatable."""

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from reference_servers.msed.soap import FaultCode, SecurityCode

# Troubles of a call that the portal makes.
BEFORE_COMMIT = ("drop_before_commit", "http", "soap_fault", "security_fault")
AFTER_COMMIT = (
    "drop_after_commit",
    "http_after_commit",
    "truncated",
    "garbage",
    "wrong_uid",
    "slow_drip",
)
# Troubles of what МСЭД tells by itself; their operation is the kind of the notification.
ISSUING = ("gap", "late", "wrong_number")
PUSHING = ("push_duplicate", "push_drop", "push_truncated", "push_garbage")
KINDS = ("delay", *BEFORE_COMMIT, *AFTER_COMMIT, "wrong_hash", *ISSUING, *PUSHING)
CODES = (*get_args(FaultCode), *get_args(SecurityCode))
# A wrong number is no fault that the other side could notice, let alone mend.
_AT_RANDOM = tuple(kind for kind in KINDS if kind != "wrong_number")


@dataclass
class Rule:
    """One fault.

    operation: name of the operation, or of the notification's event; «*» is any.
    count: how many times more, None without end. probability: 0 to 1, drawn with the seed.
    seconds: how long a delay, a drip or a hold-back lasts. code: of a SOAP or security fault.
    status: of an HTTP error.
    """

    kind: str
    operation: str = "*"
    count: int | None = 1
    probability: float = 1.0
    seconds: float = 1.0
    code: str = ""
    status: int = 503
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")
        codes = get_args(SecurityCode if self.kind == "security_fault" else FaultCode)
        self.code = self.code or codes[-1]
        if self.kind.endswith("_fault") and self.code not in codes:
            raise ValueError(f"unknown code {self.code!r}; known: {', '.join(codes)}")
        if not 400 <= self.status <= 599 or not 0 <= self.probability <= 1 or self.seconds < 0:
            raise ValueError("status is 400 to 599, probability 0 to 1, seconds not negative")
        if self.count is not None and self.count < 1:
            raise ValueError("count is a positive number, or null for no end")
        self._dice = random.Random(self.seed)  # noqa: S311

    def strikes(self) -> bool:
        return self._dice.random() < self.probability


class Faults:
    """The faults ordered now. They live in memory: a restarted server is a healthy one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def order(self, wanted: Mapping[str, Any]) -> None:
        """Add a rule given as its fields. Raises ValueError, TypeError for a wrong one."""
        rule = Rule(**wanted)
        with self._lock:
            self._rules.append(rule)

    def order_all(self, *, probability: float, seed: int) -> None:
        """Every kind of fault that the other side can live through, at random, without end."""
        codes = {"soap_fault": "BUSY", "security_fault": "MessageExpired"}
        for number, kind in enumerate(_AT_RANDOM):
            rule = {"kind": kind, "code": codes.get(kind, ""), "count": None}
            self.order({**rule, "probability": probability, "seed": seed + number})

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def draw(self, operation: str, *kinds: str) -> Rule | None:
        """The first ordered fault of these kinds that strikes this operation now."""
        with self._lock:
            for rule in self._rules:
                if rule.kind in kinds and rule.operation in ("*", operation) and rule.strikes():
                    if rule.count is not None:
                        rule.count -= 1
                        if not rule.count:
                            self._rules.remove(rule)
                    return rule
        return None

    def push_delay(self, event: str) -> tuple[float | None, bool]:
        """When a new notification is pushed: seconds from now or None, and whether others pass."""
        if self.draw(event, "gap"):
            return None, False
        late = self.draw(event, "late")
        return (0.0, False) if late is None else (late.seconds, True)

    def told_number(self, number: str) -> str:
        """The registration number as it is told, which may not be the one in the books."""
        return f"{number}-X" if self.draw("documentAccepted", "wrong_number") else number
