"""`manage.py load_demo`: the demo region, its authorities, people and half a year of messages."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import LOGINS, PASSWORD, load_people
from accounts.models import Role, RoleGrant, User
from authorities.demo import load_authorities
from authorities.models import Authority, Official
from common import outbox
from geo.demo import load_region
from issues.demo.history import Cast, History, send_what_waits
from issues.models import Issue
from issues.operations.indexing import fold_words

OFFICERS_AUTHORITY = "waste-operator"
"""Where the officer's login works: waste is what residents write about most."""


class Command(BaseCommand):
    help = "Loads the demo region with its authorities, a login for each role, and messages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--messages", type=int, default=340, help="how many messages to tell")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--print-logins", action="store_true", help="only print the logins")
        parser.add_argument(
            "--force", action="store_true", help="also on a portal with a public address"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_logins"]:
            self._print_logins()
            return
        host = urlsplit(settings.PUBLIC_URL).hostname
        if host not in {"127.0.0.1", "localhost", "::1"} and not options["force"]:
            raise CommandError("The demo's passwords are known to all: not on a public address.")
        if Issue.objects.exists():
            self.stdout.write("There are messages already: the demo is not loaded again.")
            return
        self.stdout.write("region …")
        load_region()
        self.stdout.write("authorities …")
        load_authorities()
        logins, residents = load_people()
        self._employ(logins["authority officer"])
        cast = Cast(
            residents=[*residents, logins["resident"], logins["business"]],
            moderator=logins["moderator"],
        )
        with outbox.muted():
            History(cast, seed=options["seed"]).tell(options["messages"], progress=self._progress)
        send_what_waits()
        fold_words()
        self.stdout.write(f"{Issue.objects.count()} messages")

    def _progress(self, done: int) -> None:
        if done % 50 == 0:
            self.stdout.write(f"messages: {done}")

    def _print_logins(self) -> None:
        present = set(
            User.objects.filter(email__in=[login.email for login in LOGINS]).values_list(
                "email", flat=True
            )
        )
        for login in LOGINS:
            if login.email in present:
                self.stdout.write(f"{login.name:<20} {login.email:<24} {PASSWORD}")

    @staticmethod
    def _employ(officer: User) -> None:
        """Gives every authority that works in the cabinet an officer; the busiest gets the login, its head's."""
        for authority in Authority.objects.filter(exchange=Authority.Exchange.CABINET):
            user, is_head = officer, authority.slug == OFFICERS_AUTHORITY
            if not is_head:
                user, _made = User.objects.get_or_create(
                    email=f"officer-{authority.slug}@demo.example.org",
                    defaults={"last_name": "Дежурный", "first_name": "Сотрудник"},
                )
                RoleGrant.objects.get_or_create(user=user, role=Role.OFFICER)
            post = "начальник" if is_head else "специалист"
            Official.objects.get_or_create(
                user=user, defaults={"authority": authority, "post": post, "is_head": is_head}
            )
