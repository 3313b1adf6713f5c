"""Loopback ports for the servers that tests start: of a range from which nobody else takes any."""

import os
from itertools import count

from tools.ports import is_free

# Below the range of the kernel's own choice and beside that of a checkout's servers: between the choosing
# and the listening, and while a killed server is away, another process would get the port otherwise.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_OURS = range(11_000 + 1000 * _WORKER, 12_000 + 1000 * _WORKER)
_turns = count(os.getpid())


def free_port() -> int:
    """A TCP port that nobody listens on, and that no other test will be given soon."""
    for _port in _OURS:
        if is_free(port := _OURS[next(_turns) % len(_OURS)]):
            return port
    raise RuntimeError(f"no free port between {_OURS.start} and {_OURS.stop} on 127.0.0.1")
