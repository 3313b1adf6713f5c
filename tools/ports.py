"""Free loopback ports, chosen once for a checkout and kept as long as nobody else takes them."""

import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections.
CANDIDATES = range(20000, 32000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


class Ports:
    """The ports of one checkout, by the name of what listens there, kept in a JSON file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def __getitem__(self, name: str) -> int:
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def claim(self, names: Iterable[str]) -> None:
        """See to it that each name has a port that is free now; a kept one stays if it can."""
        changed = False
        for name in names:
            if name not in self._known or not is_free(self._known[name]):
                self._known[name] = self._pick()
                changed = True
        if changed:
            self._file.write_text(json.dumps(self._known, indent=1))

    def _pick(self) -> int:
        taken = set(self._known.values())
        for port in random.sample(CANDIDATES, k=1000):
            if port not in taken and is_free(port):
                return port
        raise RuntimeError("no free port between 20000 and 32000 on 127.0.0.1")
