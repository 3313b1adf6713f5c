"""Control by JSON for tests: faults, acts, the automatic mode, the books as they stand."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from reference_servers.msed import life
from reference_servers.msed.books import Books
from reference_servers.msed.clock import Clock
from reference_servers.msed.faults import Faults
from reference_servers.msed.soap import MsedFault


@dataclass(frozen=True)
class Page:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200) -> Page:
    return Page(status, json.dumps(value, ensure_ascii=False, indent=1).encode())


class Control:
    """What a person or a test may tell the stand-in besides SOAP."""

    def __init__(self, issuing: life.Issuing, clock: Clock, faults: Faults) -> None:
        self.issuing = issuing
        self.clock = clock
        self.faults = faults

    @property
    def books(self) -> Books:
        return self.issuing.books

    def act(self, uid: str, act: str, values: life.Values, files: list[life.OwnFile]) -> None:
        """Do an act by hand, which stops the plan of this appeal. Raises NotAllowed, MsedFault."""
        with self.books.transaction():
            appeal = self.books.appeal(uid)
            if appeal is None:
                raise life.NotAllowed(f"Нет обращения {uid}")
            if act == "continue":
                self.books.save_appeal(replace(appeal, due_at=datetime.now(UTC).timestamp()))
            elif act == "pause":
                self.books.save_appeal(replace(appeal, due_at=None))
            else:
                taken_over = replace(appeal, due_at=None)
                life.perform(
                    self.issuing, taken_over, act, values, files=files, now=datetime.now(UTC)
                )

    def get(self, path: str) -> Page:
        if path == "/control/state":
            return as_json(self.state())
        return as_json({"error": "not found"}, 404)

    def post(self, path: str, content_type: str, body: bytes) -> Page:
        # A page of another site can not send this type without asking first.
        if not content_type.startswith("application/json"):
            return as_json({"error": "application/json is wanted"}, 415)
        commands: dict[str, Callable[[Any], None]] = {
            "/control/faults": self._order_faults,
            "/control/auto": self._set_automatic,
            "/control/act": self._act,
        }
        if path not in commands:
            return as_json({"error": "not found"}, 404)
        try:
            commands[path](json.loads(body))
        except (ValueError, TypeError, KeyError, life.NotAllowed, MsedFault) as error:
            return as_json({"error": str(error)}, 400)
        return as_json({"faults": self.faults.listed(), "automatic": self.clock.automatic})

    def _order_faults(self, wanted: Any) -> None:
        """A rule, a list of rules added together, or {"clear": true}."""
        if isinstance(wanted, dict) and wanted.get("clear"):
            self.faults.clear()
            return
        for rule in wanted if isinstance(wanted, list) else [wanted]:
            self.faults.order(rule)

    def _set_automatic(self, wanted: Any) -> None:
        self.clock.automatic = bool(wanted["on"])

    def _act(self, wanted: Any) -> None:
        self.act(str(wanted["appeal"]), str(wanted["act"]), wanted.get("values", {}), [])

    def state(self) -> dict[str, Any]:
        books = self.books
        appeals = books.appeals()
        return {
            "automatic": self.clock.automatic,
            "faults": self.faults.listed(),
            "appeals": [
                {
                    "uid": appeal.uid,
                    "kind": appeal.kind,
                    "state": appeal.state,
                    "number": appeal.number,
                    "registered_on": appeal.registered_on,
                    "control_date": appeal.control_date,
                    "last_seq": appeal.last_seq,
                    "closed": appeal.closed,
                    "plan": appeal.plan,
                    "due_at": appeal.due_at,
                    "messages": [
                        {
                            "uid": message.uid,
                            "kind": message.kind,
                            "received_at": message.received_at,
                            "accepted": message.accepted,
                            "digest": message.digest,
                        }
                        for message in books.messages_of(appeal.uid)
                    ],
                }
                for appeal in appeals
            ],
            "notifications": [
                {
                    "position": notification.position,
                    "uid": notification.uid,
                    "appeal_uid": notification.appeal_uid,
                    "seq": notification.seq,
                    "kind": notification.kind,
                    "issued_at": notification.issued_at,
                    "delivered_at": notification.delivered_at,
                    "due_at": notification.due_at,
                    "attempts": notification.attempts,
                    "problem": notification.problem,
                }
                for notification in books.queue(0, -1)
            ],
            "files": [
                {
                    "uid": file.uid,
                    "origin": file.origin,
                    "total_size": file.total_size,
                    "received": file.received,
                    "spoiled": file.spoiled,
                    "sha256": books.sha256(file.uid),
                }
                for file in books.files()
            ],
        }
