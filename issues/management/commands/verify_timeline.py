"""`manage.py verify_timeline NUMBER|--all`: whether timelines are whole, as anyone could check (R1.4)."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from issues import timeline
from issues.models import Issue


class Command(BaseCommand):
    help = "Verifies the timeline of one issue or of all; says what is wrong and ends with code 1."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("number", nargs="?", help="the issue's public number")
        what.add_argument("--all", action="store_true", help="every issue there is")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = self._all() if options["all"] else self._one(options["number"])
        if wrong:
            sys.exit(1)

    def _one(self, number: str) -> int:
        try:
            issue = Issue.objects.get(number=number)
        except Issue.DoesNotExist:
            raise CommandError(f"There is no issue {number}.") from None
        found = timeline.verify(issue)
        self._tell(number, found)
        if not found:
            self.stdout.write(f"{number}: the timeline is whole, {issue.event_count} entries")
        return len(found)

    def _all(self) -> int:
        looked_at = wrong = 0
        said = time.monotonic()
        for looked_at, batch in timeline.verify_all():
            for number, found in batch.items():
                self._tell(number, found)
            wrong += len(batch)
            if time.monotonic() - said > 5:
                said = time.monotonic()
                self.stderr.write(f"{looked_at} issues looked at")
        self.stdout.write(f"{looked_at} issues looked at, {wrong} with a broken timeline")
        return wrong

    def _tell(self, number: str, found: list[str]) -> None:
        for fault in found:
            self.stdout.write(f"{number}: {fault}")
