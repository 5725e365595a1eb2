"""An address on loopback where a connection is never made: what is sent there is dropped, as by a host that is off."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
import socket

_SYN_SENT = "02"
_PATIENCE_S = 60


@dataclass(frozen=True)
class BlackHole:
    """The address."""

    port: int

    async def tried(self, more_than: int = 0) -> None:
        """Wait until somebody else tries to connect."""
        async with asyncio.timeout(_PATIENCE_S):
            while self.trying <= more_than:
                await asyncio.sleep(0.02)

    @property
    def trying(self) -> int:
        """How many connections are being tried now."""
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(line[2].endswith(f":{self.port:04X}") and line[3] == _SYN_SENT for line in lines)


@contextmanager
def black_hole() -> Iterator[BlackHole]:
    """A socket whose queue is full: the system drops whoever comes next."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        hole = BlackHole(listening.getsockname()[1])
        while hole.trying == 0:
            filling = stack.enter_context(socket.socket())
            filling.setblocking(False)
            with suppress(BlockingIOError):
                filling.connect(("127.0.0.1", hole.port))
        yield hole
