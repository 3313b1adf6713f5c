"""`manage.py import_pages`: the first pages of information and services; those that are there stay."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.information import files, operations


class Command(BaseCommand):
    help = "Stores the pages of fixtures/pages that are not there yet; staff edit them afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        folder = settings.BASE_DIR / "fixtures" / "pages"
        parser.add_argument("folder", nargs="?", type=Path, default=folder)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = files.read(options["folder"])
        except files.PageFileError as error:
            raise CommandError(str(error)) from error
        made = operations.load_pages(found)
        self.stdout.write(f"{made} pages made, {len(found) - made} were there")
