"""What МСЭД does with an appeal by itself: plans of steps, read from a YAML (or JSON) file."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from reference_servers.msed.soap import text

DEFAULT = Path(__file__).with_name("scenario.yaml")


@dataclass(frozen=True)
class Step:
    """One act, `after` steps of --step-seconds from the one before; values are the act's own."""

    act: str
    after: float = 1.0
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A plan for appeals of a kind, a classifier prefix, a piece of text; None fits anything."""

    plan: str
    kind: str | None = None
    classifier: str | None = None
    text: str | None = None

    def fits(self, appeal: etree._Element) -> bool:
        return (
            (self.kind is None or self.kind == text(appeal, "kind"))
            and (
                self.classifier is None
                or text(appeal, "classifierCode").startswith(self.classifier)
            )
            and (self.text is None or self.text.lower() in text(appeal, "text").lower())
        )


@dataclass(frozen=True)
class Scenario:
    plans: dict[str, tuple[Step, ...]]
    choices: tuple[Choice, ...]
    after_return: str
    after_correction: str
    step_seconds: float

    @classmethod
    def load(cls, path: Path, *, step_seconds: float) -> "Scenario":
        """Raise ValueError, KeyError or TypeError for a file of another shape."""
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        plans = {
            str(name): tuple(
                Step(step.pop("act"), float(step.pop("after", 1)), step) for step in steps
            )
            for name, steps in raw["plans"].items()
        }
        choices = tuple(Choice(**choice) for choice in raw["choose"])
        named = {*(choice.plan for choice in choices), raw["after_return"], raw["after_correction"]}
        if unknown := named - plans.keys():
            raise ValueError(f"{path}: no such plans: {', '.join(sorted(unknown))}")
        return cls(plans, choices, raw["after_return"], raw["after_correction"], step_seconds)

    def plan_for(self, appeal: etree._Element, *, corrected: bool) -> str:
        """Name of the plan for an m:appeal; empty when nothing fits, and it waits for a person."""
        if corrected:
            return self.after_correction
        return next((choice.plan for choice in self.choices if choice.fits(appeal)), "")

    def step(self, plan: str, number: int) -> Step | None:
        steps = self.plans.get(plan, ())
        return steps[number] if number < len(steps) else None

    def due_at(self, plan: str, number: int, now: datetime) -> float | None:
        """Unix seconds of a step of a plan, None when there is no such step."""
        step = self.step(plan, number)
        return None if step is None else now.timestamp() + step.after * self.step_seconds
