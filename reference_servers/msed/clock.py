"""Carries the plans of the scenario out, step by step, unless a person has taken an appeal over."""

import logging
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from reference_servers.msed import life
from reference_servers.msed.books import Appeal
from reference_servers.msed.scenario import Scenario
from reference_servers.msed.soap import MsedFault

log = logging.getLogger(__name__)
TICK_SECONDS = 0.05
BATCH = 50


@dataclass
class Clock:
    issuing: life.Issuing
    scenario: Scenario
    automatic: bool = True
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Do what is due until told to stop; the body of the clock's thread."""
        while not self.stopping.wait(TICK_SECONDS):
            if self.automatic:
                for appeal in self.issuing.books.due_appeals(datetime.now(UTC), BATCH):
                    self._advance(appeal.uid)

    def _advance(self, uid: str) -> None:
        books = self.issuing.books
        now = datetime.now(UTC)
        with books.transaction():
            # Read again: a withdrawal or a person may have come first.
            appeal = books.appeal(uid)
            if appeal is None or appeal.due_at is None:
                return
            step = self.scenario.step(appeal.plan, appeal.step)
            number = appeal.step + 1
            if step is not None and step.act in life.allowed_acts(appeal):
                values = self._filled(appeal, step.values)
                try:
                    with books.transaction():
                        appeal = life.perform(self.issuing, appeal, step.act, values, now=now)
                except (life.NotAllowed, MsedFault):
                    log.exception("step %d of plan %s can not be done", number, appeal.plan)
            due_at = self.scenario.due_at(appeal.plan, number, now)
            books.save_appeal(replace(appeal, step=number, due_at=due_at))

    def _filled(self, appeal: Appeal, values: dict[str, object]) -> dict[str, object]:
        words = life.words(appeal)
        return {
            name: value.format_map(words) if isinstance(value, str) else value
            for name, value in values.items()
        }
