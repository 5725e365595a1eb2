"""The other end of the link: messages over one WebSocket, heard one after the other."""

from collections.abc import Callable
from typing import Final, Protocol, override

import aiohttp

from ..wire import RELEASED, FromCoordinator, FromFlat, Refused, decode, encode
from .status import LinkError, ReleasedError

SILENCE_S: Final = 45.0
"""The coordinator pings each 20 s, which also keeps the connection open in middle boxes: two pings missed, and it is
gone. The flat has no heartbeat of its own: aiohttp 3.14 leaves its timer behind when the client closes."""


class Peer(Protocol):
    """A coordinator."""

    async def say(self, message: FromFlat) -> None:
        """Send a message."""
        ...

    async def hear(self) -> FromCoordinator:
        """Return the next message. Raises LinkError, ProtocolError."""
        ...


class SocketPeer(Peer):
    """A coordinator at the other end of a socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, refused: Callable[[Refused], None]) -> None:
        """Take a socket, and who hears of each refusal: he raises to end the connection for it."""
        self._socket = socket
        self._refused = refused

    @override
    async def say(self, message: FromFlat) -> None:
        await self._socket.send_bytes(encode(message))

    @override
    async def hear(self) -> FromCoordinator:
        try:
            message = await self._socket.receive()
        except TimeoutError as error:
            raise LinkError(f"nothing was heard of the coordinator for {SILENCE_S:.0f} s") from error
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                received: FromCoordinator = decode(message.data, FromCoordinator)
            case aiohttp.WSMsgType.CLOSE | aiohttp.WSMsgType.CLOSING | aiohttp.WSMsgType.CLOSED:
                if self._socket.close_code == RELEASED:
                    raise ReleasedError("the building takes records again, or takes none of this flat any more")
                raise LinkError("the coordinator closed the connection")
            case aiohttp.WSMsgType.ERROR:
                raise LinkError(f"the connection broke: {self._socket.exception()}")
            case _:
                raise LinkError(f"the coordinator sent a {message.type.name} message; messages are binary")
        if isinstance(received, Refused):
            self._refused(received)
        return received
