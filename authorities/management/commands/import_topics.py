"""`manage.py import_topics [DIR]`: stores the catalogue of topics."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from authorities import operations
from authorities.topic_files import CatalogueError, read_catalogue


class Command(BaseCommand):
    help = "Stores the topics of YAML files; topics that are no longer there are switched off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "topics",
            help="folder of the files, fixtures/topics by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            catalogue = read_catalogue(options["folder"])
        except CatalogueError as error:
            raise CommandError("Nothing was stored:\n" + "\n".join(error.faults)) from error
        done = operations.import_topics(catalogue=catalogue)
        self.stdout.write(
            f"categories and topics: {done.made} new, {done.changed} changed, "
            f"{done.same} as they were, {done.switched_off} switched off"
        )
