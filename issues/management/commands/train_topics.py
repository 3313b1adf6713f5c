"""`manage.py train_topics`: learns which topic a message is about, and says how well."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authorities import operations
from authorities.models import TopicModel
from authorities.topic_files import CatalogueError
from issues.operations.learning import TEXTS, learn_topics
from issues.queries.learning import MOST


class Command(BaseCommand):
    help = "Learns topics from the catalogue, from written texts and from accepted messages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--texts",
            type=Path,
            default=TEXTS,
            help="folder of texts by topic, fixtures/topics/texts by default",
        )
        parser.add_argument(
            "--messages", type=int, default=MOST, help=f"the most messages taken, {MOST} by default"
        )
        parser.add_argument(
            "--use", type=int, metavar="VERSION", help="learn nothing, go back to this version"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["use"] is not None:
            try:
                operations.use_topic_model(version=options["use"])
            except TopicModel.DoesNotExist as error:
                raise CommandError(f"Version {options['use']} is not kept.") from error
            self.stdout.write(f"version {options['use']} is in use")
            return
        try:
            model = learn_topics(folder=options["texts"], most=options["messages"])
        except CatalogueError as error:
            raise CommandError("Nothing was learned:\n" + "\n".join(error.faults)) from error
        except ValueError as error:
            raise CommandError(f"Nothing was learned: {error}; is there a catalogue?") from error
        told = model.figures
        self.stdout.write(
            f"version {model.version}, from {told['texts']} texts, {told['messages']} of them"
            " residents' messages; of texts that it had not seen:\n"
            f"  the right topic first {told['right_first']:.1%}, among three"
            f" {told['right_in_three']:.1%}\n"
            f"  silent {told['silent']:.1%}, error of calibration {told['calibration_error']:.3f}\n"
            f"  wrong topics noticed {told['wrong_found']:.1%}, right ones doubted"
            f" {told['right_doubted']:.2%}"
        )
