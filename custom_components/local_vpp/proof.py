"""Does this address belong to the flat's own building? Asked before an address is changed.

What a coordinator says of itself anybody could say. So the flat goes through the link's handshake, in which the
building signs a nonce of the flat's, and hangs up. Nothing is kept of it: a key that the building has renewed meanwhile
is followed when the flat connects.
"""

import asyncio
from typing import Final, NoReturn

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from . import async_keys, async_membership, async_software
from .building import KnownBuilding, async_known_building
from .coordinator import LocalVppConfigEntry
from .joining import error_key
from .lib.localvpp import tlog
from .lib.localvpp.enrol import BuildingCard, EnrolmentError, Why, unreachable
from .lib.localvpp.etp import Signer
from .lib.localvpp.link import Caller, FatalLinkError, Introduced, LinkError, SocketPeer, shake_hands
from .lib.localvpp.store import StoreError
from .lib.localvpp.wire import LARGEST_MESSAGE, Code, Membership, ProtocolError, Refused
from .rotating import known_by_building

_HANDSHAKE_S: Final = 15.0
"""A coordinator answers within a second; a person is waiting."""

# The proof wants no slot's result: it names a slot that will never be.
_NO_RESULTS: Final = 2**53 - 1


async def async_prove_building(hass: HomeAssistant, entry: LocalVppConfigEntry, card: BuildingCard) -> tuple[str, str]:
    """Return the form's error and the sentence to it; nothing if a flat's building is who has shown a card."""
    try:
        membership = async_membership(entry)
    except ConfigEntryError as failure:
        return "old_membership", str(failure)
    try:
        keys = await async_keys(hass, entry)
        known = await async_known_building(hass, entry)
    except ConfigEntryError as failure:
        return "no_key", str(failure)
    except StoreError as failure:
        return "database", str(failure)
    if card.origin != membership.origin:
        return "wrong_building", ""
    error, reason = "", ""
    for signer in known_by_building(keys):
        try:
            await _async_prove(
                async_get_clientsession(hass), card.url, signer, membership, known, await async_software(hass)
            )
        except EnrolmentError as failure:
            error, reason = error_key(failure), str(failure)
            if failure.why is Why.UNPROVEN and card.key != known.lineage.newest:
                error, reason = "wrong_building", ""
        else:
            return "", ""
    return error, reason


async def _async_prove(
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
    """Raise TlogError unless a log that has grown out of what the flat has witnessed holds a key that is new to it."""
    if (new := introduced.followed) is None:
        return
    opened = tlog.open_checkpoint(
        new.note, tlog.Ed25519Verifier(introduced.log_key), origin=introduced.terms.origin
    ).checkpoint
    tlog.verify_consistency(head.size, opened.size, head.root, opened.root, new.growth)
