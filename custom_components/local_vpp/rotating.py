"""A flat's key is renewed from Home Assistant: the keys in its private file, and what its chain says of them.

The resident asks for it while the flat runs: a fresh key is made durable beside the present one, and the flat starts
again. At its start, before the agent has the database, the record is written that names the fresh key: the order is
that of `localvpp.rotation`. So whatever was asked for is done after a crash, too, and an answer of the building that
got lost is asked for again by the agent: it sends the record until that is proven, and greets with either key.

A backup that was made before holds the old key only, and a building that knows the new one refuses it.
"""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError

from .const import DOMAIN
from .lib.localvpp.clock import Clock
from .lib.localvpp.etp import DeviceId, Ed25519Signer, Signer
from .lib.localvpp.rotation import FlatKeys, Rotation, is_named, newest_rotation, record_rotation
from .lib.localvpp.store import FlatStore
from .lib.localvpp.wire import Membership
from .storage import KeptKeys, async_load_keys, async_save_keys


class StillRotatingError(Exception):
    """The log has not proven to hold the rotation before this one."""


class KeyNotKeptError(Exception):
    """The fresh key could not be made durable; nothing names it."""


async def async_flat_keys(hass: HomeAssistant, store: FlatStore, membership: Membership, clock: Clock) -> FlatKeys:
    """Return what a stopped flat signs with, after doing what is left to do of a rotation.

    Raises ConfigEntryError when it has no key that its chain names, StoreError.
    """
    device = membership.device
    kept = await async_load_keys(hass, device.hex())
    settled = None if kept is None else settle(kept, await newest_rotation(store), device)
    if settled is not None and settled.fresh is not None:
        await record_rotation(store, membership, settled.current, settled.fresh, clock)
        settled = settle(settled, await newest_rotation(store), device)
    if settled is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="no_key")
    if settled != kept:
        await async_save_keys(hass, device.hex(), settled)
    return FlatKeys(settled.current, settled.former)


def settle(kept: KeptKeys, rotation: Rotation | None, device: DeviceId) -> KeptKeys | None:
    """Return the keys in the places that the chain gives them; None when it names none of them."""
    known = [key for key in (kept.current, kept.fresh, kept.former) if key is not None]
    current = next((key for key in known if is_named(key.public, rotation, device)), None)
    if current is None:
        return None
    if current is kept.fresh:
        fresh, former = None, kept.current
    elif current is kept.former:
        # The log had another record in the place of the rotation: it is still to be made.
        fresh, former = kept.current, None
    else:
        fresh, former = kept.fresh, kept.former
    if rotation is None or rotation.is_proven:
        former = None
    return KeptKeys(current, fresh, former)


async def async_ask_for_rotation(hass: HomeAssistant, store: FlatStore, device: DeviceId) -> Ed25519Signer:
    """Keep a fresh key that the flat is to name when it starts again; return it.

    Raises StillRotatingError, KeyNotKeptError or StoreError; ConfigEntryError when the flat has lost its key.
    """
    rotation = await newest_rotation(store)
    kept = await async_load_keys(hass, device.hex())
    settled = None if kept is None else settle(kept, rotation, device)
    if settled is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="no_key")
    if settled.former is not None or settled.fresh is not None:
        raise StillRotatingError
    fresh = Ed25519Signer.generate()
    await async_save_keys(hass, device.hex(), KeptKeys(settled.current, fresh))
    # Home Assistant writes to its log when it could not write a file, and goes on.
    now = await async_load_keys(hass, device.hex())
    if now is None or now.fresh is None or now.fresh.public != fresh.public:
        raise KeyNotKeptError
    return fresh


def known_by_building(keys: KeptKeys) -> tuple[Signer, ...]:
    """Return the keys by which the building may know a flat, in the order to try them."""
    return (keys.current,) if keys.former is None else (keys.former, keys.current)
