"""`manage.py import_boundaries FILE --valid-from DATE`: puts a new set of municipal boundaries in force.

It stands here and not in `geo` because it also says which rules are left without ground.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from authorities import queries
from geo import operations
from geo.boundary_files import GUESSES, BoundaryError, BoundaryFile, read_boundaries

SHOWN = 20


class Command(BaseCommand):
    help = "Imports municipal boundaries: GeoJSON, Shapefile or GeoPackage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="a Shapefile whose Russian texts look wrong needs a .cpg file beside it: CP1251",
        )
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            required=True,
            help="first day of the set, such as 2026-01-01",
        )
        for name in GUESSES:
            parser.add_argument(f"--{name.replace('_', '-')}-field", help=f"field of the {name}")
        parser.add_argument(
            "--no-repair", action="store_true", help="refuse wrong rings, do not repair them"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = {name: given for name in GUESSES if (given := options[f"{name}_field"])}
        valid_from: date = options["valid_from"]
        try:
            file = read_boundaries(
                options["file"],
                fields=fields,
                repair=not options["no_repair"],
            )
            self._tell(file)
            with transaction.atomic():
                done = operations.replace_boundaries(
                    boundaries=file.boundaries, valid_from=valid_from
                )
                groundless = queries.rules_without_ground(valid_from)
                transaction.set_rollback(options["dry_run"])
        except BoundaryError as error:
            raise CommandError("Nothing was stored:\n" + "\n".join(error.faults)) from error
        self.stdout.write(
            f"from {valid_from}: {len(done.new)} new, {len(done.redrawn)} redrawn, "
            f"{len(done.same)} as they were, {len(done.closed)} closed"
        )
        self._list("closed", done.closed)
        self._list("rule without ground from then on", [str(rule) for rule in groundless])
        if options["dry_run"]:
            self.stdout.write("Nothing was stored: this was a dry run.")

    def _tell(self, file: BoundaryFile) -> None:
        self._list("repaired", file.repaired)
        self._list(
            "overlap", [f"{one} and {other}: {km2:.6f} km²" for one, other, km2 in file.overlaps]
        )
        self._list("gap", [f"{km2:.6f} km² at {lon} {lat}" for km2, (lon, lat) in file.gaps])

    def _list(self, title: str, lines: list[str]) -> None:
        for line in lines[:SHOWN]:
            self.stdout.write(f"{title}: {line}")
        if len(lines) > SHOWN:
            self.stdout.write(f"{title}: {len(lines) - SHOWN} more")
