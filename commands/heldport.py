"""A port of loopback that is somebody's own before anything listens there, and while what listened there is away.

A port that was only looked for is free when it is found. A moment later the system may have given it to a connection
that goes out, or somebody else to a server: what takes half a minute to start, or is stopped and started again, then
finds it taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import socket
import sys


@contextmanager
def held_port() -> Iterator[int]:
    """Give a free port, and keep the system from giving it to anybody until the end.

    What listens there has to allow the reuse of addresses, as asyncio's servers and PostgreSQL do. Elsewhere than on
    Linux nobody could listen on a port that is held: there it is free, and no more.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()
        yield port
