"""Joining a building: the steps of enrolment that need no form, and what their outcome means to a form.

Two flows join: the one that adds a flat, and the one that enrols it anew with the key that it has.
"""

import base64
from typing import Any, Final

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from . import async_software
from .building import async_known_building
from .const import (
    CONF_BUILDING,
    CONF_BUILDING_ALGORITHM,
    CONF_BUILDING_KEY,
    CONF_FLAT,
    CONF_NEXT_KEY,
    CONF_ORIGIN,
    LOGGER,
)
from .coordinator import LocalVppConfigEntry
from .lib.localvpp.enrol import BuildingCard, EnrolmentError, Why, enrol
from .lib.localvpp.etp import DeviceId, Ed25519Signer, PublicKey
from .lib.localvpp.store import StoreError
from .lib.localvpp.wire import Invite, Membership

# What a coordinator says when it has enrolled the flat with another key.
ALREADY_ENROLLED: Final = "already_enrolled"

# What a coordinator's refusal asks the resident to do; other codes show the coordinator's own sentence.
REFUSALS: Final = frozenset(
    {
        ALREADY_ENROLLED,
        "expired_invite",
        "too_many_tries",
        "unknown_flat",
        "unknown_invite",
        "used_invite",
        "void_invite",
        "wrong_proof",
    }
)


def error_key(error: EnrolmentError) -> str:
    """Return the form's error for what went wrong."""
    if error.why is Why.REFUSED and error.code in REFUSALS:
        return error.code
    return error.why.value


def building_data(origin: str, key: PublicKey) -> dict[str, Any]:
    """Return what tells one building from every other: its log and its key."""
    return {
        CONF_ORIGIN: origin,
        CONF_BUILDING_ALGORITHM: int(key.algorithm),
        CONF_BUILDING_KEY: base64.b64encode(key.data).decode(),
    }


def membership_data(card: BuildingCard, membership: Membership) -> dict[str, Any]:
    """Return what an entry keeps of a membership."""
    return {
        CONF_URL: membership.url,
        CONF_BUILDING: card.name,
        CONF_FLAT: membership.flat,
        **building_data(membership.origin, membership.building_key),
        CONF_NEXT_KEY: base64.b64encode(membership.next_key).decode(),
    }


async def async_try_enrol(
    hass: HomeAssistant,
    card: BuildingCard,
    invite: Invite,
    signer: Ed25519Signer,
    fingerprint: str | None,
    device: DeviceId | None = None,
) -> Membership | EnrolmentError:
    """Return the membership, or what went wrong. A flat that was enrolled before is a device already.

    `fingerprint` is what the resident has typed. Whether he has compared with his eyes what was shown, nobody knows.
    """
    try:
        return await enrol(
            async_get_clientsession(hass),
            card.url,
            invite,
            signer,
            software=await async_software(hass),
            fingerprint=fingerprint,
            # The key that he has just seen, and no other.
            shown=card.key,
            device=device,
        )
    except EnrolmentError as error:
        told = "was not enrolled" if error.certain else "may be enrolled, and keeps its key"
        LOGGER.info("Flat %s %s: %s", invite.flat, told, error)
        return error


def base_url(text: str) -> str:
    """Return an address as a person types it as a URL without a slash at its end."""
    text = text.strip()
    return (text if "://" in text else f"http://{text}").rstrip("/")


async def async_is_known(hass: HomeAssistant, entry: LocalVppConfigEntry, key: PublicKey) -> bool:
    """Whether a key is one that a flat's building signs with, or did."""
    try:
        lineage = (await async_known_building(hass, entry)).lineage
    except (ConfigEntryError, StoreError) as error:
        LOGGER.warning("The keys of flat %s's building are not known: %s", entry.title, error)
        return False
    return any(since.key == key for since in lineage.keys)
