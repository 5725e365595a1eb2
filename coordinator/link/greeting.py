"""How a connection begins: both sides prove their keys, and a flat hears the terms, or why it may not come in."""

import asyncio
import logging
import secrets
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError

from localvpp.etp import (
    EtpError,
    SignatureError,
    SignerUnavailableError,
    Standing,
    VersionError,
    off_loop,
)
from localvpp.tlog import TlogError
from localvpp.wire import (
    NONCE_LENGTH,
    PROTOCOL,
    Challenge,
    Code,
    Hello,
    LastRecord,
    ProtocolError,
    Refused,
    Terms,
    Welcome,
    decode,
    encode,
    open_hello,
    sign_terms,
)

from ..ledger import why_suspended
from ..store import Member, Role
from .lineage import building_rotated
from .services import LinkServices

HELLO_TIMEOUT_S: Final = 10.0
"""A flat answers within a round trip; whoever says nothing holds a connection for nothing."""
_SOFTWARE_MOST: Final = 200
WHY_REVOKED: Final = (
    "the building has revoked this flat's key for good: if the flat shall take part again, ask the manager for a new "
    "invite and enrol it afresh, with new data"
)

_log = logging.getLogger(__name__)


async def greet(socket: web.WebSocketResponse, services: LinkServices) -> tuple[Member, Hello, Terms] | None:
    """Prove both keys; return who connected and the terms that it was told, None if it was refused."""
    terms = services.terms
    nonce = secrets.token_bytes(NONCE_LENGTH)
    await socket.send_bytes(encode(Challenge(PROTOCOL, terms.origin, nonce, services.clock.wall_ms())))
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            message = await socket.receive()
    except TimeoutError:
        await _turn_away(socket, Code.BAD_MESSAGE, f"no hello within {HELLO_TIMEOUT_S:.0f} s")
        return None
    if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    if message.type is not WSMsgType.BINARY:
        await _turn_away(socket, Code.BAD_MESSAGE, "messages are binary: CBOR arrays")
        return None
    try:
        hello = decode(message.data, Hello)
        greeting = open_hello(hello.statement, terms.origin, nonce)
    except VersionError as error:
        await _turn_away(socket, Code.WRONG_PROTOCOL, str(error))
        return None
    except (ProtocolError, EtpError) as error:
        await _turn_away(socket, Code.BAD_MESSAGE, str(error))
        return None
    member = services.ledger.directory.get(greeting.device)
    if member is None or member.role is not Role.FLAT:
        await _turn_away(
            socket,
            Code.UNKNOWN_FLAT,
            f"device {greeting.device.hex()} is not enrolled in {terms.origin}: ask the manager for an invite",
        )
        return None
    try:
        greeting.statement.verify(member.key)
    except SignatureError as error:
        await _turn_away(socket, Code.BAD_SIGNATURE, str(error))
        return None
    conflict = services.ledger.suspended(member.device)
    if conflict is not None:
        await _turn_away(socket, Code.KEY_IN_TWO_HANDS, why_suspended(conflict))
        return None
    if member.standing is Standing.REVOKED:
        await _turn_away(socket, Code.REVOKED, WHY_REVOKED)
        return None
    head = services.ledger.head(member.device)
    last = LastRecord(head.epoch, head.seq, head.hash) if head.seq else None
    building = services.ledger.directory.get(terms.building)
    assert building is not None, "a log begins with its building"
    try:
        rotated = await building_rotated(services.engine, services.ledger, building, greeting.witnessed)
    except (TlogError, SQLAlchemyError, OSError) as error:
        _log.warning("Flat %s cannot be shown that the building has renewed its key: %s", member.name, error)
        await socket.close()
        return None
    if rotated is not None:
        await socket.send_bytes(encode(rotated))
    told = services.terms_of(member)
    try:
        signed = await off_loop(services.signer, lambda: sign_terms(services.signer, told, greeting.own_nonce))
    except SignerUnavailableError:
        # It is told where the building's key is watched; the flat tries again.
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"the building's key does not sign")
        return None
    await socket.send_bytes(encode(Welcome(signed, last)))
    _log.debug("Flat %s connected with %s", member.name, hello.software[:_SOFTWARE_MOST])
    return member, hello, told


async def _turn_away(socket: web.WebSocketResponse, code: Code, message: str) -> None:
    await socket.send_bytes(encode(Refused(code, message, fatal=True)))
    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
