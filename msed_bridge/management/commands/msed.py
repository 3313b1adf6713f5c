"""`manage.py msed`: the state of the exchange by МСЭД and МЭДО, and what a person may do about it (R0.1)."""

import getpass
import uuid
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from msed_bridge import operations, queries, soap
from msed_bridge.client import CallError
from msed_bridge.models import Channel, Direction, Exchange, Notice

LATEST = 10
"""So many of the latest interventions are shown."""


class Command(BaseCommand):
    help = "The exchange by МСЭД and МЭДО: status, resend, pause, resume, reconcile, show."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("status", help="what waits, what failed and why")
        acts = [
            actions.add_parser("pause", help="stop all calls by a channel"),
            actions.add_parser("resume", help="let calls go on, close the breaker"),
            actions.add_parser("reconcile", help="ask МСЭД what it has told, repair what differs"),
            actions.add_parser(
                "resend", help="send a message again, or follow a refused notification again"
            ),
        ]
        show = actions.add_parser("show", help="a message or notification with its XML")
        for about_one in (acts[-1], show):
            about_one.add_argument("uid", type=uuid.UUID)
        for act in acts[:2]:
            act.add_argument("--channel", type=Channel, choices=Channel, default=Channel.MSED)
        for act in acts:
            act.add_argument("--because", default="", help="why, for those who read the books")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        who = {"by": f"manage.py, {_login()}", "because": options.get("because", "")}
        match action:
            case "status":
                self._status()
            case "pause":
                operations.pause(channel=options["channel"], **who)
                self.stdout.write(f"calls by {options['channel'].label} are paused")
            case "resume":
                operations.resume(channel=options["channel"], **who)
                self.stdout.write(f"calls by {options['channel'].label} go on")
            case "reconcile":
                self._reconcile(who)
            case "resend":
                self._resend(options["uid"], who)
            case "show":
                self._show(options["uid"])

    def _status(self) -> None:
        status = queries.status()
        for channel, partner in status.partners.items():
            if channel == Channel.MSED:
                read_at = f"queue read up to {partner.queue_position} at {partner.polled_at}"
                self.stdout.write(f"{channel.label}: {read_at}")
            if partner.paused_at:
                self.stdout.write(f"{channel.label}: paused since {partner.paused_at}")
            if partner.open_until:
                away = f"no calls before {partner.open_until}: {partner.last_problem}"
                self.stdout.write(f"{channel.label}: {away}")
        counts = ", ".join(f"{state} {count}" for state, count in status.exchanges.items())
        self.stdout.write(f"messages to authorities: {counts or 'none'}")
        for channel, oldest in status.oldest_waiting_at.items():
            self.stdout.write(f"{channel.label}: the oldest waits since {oldest}")
        self.stdout.write(
            f"notifications: waiting {status.waiting_notices}, refused {status.refused_notices}; "
            f"files: waiting {status.waiting_files}, given up {status.failed_files}"
        )
        for failed in queries.for_person():
            number = failed.issue.number
            self.stdout.write(f"{failed.uid} {failed.kind} {number}: {failed.fault_code}")
        for refused in queries.refused_notices():
            self.stdout.write(
                f"{refused.uid} {refused.kind} {refused.appeal_uid}: {refused.reason}"
            )

        for package in queries.refused_packages():
            self.stdout.write(f"package {package.name}: {package.reason}")

        for done in queries.interventions()[:LATEST]:
            what = " ".join(filter(None, (done.action, done.subject)))
            because = f" ({done.because})" if done.because else ""
            self.stdout.write(f"{done.at:%Y-%m-%d %H:%M} UTC {done.who}: {what}{because}")

    def _reconcile(self, who: Mapping[str, str]) -> None:
        try:
            differences = operations.reconcile(**who)
        except CallError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(differences) or "no differences")

    def _resend(self, uid: uuid.UUID, who: Mapping[str, str]) -> None:
        found = self._found(uid)
        try:
            if isinstance(found, Notice):
                notice = operations.follow_again(notice=found, **who)
                self.stdout.write(f"{notice.uid}: {notice.get_state_display()}")
            else:
                sent = operations.resend(exchange=found, **who)
                self.stdout.write(f"{sent.uid} will be sent")
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _show(self, uid: uuid.UUID) -> None:
        found = self._found(uid)
        self.stdout.write(f"{found} — {found.get_state_display()}")
        self.stdout.write(soap.indented(bytes(found.body)))

    def _found(self, uid: uuid.UUID) -> Exchange | Notice:
        # One of ours first: МСЭД chooses its own uids.
        exchange = Exchange.objects.filter(uid=uid).order_by("-direction").first()
        found = exchange or Notice.objects.filter(uid=uid).first()
        if found is None:
            raise CommandError(f"there is no message or notification {uid}")
        if isinstance(found, Exchange) and found.direction == Direction.IN:
            if found.channel == Channel.MEDO:
                return Notice.objects.get(uid=found.uid)
            return Notice.objects.get(uid=uuid.UUID(soap.element(bytes(found.body))[1].get("uid")))
        return found


def _login() -> str:
    """Who is logged in on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may not know its user's name
        return "unknown"
