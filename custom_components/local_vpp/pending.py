"""Keys that a building may have enrolled without this flat having heard of it.

A building enrols one key for a flat. When its answer gets lost, nobody here knows whether it has: the key is then all
that the flat can become a member with, and stays. So before a coordinator is asked, the key is on disk, with a line
here that says for which building and which flat it was sent. A later flow, after a restart of Home Assistant too,
finds it by the building and asks again with the same key. The line holds nothing secret; the key lies in its own file.

A line goes with its key when the building is known not to have it, and by itself once a config entry that is on disk
has taken the key over.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .lib.localvpp.etp import Ed25519Signer
from .storage import async_load_key, async_remove_key, async_save_key

_VERSION: Final = 1


class KeyNotStoredError(Exception):
    """A key could not be made durable; it was not sent to anybody."""


class _Line(TypedDict):
    """A key that was sent: the flat's pseudonym, and where it was sent for."""

    device: str
    building: dict[str, Any]
    flat: str


class _Stored(TypedDict):
    """The file's content."""

    pending: list[_Line]


@dataclass(frozen=True, slots=True)
class _PendingKey:
    """A key, and the flat that it was sent for."""

    signer: Ed25519Signer
    flat: str


_LOCK: Final[HassKey[asyncio.Lock]] = HassKey(f"{DOMAIN}_pending")


@singleton(_LOCK)
def _lock(hass: HomeAssistant) -> asyncio.Lock:
    """Return what lets one change at a time pass: two flows may be at work."""
    return asyncio.Lock()


def _store(hass: HomeAssistant) -> Store[_Stored]:
    return Store(hass, _VERSION, f"{DOMAIN}.pending", private=True, atomic_writes=True)


async def _async_lines(hass: HomeAssistant) -> list[_Line]:
    """Return the lines, the oldest first."""
    stored = await _store(hass).async_load()
    return [] if stored is None else stored["pending"]


@asynccontextmanager
async def _async_change(hass: HomeAssistant) -> AsyncIterator[list[_Line]]:
    """Give the lines out to be changed, and store what has become of them."""
    async with _lock(hass):
        lines = await _async_lines(hass)
        before = list(lines)
        yield lines
        if lines == before:
            return
        if lines:
            await _store(hass).async_save({"pending": lines})
        else:
            await _store(hass).async_remove()


class PendingKeys:
    """The keys that one building may know."""

    def __init__(self, hass: HomeAssistant, building: Mapping[str, Any]) -> None:
        """Take a building as a config entry describes it, by its log and its key."""
        self._hass = hass
        self._building = dict(building)

    async def async_choose(self, flat: str | None, shown: Ed25519Signer | None) -> Ed25519Signer:
        """Return the key to join with: one that was sent before goes on with its flat, and with no other.

        While the flat is not known yet, it is the newest of them. `shown` is the key whose fingerprint the resident
        has seen; it stays if nothing speaks against it.
        """
        pending = await self._all()
        mine = [each.signer for each in pending if flat is None or each.flat == flat]
        if mine:
            return mine[-1]
        if shown is None or shown.public in [each.signer.public for each in pending]:
            return Ed25519Signer.generate()
        return shown

    async def _all(self) -> list[_PendingKey]:
        """Return the keys that wait for a flow to go on with them, the oldest first."""
        found = []
        for line in await _async_lines(self._hass):
            if line["building"] != self._building or _has_entry(self._hass, line["device"]):
                continue
            if (signer := await async_load_key(self._hass, line["device"])) is not None:
                found.append(_PendingKey(signer, line["flat"]))
        return found

    async def async_keep(self, signer: Ed25519Signer, flat: str) -> bool:
        """Make a key durable before it is sent; return whether it was sent before, so that its fate is not known.

        Raises KeyNotStoredError; nobody may be told of it then.
        """
        device = signer.public.device_id.hex()
        async with _async_change(self._hass) as lines:
            sent = any(line["device"] == device for line in lines)
            if not sent:
                lines.append({"device": device, "building": self._building, "flat": flat})
        await async_save_key(self._hass, signer)
        # Home Assistant writes to its log when it could not write a file, and goes on.
        if signer.public not in [each.signer.public for each in await self._all()]:
            raise KeyNotStoredError(f"the key of flat {flat} is not on disk")
        return sent


async def async_forget_pending(hass: HomeAssistant, device: str) -> None:
    """Forget a key that no building has."""
    # In this order no key is ever left that no line speaks of.
    await async_remove_key(hass, device)
    await async_drop_pending(hass, device)


async def async_drop_pending(hass: HomeAssistant, device: str) -> None:
    """Keep no line any more of a key that has its config entry."""
    async with _async_change(hass) as lines:
        lines[:] = [line for line in lines if line["device"] != device]


def _has_entry(hass: HomeAssistant, device: str) -> bool:
    return hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, device) is not None
