"""Starts the МСЭД stand-in: python -m reference_servers.msed --help."""

import argparse
import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from reference_servers.msed import scenario
from reference_servers.msed.books import Books
from reference_servers.msed.clock import Clock
from reference_servers.msed.control import Control
from reference_servers.msed.faults import Faults
from reference_servers.msed.life import Issuing
from reference_servers.msed.operations import Desk
from reference_servers.msed.push import Pusher
from reference_servers.msed.security import Credentials, Tls
from reference_servers.msed.server import Server
from reference_servers.msed.service import Service
from reference_servers.msed.signature import Keys
from reference_servers.msed.soap import Contract

log = logging.getLogger("reference_servers.msed")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m reference_servers.msed",
        description="МСЭД stand-in. Each option may also be given by the variable in brackets.",
    )

    def option(name: str, variable: str, default: str, explained: str) -> None:
        parser.add_argument(
            name, default=os.environ.get(variable, default), help=f"{explained} [{variable}]"
        )

    option("--host", "MSED_HOST", "127.0.0.1", "address to listen on")
    option("--port", "MSED_PORT", "8080", "port to listen on; 0 takes a free one and prints it")
    option("--database", "MSED_DATABASE", "var/msed.sqlite3", "the books, an SQLite file")
    option(
        "--callback-url",
        "MSED_CALLBACK_URL",
        "http://127.0.0.1:8000/msed/callback/",
        "the portal's end-point for DeliverNotification; empty: nothing is pushed",
    )
    option("--portal-username", "MSED_USERNAME", "portal", "the name the portal presents")
    option("--portal-password", "MSED_PASSWORD", "", "the password the portal presents")
    option("--callback-username", "MSED_CALLBACK_USERNAME", "msed", "the name given to the portal")
    option("--callback-password", "MSED_CALLBACK_PASSWORD", "", "the password given to the portal")
    option("--portal-uid", "MSED_PORTAL_UID", "", "the portal's partner uid; empty: any")
    option(
        "--msed-uid", "MSED_PARTNER_UID", "", "МСЭД's partner uid; empty: as the portal writes it"
    )
    option("--scenario", "MSED_SCENARIO", str(scenario.DEFAULT), "plans of appeals, YAML or JSON")
    option("--step-seconds", "MSED_STEP_SECONDS", "3", "length of a step of the scenario, seconds")
    option("--time-zone", "REGION_TIME_ZONE", "Europe/Moscow", "zone of the days that are written")
    option("--push-threads", "MSED_PUSH_THREADS", "4", "how many appeals are pushed at once")
    option("--tls-certificate", "MSED_TLS_CERTIFICATE", "", "PEM; with it МСЭД speaks TLS only")
    option("--tls-key", "MSED_TLS_KEY", "", "PEM key of the certificate")
    option("--tls-ca", "MSED_TLS_CA", "", "PEM: who signed the portal's certificates")
    option("--signature-key", "MSED_SIGN_KEY", "", "PEM; with it messages are signed both ways")
    option("--signature-certificate", "MSED_SIGN_CERTIFICATE", "", "PEM certificate of that key")
    option("--portal-certificate", "MSED_PORTAL_CERTIFICATE", "", "PEM: by which the portal signs")
    parser.add_argument(
        "--manual", action="store_true", help="appeals wait for a person at the control page"
    )
    return parser.parse_args()


def main() -> None:
    options = arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    books = Books(Path(options.database))
    contract, faults = Contract(), Faults()
    plans = scenario.Scenario.load(Path(options.scenario), step_seconds=float(options.step_seconds))
    issuing = Issuing(
        books, contract, ZoneInfo(options.time_zone), faults.push_delay, faults.told_number
    )
    tls = Tls(options.tls_certificate, options.tls_key, options.tls_ca)
    keys = None
    if options.signature_key:
        keys = Keys.load(
            options.signature_key, options.signature_certificate, options.portal_certificate
        )
    clock = Clock(issuing, plans, automatic=not options.manual)
    pusher = Pusher(
        books,
        contract,
        faults,
        options.callback_url,
        Credentials(options.callback_username, options.callback_password),
        tls.client_context(),
        keys,
    )
    service = Service(
        Desk(books, plans, options.portal_uid, options.msed_uid),
        contract,
        faults,
        Credentials(options.portal_username, options.portal_password),
        keys,
    )
    server = Server(
        (options.host, int(options.port)),
        service,
        Control(issuing, clock, faults),
        tls.server_context() if tls.certificate else None,
    )
    threads = [threading.Thread(target=clock.run, name="clock")]
    if options.callback_url:
        threads += [
            threading.Thread(target=pusher.run, name=f"push-{number}")
            for number in range(int(options.push_threads))
        ]

    def stop(signum: int, frame: FrameType | None) -> None:
        # shutdown() waits for the loop that this very thread runs.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for thread in threads:
        thread.start()
    log.info("МСЭД listens on %s://%s:%d", server.scheme, options.host, server.server_address[1])
    server.serve_forever(poll_interval=0.1)
    clock.stopping.set()
    pusher.stopping.set()
    for thread in threads:
        thread.join(timeout=5)
    server.server_close()
    books.close()


if __name__ == "__main__":
    main()
