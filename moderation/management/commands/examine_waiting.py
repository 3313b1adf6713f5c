"""Looks anew at every message that waits for moderation: after the rules of the findings were changed."""

from typing import Any

from django.core.management.base import BaseCommand

from moderation.findings import keeping
from moderation.operations import looking
from moderation.queries import waiting


class Command(BaseCommand):
    help = "Examines all messages that wait for moderation and writes down what is noticed."

    def handle(self, *args: Any, **options: Any) -> None:
        messages = findings = files = 0
        for issue in waiting().select_related("topic").order_by("pk").iterator(chunk_size=200):
            noticed = keeping.examine(issue)
            keeping.keep(issue, noticed)
            files += looking.put_down(issue)
            messages += 1
            findings += len(noticed)
        self.stdout.write(f"{messages} messages, {findings} findings, {files} files to look at")
