"""`manage.py workflow_diagram`: the text of docs/workflow.md, drawn from the workflow's table."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from issues.models import STATE_LABELS
from issues.workflow import ACTIONS, State

HEAD = """# The way of an issue

Drawn from the table in `issues/workflow.py` by `manage.py workflow_diagram`; a test compares them.
Every change of a state is one of these actions, and each leaves an entry in the public timeline.
Whether an issue is hidden is apart from its state: work on a hidden issue goes on.
"""


class Command(BaseCommand):
    help = "Prints the diagram of the workflow and the list of its actions, as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(lines()), ending="")


def lines() -> list[str]:
    """The document's lines, in English whatever the reader's language."""
    with translation.override("en"):
        return _lines()


def _lines() -> list[str]:
    arrows = sorted(
        f"    {source.value} --> {action.target.value}: {action.name}"
        for action in ACTIONS.values()
        if action.target
        for source in sorted(action.sources)
        if action.name != "withdraw"
    )
    rows = [
        f"| `{action.name}` | {_states(action.sources)} | {action.target or 'as before'} "
        f"| {', '.join(sorted(action.actors))} | {', '.join(sorted(action.needs)) or 'nothing'} |"
        for action in ACTIONS.values()
    ]
    return [
        HEAD,
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> submitted: submit",
        *arrows,
        "```",
        "",
        "From every open state the author may `withdraw`.",
        "",
        "| action | from | to | by | needs |",
        "|---|---|---|---|---|",
        *rows,
        "",
        "| state | shown as |",
        "|---|---|",
        *(f"| `{state.value}` | {STATE_LABELS[state]} |" for state in State),
        "",
    ]


def _states(sources: frozenset[State]) -> str:
    return ", ".join(sorted(sources)) or "nothing"
