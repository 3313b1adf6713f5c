"""Starts the МЭДО stand-in: python -m reference_servers.medo --help."""

import argparse
import logging
import os
import signal
import threading
from pathlib import Path

from reference_servers.medo.folder import Folder
from reference_servers.medo.registry import Registry


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m reference_servers.medo", description=__doc__)

    def option(name: str, variable: str, default: str, explained: str) -> None:
        parser.add_argument(
            name, default=os.environ.get(variable, default), help=f"{explained} [{variable}]"
        )

    option(
        "--folder", "MEDO_FOLDER", "var/medo", "the folder that the portal shares with the gateway"
    )
    option("--books", "MEDO_BOOKS", "var/medo-authorities", "what the authorities remember; faults")
    option("--step-seconds", "MEDO_STEP_SECONDS", "20", "from one step of an authority to the next")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    registry = Registry(
        Folder(Path(options.folder)), Path(options.books), step_seconds=float(options.step_seconds)
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    logging.getLogger("reference_servers.medo").info("МЭДО watches %s", options.folder)
    while not stopping.wait(0.2):
        registry.look()


if __name__ == "__main__":
    main()
