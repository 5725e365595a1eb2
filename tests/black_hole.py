"""An address on loopback where a connection is never made: what is sent there is dropped, as by a host that is off."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
import os
from pathlib import Path
import socket

_SYN_SENT = "02"
_PATIENCE_S = 60
# A connection on loopback is made within a millisecond; on a busy machine within a few.
_HELD_S = 0.3


@dataclass(frozen=True)
class BlackHole:
    """The address, and the ports of those connections that fill its queue."""

    port: int
    filled_by: frozenset[int]

    async def tried(self, pid: int | None = None) -> None:
        """Wait until a process (this one, without a number) tries to connect."""
        async with asyncio.timeout(_PATIENCE_S):
            while not self.trying(pid):
                await asyncio.sleep(0.02)

    def trying(self, pid: int | None = None) -> int:
        """How many connections a process (this one, without a number) is trying now.

        Of others on this machine some may look for a server of theirs that had this port before.
        """
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        theirs = _sockets(os.getpid() if pid is None else pid)
        return sum(
            line[2].endswith(f":{self.port:04X}")
            and line[3] == _SYN_SENT
            and line[9] in theirs
            and int(line[1].rpartition(":")[2], 16) not in self.filled_by
            for line in lines
        )


def _sockets(pid: int) -> frozenset[str]:
    """The numbers (inodes) of the sockets that a process has open."""
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # It was closed meanwhile.
            kind, _, inode = str(file.readlink()).partition("[")
            if kind == "socket:":
                found.add(inode.removesuffix("]"))
    return frozenset(found)


@contextmanager
def black_hole() -> Iterator[BlackHole]:
    """A socket whose queue is full: the system drops whoever comes next."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        fillers: list[socket.socket] = []
        held = False
        while not held:
            filling = stack.enter_context(socket.socket())
            filling.settimeout(_HELD_S)
            fillers.append(filling)
            try:
                filling.connect(("127.0.0.1", port))
            except TimeoutError:
                held = True
        yield BlackHole(port, frozenset(filler.getsockname()[1] for filler in fillers))
