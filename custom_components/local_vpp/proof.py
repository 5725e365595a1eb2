"""Does this address belong to the flat's own building? Asked before an address is changed.

What a coordinator says of itself anybody could say. So the flat goes through the link's handshake, in which the
building signs a nonce of the flat's, and hangs up. Nothing is kept of it: a key that the building has renewed meanwhile
is followed when the flat connects.
"""

import asyncio
from typing import Final, NoReturn

import aiohttp

from .building import KnownBuilding
from .lib.localvpp import tlog
from .lib.localvpp.enrol import EnrolmentError, Why, unreachable
from .lib.localvpp.etp import Signer
from .lib.localvpp.link import Caller, FatalLinkError, Introduced, LinkError, SocketPeer, shake_hands
from .lib.localvpp.wire import LARGEST_MESSAGE, Code, Membership, ProtocolError, Refused

_HANDSHAKE_S: Final = 15.0
"""A coordinator answers within a second; a person is waiting."""

# The proof wants no slot's result: it names a slot that will never be.
_NO_RESULTS: Final = 2**53 - 1


async def async_prove_building(
    session: aiohttp.ClientSession,
    url: str,
    signer: Signer,
    membership: Membership,
    known: KnownBuilding,
    software: str,
) -> None:
    """Return if the coordinator at a URL holds the building's key and knows the flat.

    Raises EnrolmentError.
    """
    caller = Caller(membership, signer, software, _NO_RESULTS, known.head.size)
    try:
        async with (
            asyncio.timeout(_HANDSHAKE_S),
            session.ws_connect(f"{url}/api/v1/link", max_msg_size=LARGEST_MESSAGE, compress=0) as socket,
        ):
            introduced = await shake_hands(SocketPeer(socket, _refused), caller, known.lineage)
    except FatalLinkError as error:
        why = Why.OTHER_PROTOCOL if error.code is Code.WRONG_PROTOCOL else Why.UNPROVEN
        raise EnrolmentError(why, f"{url} cannot prove that it is this building: {error}") from error
    except (LinkError, ProtocolError) as error:
        raise EnrolmentError(Why.NOT_A_COORDINATOR, f"the coordinator's answer cannot be read: {error}") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise unreachable(url, error) from error
    try:
        _check_witnessed(introduced, known.head)
    except tlog.TlogError as error:
        raise EnrolmentError(
            Why.UNPROVEN, f"{url} shows a renewed key of the building in another log than this flat has seen: {error}"
        ) from error


def _refused(refused: Refused) -> NoReturn:
    why = Why.OTHER_PROTOCOL if refused.code is Code.WRONG_PROTOCOL else Why.REFUSED
    raise EnrolmentError(why, refused.message, refused.code)


def _check_witnessed(introduced: Introduced, head: tlog.Head) -> None:
    """Raise TlogError unless a key that is new to the flat is of the log that it has witnessed."""
    if (new := introduced.followed) is None:
        return
    opened = tlog.open_checkpoint(
        new.note, tlog.Ed25519Verifier(introduced.log_key), origin=introduced.terms.origin
    ).checkpoint
    tlog.verify_consistency(head.size, opened.size, head.root, opened.root, new.growth)
