"""Does this address belong to the flat's own building? Asked before an address is changed.

What a coordinator says of itself anybody could say. So the flat goes through the link's handshake, in which the
building signs a nonce of the flat's, and hangs up.
"""

import asyncio
import secrets
from typing import Final

import aiohttp

from .lib.localvpp.enrol import EnrolmentError, Why, unreachable
from .lib.localvpp.etp import EtpError, Signer
from .lib.localvpp.lineage import Lineage
from .lib.localvpp.wire import (
    LARGEST_MESSAGE,
    NONCE_LENGTH,
    BuildingRotated,
    Challenge,
    FromCoordinator,
    Hello,
    Membership,
    ProtocolError,
    Refused,
    Welcome,
    decode,
    encode,
    open_terms,
    sign_hello,
)

_HANDSHAKE_S: Final = 15.0
"""A coordinator answers within a second; a person is waiting."""

# The proof wants no slot's result: it names a slot that will never be.
_NO_RESULTS: Final = 2**53 - 1


async def async_prove_building(
    session: aiohttp.ClientSession, url: str, signer: Signer, membership: Membership, software: str
) -> None:
    """Return if the coordinator at a URL holds the building's key and knows the flat.

    Raises EnrolmentError.
    """
    try:
        async with (
            asyncio.timeout(_HANDSHAKE_S),
            session.ws_connect(f"{url}/api/v1/link", max_msg_size=LARGEST_MESSAGE, compress=0) as socket,
        ):
            challenge = await _receive(socket, Challenge)
            assert isinstance(challenge, Challenge), "what was asked for"
            own_nonce = secrets.token_bytes(NONCE_LENGTH)
            hello = sign_hello(signer, membership.device, membership.origin, challenge.nonce, own_nonce)
            await socket.send_bytes(encode(Hello(hello, software, _NO_RESULTS)))
            rotated = await _receive(socket, Welcome, BuildingRotated)
            welcome = await _receive(socket, Welcome) if isinstance(rotated, BuildingRotated) else rotated
            assert isinstance(welcome, Welcome), "what was asked for"
    except (aiohttp.ClientError, TimeoutError) as error:
        raise unreachable(url, error) from error
    try:
        lineage = Lineage.of(membership)
        if isinstance(rotated, BuildingRotated):
            lineage = lineage.follow(rotated, membership.origin)
        open_terms(welcome.terms, lineage.newest, own_nonce)
    except EtpError as error:
        raise EnrolmentError(Why.UNPROVEN, f"{url} cannot prove that it is this building: {error}") from error


async def _receive(
    socket: aiohttp.ClientWebSocketResponse, *kinds: type[Challenge | BuildingRotated | Welcome]
) -> FromCoordinator:
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.BINARY:
        raise EnrolmentError(Why.NOT_A_COORDINATOR, f"the coordinator's answer is a {message.type.name} message")
    try:
        received: FromCoordinator = decode(message.data, FromCoordinator)
    except ProtocolError as error:
        raise EnrolmentError(Why.NOT_A_COORDINATOR, f"the coordinator's answer cannot be read: {error}") from error
    match received:
        case Refused(code, reason):
            raise EnrolmentError(Why.REFUSED, reason, code)
        case _ if isinstance(received, kinds):
            return received
        case other:
            raise EnrolmentError(Why.NOT_A_COORDINATOR, f"the coordinator answered with {type(other).__name__}")
