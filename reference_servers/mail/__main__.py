"""`python -m reference_servers.mail --smtp-port N --web-port N --folder DIR`."""

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from reference_servers.mail.letters import Letters
from reference_servers.mail.smtp import Sink, controller
from reference_servers.mail.web import MailServer


def main() -> int:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m reference_servers.mail", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="anything else only inside a container")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--web-port", type=int, default=8025)
    parser.add_argument("--folder", type=Path, required=True, help="where the letters are kept")
    parser.add_argument("--time-zone", type=ZoneInfo, default=ZoneInfo("Europe/Moscow"))
    options = parser.parse_args()

    letters = Letters(options.folder)
    sink = Sink(letters)
    smtp = controller(sink, options.host, options.smtp_port)
    address = (options.host, options.web_port)
    web = MailServer(address, letters=letters, sink=sink, zone=options.time_zone)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    smtp.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            web.serve_forever()
    finally:
        smtp.stop()
        web.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
