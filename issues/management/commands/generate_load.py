"""`manage.py generate_load`: a history of realistic messages, as many as asked, for measuring."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.workdays import CalendarUnknownError
from issues.load.operations import LoadError, generate_load
from issues.load.region import RegionMissingError


class Command(BaseCommand):
    help = (
        "Generates messages with whole timelines over a loaded region, in one transaction. It needs to "
        "own the portal's tables, and locks them meanwhile: no use on a portal that people work with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--issues", type=int, required=True, help="how many messages")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            help="processes that write; 0: this one (default: one for each core)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["issues"] < 1 or options["workers"] < 0:
            raise CommandError("--issues must be at least 1, and --workers not negative.")
        self._began = self._said = time.monotonic()
        try:
            entries = generate_load(
                issues=options["issues"],
                seed=options["seed"],
                workers=options["workers"],
                progress=self._progress,
            )
        except (RegionMissingError, LoadError, CalendarUnknownError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - self._began
        self.stdout.write(f"{options['issues']} messages, {entries} entries, {seconds:.0f} s")

    def _progress(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if 0 < done < of and now - self._said < 2:
            return
        self._said = now
        self.stdout.write(f"{now - self._began:5.0f} s  {what}: {done * 100 // of} %")
        self.stdout.flush()
