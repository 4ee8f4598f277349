"""Ports for what tests start: below those that the system hands out by itself, and each given once.

A port that the system names is soon somebody else's, as long as nobody has bound it: another worker's process, or one end of a call.
"""

import os
import socket
from itertools import count

FIRST, SHARES, EACH = 10_240, 220, 100  # up to 32 239: Linux hands out from 32 768 on
_given = count()


def free_port() -> int:
    """A port of this process's own share on which nobody listens; the processes of one run have shares beside each other."""
    first = FIRST + os.getpid() % SHARES * EACH
    for _ in range(EACH):
        port = first + next(_given) % EACH
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"None of the ports from {first} to {first + EACH - 1} is free.")
